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
import com.fluxvantage.kernel.outside.ShopAccess;
import com.fluxvantage.kernel.outside.Shops;
import com.fluxvantage.kernel.outside.Shops.From;
import com.fluxvantage.kernel.outside.Shops.Level;
import com.fluxvantage.kernel.outside.Shops.Page;
import com.fluxvantage.kernel.outside.Shops.Reply;
import com.fluxvantage.kernel.outside.Shops.Tracked;
import com.fluxvantage.kernel.pace.Pace;
import com.fluxvantage.kernel.text.Sku;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;

/**
 * Compares each night what a shop shows with what it should show, and writes a report: its open
 * orders of a week, of which those that we do not have are taken in; the shipments of a week, of
 * which it is told again what it does not show; then its stock. A little drift of stock is mended
 * by telling the numbers again; of more than the connection's limit a person is asked, and the shop
 * is told nothing until then: if so much differs, one side is wrong as a whole. A page is compared
 * and the step to the next one stored in one transaction, so whoever dies between two goes on where
 * it was.
 */
final class ReconcileChannel {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "reconcile-channel",
                            Schedule.at(Timing.daily("03:40")).jitter(Duration.ofMinutes(15)))
                    .summary("Compares orders, shipments and stock with what connected shops show.")
                    .needs(new Capability.OpensSecrets(SecretPurpose.SHOP_CREDENTIAL))
                    .needs(new Capability.CallsShops())
                    .announces(ChannelDelivered.class)
                    .announces(ChannelCancelled.class)
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

    /** What is asked of one shop now, and the lease on its report. */
    record Night(Instant dueAt, CalledShop shop, int calls, Asking asking, long fence) {
        boolean isLast(Levels page) {
            return page.items.size() < calls * Shops.MOST_LEVELS;
        }
    }

    sealed interface Asking permits Orders, Shipments, Levels {}

    record Orders(From from) implements Asking {}

    record Shipments(List<NightShipments.Told> told) implements Asking {
        Shipments {
            told = List.copyOf(told);
        }
    }

    record Levels(List<Compared> items) implements Asking {
        Levels {
            items = List.copyOf(items);
        }
    }

    /** {@code shopSku} is empty for the item's own SKU, {@code sku} as the shop knows it. */
    record Compared(UUID itemId, String shopSku, Sku sku) {}

    private static Errand.Taken<Night, Result> take(Request request, Call call) {
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
            var asking = asking(shop.connectionId(), request.scheduledAt, lease.get(), calls, call);
            return Errand.task(
                    new Night(request.scheduledAt, shop, calls, asking, lease.get().fence()));
        }
        return Errand.nothing(new Result(0, 0, false));
    }

    // A phase that has nothing to ask for is passed over.
    private static Asking asking(
            ConnectionId connection, Instant due, DriftReports.Lease lease, int calls, Call call) {
        if (lease.phase() == NightPhase.ORDERS) {
            var from = NightOrders.from(connection, lease, call);
            if (from.isPresent()) {
                return new Orders(from.get());
            }
        }
        if (lease.phase() != NightPhase.STOCK) {
            var told = NightShipments.page(connection, lease.shipmentsReached(), call);
            if (!told.isEmpty()) {
                DriftReports.goOn(connection, due, NightPhase.SHIPMENTS, call);
                return new Shipments(told);
            }
        }
        DriftReports.goOn(connection, due, NightPhase.STOCK, call);
        return new Levels(
                DriftReports.items(connection, lease.reached(), calls * Shops.MOST_LEVELS, call));
    }

    /** What the shop has said to it. */
    private sealed interface Heard {
        List<? extends Reply<?>> replies();

        record OfOrders(Reply<Page> reply) implements Heard {
            @Override
            public List<Reply<Page>> replies() {
                return List.of(reply);
            }
        }

        record OfShipments(List<NightShipments.Told> told, Reply<List<Tracked>> reply)
                implements Heard {
            @Override
            public List<Reply<List<Tracked>>> replies() {
                return List.of(reply);
            }
        }

        record OfLevels(Levels asked, List<Reply<List<Level>>> replies) implements Heard {}
    }

    private static Heard carryOut(Night night, Outside outside) {
        var access = night.shop.access(outside);
        return switch (night.asking) {
            case Orders(var from) ->
                    new Heard.OfOrders(
                            access.map(it -> outside.shops().orders(it, from, NightOrders.PAGE))
                                    .orElseGet(CalledShop::notCalled));
            case Shipments(var told) -> {
                var tracked = told.stream().map(NightShipments.Told::tracked).toList();
                yield new Heard.OfShipments(
                        told,
                        access.map(it -> outside.shops().unshown(it, tracked))
                                .orElseGet(CalledShop::notCalled));
            }
            case Levels levels ->
                    new Heard.OfLevels(
                            levels,
                            access.map(it -> levels(levels.items, it, outside))
                                    .orElseGet(() -> List.of(CalledShop.notCalled())));
        };
    }

    private static List<Reply<List<Level>>> levels(
            List<Compared> items, ShopAccess access, Outside outside) {
        var replies = new ArrayList<Reply<List<Level>>>();
        for (int from = 0; from < items.size(); from += Shops.MOST_LEVELS) {
            var some = items.subList(from, Math.min(from + Shops.MOST_LEVELS, items.size()));
            var reply = outside.shops().levels(access, some.stream().map(Compared::sku).toList());
            replies.add(reply);
            if (reply instanceof Reply.Failed<?>) {
                break;
            }
        }
        return replies;
    }

    private static Outcome<Result> record(Night night, Heard heard, Call call) {
        if (!DriftReports.isStillOurs(night, call)) {
            throw new LostLease();
        }
        var connection = night.shop.connectionId();
        var replies = heard.replies();
        if (!replies.isEmpty()) {
            Pace.note(
                    connection,
                    night.calls - replies.size(),
                    CalledShop.met(replies.getLast()),
                    call);
        } else {
            Pace.giveBack(connection, night.calls, call);
        }
        if (replies.stream().anyMatch(Reply.Failed.class::isInstance)) {
            DriftReports.unreached(connection, night.dueAt, call);
            return found(new Result(0, 0, true));
        }
        return found(stored(night, heard, call));
    }

    private static Result stored(Night night, Heard heard, Call call) {
        var connection = night.shop.connectionId();
        return switch (heard) {
            case Heard.OfOrders(var reply) -> {
                var page = answer(reply);
                int missing = NightOrders.store(connection, night.dueAt, page, call);
                yield new Result(page.orders().size(), missing, true);
            }
            case Heard.OfShipments(var told, var reply) -> {
                var unshown = new HashSet<>(answer(reply));
                int untold = NightShipments.store(connection, night.dueAt, told, unshown, call);
                yield new Result(told.size(), untold, true);
            }
            case Heard.OfLevels(var levels, var replies) -> {
                var shown = new HashMap<Sku, Long>();
                for (var reply : replies) {
                    answer(reply).forEach(it -> shown.put(it.sku(), it.onHand()));
                }
                int differing = DriftReports.store(night, levels, shown, call);
                yield new Result(levels.items.size(), differing, true);
            }
        };
    }

    private static <T> T answer(Reply<T> reply) {
        return switch (reply) {
            case Reply.Answered<T>(var value) -> value;
            case Reply.Failed<T> _ -> throw new IllegalStateException("what failed is not stored");
        };
    }
}
