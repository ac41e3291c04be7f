package com.fluxvantage.migrations;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The data map: what every column holds, whose it is, how long it stays and how it goes. Each rule
 * answers one sentence a fault, which names the table and the column.
 */
record DataMap(Map<String, Object> vocabulary, Map<String, Map<String, Object>> tables) {
    private static final String LIVE_COLUMNS =
            """
            select tables.oid::regclass || ' ' || attname || ' ' || format_type(atttypid, null) || ' ' || attnotnull
              from pg_class as tables
              join pg_attribute on attrelid = tables.oid
             where tables.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'pg_toast'::regnamespace)
               and tables.relkind in ('r', 'p', 'v', 'm', 'f')
               and not tables.relispartition
               and attnum > 0
               and not attisdropped
             order by tables.oid::regclass::text, attnum
            """;

    private static final String FENCED =
            """
            select oid::regclass
              from pg_class
             where relrowsecurity
               and relforcerowsecurity
               and exists (
                       select
                         from pg_policy
                        where polrelid = pg_class.oid
                          and polname = 'tenant_isolation'
                          and pg_get_expr(polqual, polrelid) = '(tenant_id = ( SELECT fv.tenant() AS tenant))')
            """;

    private static final String UNIQUE_INDEXES =
            """
            select indrelid::regclass || ' '
                   || array_to_string(array(
                          select attname
                            from unnest(indkey::int2[]) with ordinality as part (attnum, place)
                            join pg_attribute on attrelid = indrelid and pg_attribute.attnum = part.attnum
                           order by place), ',')
              from pg_index
             where indisunique
            """;

    private static final String REFERENCES =
            """
            select distinct conrelid::regclass || ' ' || confrelid::regclass
              from pg_constraint
             where contype = 'f'
               and conparentid = 0
               and conrelid <> confrelid
            """;

    private record Column(String table, String name, String type, boolean required) {
        static Column of(String row) {
            var part = row.split(" ", 4);
            // A type may have blanks in it; the flag is the last word.
            int flag = row.lastIndexOf(' ');
            var type = row.substring(part[0].length() + part[1].length() + 2, flag);
            return new Column(part[0], part[1], type, row.substring(flag + 1).equals("true"));
        }

        String path() {
            return table + "." + name;
        }
    }

    static DataMap read() {
        var tables = new LinkedHashMap<String, Map<String, Object>>();
        for (var module : CompiledDataMap.MODULES) {
            var file = load("/datamap/" + module + ".yaml");
            if (!module.equals(file.get("module"))) {
                throw new AssertionError(module + ".yaml is of the module that it is named after");
            }
            map(file.get("tables"))
                    .forEach((name, table) -> {
                        if (tables.put(name, map(table)) != null) {
                            throw new AssertionError(name + " stands in the map twice");
                        }
                    });
        }
        return new DataMap(load("/datamap/vocabulary.yaml"), tables);
    }

    /** G1 and G2: the live catalogue and the map have the same tables and columns. */
    List<String> unmapped(Session session) {
        var live = new TreeMap<String, Set<String>>();
        for (var column : columns(session)) {
            live.computeIfAbsent(column.table, _ -> new TreeSet<>()).add(column.name);
        }
        var findings = new ArrayList<String>();
        live.forEach((table, columns) -> {
            var mapped = tables.get(table);
            if (mapped == null) {
                findings.add("The table " + table + " is not in the data map.");
                return;
            }
            var entries = map(mapped.get("columns")).keySet();
            columns.stream()
                    .filter(it -> !entries.contains(it))
                    .forEach(it ->
                            findings.add(
                                    "The column " + table + "." + it + " is not in the data map."));
            entries.stream()
                    .filter(it -> !columns.contains(it))
                    .forEach(it ->
                            findings.add(
                                    "The data map has a column "
                                            + table
                                            + "."
                                            + it
                                            + " that the database has not."));
        });
        tables.keySet().stream()
                .filter(it -> !live.containsKey(it))
                .forEach(it ->
                        findings.add(
                                "The data map has a table " + it + " that the database has not."));
        return findings;
    }

