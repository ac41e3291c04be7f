package com.fluxvantage.local;

import com.fluxvantage.local.DayPlan.Arrival;
import com.fluxvantage.local.DayPlan.Asn;
import com.fluxvantage.local.DayPlan.AsnLine;
import com.fluxvantage.local.DayPlan.Condition;
import com.fluxvantage.local.DayPlan.Lot;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What arrives in the morning for a day's demand.
 *
 * <ul>
 *   <li>Suppliers announce the demand of each SKU in whole packs of twelve.
 *   <li>They send what they announced, but for every fiftieth SKU of the catalogue: of that a
 *       quarter of the <em>demand</em>, rounded up to whole units, is missing and no pack is filled
 *       up. (A quarter off the packs would seldom be felt: three units are ordered of the usual SKU
 *       and twelve announced.)
 *   <li>Counted through all deliveries in order of SKU, every hundredth unit is damaged.
 *   <li>An item with lots comes in two, the larger half first. The second comes off the truck after
 *       everything else and expires first, so picking by arrival and picking by expiry differ.
 * </ul>
 */
final class Morning {
    static final int MOST_LINES_PER_ASN = 100;

    static final int PACK = 12;
    private static final int UNITS_PER_DAMAGED_ONE = 100;
    private static final int FIRST_LOT_LIFE_DAYS = 180;
    private static final int SECOND_LOT_LIFE_DAYS = 90;

    private final Shelves shelves;
    private final LocalDate today;

    /** Counts on from one delivery to the next. */
    private long unitsUnloaded;

    Morning(Shelves shelves, LocalDate today) {
        this.shelves = shelves;
        this.today = today;
    }

    /**
     * The number of orders is part of each reference: another number of orders makes other
     * deliveries.
     */
    List<Asn> asns(SortedMap<String, Long> demand, int orders) {
        var wanted = List.copyOf(demand.entrySet());
        var asns = new ArrayList<Asn>();
        for (int from = 0; from < wanted.size(); from += MOST_LINES_PER_ASN) {
            var part = wanted.subList(from, Math.min(from + MOST_LINES_PER_ASN, wanted.size()));
            asns.add(asn("ASN-%05d-%02d".formatted(orders, asns.size() + 1), part));
        }
        return asns;
    }

    private Asn asn(String reference, List<Map.Entry<String, Long>> wanted) {
        var lines = new ArrayList<AsnLine>();
        var arrivals = new ArrayList<Arrival>();
        var secondLots = new ArrayList<Arrival>();
        for (var need : wanted) {
            var sku = need.getKey();
            var announced = wholePacks(need.getValue());
            lines.add(new AsnLine(lines.size() + 1, sku, announced));
            var sent = shelves.comesShort(sku) ? aQuarterShort(need.getValue()) : announced;
            var damaged = damagedAmong(sent);
            if (shelves.hasLots(sku)) {
                var firstLot = (sent + 1) / 2;
                add(
                        arrivals,
                        sku,
                        firstLot - damaged,
                        damaged,
                        Optional.of(lot(1, FIRST_LOT_LIFE_DAYS)));
                add(secondLots, sku, sent - firstLot, 0, Optional.of(lot(2, SECOND_LOT_LIFE_DAYS)));
            } else {
                add(arrivals, sku, sent - damaged, damaged, Optional.empty());
            }
        }
        arrivals.addAll(secondLots);
        return new Asn(reference, lines, arrivals);
    }

    private static long wholePacks(long units) {
        return (units + PACK - 1) / PACK * PACK;
    }

    private static long aQuarterShort(long units) {
        return units - (units + 3) / 4;
    }

    private long damagedAmong(long units) {
        var before = unitsUnloaded / UNITS_PER_DAMAGED_ONE;
        unitsUnloaded += units;
        return unitsUnloaded / UNITS_PER_DAMAGED_ONE - before;
    }

    private Lot lot(int number, int lifeDays) {
        return new Lot("LOT-" + number, today.plusDays(lifeDays));
    }

    private static void add(
            List<Arrival> arrivals, String sku, long good, long damaged, Optional<Lot> lot) {
        if (good > 0) {
            arrivals.add(new Arrival(sku, good, Condition.GOOD, lot));
        }
        if (damaged > 0) {
            arrivals.add(new Arrival(sku, damaged, Condition.DAMAGED, lot));
        }
    }
}
