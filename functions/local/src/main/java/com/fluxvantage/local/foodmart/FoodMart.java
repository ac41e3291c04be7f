package com.fluxvantage.local.foodmart;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Reads the sample company. Every answer is the same in every run: the year begins with its busiest
 * day, goes on to its end and then takes the days before; within a day orders stand by customer (or
 * warehouse) and store.
 */
public final class FoodMart {
    /** Sunday 27 July 1997, with 265 customers' orders the most of the year. */
    public static final int BUSIEST_DAY = 574;

    public static final int BUSIEST_DAY_ORDERS = 265;
    public static final int CUSTOMER_ORDERS = 20_530;
    public static final int REPLENISHMENT_ORDERS = 385;

    private static final Comparator<Basket> AS_PLAYED =
            Comparator.comparing((Basket basket) -> basket.day() < BUSIEST_DAY)
                    .thenComparingInt(Basket::day)
                    .thenComparingInt(Basket::by)
                    .thenComparingInt(Basket::store);

    /**
     * The lines of one fact table belong together by day, by customer or warehouse, and by store.
     */
    private record Basket(int day, int by, int store) {}

    private FoodMart() {}

    /** The whole catalogue by SKU. */
    public static List<Product> products() {
        var products = new ArrayList<Product>();
        Row.each("product", row -> products.add(Product.read(row)));
        products.sort(Comparator.comparing(Product::sku));
        return List.copyOf(products);
    }

    /**
     * The first so many customers' orders, the busiest day's first. An order's number tells its day
     * and its place in the day, {@code SO-1997-574-0001}.
     */
    public static List<CustomerOrder> customerOrders(int count) {
        var baskets = baskets("sales_fact_1997", "customer_id", "unit_sales");
        var played = baskets.keySet().stream().limit(count).toList();
        var customers = customers(played.stream().map(Basket::by).collect(Collectors.toSet()));
        var inDay = new HashMap<Integer, Integer>();
        var orders = new ArrayList<CustomerOrder>(played.size());
        for (var basket : played) {
            var place = inDay.merge(basket.day(), 1, Integer::sum);
            var reference = "SO-1997-%d-%04d".formatted(basket.day(), place);
            orders.add(
                    new CustomerOrder(
                            reference, known(customers, basket.by()), known(baskets, basket)));
        }
        return List.copyOf(orders);
    }

    /**
     * As many replenishment orders as numbers are given, each with the number in its place; the
     * year has 385.
     */
    public static List<ReplenishmentOrder> replenishmentOrders(List<String> references) {
        var baskets = baskets("inventory_fact_1997", "warehouse_id", "units_ordered");
        var played = baskets.keySet().stream().limit(references.size()).toList();
        var stores = stores();
        var warehouses = warehouses();
        var orders = new ArrayList<ReplenishmentOrder>(played.size());
        for (int place = 0; place < played.size(); place++) {
            var basket = played.get(place);
            orders.add(
                    new ReplenishmentOrder(
                            references.get(place),
                            known(warehouses, basket.by()),
                            known(stores, basket.store()),
                            known(baskets, basket)));
        }
        return List.copyOf(orders);
    }

    private static Map<Basket, List<OrderLine>> baskets(String facts, String by, String units) {
        var skus = new HashMap<Integer, String>();
        Row.each("product", row -> skus.put(row.whole("product_id"), row.text("SKU")));
        var baskets = new TreeMap<Basket, List<OrderLine>>(AS_PLAYED);
        Row.each(
                facts,
                row -> {
                    var basket =
                            new Basket(row.whole("time_id"), row.whole(by), row.whole("store_id"));
                    var line =
                            new OrderLine(known(skus, row.whole("product_id")), row.whole(units));
                    baskets.computeIfAbsent(basket, _ -> new ArrayList<>()).add(line);
                });
        return baskets;
    }

    private static Map<Integer, Person> customers(Set<Integer> wanted) {
        var customers = new HashMap<Integer, Person>();
        Row.each(
                "customer",
                row -> {
                    var id = row.whole("customer_id");
                    if (wanted.contains(id)) {
                        customers.put(id, Person.customer(row));
                    }
                });
        return customers;
    }

    /** The stores that sell; the head office, which has no manager, orders nothing. */
    private static Map<Integer, Person> stores() {
        var stores = new HashMap<Integer, Person>();
        Row.each(
                "store",
                row ->
                        row.find("store_manager")
                                .ifPresent(
                                        _ -> stores.put(row.whole("store_id"), Person.store(row))));
        return stores;
    }

    private static Map<Integer, String> warehouses() {
        var names = new HashMap<Integer, String>();
        Row.each(
                "warehouse",
                row -> names.put(row.whole("warehouse_id"), row.text("warehouse_name")));
        return names;
    }

    /**
     * The data name only what they hold; a reference into nothing is a fault of the data, not of a
     * caller.
     */
    private static <K, V> V known(Map<K, V> table, K key) {
        var found = table.get(key);
        if (found == null) {
            throw new IllegalStateException("FoodMart's data refer to a row that is not there");
        }
        return found;
    }
}