    /** G3: every word is from the vocabulary. */
    List<String> unknownWords() {
        var findings = new ArrayList<String>();
        tables.forEach((name, table) -> {
            known(findings, name, "category", table.get("category"), words("categories"));
            known(
                    findings,
                    name,
                    "category in the policy",
                    table.get("category"),
                    map(vocabulary.get("policy_category")).keySet());
            known(findings, name, "role", table.get("role"), words("roles"));
            list(table.get("purposes"))
                    .forEach(it -> known(findings, name, "purpose", it, words("purposes")));
            known(findings, name, "basis", table.get("basis"), words("bases"));
            known(findings, name, "isolation", table.get("isolation"), words("isolation"));
            known(findings, name, "at_end", table.get("at_end"), words("at_end"));
            list(table.get("hold"))
                    .forEach(it -> known(findings, name, "hold", it, words("holds")));
            list(table.get("subjects"))
                    .forEach(it ->
                            known(
                                    findings,
                                    name,
                                    "subject",
                                    map(it).get("kind"),
                                    map(vocabulary.get("subjects")).keySet()));
            var retention = map(table.get("retention"));
            known(
                    findings,
                    name,
                    "retention class",
                    retention.get("class"),
                    map(vocabulary.get("retention_classes")).keySet());
            known(findings, name, "expiry", retention.get("expiry"), words("expiries"));
            map(table.get("columns"))
                    .forEach((column, entry) -> wordsOf(findings, name + "." + column, map(entry)));
        });
        return findings;
    }

    private void wordsOf(List<String> findings, String path, Map<String, Object> column) {
        known(
                findings,
                path,
                "class",
                column.get("class"),
                map(vocabulary.get("column_class")).keySet());
        if (!"none".equals(column.get("export"))) {
            list(column.get("export"))
                    .forEach(it -> known(findings, path, "export", it, words("exports")));
        }
        for (var reason : new String[] {"why", "reviewed"}) {
            if (column.containsKey(reason)) {
                known(
                        findings,
                        path,
                        reason,
                        column.get(reason),
                        map(vocabulary.get("reasons")).keySet());
            }
        }
        if (column.containsKey("erase")) {
            map(column.get("erase"))
                    .keySet()
                    .forEach(it -> known(findings, path, "erase", it, words("erase")));
        }
    }

    /**
     * G4: what is personal says how it is exported and erased; what is left out or kept says why.
     */
    List<String> unreasoned() {
        var findings = new ArrayList<String>();
        everyColumn((path, column) -> {
            if (!column.containsKey("export")) {
                findings.add(path + " does not say whether it is exported.");
            }
            if ("none".equals(column.get("export")) && !column.containsKey("why")) {
                findings.add(path + " is not exported and does not say why.");
            }
            boolean isOpaque = "opaque_json".equals(column.get("class"));
            if ((isPersonal(column) || isOpaque) && !column.containsKey("erase")) {
                findings.add(path + " is personal and does not say how it is erased.");
            }
            if (isPersonal(column) && !list(column.get("export")).contains("subject")) {
                findings.add(path + " is personal and is not given to the person it is about.");
            }
            if (column.get("erase") instanceof Map<?, ?> erase && erase.get("keep") != null) {
                var keep = map(erase.get("keep"));
                if (!keep.keySet().containsAll(Set.of("why", "basis", "until"))) {
                    findings.add(
                            path
                                    + " is kept after an erasure without a reason, a basis and an"
                                    + " end.");
                } else {
                    known(
                            findings,
                            path,
                            "why",
                            keep.get("why"),
                            map(vocabulary.get("reasons")).keySet());
                    known(findings, path, "basis", keep.get("basis"), words("bases"));
                }
            }
        });
        return findings;
    }

    /**
     * G5: what looks personal by its name or type is not called otherwise without a second look.
     */
    List<String> suspicious(Session session) {
        var findings = new ArrayList<String>();
        for (var column : columns(session)) {
            boolean looksPersonal =
                    column.name.matches(
                                    ".*(email|phone|name|street|address|city|postcode|note|comment|description|supplier|reason|^ip$).*")
                            || Set.of("jsonb", "json", "inet", "xml").contains(column.type);
            var entry = entry(column);
            if (looksPersonal
                    && entry != null
                    && !isPersonal(entry)
                    && !entry.containsKey("reviewed")) {
                findings.add(
                        column.path()
                                + " looks personal and is called "
                                + entry.get("class")
                                + " without a review.");
            }
        }
        return findings;
    }

    /** The personal columns of the tables whose data the policy calls so. */
    List<String> people(String policyCategory) {
        var people = new ArrayList<String>();
        everyColumn((path, column) -> {
            var table = map(tables.get(path.substring(0, path.lastIndexOf('.'))));
            if (policyCategory.equals(policyCategory(table)) && isPersonal(column)) {
                people.add(path);
            }
        });
        return people;
    }

    /** Account data are the platform's own business, operational data the tenant's. */
    List<String> wronglyOwned() {
        var roles = Map.of("account", "controller", "operational", "processor");
        var findings = new ArrayList<String>();
        tables.forEach((name, table) -> {
            var category = policyCategory(table);
            var role = roles.get(category);
            if (role != null && !role.equals(table.get("role"))) {
                findings.add(name + " holds " + category + " data and is not the " + role + "'s.");
            }
        });
        return findings;
    }

    private String policyCategory(Map<String, Object> table) {
        var word = String.valueOf(table.get("category"));
        return String.valueOf(map(vocabulary.get("policy_category")).get(word));
    }

