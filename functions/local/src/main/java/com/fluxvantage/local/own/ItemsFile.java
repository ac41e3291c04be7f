package com.fluxvantage.local.own;

import com.fluxvantage.kernel.text.Name;
import com.fluxvantage.kernel.text.Sku;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The catalogue. A SKU is taken as it is written, spaces around it aside: two that differ in case,
 * or in a space within, are two items, and of rows with the same one the first is taken.
 */
final class ItemsFile implements CsvFile.Reader {
    static final List<String> COLUMNS = List.of("sku", "description");
    static final int MOST_ITEMS = 100_000;

    private final Map<String, OwnItem> items = new HashMap<>();

    @Override
    public void read(Values row) throws RowFault {
        var sku = row.value("sku", Sku::new).value();
        var description = row.value("description", Name::new).value();
        if (items.containsKey(sku)) {
            throw new RowFault("sku", "A row before has this SKU.");
        }
        if (items.size() == MOST_ITEMS) {
            throw new RowFault("There are %d items before this one.".formatted(MOST_ITEMS));
        }
        items.put(sku, new OwnItem(sku, description));
    }

    Optional<OwnItem> find(String sku) {
        return Optional.ofNullable(items.get(sku));
    }

    /** By SKU. */
    List<OwnItem> items() {
        return items.values().stream().sorted(Comparator.comparing(OwnItem::sku)).toList();
    }
}
