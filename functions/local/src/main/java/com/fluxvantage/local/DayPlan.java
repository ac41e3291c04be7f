package com.fluxvantage.local;

import com.fluxvantage.local.foodmart.Order;
import com.fluxvantage.local.foodmart.OrderLine;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What one tenant does on its day: the items it registers, the bins it opens, what the trucks bring
 * in the morning and the orders it ships. Nothing in it is left to chance: the same orders give the
 * same plan, and what an item is (lots, bins) hangs on its place in the catalogue alone, so that a
 * day of ten orders and a day of a thousand agree on it.
 */
public record DayPlan(List<Item> items, List<Bin> bins, List<Asn> asns, List<Order> orders) {

    /** An item the day needs, and whether each of its units belongs to a lot. */
    public record Item(String sku, String description, boolean lotControlled) {}

    /** What the tenant could sell, whether or not the day needs it. */
    public record CatalogueItem(String sku, String description) {}

    /** A bin with the item it is home to. Codes sort in walk order. */
    public record Bin(String code, int pickSequence, String sku) {}

    /** An announced delivery, and what is then found on the truck, in the order of unloading. */
    public record Asn(String reference, List<AsnLine> lines, List<Arrival> arrivals) {
        public Asn {
            lines = List.copyOf(lines);
            arrivals = List.copyOf(arrivals);
        }
    }

    public record AsnLine(int number, String sku, long announced) {}

    /**
     * One scan at the dock: so many units of one item in one condition and, if it has lots, of one
     * lot.
     */
    public record Arrival(String sku, long quantity, Condition condition, Optional<Lot> lot) {}

    public enum Condition {
        GOOD,
        DAMAGED
    }

    public record Lot(String code, LocalDate expiresOn) {}

    /**
     * Units of an item that the day asks for and that cannot be shipped: they did not come, or came
     * damaged.
     */
    public record Shortfall(String sku, long missing, long damaged) {
        public long units() {
            return missing + damaged;
        }
    }

    public DayPlan {
        items = List.copyOf(items);
        bins = List.copyOf(bins);
        asns = List.copyOf(asns);
        orders = List.copyOf(orders);
    }

    /**
     * Plans the day of the tenant that ships these orders.
     *
     * @param catalogue every item by SKU, not only those that are ordered
     * @param today the day the lots' shelf life is counted from
     */
    public static DayPlan of(
            List<CatalogueItem> catalogue, List<? extends Order> orders, LocalDate today) {
        var demand = demand(orders);
        var shelves = Shelves.of(catalogue);
        var items =
                catalogue.stream()
                        .filter(it -> demand.containsKey(it.sku()))
                        .map(it -> new Item(it.sku(), it.description(), shelves.hasLots(it.sku())))
                        .toList();
        var asns = new Morning(shelves, today).asns(demand, orders.size());
        return new DayPlan(items, shelves.bins(demand.keySet()), asns, List.copyOf(orders));
    }

    /** Units asked for by SKU; summed anew at each call. */
    public SortedMap<String, Long> demand() {
        return demand(orders);
    }

    /** Units on the trucks by SKU, in one condition. */
    public Map<String, Long> arriving(Condition condition) {
        return asns.stream()
                .flatMap(asn -> asn.arrivals().stream())
                .filter(arrival -> arrival.condition() == condition)
                .collect(
                        Collectors.groupingBy(
                                Arrival::sku, Collectors.summingLong(Arrival::quantity)));
    }

    /** What will be short at the end of the day whoever is served first, and why. */
    public List<Shortfall> shortfalls() {
        var good = arriving(Condition.GOOD);
        var damaged = arriving(Condition.DAMAGED);
        return demand().entrySet().stream()
                .map(wanted -> {
                    var sku = wanted.getKey();
                    var units = Math.max(0, wanted.getValue() - good.getOrDefault(sku, 0L));
                    var broken = Math.min(units, damaged.getOrDefault(sku, 0L));
                    return new Shortfall(sku, units - broken, broken);
                })
                .filter(shortfall -> shortfall.units() > 0)
                .toList();
    }

    private static SortedMap<String, Long> demand(List<? extends Order> orders) {
        return orders.stream()
                .flatMap(order -> order.lines().stream())
                .collect(
                        Collectors.groupingBy(
                                OrderLine::sku,
                                TreeMap::new,
                                Collectors.summingLong(OrderLine::quantity)));
    }
}
