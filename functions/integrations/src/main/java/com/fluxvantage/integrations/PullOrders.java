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
import com.fluxvantage.kernel.outside.Shops.Page;
import com.fluxvantage.kernel.outside.Shops.Reply;
import com.fluxvantage.kernel.outside.Shops.Trouble;
import com.fluxvantage.kernel.pace.Pace;

import java.time.Duration;

/**
 * Fetches the paid orders of connected shops, a page at a time. What a page tells and the step to
 * the next one are stored in one transaction: whoever dies between two pages goes on with the next,
 * whoever dies within one reads it again, and an order that is read twice is taken once. An order
 * goes the way of what a channel sends by itself; one that cannot be used is held with the reason.
 * What the shop has cancelled comes the same way.
 */
final class PullOrders {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "pull-orders",
                            Schedule.at(Timing.every(Duration.ofMinutes(5)))
                                    .deadline(Duration.ofMinutes(30)))
                    .summary("Fetches paid orders from connected shops.")
                    .needs(new Capability.OpensSecrets(SecretPurpose.SHOP_CREDENTIAL))
                    .needs(new Capability.CallsShops())
                    .announces(ChannelDelivered.class)
                    .announces(ChannelCancelled.class)
                    .announces(ConnectionFailed.class)
                    .announces(ConnectionTroubled.class)
                    .runBy(
                            Request.class,
                            Result.class,
                            new Request(),
                            new Errand<>(
                                    PullOrders::take, PullOrders::carryOut, PullOrders::record));

    /** Of one page: its effects are one transaction of a job. */
    static final int PAGE = 50;

    record Request() {}

    record Result(int taken, int known, int held, boolean more) implements Unfinished {}

    private static Errand.Taken<ShopPull, Result> take(Request request, Call call) {
        var pull = ShopPull.take(call);
        if (pull.isEmpty()) {
            return Errand.nothing(new Result(0, 0, 0, false));
        }
        if (!pull.get().mayCall(call)) {
            pull.get().leaveAlone(call);
            return Errand.nothing(new Result(0, 0, 0, ShopPull.isAnyDue(call)));
        }
        return Errand.task(pull.get());
    }

    /** What the shop has answered, or that there was nothing to ask it with. */
    private record Heard(ShopOutcome outcome, Reply<Page> reply) {}

    private static Heard carryOut(ShopPull pull, Outside outside) {
        return pull.credential()
                .opened(outside)
                .map(it -> outside.shops().orders(pull.access(it), pull.from(), PAGE))
                .map(it -> new Heard(ShopOutcome.of(it), it))
                .orElseGet(() ->
                        new Heard(
                                ShopOutcome.CREDENTIAL_UNOPENABLE,
                                Reply.failed(Trouble.CREDENTIAL_REFUSED)));
    }

    /** What was heard is known to whoever calls the shop next, for whatever. */
    static void note(ConnectionId connection, ShopOutcome outcome, Reply<?> reply, Call call) {
        if (outcome == ShopOutcome.CREDENTIAL_UNOPENABLE) {
            Pace.giveBack(connection, 1, call);
        } else {
            Pace.note(connection, 0, CalledShop.met(reply), call);
        }
    }

    private static Outcome<Result> record(ShopPull pull, Heard heard, Call call) {
        if (!pull.isStillOurs(call)) {
            throw new LostLease();
        }
        note(pull.connectionId(), heard.outcome, heard.reply, call);
        var counts =
                switch (heard.reply) {
                    case Reply.Answered<Page>(var page) -> {
                        var taken = ShopOrders.keep(pull.connectionId(), page.orders(), call);
                        ShopCancellations.keep(pull.connectionId(), page.cancelled(), call);
                        pull.advance(page, call);
                        yield taken;
                    }
                    case Reply.Failed<Page> failed -> {
                        pull.rest(heard.outcome, failed, call);
                        yield ShopOrders.Counts.NONE;
                    }
                };
        return found(
                new Result(counts.taken(), counts.known(), counts.held(), ShopPull.isAnyDue(call)));
    }
}
