package com.fluxvantage.local.own;

import com.fluxvantage.kernel.text.Name;
import com.fluxvantage.kernel.text.Reference;
import com.fluxvantage.kernel.text.Sku;
import com.fluxvantage.local.foodmart.CustomerOrder;
import com.fluxvantage.local.foodmart.Order;
import com.fluxvantage.local.foodmart.OrderLine;
import com.fluxvantage.local.foodmart.Person;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The orders, a line a row. Rows of one order number are one order wherever they stand; of rows
 * that give it another day or another country the first is believed. An order may name a SKU on
 * several lines.
 */
final class OrdersFile implements CsvFile.Reader {
    static final List<String> COLUMNS = List.of("order_ref", "at", "country", "sku", "quantity");

    /** What {@code accept-order} takes. */
    static final int MOST_LINES = 1_000;

    /** So that the sum of all rows stays a quantity that can be announced and counted. */
    static final long MOST_UNITS = 100_000;

    /** {@code accept-order} takes 256 KB; a line is its SKU and some 30 characters around it. */
    private static final int MOST_BYTES = 240 * 1024;

    private static final int BYTES_AROUND_SKU = 40;

    private final ItemsFile items;
    private final Map<String, Draft> drafts = new LinkedHashMap<>();

    /** Each country is kept once, however many orders go there. */
    private final Map<String, String> countries = new HashMap<>();

    private static final class Draft {
        private final String reference;
        private final LocalDate day;
        private final String country;
        private final List<OrderLine> lines = new ArrayList<>(1);
        private Instant at;
        private int bytes;

        private Draft(String reference, Instant at, String country) {
            this.reference = reference;
            this.at = at;
            this.day = day(at);
            this.country = country;
        }

        private static LocalDate day(Instant at) {
            return LocalDate.ofInstant(at, ZoneOffset.UTC);
        }
    }

    OrdersFile(ItemsFile items) {
        this.items = items;
    }

    @Override
    public void read(Values row) throws RowFault {
        var reference = row.value("order_ref", Reference::new).value();
        var at = Moments.read(row.text("at"));
        var country = row.value("country", Name::new).value();
        var sku = row.value("sku", Sku::new).value();
        var quantity = Quantities.read(row.text("quantity"), MOST_UNITS);
        var item = items.find(sku).orElseThrow(() -> new RowFault("sku", "No item has this SKU."));
        var known = drafts.get(reference);
        if (known == null) {
            known = new Draft(reference, at, countries.computeIfAbsent(country, it -> it));
        } else if (!known.day.equals(Draft.day(at))) {
            throw new RowFault("at", "A row before has this order number on another day.");
        } else if (!known.country.equals(country)) {
            throw new RowFault(
                    "country", "A row before has this order number for another country.");
        }
        add(known, new OrderLine(item.sku(), quantity));
        if (at.isBefore(known.at)) {
            known.at = at;
        }
        drafts.putIfAbsent(reference, known);
    }

    private static void add(Draft order, OrderLine line) throws RowFault {
        int bytes = order.bytes + bytes(line.sku()) + BYTES_AROUND_SKU;
        if (order.lines.size() == MOST_LINES || bytes > MOST_BYTES) {
            throw new RowFault(
                    "order_ref",
                    "The order is full: it has at most %d lines and %d KB."
                            .formatted(MOST_LINES, MOST_BYTES / 1024));
        }
        order.bytes = bytes;
        order.lines.add(line);
    }

    /** As JSON writes it. */
    private static int bytes(String sku) {
        var escaped = sku.chars().filter(it -> it == '"' || it == '\\').count();
        return sku.getBytes(StandardCharsets.UTF_8).length + (int) escaped;
    }

    /** By the moment they came in, those of one moment as the file has them. */
    List<Order> orders() {
        return drafts.values().stream()
                .sorted(Comparator.comparing(draft -> draft.at))
                .<Order>map(it -> new CustomerOrder(it.reference, recipient(it), it.lines))
                .toList();
    }

    /** Nobody: files say nothing about people here, and a parcel needs an address. */
    private static Person recipient(Draft order) {
        return new Person(
                "Recipient of " + order.reference,
                Optional.empty(),
                "1 Example Street",
                "Exampleton",
                Optional.empty(),
                "00000",
                Countries.code(order.country),
                Optional.empty());
    }
}
