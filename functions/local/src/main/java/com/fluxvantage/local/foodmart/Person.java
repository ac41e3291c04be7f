package com.fluxvantage.local.foodmart;

import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who receives a parcel, and where. Invented people, treated as real ones: a person never prints,
 * so that no name reaches a log by way of a record around it.
 */
public record Person(
        String name,
        Optional<String> company,
        String street,
        String city,
        Optional<String> region,
        String postcode,
        String country,
        Optional<String> phone) {

    static Person customer(Row row) {
        return new Person(
                row.text("fullname"),
                Optional.empty(),
                Stream.concat(Stream.of(row.text("address1")), row.find("address2").stream())
                        .collect(Collectors.joining(", ")),
                row.text("city"),
                row.find("state_province"),
                row.text("postal_code"),
                countryCode(row.text("country")),
                row.find("phone1"));
    }

    /** The store's manager, at the store's address. */
    static Person store(Row row) {
        return new Person(
                row.text("store_manager"),
                Optional.of(row.text("store_name")),
                row.text("store_street_address"),
                row.text("store_city"),
                row.find("store_state"),
                row.text("store_postal_code"),
                countryCode(row.text("store_country")),
                row.find("store_phone"));
    }

    /** ISO 3166-1 alpha-2. */
    private static String countryCode(String country) {
        return switch (country) {
            case "USA" -> "US";
            case "Canada" -> "CA";
            case "Mexico" -> "MX";
            default ->
                    throw new IllegalStateException(
                            "FoodMart ships to three countries, not to this one");
        };
    }

    @Override
    public String toString() {
        return "Person[***]";
    }
}
