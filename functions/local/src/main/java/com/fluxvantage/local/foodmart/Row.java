package com.fluxvantage.local.foodmart;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One line of the data: a flat JSON object. Rows are streamed and each is valid only while it is
 * looked at, for the entries are up to a hundred megabytes long.
 */
final class Row {
    private static final JsonFactory JSON = new JsonFactory();

    private final Map<String, String> fields = new HashMap<>();

    private Row() {}

    /** Shows every row of a table in the order of the file. */
    static void each(String table, Consumer<Row> look) {
        var row = new Row();
        try (var entry = open(table);
                var json = JSON.createParser(ObjectReadContext.empty(), entry)) {
            while (json.nextToken() == JsonToken.START_OBJECT) {
                row.fill(json);
                look.accept(row);
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static InputStream open(String table) {
        var entry = Row.class.getResourceAsStream("/" + table + ".json");
        if (entry == null) {
            throw new IllegalStateException(
                    "FoodMart's data are not on the class path: no table " + table);
        }
        return entry;
    }

    private void fill(JsonParser json) {
        fields.clear();
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            var name = json.currentName();
            var value = json.nextToken();
            if (value != JsonToken.VALUE_NULL) {
                fields.put(name, json.getString());
            }
        }
    }

    String text(String name) {
        return find(name).orElseThrow(() -> new IllegalStateException("a row without " + name));
    }

    Optional<String> find(String name) {
        return Optional.ofNullable(fields.get(name));
    }

    int whole(String name) {
        return decimal(name).intValueExact();
    }

    BigDecimal decimal(String name) {
        return new BigDecimal(text(name));
    }
}
