package com.fluxvantage.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.outside.Bucket;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;

/** What a tenant has taken along lies outside of the database, and goes before the tenant does. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FilesBeforeRowsTest {
    private final TestPlatform platform = TestPlatform.start();
    private final GivenEnding given = new GivenEnding(platform);
    private final Jobs jobs = new Jobs(platform);

    @Test
    void a_deletion_begins_when_the_files_of_every_export_are_gone() throws SQLException {
        var leaving = given.working();
        Exports.request(leaving);
        platform.clockwork().turn();
        var files = platform.ports().objects(Bucket.EXPORTS);
        assertThat(files.countVersions("")).isPositive();
        given.schedule(leaving);

        given.tick(3);
        assertThat(given.state(leaving)).isEqualTo("deletion_scheduled");
        assertThat(given.phase(leaving)).isEqualTo("none");

        // The night's job lets one night pass over an export that is over.
        jobs.untilMorning();
        jobs.untilMorning();
        given.toTheEnd(leaving);

        assertThat(files.countVersions("")).isZero();
        assertThat(given.phase(leaving)).isEqualTo("DONE");
    }

    @Test
    void an_export_that_runs_is_waited_for() throws SQLException {
        var leaving = given.working();
        Exports.request(leaving);
        given.schedule(leaving);
        jobs.change(
                "update wms.export set state = 'RUNNING', as_of = now(), map_version = 'v',"
                        + " schema_version = 'v', frozen = true, tenant_generation = 1, moved_at ="
                        + " now() where tenant_id = ?",
                leaving);
        jobs.change(
                "delete from wms.outbox where type = 'export.requested' and tenant_id = ?",
                leaving);

        given.tick(3);

        assertThat(given.state(leaving)).isEqualTo("deletion_scheduled");
    }
}
