package com.fluxvantage.registry;

import static java.util.stream.Collectors.joining;

import com.fluxvantage.testing.TestPlatform;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** All rows of a tenant, behind the policies' back. */
final class Traces {
    private Traces() {}

    /** Everything of a tenant that a call could change, as one text. */
    static String of(TestPlatform platform, World world) {
        return String.join(
                "\n",
                ask(
                        platform,
                        world,
                        "select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from"
                                + " %s as t where tenant_id = '%s'"));
    }

    /** Whether some column of some row of the tenant is this text and nothing else. */
    static boolean holds(TestPlatform platform, World world, String text) throws SQLException {
        var value = ": " + quoted(platform, text);
        return ask(platform, world, "select to_jsonb(t)::text from %s as t where tenant_id = '%s'")
                .stream()
                .anyMatch(row -> row.contains(value));
    }

    /** Every id in it, those inside a text among them, such as an actor's. */
    static Set<UUID> uuids(TestPlatform platform, World world) {
        var uuids = new TreeSet<UUID>();
        ask(
                        platform,
                        world,
                        """
                        select (regexp_matches(value, '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}', 'g'))[1]
                          from %s as t
                         cross join jsonb_each_text(to_jsonb(t))
                         where tenant_id = '%s'
                        """)
                .forEach(value -> uuids.add(UUID.fromString(value)));
        return uuids;
    }

    private static String quoted(TestPlatform platform, String text) throws SQLException {
        try (var connection = platform.database().superuser();
                var statement =
                        connection.prepareStatement("select to_jsonb(cast(? as text))::text")) {
            statement.setString(1, text);
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    private static List<String> ask(TestPlatform platform, World world, String perTable) {
        var answers = new ArrayList<String>();
        try (var connection = platform.database().superuser()) {
            var ofAll =
                    tables(connection).stream()
                            .map(table -> perTable.formatted(table, world.client().tenant().uuid()))
                            .collect(joining(" union all "));
            try (var statement = connection.createStatement();
                    var rows = statement.executeQuery(ofAll)) {
                while (rows.next()) {
                    answers.add(rows.getString(1));
                }
            }
        } catch (SQLException e) {
            throw new AssertionError("the superuser sees everything", e);
        }
        return answers;
    }

    private static List<String> tables(Connection connection) throws SQLException {
        try (var statement =
                        connection.prepareStatement(
                                """
                                select oid::regclass
                                  from pg_class
                                 where relnamespace = 'wms'::regnamespace
                                   and relkind in ('r', 'p')
                                   and not relispartition
                                 order by 1
                                """);
                var rows = statement.executeQuery()) {
            var tables = new ArrayList<String>();
            while (rows.next()) {
                tables.add(rows.getString(1));
            }
            return tables;
        }
    }
}
