package com.fluxvantage.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.TestDatabase;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A backup brings back whoever was deleted since; by the certificates they are deleted again. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RestoredBackupTest {
    private static final Pattern TENANT = Pattern.compile("\"tenant\":\"([0-9a-f]{64})\"");

    private final TestPlatform platform = GivenEnding.platform();
    private final GivenEnding given = new GivenEnding(platform);

    @Test
    void who_was_deleted_since_is_deleted_again_and_nobody_else() throws SQLException {
        var staying = given.working();
        var leaving = given.working();
        var gone = given.working();
        end(platform, given, gone);
        var backup = copied();
        given.schedule(leaving);
        end(platform, given, leaving);
        assertThat(given.state(leaving)).isEqualTo("deleted");

        var restored = TestPlatform.over(backup);
        restored.clock().move(Duration.ofDays(3));
        var there = new GivenEnding(restored);
        assertThat(there.state(leaving)).isEqualTo("active");
        assertThat(there.rows(leaving)).containsKey("wms.movement");
        var theirs = there.checksums(staying);

        var digests = List.of(digest(leaving), digest(gone), "0".repeat(64));
        assertThat(replayed(restored, digests)).containsExactly("DUE", "DELETED", "UNKNOWN");
        end(restored, there, leaving);

        assertThat(there.state(leaving)).isEqualTo("deleted");
        assertThat(there.rows(leaving).keySet()).isSubsetOf(GivenEnding.KEPT);
        assertThat(there.checksums(staying)).isEqualTo(theirs);
        assertThat(replayed(restored, digests)).containsExactly("DELETED", "DELETED", "UNKNOWN");
    }

    @Test
    void no_login_may_have_a_tenant_deleted_that_way() {
        for (var login :
                new String[] {
                    "fv_api", "fv_api_ro", "fv_platform", "fv_worker", "fv_eraser", "fv_verifier"
                }) {
            assertThatThrownBy(
                            () -> {
                                try (var connection = platform.database().as(login);
                                        var statement = connection.createStatement()) {
                                    statement.execute("select guard.replay_deletions('{}', now())");
                                }
                            })
                    .as(login)
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        }
    }

    private static void end(TestPlatform platform, GivenEnding given, Client tenant)
            throws SQLException {
        if (given.state(tenant).equals("active")) {
            given.schedule(tenant);
        }
        try (var drive = new Drive(platform)) {
            drive.begin();
            drive.work();
            drive.later(Duration.ofDays(1));
            drive.work();
        }
    }

    private String digest(Client tenant) throws SQLException {
        var found =
                TENANT.matcher(
                        given.only(
                                "select certificate from guard.deletion_run where tenant_id = ?",
                                tenant));
        assertThat(found.find()).isTrue();
        return found.group(1);
    }

    /** As the owner of the database, before anybody else is let in. */
    private static List<String> replayed(TestPlatform restored, List<String> digests)
            throws SQLException {
        try (var connection = restored.database().superuser();
                var statement =
                        connection.prepareStatement(
                                "select outcome from guard.replay_deletions(?, ?::timestamptz)")) {
            statement.setArray(1, connection.createArrayOf("text", digests.toArray()));
            statement.setString(2, restored.clock().instant().toString());
            try (var rows = statement.executeQuery()) {
                var outcomes = new ArrayList<String>();
                while (rows.next()) {
                    outcomes.add(rows.getString(1));
                }
                return outcomes;
            }
        }
    }

    private TestDatabase copied() throws SQLException {
        var url = platform.database().url();
        var name = url.substring(url.lastIndexOf('/') + 1);
        try (var connection = TestDatabase.empty().superuser();
                var statement = connection.createStatement()) {
            // A database is copied while nobody is in it; whoever was comes back by itself.
            statement.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = '%s'"
                            .formatted(name));
            statement.execute(
                    "create database %1$s_backup template %1$s strategy file_copy".formatted(name));
        }
        return TestDatabase.at(url + "_backup");
    }
}
