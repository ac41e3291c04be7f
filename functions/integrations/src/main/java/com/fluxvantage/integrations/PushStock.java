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
import com.fluxvantage.kernel.outside.Shops.OnHand;
import com.fluxvantage.kernel.outside.Shops.Reply;
import com.fluxvantage.kernel.pace.Pace;
import com.fluxvantage.kernel.text.Sku;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Tells connected shops what they may sell. Once a minute each item whose stock may have changed is
 * looked at, however often it moved; its number is read with all others of the batch in one query,
 * and sent where it is another than the shop has confirmed. Numbers are whole and not differences,
 * so whoever dies between sending and storing leaves a lease that ends, and the next one sends
 * again. While a number is on its way what the shop shows counts as unknown. A shop whose numbers
 * were found far off at night is told nothing until a person has seen the report.
 */
final class PushStock {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "push-stock",
                            Schedule.at(Timing.every(Duration.ofMinutes(1)))
                                    .deadline(Duration.ofMinutes(30)))
                    .summary("Tells connected shops what they may sell.")
                    .needs(new Capability.OpensSecrets(SecretPurpose.SHOP_CREDENTIAL))
                    .needs(new Capability.CallsShops())
                    .runBy(
                            Request.class,
                            Result.class,
                            new Request(Instant.EPOCH),
                            new Errand<>(PushStock::take, PushStock::carryOut, PushStock::record));

    /** Of one run: with the longest call each they end well before their lease. */
    static final int MOST_CALLS = 3;

    /** The tick is the window: within one an item is looked at once. */
    record Request(Instant scheduledAt) {}

    record Result(int told, int absent, int failed, boolean more) implements Unfinished {}

    /** Numbers of one shop. */
    record Batch(CalledShop shop, int calls, List<Level> levels) {
        Batch {
            levels = List.copyOf(levels);
        }
    }

    private static Errand.Taken<Batch, Result> take(Request request, Call call) {
        for (var shop : CalledShop.active(call)) {
            if (!StockLevels.look(shop.connectionId(), request.scheduledAt, call)) {
                continue;
            }
            int calls = CalledShop.PACE.ask(shop.connectionId(), MOST_CALLS, call);
            if (calls == 0) {
                continue;
            }
            var levels = StockLevels.take(shop.connectionId(), calls * Shops.MOST_LEVELS, call);
            if (!levels.isEmpty()) {
                return Errand.task(new Batch(shop, calls, levels));
            }
            Pace.giveBack(shop.connectionId(), calls, call);
        }
        return Errand.nothing(new Result(0, 0, 0, false));
    }

    /**
     * A number on its way.
     *
     * @param shopSku by which the row is found: empty for the item's own SKU
     * @param sku by which the shop knows it
     */
    record Level(UUID itemId, String shopSku, Sku sku, long units, long fence) {}

    /** Numbers that went together, and what the shop said; those that were not sent are in none. */
    record Sent(List<Level> levels, Reply<List<Sku>> reply) {}

    private static List<Sent> carryOut(Batch batch, Outside outside) {
        var sent = new ArrayList<Sent>();
        var access = batch.shop.access(outside);
        if (access.isEmpty()) {
            return List.of(new Sent(List.of(), CalledShop.notCalled()));
        }
        for (int from = 0; from < batch.levels.size(); from += Shops.MOST_LEVELS) {
            var some =
                    batch.levels.subList(
                            from, Math.min(from + Shops.MOST_LEVELS, batch.levels.size()));
            var reply =
                    outside.shops()
                            .setOnHand(
                                    access.get(),
                                    some.stream().map(it -> new OnHand(it.sku, it.units)).toList());
            sent.add(new Sent(some, reply));
            if (reply instanceof Reply.Failed<?>) {
                break;
            }
        }
        return sent;
    }

    private static Outcome<Result> record(Batch batch, List<Sent> sent, Call call) {
        var stored = StockLevels.store(batch, sent, call);
        if (stored.ours() == 0) {
            throw new LostLease();
        }
        Pace.note(
                batch.shop.connectionId(),
                batch.calls - sent.size(),
                CalledShop.met(sent.getLast().reply),
                call);
        return found(new Result(stored.told(), stored.absent(), stored.failed(), true));
    }
}
