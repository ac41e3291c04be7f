package com.fluxvantage.outbound;

import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.BucketId;
import com.fluxvantage.kernel.stock.ItemId;

import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which stock serves which line. An item's goods leave oldest first, or first-expiring first where
 * the item says so; among equals the nearest to the start of the walk, and last the bucket's id, so
 * that the same stock always gives the same choice. Lines of one item share its stock, in the order
 * given.
 */
final class AllocationStrategy {
    /** By what an item's goods leave; the item decides. */
    enum Rotation {
        FIFO,
        FEFO;

        private static final Comparator<Stock> OLDEST =
                Comparator.comparing(Stock::fifoAt)
                        .thenComparingInt(Stock::pickSeq)
                        .thenComparing(it -> it.bucketId.uuid());

        // Goods without a date never expire, so they wait for those that do.
        private static final Comparator<Stock> FIRST_EXPIRING =
                Comparator.<Stock, LocalDate>comparing(it -> it.expiresOn.orElse(LocalDate.MAX))
                        .thenComparing(OLDEST);

        private Comparator<Stock> order() {
            return switch (this) {
                case FIFO -> OLDEST;
                case FEFO -> FIRST_EXPIRING;
            };
        }
    }

    /** Goods in one bucket that are good enough and promised to nobody. */
    record Stock(
            BucketId bucketId,
            ItemId itemId,
            Quantity free,
            Instant fifoAt,
            Optional<LocalDate> expiresOn,
            int pickSeq) {}

    /** What one line still wants. */
    record Need(OrderLineId line, ItemId item, Rotation rotation, Quantity quantity) {}

    /** Units of one bucket for one line. */
    record Share(OrderLineId line, BucketId bucket, Quantity quantity) {}

    private final Map<ItemId, List<Stock>> byItem = new HashMap<>();
    private final Map<BucketId, Quantity> left = new HashMap<>();

    private AllocationStrategy(List<Stock> stock) {
        for (var one : stock) {
            byItem.computeIfAbsent(one.itemId, _ -> new ArrayList<>()).add(one);
            left.put(one.bucketId, one.free);
        }
    }

    /** What can be promised; a need that is not covered whole gets what there is. */
    static List<Share> choose(List<Need> needs, List<Stock> stock) {
        var strategy = new AllocationStrategy(stock);
        return needs.stream().flatMap(need -> strategy.serve(need).stream()).toList();
    }

    private List<Share> serve(Need need) {
        var shares = new ArrayList<Share>();
        var wanted = need.quantity;
        for (var stock :
                byItem.getOrDefault(need.item, List.of()).stream()
                        .sorted(need.rotation.order())
                        .toList()) {
            var free = left.getOrDefault(stock.bucketId, Quantity.NONE);
            var taken = wanted.atMost(free);
            if (!taken.isNone()) {
                shares.add(new Share(need.line, stock.bucketId, taken));
                left.put(stock.bucketId, free.less(taken));
                wanted = wanted.less(taken);
            }
        }
        return shares;
    }
}
