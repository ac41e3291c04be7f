package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.found;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.Errand;
import com.fluxvantage.kernel.operation.LostLease;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Unfinished;
import com.fluxvantage.kernel.outside.Outside;
import com.fluxvantage.kernel.outside.SecretPurpose;
import com.fluxvantage.kernel.outside.Shops.Reply;
import com.fluxvantage.kernel.outside.Shops.Told;
import com.fluxvantage.kernel.outside.Shops.Trouble;

import java.time.Duration;

/**
 * Tells shops what has left, with carrier and tracking number, one shipment at a time. The shop is
 * asked first whether it knows, so whoever dies after it was told and before that is stored tells
 * it nothing new. One that the shop refuses keeps no other waiting.
 */
final class ReportShipments {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "report-shipments",
                            Schedule.at(Timing.every(Duration.ofMinutes(1)))
                                    .deadline(Duration.ofMinutes(30)))
                    .summary("Tells connected shops what has left.")
                    .needs(new Capability.OpensSecrets(SecretPurpose.SHOP_CREDENTIAL))
                    .needs(new Capability.CallsShops())
                    .runBy(
                            Request.class,
                            Result.class,
                            new Request(),
                            new Errand<>(
                                    ReportShipments::take,
                                    ReportShipments::carryOut,
                                    ReportShipments::record));

    record Request() {}

    record Result(int told, int failed, boolean more) implements Unfinished {}

    private static Errand.Taken<ShopReport, Result> take(Request request, Call call) {
        var report = ShopReport.take(call);
        if (report.isEmpty()) {
            return Errand.nothing(new Result(0, 0, false));
        }
        if (!report.get().mayCall(call)) {
            report.get().leaveAlone(call);
            return Errand.nothing(new Result(0, 0, true));
        }
        return Errand.task(report.get());
    }

    private record Heard(ShopOutcome outcome, Reply<Told> reply) {}

    private static Heard carryOut(ShopReport report, Outside outside) {
        return report.credential()
                .opened(outside)
                .map(it -> outside.shops().ship(report.access(it), report.shipment()))
                .map(it -> new Heard(ShopOutcome.of(it), it))
                .orElseGet(() ->
                        new Heard(
                                ShopOutcome.CREDENTIAL_UNOPENABLE,
                                Reply.failed(Trouble.CREDENTIAL_REFUSED)));
    }

    private static Outcome<Result> record(ShopReport report, Heard heard, Call call) {
        boolean isTold = heard.reply instanceof Reply.Answered<Told>;
        if (!report.settle(heard.outcome, heard.reply, call)) {
            throw new LostLease();
        }
        PullOrders.note(report.taken().connectionId(), heard.outcome, heard.reply, call);
        return found(new Result(isTold ? 1 : 0, isTold ? 0 : 1, true));
    }
}
