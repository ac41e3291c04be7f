package com.fluxvantage.local.own;

import com.fluxvantage.local.foodmart.Order;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/**
 * A company's own day.
 *
 * @param items the catalogue by SKU, whether ordered or not
 * @param orders at least one, in the order in which they came in
 * @param fingerprint the same for the same two files, and for no others
 */
public record OwnData(
        List<OwnItem> items, List<Order> orders, LeftOut leftOut, String fingerprint) {
    /** So many orders fit into a file. */
    public static final int MOST_ORDERS = CsvFile.MOST_ROWS;

    public OwnData {
        items = List.copyOf(items);
        orders = List.copyOf(orders);
    }

    /**
     * Reads both files.
     *
     * @param tell what is told of the first rows that are left out, line by line
     */
    public static OwnData read(Path items, Path orders, Consumer<String> tell) {
        var leftOut = new LeftOut();
        try {
            return read(items, orders, leftOut);
        } finally {
            leftOut.told().forEach(tell);
        }
    }

    private static OwnData read(Path items, Path orders, LeftOut leftOut) {
        var catalogue = new ItemsFile();
        byte[] itemsDigest = new CsvFile(items, ItemsFile.COLUMNS, leftOut).read(catalogue);
        var book = new OrdersFile(catalogue);
        byte[] ordersDigest = new CsvFile(orders, OrdersFile.COLUMNS, leftOut).read(book);
        var data =
                new OwnData(
                        catalogue.items(),
                        book.orders(),
                        leftOut,
                        fingerprint(itemsDigest, ordersDigest));
        if (data.orders.isEmpty()) {
            throw new UnusableFile("%s holds no order that can be shipped.".formatted(orders));
        }
        return data;
    }

    private static String fingerprint(byte[] items, byte[] orders) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(items);
            return HexFormat.of().formatHex(digest.digest(orders));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
