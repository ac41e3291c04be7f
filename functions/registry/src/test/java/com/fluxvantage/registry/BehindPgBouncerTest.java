package com.fluxvantage.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.testing.PgBouncer;
import com.fluxvantage.testing.TestPlatform;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;

/**
 * What a pooler in transaction mode changes: one server connection serves a caller of one tenant
 * now and of another the next moment. The other tests of this module are run behind it as well, by
 * the layer of the continuous integration that installs it.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class BehindPgBouncerTest {
    private static final int CALLERS = 24;

    @BeforeAll
    static void is_there_a_pooler() {
        if (PgBouncer.pool().isPresent()) {
            return;
        }
        var why = "no pooler in this run: .ci/layer-pgbouncer sets " + PgBouncer.POOL;
        assertThat(System.getenv("FV_REQUIRE_PGBOUNCER")).as(why).isNull();
        System.out.println("BehindPgBouncerTest is skipped: " + why);
        Assumptions.abort(why);
    }

    @Test
    void many_callers_of_many_tenants_share_few_connections_and_see_their_own_rows()
            throws SQLException {
        var platform = TestPlatform.start();
        var worlds =
                List.of(
                        new World(platform.openTenant()),
                        new World(platform.openTenant()),
                        new World(platform.openTenant()));
        var expected = worlds.stream().map(it -> it.play(it.client(), "search-items")).toList();

        var answers =
                Together.all(
                        CALLERS,
                        caller -> {
                            var world = worlds.get(caller % worlds.size());
                            return world.play(world.client(), "search-items");
                        });

        for (int caller = 0; caller < CALLERS; caller++) {
            assertThat(answers.get(caller).json())
                    .isEqualTo(expected.get(caller % worlds.size()).json());
        }
        try (var superuser = platform.database().superuser();
                var statement =
                        superuser.prepareStatement(
                                """
                                select count(*)
                                  from pg_stat_activity
                                 where usename = 'fv_api_ro'
                                   and datname = current_database()
                                """);
                var row = statement.executeQuery()) {
            row.next();
            assertThat(row.getInt(1)).isBetween(1, PgBouncer.pool().orElseThrow());
        }
    }

    @Test
    void a_client_finds_nothing_of_the_one_before_it() throws SQLException {
        var platform = TestPlatform.start();
        var world = new World(platform.openTenant());
        world.play(world.client(), "search-items");

        try (var stranger = raw(platform);
                var statement = stranger.createStatement()) {
            assertThatThrownBy(() -> statement.executeQuery("select sku from wms.item"))
                    .isInstanceOf(SQLException.class)
                    .extracting(it -> ((SQLException) it).getSQLState())
                    .isEqualTo("28000");
        }
    }

    /** The pooler leaks what is left in a session, so the tests behind it can see a leak. */
    @Test
    void what_is_left_in_a_session_would_be_seen() throws SQLException {
        var platform = TestPlatform.start();
        for (int session = 0; session < PgBouncer.pool().orElseThrow(); session++) {
            try (var careless = raw(platform);
                    var statement = careless.createStatement()) {
                careless.setAutoCommit(false);
                statement.execute("select set_config('fv.left', 'behind', false)");
                careless.commit();
            }
        }

        try (var next = raw(platform);
                var statement = next.createStatement();
                var row = statement.executeQuery("select current_setting('fv.left', true)")) {
            row.next();
            assertThat(row.getString(1)).isEqualTo("behind");
        }
    }

    private static Connection raw(TestPlatform platform) throws SQLException {
        return DriverManager.getConnection(
                platform.database().settings().url()
                        + "&assumeMinServerVersion=17&prepareThreshold=0&ApplicationName=test",
                "fv_api_ro",
                "");
    }
}
