package com.fluxvantage.integrations;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.text.Sku;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** How far the comparing of a night has come, who holds it, and what it found. */
final class DriftReports {
    /**
     * How far it has come, and the number under which it is held.
     *
     * @param reached the SKU up to which it has come
     * @param ordersFrom by the shop's clock
     */
    record Lease(
            NightPhase phase,
            Optional<Instant> ordersFrom,
            int ordersSkip,
            Optional<UUID> shipmentsReached,
            String reached,
            long fence) {}

    private record Found(int differing, int behind, int absent) {}

    private DriftReports() {}

    /** Absent where this night's report has ended, or another run has it in hand. */
    static Optional<Lease> lease(ConnectionId connection, Instant due, Call call) {
        call.sql()
                .createUpdate(
                        """
                        insert into wms.drift_report (connection_id, due_at, phase, started_at)
                        select connection_id, :due, 'ORDERS', :now
                          from wms.stock_channel
                         where connection_id = :connection
                            on conflict do nothing
                        """)
                .bind("connection", connection)
                .bind("due", due)
                .bind("now", call.now())
                .execute();
        return call.sql()
                .createQuery(
                        """
                        update wms.drift_report
                           set fence = fence + 1,
                               leased_until = clock_timestamp() + interval '2 minutes'
                         where connection_id = :connection
                           and due_at = :due
                           and outcome = 'RUNNING'
                           and coalesce(leased_until < clock_timestamp(), true)
                        returning phase, orders_from, orders_skip, shipments_reached,
                                  coalesce(reached, '') as reached, fence
                        """)
                .bind("connection", connection)
                .bind("due", due)
                .mapTo(Lease.class)
                .findOne();
    }

    static List<ReconcileChannel.Compared> items(
            ConnectionId connection, String after, int most, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select item_id, shop_sku, sku
                          from wms.skus_to_compare(:connection, :after, :most)
                         order by sku
                        """)
                .bind("after", after)
                .bind("connection", connection)
                .bind("most", most)
                .mapTo(ReconcileChannel.Compared.class)
                .list();
    }

    /** There is nothing to ask the shop for any more in the phases before. */
    static void goOn(ConnectionId connection, Instant due, NightPhase phase, Call call) {
        call.sql()
                .createUpdate(
                        """
                        update wms.drift_report
                           set phase = :phase
                         where connection_id = :connection
                           and due_at = :due
                           and phase <> :phase
                        """)
                .bind("phase", phase)
                .bind("connection", connection)
                .bind("due", due)
                .execute();
    }

    static boolean isStillOurs(ReconcileChannel.Night night, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select fence = :fence and outcome = 'RUNNING'
                          from wms.drift_report
                         where connection_id = :connection
                           and due_at = :due
                           for no key update
                        """)
                .bind("fence", night.fence())
                .bind("connection", night.shop().connectionId())
                .bind("due", night.dueAt())
                .mapTo(Boolean.class)
                .one();
    }

    /**
     * The shop was not to be called, or did not answer: the report says so, and the next night
     * tries.
     */
    static void unreached(ConnectionId connection, Instant due, Call call) {
        call.sql()
                .createUpdate(
                        """
                        update wms.drift_report
                           set outcome = 'UNREACHED',
                               ended_at = :now,
                               leased_until = null
                         where connection_id = :connection
                           and due_at = :due
                        """)
                .bind("now", call.now())
                .bind("connection", connection)
                .bind("due", due)
                .execute();
    }

    /** Stores a page, and after the last one what follows from all. Answers how many differ. */
    static int store(
            ReconcileChannel.Night night,
            ReconcileChannel.Levels page,
            Map<Sku, Long> shown,
            Call call) {
        var connection = night.shop().connectionId();
        var due = night.dueAt();
        var found = compared(connection, due, page, shown, call);
        call.sql()
                .createUpdate(
                        """
                        update wms.drift_report
                           set reached = coalesce(:reached, reached),
                               compared = compared + :compared,
                               differing = differing + :differing,
                               behind = behind + :behind,
                               absent = absent + :absent,
                               leased_until = null
                         where connection_id = :connection
                           and due_at = :due
                        """)
                .bind(
                        "reached",
                        page.items().isEmpty()
                                ? Optional.<Sku>empty()
                                : Optional.of(page.items().getLast().sku()))
                .bind("compared", page.items().size())
                .bind("differing", found.differing)
                .bind("behind", found.behind)
                .bind("absent", found.absent)
                .bind("connection", connection)
                .bind("due", due)
                .execute();
        if (night.isLast(page)) {
            var outcome =
                    call.sql()
                            .createQuery("select wms.end_drift(:connection, :due, :now)")
                            .bind("connection", connection)
                            .bind("due", due)
                            .bind("now", call.now())
                            .mapTo(DriftOutcome.class)
                            .one();
            if (outcome == DriftOutcome.STOPPED) {
                ConnectionIncidents.open(connection, ConnectionTrouble.STOCK_STOPPED, call);
            }
        }
        return found.differing;
    }

    private static Found compared(
            ConnectionId connection,
            Instant due,
            ReconcileChannel.Levels page,
            Map<Sku, Long> shown,
            Call call) {
        return call.sql()
                .createQuery(
                        """
                        select differing, behind, absent
                          from wms.store_drift(:connection, :due, :items, :names, :shown, :now)
                        """)
                .bind("connection", connection)
                .bind("due", due)
                .bind(
                        "items",
                        page.items().stream()
                                .map(ReconcileChannel.Compared::itemId)
                                .toArray(UUID[]::new))
                .bind(
                        "names",
                        page.items().stream()
                                .map(ReconcileChannel.Compared::shopSku)
                                .toArray(String[]::new))
                .bind(
                        "shown",
                        page.items().stream().map(it -> shown.get(it.sku())).toArray(Long[]::new))
                .bind("now", call.now())
                .mapTo(Found.class)
                .one();
    }
}
