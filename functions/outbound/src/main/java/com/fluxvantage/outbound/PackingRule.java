package com.fluxvantage.outbound;

import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.BucketId;
import com.fluxvantage.kernel.stock.ItemId;
import com.fluxvantage.kernel.stock.LotId;
import com.fluxvantage.kernel.stock.ReservationId;
import com.fluxvantage.kernel.text.Gtin;
import com.fluxvantage.kernel.text.ItemScan;
import com.fluxvantage.kernel.text.LotCode;
import com.fluxvantage.kernel.text.Sku;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which picked goods a carton's contents are. Only goods at the stage for this order go in, no more
 * than were picked, and an item that is kept by lot only under its lot. Two lines of one item fill
 * in order.
 */
final class PackingRule {
    /** What lies in the carton, as the packer counts it. */
    record Content(ItemScan item, Optional<LotCode> lot, Quantity quantity) {}

    /** An item that the order asks for. */
    record Item(ItemId itemId, Sku sku, Optional<Gtin> gtin, boolean lotControlled) {}

    /** Goods at the stage, promised to a line of the order. */
    record Staged(
            ReservationId reservationId,
            OrderLineId orderLineId,
            BucketId bucketId,
            ItemId itemId,
            Optional<LotId> lotId,
            Optional<LotCode> lot,
            Quantity quantity) {}

    /** Units of one promise that go into the carton. */
    record Part(Staged staged, Quantity quantity) {}

    sealed interface Decision {
        record Packs(List<Part> parts) implements Decision {}

        record Objects(OutboundRefusal refusal) implements Decision {}
    }

    private final List<Item> items;
    private final List<Staged> staged;
    private final Map<ReservationId, Quantity> left = new HashMap<>();
    private final List<Part> parts = new ArrayList<>();

    private PackingRule(List<Item> items, List<Staged> staged) {
        this.items = items;
        this.staged = staged;
        staged.forEach(it -> left.put(it.reservationId, it.quantity));
    }

    static Decision decide(List<Content> contents, List<Item> items, List<Staged> staged) {
        var rule = new PackingRule(items, staged);
        for (var content : contents) {
            var objection = rule.put(content);
            if (objection.isPresent()) {
                return new Decision.Objects(objection.get());
            }
        }
        return new Decision.Packs(rule.parts);
    }

    private Optional<OutboundRefusal> put(Content content) {
        var item = items.stream().filter(it -> content.item.names(it.sku, it.gtin)).findFirst();
        if (item.isEmpty()) {
            return Optional.of(new OutboundRefusal.NotOnOrder());
        }
        if (item.get().lotControlled && content.lot.isEmpty()) {
            return Optional.of(new OutboundRefusal.LotRequired(item.get().sku));
        }
        var fitting =
                staged.stream()
                        .filter(it ->
                                it.itemId.equals(item.get().itemId) && it.lot.equals(content.lot))
                        .toList();
        var toPack = fitting.stream().map(this::left).reduce(Quantity.NONE, Quantity::plus);
        if (content.quantity.exceeds(toPack)) {
            return Optional.of(new OutboundRefusal.OverPack(item.get().sku, toPack));
        }
        var wanted = content.quantity;
        for (var one : fitting) {
            var taken = wanted.atMost(left(one));
            if (!taken.isNone()) {
                parts.add(new Part(one, taken));
                left.put(one.reservationId, left(one).less(taken));
                wanted = wanted.less(taken);
            }
        }
        return Optional.empty();
    }

    private Quantity left(Staged one) {
        return left.getOrDefault(one.reservationId, Quantity.NONE);
    }
}
