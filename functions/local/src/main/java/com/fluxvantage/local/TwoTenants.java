package com.fluxvantage.local;

import com.fluxvantage.local.DayPlan.CatalogueItem;
import com.fluxvantage.local.foodmart.FoodMart;
import com.fluxvantage.local.foodmart.Order;
import com.fluxvantage.local.foodmart.OrderLine;
import com.fluxvantage.local.foodmart.ReplenishmentOrder;
import com.fluxvantage.local.own.OwnData;

import java.time.LocalDate;

/**
 * Two companies in one warehouse system on one day: the shop ships to its customers, the supplier
 * to the stores. They sell the same products under the same SKUs, keep them in bins of the same
 * codes and number their orders alike, so that anything that leaks from one to the other has a
 * place to go.
 */
public record TwoTenants(DayPlan shop, DayPlan supplier) {

    /**
     * The supplier ships one order for every ten of the shop's, for its orders are ten times as
     * large.
     */
    private static final int SHOP_ORDERS_PER_SUPPLIER_ORDER = 10;

    /**
     * Plans both days.
     *
     * @param orders how many orders the shop ships; more than the busiest day has are taken from
     *     the days after it
     */
    public static TwoTenants of(int orders, LocalDate today) {
        if (orders < 1 || orders > FoodMart.CUSTOMER_ORDERS) {
            throw new IllegalArgumentException(
                    "a day has 1 to " + FoodMart.CUSTOMER_ORDERS + " orders");
        }
        var catalogue =
                FoodMart.products().stream()
                        .map(it -> new CatalogueItem(it.sku(), it.description()))
                        .toList();
        var customers = FoodMart.customerOrders(orders);
        var references = customers.stream().limit(share(orders)).map(Order::reference).toList();
        var stores = FoodMart.replenishmentOrders(references);
        return new TwoTenants(
                DayPlan.of(catalogue, customers, today), DayPlan.of(catalogue, stores, today));
    }

    /**
     * Plans the day of a shop with data of its own. Its supplier sells the same items by the pack:
     * of the shop's first orders it ships as many packs as the customers want units.
     *
     * @param most of the shop's orders the first so many are shipped
     */
    static TwoTenants of(OwnData own, int most, LocalDate today) {
        var catalogue =
                own.items().stream()
                        .map(it -> new CatalogueItem(it.sku(), it.description()))
                        .toList();
        var customers = own.orders().stream().limit(most).toList();
        var stores = customers.stream().limit(share(customers.size())).map(TwoTenants::byPack);
        return new TwoTenants(
                DayPlan.of(catalogue, customers, today),
                DayPlan.of(catalogue, stores.toList(), today));
    }

    private static int share(int orders) {
        return (orders + SHOP_ORDERS_PER_SUPPLIER_ORDER - 1) / SHOP_ORDERS_PER_SUPPLIER_ORDER;
    }

    private static ReplenishmentOrder byPack(Order order) {
        return new ReplenishmentOrder(
                order.reference(),
                "Supplier",
                order.recipient(),
                order.lines().stream()
                        .map(it -> new OrderLine(it.sku(), it.quantity() * Morning.PACK))
                        .toList());
    }
}
