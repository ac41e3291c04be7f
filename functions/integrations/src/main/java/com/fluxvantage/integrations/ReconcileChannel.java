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
import com.fluxvantage.kernel.outside.Shops;
import com.fluxvantage.kernel.outside.Shops.Level;
import com.fluxvantage.kernel.outside.Shops.Reply;
import com.fluxvantage.kernel.pace.Pace;
import com.fluxvantage.kernel.text.Sku;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;

/**
 * Compares each night what a shop shows with what it should show, and writes a report. A little
 * drift is mended by telling the numbers again; of more than the connection's limit a person is
 * asked, and the shop is told nothing until then: if so much differs, one side is wrong as a whole.
 * A page is compared and the step to the next one stored in one transaction, so whoever dies
 * between two goes on where it was.
 */
final class ReconcileChannel {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "reconcile-channel",
                            Schedule.at(Timing.daily("03:40")).jitter(Duration.ofMinutes(15)))
                    .summary("Compares what connected shops show with what they were told.")
                    .needs(new Capability.OpensSecrets(SecretPurpose.SHOP_CREDENTIAL))
                    .needs(new Capability.CallsShops())
                    .announces(ConnectionTroubled.class)
                    .runBy(
                            Request.class,
                            Result.class,
                            new Request(Instant.EPOCH),
                            new Errand<>(
                                    ReconcileChannel::take,
                                    ReconcileChannel::carryOut,
                                    ReconcileChannel::record));

    /** Of one run. */
    private static final int MOST_CALLS = 3;

    /** The tick is the night. */
    record Request(Instant scheduledAt) {}

    record Result(int compared, int differing, boolean more) implements Unfinished {}

    /** Items of one shop, and the lease on its report. */
    record Page(Instant dueAt, CalledShop shop, int calls, List<Compared> items, long fence) {
        Page {
            items = List.copyOf(items);
        }

        boolean isLast() {
            return items.size() < calls * Shops.MOST_LEVELS;
        }
    }

    /** {@code shopSku} is empty for the item's own SKU, {@code sku} as the shop knows it. */
    record Compared(UUID itemId, String shopSku, Sku sku) {}

    private static Errand.Taken<Page, Result> take(Request request, Call call) {
        for (var shop : CalledShop.active(call)) {
            var lease = DriftReports.lease(shop.connectionId(), request.scheduledAt, call);
            if (lease.isEmpty()) {
                continue;
            }
            int calls = CalledShop.PACE.ask(shop.connectionId(), MOST_CALLS, call);
            if (calls == 0) {
                DriftReports.unreached(shop.connectionId(), request.scheduledAt, call);
                continue;
            }
            var items =
                    DriftReports.items(
                            shop.connectionId(),
                            lease.get().reached(),
                            calls * Shops.MOST_LEVELS,
                            call);
            return Errand.task(
                    new Page(request.scheduledAt, shop, calls, items, lease.get().fence()));
        }
        return Errand.nothing(new Result(0, 0, false));
    }

    private static List<Reply<List<Level>>> carryOut(Page page, Outside outside) {
        var replies = new ArrayList<Reply<List<Level>>>();
        var access = page.shop.access(outside);
        if (access.isEmpty()) {
            return List.of(CalledShop.notCalled());
        }
        for (int from = 0; from < page.items.size(); from += Shops.MOST_LEVELS) {
            var some =
                    page.items.subList(from, Math.min(from + Shops.MOST_LEVELS, page.items.size()));
            var reply =
                    outside.shops().levels(access.get(), some.stream().map(Compared::sku).toList());
            replies.add(reply);
            if (reply instanceof Reply.Failed<?>) {
                break;
            }
        }
        return replies;
    }

    private static Outcome<Result> record(Page page, List<Reply<List<Level>>> replies, Call call) {
        if (!DriftReports.isStillOurs(page, call)) {
            throw new LostLease();
        }
        var connection = page.shop.connectionId();
        if (!replies.isEmpty()) {
            Pace.note(
                    connection,
                    page.calls - replies.size(),
                    CalledShop.met(replies.getLast()),
                    call);
        } else {
            Pace.giveBack(connection, page.calls, call);
        }
        if (replies.stream().anyMatch(Reply.Failed.class::isInstance)) {
            DriftReports.unreached(connection, page.dueAt, call);
            return found(new Result(0, 0, true));
        }
        var shown = new HashMap<Sku, Long>();
        for (var reply : replies) {
            if (reply instanceof Reply.Answered<List<Level>>(var levels)) {
                levels.forEach(it -> shown.put(it.sku(), it.onHand()));
            }
        }
        int differing = DriftReports.store(page, shown, call);
        return found(new Result(page.items.size(), differing, true));
    }
}
