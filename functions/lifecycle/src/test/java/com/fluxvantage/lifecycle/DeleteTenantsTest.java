package com.fluxvantage.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DeleteTenantsTest {
    private final TestPlatform platform = GivenEnding.platform();
    private final GivenEnding given = new GivenEnding(platform);
    private final Jobs jobs = new Jobs(platform);

    @Test
    void of_a_tenant_whose_time_has_come_nothing_is_left_but_what_the_map_keeps()
            throws SQLException {
        var leaving = given.due();
        var before = given.rows(leaving);
        assertThat(before).hasSizeGreaterThan(12).containsKey("wms.movement");

        given.toTheEnd(leaving);

        assertThat(given.problem(leaving)).isEqualTo("null");
        assertThat(given.phase(leaving)).isEqualTo("DONE");
        assertThat(given.state(leaving)).isEqualTo("deleted");
        assertThat(given.rows(leaving)).containsOnlyKeys(GivenEnding.KEPT.toArray(String[]::new));
        assertThat(given.only("select name from wms.tenant where tenant_id = ?", leaving))
                .matches("sha256:[0-9a-f]{64}");
        for (var table : before.keySet()) {
            if (!GivenEnding.KEPT.contains(table)) {
                assertThat(
                                given.only(
                                        """
                                        select concat_ws(' ', before, deleted, after, late)
                                          from guard.deletion_step
                                          join guard.deletion_run using (run_id)
                                         where target = '%s'
                                           and tenant_id = ?
                                        """
                                                .formatted(table),
                                        leaving))
                        .as(table)
                        .isEqualTo(before.get(table) + " " + before.get(table) + " 0 0");
            }
        }
    }

    @Test
    void nobody_else_loses_a_byte() throws SQLException {
        // Suspended, so that no job of the night sweeps or posts there meanwhile.
        var staying = given.working();
        jobs.change("update wms.tenant set state = 'suspended' where tenant_id = ?", staying);
        var leaving = given.due();
        var before = given.checksums(staying);

        given.toTheEnd(leaving);

        assertThat(given.phase(leaving)).isEqualTo("DONE");
        // Jobs leave entries and records of their own.
        var after = given.checksums(staying);
        for (var table : before.keySet()) {
            if (!table.matches(
                    "wms.(audit_.*|dead_letter|outbox|idempotency_record|stream_lease|retention_run)")) {
                assertThat(after.get(table)).as(table).isEqualTo(before.get(table));
            }
        }
    }

    @Test
    void nothing_begins_a_second_before_its_time() throws SQLException {
        var leaving = given.working();
        given.schedule(leaving);
        jobs.change(
                "update wms.tenant set deletion_starts_at = timestamptz '%s' where tenant_id = ?"
                        .formatted(platform.clock().instant().plusSeconds(1200)),
                leaving);

        given.tick(3);
        assertThat(given.state(leaving)).isEqualTo("deletion_scheduled");

        given.tick(3);
        assertThat(given.state(leaving)).isNotEqualTo("deletion_scheduled");
    }
}
