package com.fluxvantage.lifecycle;

import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.GivenWarehouse;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Tenants that have worked, and one whose time has come. */
final class GivenEnding {
    /** What only the tenant's end may touch, seen by the superuser. */
    private static final String FENCED =
            """
            select table_name
              from fv.mapped_tables()
             where is_fenced
             order by table_name
            """;

    /** What is left of a tenant: who it was is not in it. */
    static final Set<String> KEPT = Set.of("wms.audit_entry", "wms.tenant", "wms.tenant_course");

    /** Six are usual; while others work on this machine the fence may wait for some more. */
    private static final int MOST_TICKS = 40;

    private final TestPlatform platform;
    private final Jobs jobs;

    GivenEnding(TestPlatform platform) {
        this.platform = platform;
        this.jobs = new Jobs(platform);
    }

    /** Nothing runs by itself but what leads to a tenant's end and what watches over it. */
    static TestPlatform platform() {
        return TestPlatform.running(
                "advance-tenants",
                "remind-tenant",
                "check-windows",
                "delete-tenants",
                "verify-deletions",
                "certify-deletions",
                "keep-certificates",
                "certify-backups",
                "check-deletions");
    }

    /** Goods, movements, scans, events, entries: rows in most tables. */
    Client working() {
        var tenant = platform.openTenant();
        var warehouse = GivenWarehouse.of(tenant);
        warehouse.item("TEA");
        warehouse.stock("TEA", 10, "A-01");
        warehouse.item("COFFEE");
        warehouse.stock("COFFEE", 5, "A-02");
        return tenant;
    }

    /** Its window is over: the next tick begins. */
    Client due() throws SQLException {
        var tenant = working();
        schedule(tenant);
        return tenant;
    }

    void schedule(Client tenant) throws SQLException {
        var now = platform.clock().instant();
        jobs.change(
                """
                update wms.tenant
                   set state = 'deletion_scheduled',
                       terminates_at = timestamptz '%1$s' - interval '37 days',
                       window_days = 30,
                       export_until = timestamptz '%1$s' - interval '7 days',
                       deletion_starts_at = '%1$s'
                 where tenant_id = ?
                """
                        .formatted(now.minusSeconds(1)),
                tenant);
    }

    /** Ticks until nothing is left to do today. */
    void tick(int times) {
        for (int tick = 0; tick < times; tick++) {
            jobs.later(Duration.ofMinutes(5).plusSeconds(1));
        }
    }

    /** From the first tick to the certificate, with as many ticks as it takes. */
    void toTheEnd(Client leaving) throws SQLException {
        for (int tick = 0; tick < MOST_TICKS && !isLookedAtOnce(leaving); tick++) {
            tick(1);
        }
        jobs.later(Duration.ofHours(25));
        for (int tick = 0; tick < MOST_TICKS && !phase(leaving).equals("DONE"); tick++) {
            tick(1);
        }
    }

    private boolean isLookedAtOnce(Client leaving) throws SQLException {
        return only(
                        "select looked_once_at is not null from guard.deletion_run where tenant_id = ?",
                        leaving)
                .equals("t");
    }

    String phase(Client tenant) throws SQLException {
        return only("select phase from guard.deletion_run where tenant_id = ?", tenant);
    }

    String problem(Client tenant) throws SQLException {
        return only("select problem from guard.deletion_run where tenant_id = ?", tenant);
    }

    String state(Client tenant) throws SQLException {
        return only("select state from wms.tenant where tenant_id = ?", tenant);
    }

    String only(String sql, Client tenant) throws SQLException {
        var rows = jobs.rows(sql, tenant);
        return rows.isEmpty() ? "none" : rows.getFirst();
    }

    List<String> tables() throws SQLException {
        try (var connection = platform.database().superuser();
                var rows = connection.createStatement().executeQuery(FENCED)) {
            var tables = new ArrayList<String>();
            while (rows.next()) {
                tables.add(rows.getString(1));
            }
            return tables;
        }
    }

    /** The tables in which it has rows, and how many. */
    Map<String, Long> rows(Client tenant) throws SQLException {
        var counts =
                String.join(
                        " union all ",
                        tables().stream()
                                .map(it ->
                                        "select '%1$s' as source, count(*) as n from %1$s, whose where %1$s.tenant_id = whose.id"
                                                .formatted(it))
                                .toList());
        var rows = new LinkedHashMap<String, Long>();
        for (var row :
                jobs.rows(
                        "with whose as (select cast(? as uuid) as id) select source || ' ' || n from ("
                                + counts
                                + ") as counted where n > 0 order by source",
                        tenant)) {
            var part = row.split(" ", 2);
            rows.put(part[0], Long.valueOf(part[1]));
        }
        return rows;
    }

    /** What the run has recorded as deleted, table by table. */
    Map<String, Long> deleted(Client tenant) throws SQLException {
        var deleted = new LinkedHashMap<String, Long>();
        for (var row :
                jobs.rows(
                        """
                        select target || ' ' || deleted
                          from guard.deletion_step
                          join guard.deletion_run using (run_id)
                         where tenant_id = ?
                        """,
                        tenant)) {
            var part = row.split(" ", 2);
            deleted.put(part[0], Long.valueOf(part[1]));
        }
        return deleted;
    }

    /** What stands in each of its tables, byte by byte. */
    Map<String, String> checksums(Client tenant) throws SQLException {
        var sums = new LinkedHashMap<String, String>();
        for (var table : tables()) {
            sums.put(
                    table,
                    only(
                            "select coalesce(md5(string_agg(md5(row::text), ',' order by"
                                    + " md5(row::text))), '') from "
                                    + table
                                    + " as row where tenant_id = ?",
                            tenant));
        }
        return sums;
    }
}