    /** G6: the map says "fenced" of exactly the tables that are. */
    List<String> wronglyFenced(Session session) {
        var fenced = new TreeSet<>(session.rows(FENCED));
        var findings = new ArrayList<String>();
        tables.forEach((name, table) -> {
            boolean isSaid = "rls_forced".equals(table.get("isolation"));
            if (isSaid != fenced.contains(name)) {
                findings.add(
                        name
                                + (isSaid
                                        ? " is called fenced and is not."
                                        : " is fenced and is not called so."));
            }
        });
        return findings;
    }

    /**
     * G7: what a deletion walks along is the start of a unique index and starts with the tenant.
     */
    List<String> unwalkable(Session session) {
        var indexes = session.rows(UNIQUE_INDEXES);
        var findings = new ArrayList<String>();
        tables.forEach((name, table) -> {
            if ("rls_forced".equals(table.get("isolation"))) {
                var key =
                        String.join(
                                ",",
                                list(table.get("batch_key")).stream()
                                        .map(String::valueOf)
                                        .toList());
                var prefix = name + " " + key;
                boolean isWalkable =
                        indexes.stream()
                                .anyMatch(it -> it.equals(prefix) || it.startsWith(prefix + ","));
                if (!isWalkable || !key.startsWith("tenant_id")) {
                    findings.add(name + " cannot be walked along " + key + ".");
                }
            }
        });
        return findings;
    }

    /**
     * G9: the order in which tables can be emptied, children first; what is left over is a circle.
     */
    static List<String> inACircle(Session session) {
        var references = new LinkedHashSet<>(session.rows(REFERENCES));
        boolean hasChanged = true;
        while (hasChanged) {
            var referred = new TreeSet<String>();
            references.forEach(it -> referred.add(it.substring(it.indexOf(' ') + 1)));
            // A table that nothing refers to can be emptied, and its references with it.
            hasChanged =
                    references.removeIf(it -> !referred.contains(it.substring(0, it.indexOf(' '))));
        }
        return List.copyOf(references);
    }

    /** An erasure can be done: null only where null may stand, a text only in a text. */
    List<String> unerasable(Session session) {
        var findings = new ArrayList<String>();
        for (var column : columns(session)) {
            var entry = entry(column);
            if (entry != null && entry.get("erase") instanceof Map<?, ?> erase) {
                if (erase.containsKey("null") && column.required) {
                    findings.add(column.path() + " is never null and is to be erased by null.");
                }
                boolean isText =
                        erase.containsKey("fixed")
                                || erase.containsKey("tombstone_unique")
                                || erase.containsKey("generalize");
                if (isText && !column.type.equals("text")) {
                    findings.add(column.path() + " is no text and is to be erased by one.");
                }
            }
        }
        return findings;
    }

    private interface ColumnRule {
        void judge(String path, Map<String, Object> column);
    }

    private void everyColumn(ColumnRule rule) {
        tables.forEach((name, table) ->
                map(table.get("columns"))
                        .forEach((column, entry) -> rule.judge(name + "." + column, map(entry))));
    }

    private static List<Column> columns(Session session) {
        return session.rows(LIVE_COLUMNS).stream().map(Column::of).toList();
    }

    private @Nullable Map<String, Object> entry(Column column) {
        var table = tables.get(column.table);
        var entry = table == null ? null : map(table.get("columns")).get(column.name);
        return entry == null ? null : map(entry);
    }

    private boolean isPersonal(Map<String, Object> column) {
        var kind = map(vocabulary.get("column_class")).get(String.valueOf(column.get("class")));
        return kind != null && Objects.equals(map(kind).get("personal"), true);
    }

    private Set<String> words(String list) {
        return new TreeSet<>(list(vocabulary.get(list)).stream().map(String::valueOf).toList());
    }

    private static void known(
            List<String> findings,
            String path,
            String field,
            @Nullable Object word,
            Set<String> words) {
        if (word == null || !words.contains(String.valueOf(word))) {
            findings.add(path + " has a " + field + " that the vocabulary has not: " + word);
        }
    }

    private static List<Object> list(@Nullable Object value) {
        return value instanceof List<?> list ? List.copyOf(list) : List.of();
    }

    /** YAML knows no types: keys are made texts, and null (a word of the map's own) is one too. */
    private static Map<String, Object> map(@Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw new AssertionError("a map stands here, and not " + value);
        }
        var texts = new LinkedHashMap<String, Object>();
        map.forEach((key, entry) ->
                texts.put(String.valueOf(key), Objects.requireNonNullElse(entry, "")));
        return texts;
    }

    private static Map<String, Object> load(String file) {
        try (var text = DataMap.class.getResourceAsStream(file)) {
            var options = new LoaderOptions();
            options.setAllowDuplicateKeys(false);
            return map(new Yaml(new SafeConstructor(options)).<Object>load(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
