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

    @Test
    void a_deletion_begins_when_the_files_of_every_label_are_gone() throws SQLException {
        var leaving = given.working();
        jobs.change(
                """
                insert into wms.stored_secret (
                    tenant_id, secret_id, purpose, version, sealed, fingerprint, sealed_at, stored_at, stored_by)
                select tenant_id, tenant_id, 'CARRIER_KEY', 1, '\\x01', '00000000', now(), now(), 'member:1'
                  from wms.tenant
                 where tenant_id = ?
                """,
                leaving);
        jobs.change(
                """
                insert into wms.carrier (
                    tenant_id, carrier_id, kind, name, warehouse_id, key_id, sender, street, city, postcode, country,
                    connected_at, connected_by)
                select tenant_id, tenant_id, 'EASYPOST', 'Carriers', warehouse_id, tenant_id, 'Us', '1 Dock', 'Leeds', '1',
                       'GB', now(), 'member:1'
                  from wms.warehouse
                 where tenant_id = ?
                 limit 1
                """,
                leaving);
        jobs.change(
                """
                insert into wms.outbound_order (
                    tenant_id, order_id, warehouse_id, owner_id, reference, accepted_at, updated_at)
                select building.tenant_id, building.tenant_id, building.warehouse_id, house.owner_id, 'SO-1', now(), now()
                  from wms.warehouse as building
                  join wms.owner as house on house.tenant_id = building.tenant_id
                 where building.tenant_id = ?
                 limit 1
                """,
                leaving);
        jobs.change(
                """
                with carton as (
                    insert into wms.lpn (tenant_id, lpn_id, code, type, location_id, order_id, state)
                    select placed.tenant_id, placed.tenant_id, 'C-1', 'CARTON', location_id, order_id, 'CLOSED'
                      from wms.outbound_order as placed
                      join wms.location on location.tenant_id = placed.tenant_id
                     where placed.tenant_id = ?
                     limit 1
                    returning tenant_id, lpn_id, order_id)
                insert into wms.carrier_label (
                    tenant_id, label_id, carrier_id, order_id, carton_id, state, format, weight_grams, length_mm, width_mm,
                    height_mm, asked_at, asked_by, called_at, stored_at)
                select tenant_id, tenant_id, tenant_id, order_id, lpn_id, 'VOIDED', 'ZPL', 1, 1, 1, 1, now(), 'member:1',
                       now(), now()
                  from carton
                """,
                leaving);
        assertThat(jobs.count("wms.carrier_label", leaving)).isEqualTo(1);
        given.schedule(leaving);

        given.tick(3);
        assertThat(given.state(leaving)).isEqualTo("deletion_scheduled");
        assertThat(given.phase(leaving)).isEqualTo("none");

        jobs.change("update wms.carrier_label set removed_at = now() where tenant_id = ?", leaving);
        given.toTheEnd(leaving);

        assertThat(given.phase(leaving)).isEqualTo("DONE");
        assertThat(jobs.count("wms.carrier_label", leaving)).isZero();
    }
}
