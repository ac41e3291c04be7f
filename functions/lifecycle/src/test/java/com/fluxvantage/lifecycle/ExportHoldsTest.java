package com.fluxvantage.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.runtime.KernelJson;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/**
 * What is in an export: every column that the data map lets out, of this tenant, and nothing else.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ExportHoldsTest {
    private static final String COLUMNS =
            """
            select mapped.table_name || ' ' || mapped.column_name || ' '
                   || ('tenant' = any (mapped.exported_to) and mapped.class not in ('secret', 'credential')) || ' '
                   || (attgenerated <> '') || ' ' || format_type(atttypid, atttypmod)
              from fv.mapped_columns() as mapped
              join fv.mapped_tables() as whole using (table_name)
              join pg_attribute on attrelid = mapped.table_name::regclass and attname = mapped.column_name
             where whole.is_fenced
               and cast(? as uuid) is not null
             order by mapped.table_name, attnum
            """;

    /** Without it the tenant could not be entered. */
    private static final Set<String> IS_KEPT_AS_IT_IS =
            Set.of("wms.tenant.state", "wms.tenant.returns_to");

    /** What the platform writes of the exports themselves, while they are made and after. */
    private static final Predicate<String> IS_OF_THE_RUN =
            Pattern.compile(
                            "wms\\.(audit_.*|idempotency_record|outbox|export.*|tenant|dead_letter|stream_lease)")
                    .asMatchPredicate();

    /** A column as the map and the catalogue have it. */
    private record Column(String name, boolean isExported, boolean isGenerated, String type) {}

    private final TestPlatform platform = TestPlatform.running("tend-exports", "purge-exports");
    private final Client mine = platform.openTenant();
    private final Client theirs = platform.openTenant();
    private final Jobs jobs = new Jobs(platform);
    private final Exports exports = new Exports(platform);

    @TempDir private Path folder;

    @Test
    void every_exportable_column_of_every_table_is_there_and_no_other() throws Exception {
        var tables = tables();
        try (var connection = platform.database().superuser()) {
            loosen(connection);
            for (var client : List.of(mine, theirs)) {
                for (var table : tables.entrySet()) {
                    sow(connection, table.getKey(), table.getValue(), client);
                }
            }
        }

        var export = exports.made(mine);
        exports.fetch(mine, export, folder);

        assertThat(VerifyExport.verify(folder, exports.publicKey())).isEmpty();
        var all = new StringBuilder();
        tables.forEach((table, columns) -> {
            var exported = columns.stream().filter(Column::isExported).map(Column::name).toList();
            var lines = lines(table);
            all.append(String.join("\n", lines));
            if (exported.isEmpty()) {
                assertThat(folder.resolve("tables").resolve(table)).doesNotExist();
                return;
            }
            assertThat(lines).as(table).isNotEmpty();
            for (String line : lines) {
                assertThat(names(line)).as(table).containsExactlyInAnyOrderElementsOf(exported);
            }
            for (var column : columns) {
                if (column.type.equals("text")
                        && column.isExported
                        && !IS_KEPT_AS_IT_IS.contains(table + "." + column.name)) {
                    assertThat(String.join("\n", lines))
                            .contains(sentinel("mine", table, column.name));
                }
            }
            assertThat(schema(table)).as(table).isEqualTo(new TreeSet<>(exported));
        });
        // Neither what is not exported, nor anything of the other tenant.
        tables.forEach((table, columns) ->
                columns.stream()
                        .filter(it -> !it.isExported)
                        .forEach(it ->
                                assertThat(all).doesNotContain(sentinel("mine", table, it.name))));
        assertThat(all).doesNotContain("theirs-").doesNotContain(theirs.tenant().uuid().toString());
        for (var file : Exports.regularFiles(folder)) {
            assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                    .doesNotContain("theirs-")
                    .doesNotContain(theirs.tenant().uuid().toString());
        }
    }

    @Test
    void imported_into_an_empty_tenant_it_is_the_same() throws Exception {
        var given = com.fluxvantage.testing.GivenWarehouse.of(mine);
        given.item("TEA");
        given.item("COFFEE");
        given.bin("B-01", 7);
        jobs.change("update wms.tenant set state = 'wind_down' where tenant_id = ?", mine);
        exports.fetch(mine, exports.made(mine), folder);
        var empty = platform.openTenant();

        try (var connection = platform.database().superuser()) {
            for (String table : tables().keySet()) {
                restore(connection, table, tables().get(table), empty);
            }
        }

        var again = Files.createDirectory(folder.resolveSibling("again-" + folder.getFileName()));
        exports.fetch(empty, exports.made(empty), again);
        int compared = 0;
        for (String table : tables().keySet()) {
            if (IS_OF_THE_RUN.test(table)) {
                continue;
            }
            assertThat(lines(again, table)).as(table).isEqualTo(lines(folder, table));
            compared += lines(folder, table).size();
        }
        assertThat(compared).isGreaterThan(15);
    }

    @Test
    void a_worker_in_another_tenant_reads_nothing_of_the_plan() throws Exception {
        var export = Exports.request(mine);
        platform.clockwork().turn();
        try (var worker = platform.database().as("fv_worker");
                var statement = worker.createStatement()) {
            worker.setAutoCommit(false);
            statement.execute(
                    "select fv.delegate_job('run-export', '" + theirs.tenant().uuid() + "')");
            assertThatThrownBy(() ->
                            statement.execute(
                                    "select * from wms.export_rows('%s', 1, 10, 1000)"
                                            .formatted(export.uuid())))
                    .hasMessageContaining("returned no rows");
            worker.rollback();
            statement.execute(
                    "select fv.delegate_job('run-export', '" + theirs.tenant().uuid() + "')");
            try (var rows = statement.executeQuery("select count(*) from wms.export")) {
                rows.next();
                assertThat(rows.getLong(1)).isZero();
            }
        }
    }

    @Test
    void nobody_but_the_worker_reads_rows_for_an_export() throws Exception {
        for (String role : new String[] {"fv_api", "fv_api_ro", "fv_platform", "fv_dispatch"}) {
            try (var connection = platform.database().as(role);
                    var statement = connection.createStatement()) {
                assertThatThrownBy(() ->
                                statement.execute(
                                        "select * from wms.export_rows(fv.uuid7(), 1, 10, 1000)"))
                        .hasMessageContaining("permission denied");
            }
        }
    }

    @Test
    void of_a_large_table_with_wide_rows_a_piece_is_no_larger_than_its_limit() throws Exception {
        sowItems(120_000, 100);
        long started = System.nanoTime();
        var export = exports.made(mine);
        double seconds = (System.nanoTime() - started) / 1e9;
        exports.fetch(mine, export, folder);

        assertThat(VerifyExport.verify(folder, exports.publicKey())).isEmpty();
        var pieces = Exports.regularFiles(folder.resolve("tables/wms.item"));
        assertThat(pieces).hasSizeGreaterThan(5);
        long rows = 0;
        for (var piece : pieces) {
            byte[] content = unpacked(piece);
            assertThat(content.length).isLessThanOrEqualTo(ExportPiece.MOST_BYTES + 100_000);
            rows += new String(content, StandardCharsets.UTF_8).lines().count();
        }
        assertThat(rows).isEqualTo(120_000);
        System.out.printf(
                "export: %,d rows in %.1f s, %,.0f rows/s%n", rows, seconds, rows / seconds);
    }

    @Test
    void a_long_export_is_many_short_runs() throws Exception {
        sowItems((RunExport.FILES_A_RUN + 5) * 200, 45_000);

        var export = exports.made(mine);

        assertThat(Exports.get(mine, export).state()).isEqualTo(ExportState.READY);
        assertThat(Exports.get(mine, export).files()).isGreaterThan(RunExport.FILES_A_RUN);
        assertThat(
                        jobs.rows(
                                "select type from wms.outbox where tenant_id = ? and type like"
                                        + " 'export.%' order by stream_no",
                                mine))
                .startsWith("export.requested", "export.continued")
                .endsWith("export.ready");
    }

    private void sowItems(int count, int width) throws SQLException {
        try (var connection = platform.database().superuser();
                var statement = connection.createStatement()) {
            statement.execute(
                    "alter table wms.item drop constraint if exists item_description_check");
            statement.execute(
                    """
                    insert into wms.item (tenant_id, item_id, sku, description, registered_at)
                    select '%s', gen_random_uuid(), 'S' || n, repeat('x', %d), now()
                      from generate_series(1, %d) as n
                    """
                            .formatted(mine.tenant().uuid(), width, count));
        }
    }

    private Map<String, List<Column>> tables() throws SQLException {
        var tables = new TreeMap<String, List<Column>>();
        for (String row : jobs.rows(COLUMNS, mine)) {
            var part = row.split(" ", 5);
            tables.computeIfAbsent(part[0], _ -> new ArrayList<>())
                    .add(
                            new Column(
                                    part[1],
                                    part[2].equals("true"),
                                    part[3].equals("true"),
                                    part[4]));
        }
        return tables;
    }

    // The sentinels say nothing that a check would let through; what is tested is what is read.
    private static void loosen(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("set session_replication_role = replica");
            statement.execute(
                    """
                    do $$
                    declare
                        rule record;
                    begin
                        for rule in
                            select conrelid::regclass as holder, conname
                              from pg_constraint
                             where contype = 'c'
                               and connamespace = 'wms'::regnamespace
                               and conislocal
                               and coninhcount = 0
                        loop
                            execute format('alter table %s drop constraint %I', rule.holder, rule.conname);
                        end loop;
                    end
                    $$
                    """);
        }
    }

    private static String sentinel(String whose, String table, String column) {
        return whose + "-" + table + "-" + column;
    }

    private void sow(Connection connection, String table, List<Column> columns, Client client)
            throws SQLException {
        if (table.equals("wms.tenant")) {
            try (var statement = connection.createStatement()) {
                statement.execute(
                        "update wms.tenant set name = '%s', state = 'active' where tenant_id = '%s'"
                                .formatted(
                                        sentinel(whose(client), table, "name"),
                                        client.tenant().uuid()));
            }
            return;
        }
        var names = new ArrayList<String>();
        var values = new ArrayList<String>();
        for (var column : columns) {
            if (column.isGenerated) {
                continue;
            }
            names.add(column.name);
            values.add(
                    column.name.equals("tenant_id")
                            ? "'" + client.tenant().uuid() + "'"
                            : value(table, column, whose(client)));
        }
        try (var statement = connection.createStatement()) {
            statement.execute(
                    "insert into %s (%s) overriding system value values (%s)"
                            .formatted(table, String.join(", ", names), String.join(", ", values)));
        } catch (SQLException e) {
            throw new AssertionError(table + " can be sown: " + e.getMessage(), e);
        }
    }

    private static String value(String table, Column column, String whose) {
        String text = "'" + sentinel(whose, table, column.name) + "'";
        return switch (column.type) {
            case "uuid" -> "gen_random_uuid()";
            case "text" -> text;
            case "text[]" -> "array[" + text + "]";
            case "bytea" -> "sha256(convert_to(" + text + ", 'UTF8'))";
            case "jsonb" -> "to_jsonb(" + text + "::text)";
            case "bigint", "integer", "smallint" -> "7";
            case "boolean" -> "false";
            case "date" -> "current_date";
            // Nothing of it waits for the relay, and the ledger has a partition for it.
            case "timestamp with time zone" -> "now()";
            default -> "null";
        };
    }

    private String whose(Client client) {
        return client == mine ? "mine" : "theirs";
    }

    /** As an importer does: the columns of the export, and of the rest what the database needs. */
    private void restore(Connection connection, String table, List<Column> columns, Client into)
            throws SQLException {
        if (IS_OF_THE_RUN.test(table)) {
            return;
        }
        var lines = lines(table);
        if (lines.isEmpty()) {
            return;
        }
        var names = new ArrayList<String>();
        var values = new ArrayList<String>();
        for (var column : columns) {
            if (column.isGenerated) {
                continue;
            }
            if (column.name.equals("tenant_id")) {
                names.add("tenant_id");
                values.add("'" + into.tenant().uuid() + "'");
            } else if (column.isExported) {
                names.add(column.name);
                values.add("given." + column.name);
            } else if (isNeeded(connection, table, column.name)) {
                names.add(column.name);
                values.add(value(table, column, "restored"));
            }
        }
        try (var statement = connection.createStatement()) {
            statement.execute("set session_replication_role = replica");
            // An empty tenant is not quite empty: who opened it, and its house.
            statement.execute(
                    "delete from %s where tenant_id = '%s'".formatted(table, into.tenant().uuid()));
        }
        try (var insert =
                connection.prepareStatement(
                        "insert into %s (%s) select %s from json_populate_record(null::%s, ?::json) as given"
                                .formatted(
                                        table,
                                        String.join(", ", names),
                                        String.join(", ", values),
                                        table))) {
            for (String line : lines) {
                insert.setString(1, line);
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static boolean isNeeded(Connection connection, String table, String column)
            throws SQLException {
        try (var asked =
                connection.prepareStatement(
                        "select attnotnull and not atthasdef from pg_attribute where attrelid ="
                                + " ?::regclass and attname = ?")) {
            asked.setString(1, table);
            asked.setString(2, column);
            try (var rows = asked.executeQuery()) {
                rows.next();
                return rows.getBoolean(1);
            }
        }
    }

    private List<String> lines(String table) {
        return lines(folder, table);
    }

    private static List<String> lines(Path folder, String table) {
        var lines = new ArrayList<String>();
        var of = folder.resolve("tables").resolve(table);
        if (!Files.exists(of)) {
            return lines;
        }
        try {
            for (var piece : Exports.regularFiles(of)) {
                new String(unpacked(piece), StandardCharsets.UTF_8).lines().forEach(lines::add);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return lines;
    }

    private static byte[] unpacked(Path file) throws IOException {
        try (var in = new GZIPInputStream(Files.newInputStream(file))) {
            return in.readAllBytes();
        }
    }

    private static List<String> names(String line) {
        return KernelJson.revealing()
                .readTree(line)
                .propertyStream()
                .map(Map.Entry::getKey)
                .toList();
    }

    private Set<String> schema(String table) {
        try {
            JsonNode schema =
                    KernelJson.revealing()
                            .readTree(
                                    Files.readString(
                                            folder.resolve("schemas").resolve(table + ".json")));
            var names = new TreeSet<String>();
            schema.path("properties").propertyStream().forEach(it -> names.add(it.getKey()));
            return names;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
