package com.fluxvantage.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.testing.StatementLog.Sent;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.sql.DriverManager;
import java.sql.SQLException;

/** The detector finds each thing that pins, as the server writes it down, and nothing else. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class PinDetectorTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "set timezone = 'UTC'",
                "SET LOCAL lock_timeout = 1",
                "set transaction read write",
                "reset all",
                "discard all",
                "prepare p as select 1",
                "execute p",
                "deallocate p",
                "listen events",
                "unlisten *",
                "load 'plpgsql'",
                "declare c cursor with hold for select 1",
                "create temporary table t (id int)",
                "create local temp table t (id int)",
                "create or replace temp view v as select 1",
                "select 1 into temp t",
                "select set_config('fv.ctx', '', true)",
                "select pg_advisory_lock(1)",
                "select pg_try_advisory_lock (1)",
                "select nextval('s')",
                "select setval('s', 1)",
                "select 1; set timezone = 'UTC'",
                "/* first */ set timezone = 'UTC'",
                "-- first\nset timezone = 'UTC'"
            })
    void finds_what_pins_a_session(String sql) {
        assertThat(PinDetector.finding(product("", sql))).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BEGIN READ ONLY",
                "commit",
                "select pg_advisory_xact_lock(1)",
                "select pg_try_advisory_xact_lock(1)",
                "update wms.item set sku = 'set timezone'",
                "select 'a; set timezone'",
                "select tenant from fv.enter(?, ?); select reset, load from wms.item",
                "-- set timezone\nselect 1"
            })
    void leaves_alone_what_does_not(String sql) {
        assertThat(PinDetector.finding(product("", sql))).isEmpty();
    }

    @Test
    void finds_a_name_and_a_text_beyond_the_limit() {
        var longest = "select '" + "x".repeat(PinDetector.LONGEST_STATEMENT_BYTES - 9) + "'";

        assertThat(PinDetector.finding(product("S_1", "commit"))).isPresent();
        assertThat(PinDetector.finding(product("", longest))).isEmpty();
        assertThat(PinDetector.finding(product("", longest + " "))).isPresent();
    }

    @Test
    void looks_at_the_products_logins_whatever_they_call_themselves() {
        assertThat(PinDetector.finding(new Sent("postgres", "any", "", "set x = 1"))).isEmpty();
        assertThat(PinDetector.finding(new Sent("fv_api", "test", "", "set x = 1"))).isEmpty();
        assertThat(PinDetector.finding(new Sent("fv_api", "", "", "select 1"))).isPresent();
    }

    @Test
    void reads_what_the_server_has_written_down() throws SQLException {
        var database = TestDatabase.create();
        try (var connection = database.as("fv_api");
                var statement = connection.createStatement()) {
            statement.execute("set timezone = 'UTC'; select\n'second line'");
        }
        var naming =
                database.url()
                        + "?assumeMinServerVersion=17&prepareThreshold=1&user=fv_api"
                        + "&ApplicationName=test";
        try (var connection = DriverManager.getConnection(naming);
                var prepared = connection.prepareStatement("select cast(? as text)")) {
            prepared.setString(1, "never written down");
            prepared.execute();
        }

        var sent = TestDatabase.statements().orElseThrow().sent();

        assertThat(sent)
                .contains(new Sent("fv_api", "test", "", "set timezone = 'UTC'"))
                .contains(new Sent("fv_api", "test", "", " select\n'second line'"))
                .anySatisfy(it -> {
                    assertThat(it.name()).startsWith("S_");
                    assertThat(it.sql()).isEqualTo("select cast($1 as text)");
                });
        assertThat(sent.toString()).doesNotContain("never written down");
    }

    private static Sent product(String name, String sql) {
        return new Sent("fv_api", "fv-receive-line", name, sql);
    }
}
