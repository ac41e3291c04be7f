package com.fluxvantage.integrations;

import com.fluxvantage.testing.Answer;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the floor does with orders of a connected shop, and what became of those it cancelled. */
record OrdersOfAShop(ConnectedShop mine) {
    /** {@code open}: those alone that need a person. */
    List<SearchShopCancellations.Cancellation> found(Optional<Boolean> open) {
        return mine.client()
                .done(
                        SearchShopCancellations.OPERATION,
                        new SearchShopCancellations.Request(
                                open, Optional.empty(), Optional.empty()))
                .items();
    }

    String order(String reference) {
        return mine.client()
                .get("search-orders", Map.of(), Map.of("reference", reference))
                .json()
                .at("/items/0/order_id")
                .asString();
    }

    Answer pick(String reference) {
        var pick =
                mine.client()
                        .get(
                                "list-picks",
                                Map.of(),
                                Map.of(
                                        "warehouse_id",
                                        mine.tenant().given().warehouseId(),
                                        "order_id",
                                        order(reference)))
                        .json()
                        .at("/items/0");
        return mine.client()
                .post(
                        "confirm-pick",
                        Map.of("pick_id", pick.path("pick_id").asString("pck_none")),
                        """
                        {"location": "A-01", "sku": "TEA", "quantity": %d}
                        """
                                .formatted(pick.path("quantity").asLong(1)));
    }

    Answer pack(String reference) {
        return mine.client()
                .post(
                        "pack-carton",
                        Map.of("order_id", order(reference)),
                        "{\"contents\": [{\"sku\": \"TEA\", \"quantity\": %d}]}"
                                .formatted(units(reference)));
    }

    long units(String reference) {
        return mine.client()
                .get("get-order", Map.of("order_id", order(reference)), Map.of())
                .json()
                .at("/lines/0/ordered")
                .asLong();
    }

    Answer dispatch(String reference) {
        return mine.client()
                .post(
                        "dispatch-shipment",
                        Map.of("order_id", order(reference)),
                        "{\"carrier\": \"Postal Service\", \"tracking\": \"EX-%s\"}"
                                .formatted(reference));
    }
}
