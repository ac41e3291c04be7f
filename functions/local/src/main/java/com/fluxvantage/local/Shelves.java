package com.fluxvantage.local;

import com.fluxvantage.local.DayPlan.Bin;
import com.fluxvantage.local.DayPlan.CatalogueItem;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where everything of the catalogue lives. Items stand by SKU along the walk, one bin each; an item
 * with lots has two, so that its lots need not be mixed. An aisle has twenty bays of five levels:
 * bin {@code C-07-2} is the second level of the seventh bay of the third aisle. Where one letter is
 * too few for the aisles, all have two or three, so that codes sort in walk order.
 */
final class Shelves {
    private static final int LEVELS_PER_BAY = 5;
    private static final int BAYS_PER_AISLE = 20;
    private static final int BINS_PER_AISLE = LEVELS_PER_BAY * BAYS_PER_AISLE;
    private static final int LETTERS = 26;

    /** Room to put a bin between two others. */
    private static final int PICK_SEQUENCE_STEP = 10;

    private final Map<String, Integer> places;
    private final List<Bin> bins;

    private Shelves(Map<String, Integer> places, List<Bin> bins) {
        this.places = places;
        this.bins = bins;
    }

    static Shelves of(List<CatalogueItem> catalogue) {
        var places = new HashMap<String, Integer>();
        var bins = new ArrayList<Bin>();
        int letters = letters(catalogue.size() + (catalogue.size() + 5) / 10);
        for (var item : catalogue) {
            var place = places.size();
            places.put(item.sku(), place);
            bins.add(bin(bins.size(), letters, item.sku()));
            if (hasLots(place)) {
                bins.add(bin(bins.size(), letters, item.sku()));
            }
        }
        return new Shelves(places, bins);
    }

    private static int letters(int bins) {
        int letters = 1;
        for (long room = (long) LETTERS * BINS_PER_AISLE; room < bins; room *= LETTERS) {
            letters++;
        }
        return letters;
    }

    private static String aisle(int number, int letters) {
        var name = new char[letters];
        for (int at = letters - 1, left = number; at >= 0; at--, left /= LETTERS) {
            name[at] = (char) ('A' + left % LETTERS);
        }
        return new String(name);
    }

    private static Bin bin(int position, int letters, String sku) {
        var inAisle = position % BINS_PER_AISLE;
        var code =
                "%s-%02d-%d"
                        .formatted(
                                aisle(position / BINS_PER_AISLE, letters),
                                inAisle / LEVELS_PER_BAY + 1,
                                inAisle % LEVELS_PER_BAY + 1);
        return new Bin(code, (position + 1) * PICK_SEQUENCE_STEP, sku);
    }

    /**
     * Every tenth SKU of the catalogue has lots, the fifth being the first: so the day's first
     * order meets some.
     */
    private static boolean hasLots(int place) {
        return place % 10 == 4;
    }

    boolean hasLots(String sku) {
        return hasLots(place(sku));
    }

    /** Every fiftieth SKU of the catalogue; never one with lots. */
    boolean comesShort(String sku) {
        return place(sku) % 50 == 49;
    }

    List<Bin> bins(Set<String> skus) {
        return bins.stream().filter(bin -> skus.contains(bin.sku())).toList();
    }

    private int place(String sku) {
        var place = places.get(sku);
        if (place == null) {
            throw new IllegalArgumentException("an order names a SKU that the catalogue lacks");
        }
        return place;
    }
}
