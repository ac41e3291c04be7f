package com.fluxvantage.registry;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What is stored of whom, why, how long, and what becomes of it, on one page: the data map, read.
 */
final class DataMapDocument {
    private static final Path MAP = Path.of(System.getProperty("fv.root"), "migrations", "datamap");
    private static final String VOCABULARY = "vocabulary";

    private static final String HEAD =
            """
            # The data map

            Every table and column of the database, made from [migrations/datamap](../migrations/datamap) by the build. The build
            fails when a table or a column is not in the map, or the other way round; exports, retention and deletion read
            the same map and nothing else.

            **Whose** is *processor* for what a tenant's own business consists of, and *controller* for what we need for our
            own relation to it. **Kept** says how long while the tenant is there; **at its end**, what becomes of a table when
            the tenant is deleted. Personal columns are in bold, with what becomes of them when the person is forgotten.
            """;

    private DataMapDocument() {}

    static String text() {
        var vocabulary = map(file(VOCABULARY));
        var page = new StringBuilder(HEAD);
        for (var module : modules()) {
            var file = file(module);
            page.append("\n## ").append(module).append("\n\n");
            page.append("| table | category | whose | why | kept | held by | at its end |\n");
            page.append("| --- | --- | --- | --- | --- | --- | --- |\n");
            tables(file).forEach((name, table) -> page.append(row(name, table, vocabulary)));
            tables(file).forEach((name, table) -> page.append(columns(name, table, vocabulary)));
        }
        return page.append(reasons(vocabulary)).toString();
    }

    private static String row(
            String name, Map<String, Object> table, Map<String, Object> vocabulary) {
        return "| [`%s`](#%s) | %s | %s | %s, by %s | %s | %s | %s |\n"
                .formatted(
                        name,
                        anchor(name),
                        table.get("category"),
                        table.get("role"),
                        listed(table.get("purposes")),
                        words(table.get("basis")),
                        kept(map(table.get("retention")), vocabulary),
                        listed(table.get("hold")),
                        table.get("at_end"));
    }

    private static String columns(
            String name, Map<String, Object> table, Map<String, Object> vocabulary) {
        var page =
                new StringBuilder("\n### ")
                        .append(name)
                        .append(
                                "\n\n| column | what it is | exported to | when the person is forgotten |\n| --- | --- | --- | --- |\n");
        map(table.get("columns"))
                .forEach((column, said) -> {
                    var entry = map(said);
                    boolean isPersonal = isPersonal(entry, vocabulary);
                    page.append("| ")
                            .append(isPersonal ? "**`" + column + "`**" : "`" + column + "`")
                            .append(" | ")
                            .append(words(entry.get("class")))
                            .append(" | ")
                            .append(exported(entry))
                            .append(" | ")
                            .append(isPersonal ? erased(entry) : "")
                            .append(" |\n");
                });
        return page.toString();
    }

    private static boolean isPersonal(Map<String, Object> column, Map<String, Object> vocabulary) {
        var known =
                map(map(vocabulary.get("column_class")).get(String.valueOf(column.get("class"))));
        return Boolean.TRUE.equals(known.get("personal"));
    }

    private static String kept(Map<String, Object> retention, Map<String, Object> vocabulary) {
        var name = String.valueOf(retention.get("class"));
        var said = map(map(vocabulary.get("retention_classes")).get(name));
        if (said.containsKey("days")) {
            return "%s days from `%s`".formatted(said.get("days"), retention.get("anchor"));
        }
        if (said.containsKey("days_from_tenant_setting")) {
            return "%s to %s days from `%s`, as the tenant says%s"
                    .formatted(
                            said.get("min"),
                            said.get("max"),
                            retention.get("anchor"),
                            "redact_columns".equals(retention.get("expiry"))
                                    ? "; then its personal columns go"
                                    : "");
        }
        return switch (String.valueOf(said.get("while"))) {
            case "subscription_active" -> "as long as the tenant is there";
            case "installation" -> "as long as the platform is there";
            default -> throw new IllegalStateException("no words are known for " + name);
        };
    }

    private static String exported(Map<String, Object> column) {
        return column.get("export") instanceof List<?> to
                ? listed(to)
                : "nobody (%s)".formatted(words(column.get("why")));
    }

    private static String erased(Map<String, Object> column) {
        if (column.get("erase") instanceof Map<?, ?> how) {
            return how.entrySet().stream()
                    .map(it ->
                            switch (String.valueOf(it.getKey())) {
                                case "null" -> "nothing is left";
                                case "fixed" -> "becomes `" + it.getValue() + "`";
                                case "keep" -> "stays (%s)".formatted(why(it.getValue()));
                                default -> words(it.getKey()) + " `" + it.getValue() + "`";
                            })
                    .collect(Collectors.joining(", "));
        }
        return words(Objects.requireNonNullElse(column.get("erase"), ""));
    }

    private static String why(@Nullable Object kept) {
        return kept instanceof Map<?, ?> said ? words(said.get("why")) : words(kept);
    }

    private static String reasons(Map<String, Object> vocabulary) {
        var page = new StringBuilder("\n## Reasons\n\n| reason | in full |\n| --- | --- |\n");
        map(vocabulary.get("reasons"))
                .forEach((name, said) ->
                        page.append("| ")
                                .append(words(name))
                                .append(" | ")
                                .append(said)
                                .append(" |\n"));
        return page.toString();
    }

    private static List<String> modules() {
        try (var files = Files.list(MAP)) {
            return files.map(it -> String.valueOf(it.getFileName()))
                    .filter(it -> it.endsWith(".yaml"))
                    .map(it -> it.substring(0, it.length() - ".yaml".length()))
                    .filter(it -> !it.equals(VOCABULARY))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Map<String, Object>> tables(Map<String, Object> file) {
        var tables = new TreeMap<String, Map<String, Object>>();
        map(file.get("tables")).forEach((name, table) -> tables.put(name, map(table)));
        return tables;
    }

    private static Map<String, Object> file(String name) {
        try (var text = Files.newBufferedReader(MAP.resolve(name + ".yaml"))) {
            return map(new Yaml(new SafeConstructor(new LoaderOptions())).<Object>load(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Object> map(@Nullable Object value) {
        var map = new java.util.LinkedHashMap<String, Object>();
        if (value instanceof Map<?, ?> found) {
            found.forEach((key, entry) -> map.put(String.valueOf(key), entry));
        }
        return map;
    }

    private static String listed(@Nullable Object names) {
        return names instanceof List<?> list
                ? list.stream().map(DataMapDocument::words).collect(Collectors.joining(", "))
                : "";
    }

    private static String words(@Nullable Object name) {
        return String.valueOf(name).replace('_', ' ');
    }

    private static String anchor(String name) {
        return name.replace(".", "");
    }
}
