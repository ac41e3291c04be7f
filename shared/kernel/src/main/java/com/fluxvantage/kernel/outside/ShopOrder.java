package com.fluxvantage.kernel.outside;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A paid order as a shop tells it, before anybody has judged it: its texts are as they came, for
 * what is not fit for an order is held and not lost. It prints nothing of people.
 *
 * @param number by which shop and buyer know the order
 * @param updatedAt by the shop's own clock, comparable with times of the same shop alone
 */
public record ShopOrder(
        ShopKey id, String number, Instant updatedAt, List<Line> lines, Address address) {
    public ShopOrder {
        lines = List.copyOf(lines);
    }

    public record Line(String sku, long quantity) {}

    /** To whom it goes; the shop may lack any of it. */
    public record Address(
            Optional<String> name,
            Optional<String> company,
            Optional<String> street,
            Optional<String> city,
            Optional<String> region,
            Optional<String> postcode,
            Optional<String> country,
            Optional<String> phone,
            Optional<String> email) {
        @Override
        public String toString() {
            return "***";
        }
    }

    @Override
    public String toString() {
        return "ShopOrder[" + id + "]";
    }
}
