package com.fluxvantage.migrations;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The data map as a release brings it: all modules and the vocabulary in one text that is the same
 * wherever it is made, and the digest of that text, which is the map's version.
 *
 * @param version SHA-256 of the canonical text, in hexadecimal
 * @param canonical JSON with sorted keys and no blanks
 */
record CompiledDataMap(String version, String canonical) {
    /** A file each, named after the module whose tables it describes. */
    static final List<String> MODULES =
            List.of(
                    "tenancy",
                    "catalog",
                    "locations",
                    "inbound",
                    "outbound",
                    "inventory",
                    "runtime",
                    "audit",
                    "platform",
                    "deletion",
                    "export",
                    "integrations",
                    "webhooks",
                    "carriers");

    static CompiledDataMap read() {
        var tables = new TreeMap<String, Object>();
        for (var module : MODULES) {
            var file = load(module);
            if (!module.equals(file.get("module"))) {
                throw new IllegalStateException(
                        module + ".yaml is of the module that it is named after");
            }
            map(file.get("tables"))
                    .forEach((name, table) -> {
                        var entry = map(table);
                        entry.put("module", module);
                        if (tables.put(name, entry) != null) {
                            throw new IllegalStateException(name + " stands in the map twice");
                        }
                    });
        }
        return of(Map.of("tables", tables, "vocabulary", load("vocabulary")));
    }

    static CompiledDataMap of(Map<String, Object> map) {
        var json = new StringBuilder();
        write(json, map);
        var canonical = json.toString();
        return new CompiledDataMap(digest(canonical), canonical);
    }

    private static void write(StringBuilder json, @Nullable Object value) {
        switch (value) {
            case Map<?, ?> map -> {
                var separator = "{";
                for (var entry : map(map).entrySet()) {
                    json.append(separator);
                    write(json, entry.getKey());
                    json.append(':');
                    write(json, entry.getValue());
                    separator = ",";
                }
                json.append(map.isEmpty() ? "{}" : "}");
            }
            case List<?> list -> {
                var separator = "[";
                for (var element : list) {
                    json.append(separator);
                    write(json, element);
                    separator = ",";
                }
                json.append(list.isEmpty() ? "[]" : "]");
            }
            case Integer number -> json.append(number.intValue());
            case Boolean truth -> json.append(truth.booleanValue());
            case String text -> quote(json, text);
            case null, default ->
                    throw new IllegalStateException("the data map has no use for " + value);
        }
    }

    private static void quote(StringBuilder json, String text) {
        json.append('"');
        for (int at = 0; at < text.length(); at++) {
            char character = text.charAt(at);
            if (character < ' ') {
                throw new IllegalStateException("a text of the data map is of one line");
            }
            if (character == '"' || character == '\\') {
                json.append('\\');
            }
            json.append(character);
        }
        json.append('"');
    }

    private static String digest(String text) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static TreeMap<String, Object> map(@Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw new IllegalStateException("a map stands here, and not " + value);
        }
        var sorted = new TreeMap<String, Object>();
        map.forEach((key, entry) -> sorted.put(String.valueOf(key), entry));
        return sorted;
    }

    private static Map<String, Object> load(String name) {
        try (var file = CompiledDataMap.class.getResourceAsStream("/datamap/" + name + ".yaml")) {
            if (file == null) {
                throw new IllegalStateException("the data map has no file of " + name);
            }
            var options = new LoaderOptions();
            options.setAllowDuplicateKeys(false);
            return map(new Yaml(new SafeConstructor(options)).<Object>load(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
