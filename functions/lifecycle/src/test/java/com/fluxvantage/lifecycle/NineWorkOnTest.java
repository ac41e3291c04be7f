package com.fluxvantage.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.GivenWarehouse;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/** Of ten tenants one is deleted while nine work. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class NineWorkOnTest {
    private static final int FEWEST_ROUNDS = 2;

    private final TestPlatform platform = GivenEnding.platform();
    private final GivenEnding given = new GivenEnding(platform);
    private final Drive drive = new Drive(platform);

    @AfterEach
    void close() {
        drive.close();
    }

    @Test
    void what_the_nine_have_changes_by_their_own_work_alone()
            throws SQLException, ExecutionException, InterruptedException {
        var nine = IntStream.range(0, 9).mapToObj(_ -> platform.openTenant()).toList();
        var leaving = given.due();
        new Jobs(platform)
                .change(
                        "insert into wms.scan_event (tenant_id, client_event_id, subject_id,"
                                + " posting_id, made_at) select ?, gen_random_uuid(),"
                                + " gen_random_uuid(), gen_random_uuid(), now() from"
                                + " generate_series(1, 5000)",
                        leaving);
        var work = OwnWork.seen(platform);
        var isOver = new AtomicBoolean();
        try (var threads = Executors.newFixedThreadPool(nine.size())) {
            var working = new ArrayList<CompletableFuture<Void>>();
            for (var tenant : nine) {
                working.add(CompletableFuture.runAsync(() -> workUntil(isOver, tenant), threads));
            }
            try {
                assertThat(drive.begin()).isEqualTo("BEGUN");
                drive.work();
                drive.later(Duration.ofDays(1));
                drive.work();
            } finally {
                isOver.set(true);
            }
            for (var each : working) {
                each.get();
            }
        }

        assertThat(given.phase(leaving)).as(given.problem(leaving)).isEqualTo("DONE");
        assertThat(given.rows(leaving).keySet()).isSubsetOf(GivenEnding.KEPT);
        assertThat(work.intrusions(nine)).isEmpty();
        assertThat(work.differences(nine)).isEmpty();
        for (var tenant : nine) {
            assertThat(work.changed(tenant)).isPositive();
        }
    }

    /** Otherwise the test above would find nothing whatever happened. */
    @Test
    void a_change_by_anybody_else_is_noticed_and_so_is_one_that_nobody_saw() throws SQLException {
        var staying = platform.openTenant();
        var other = given.working();
        var work = OwnWork.seen(platform);
        GivenWarehouse.of(staying).item("NEW");
        assertThat(work.differences(List.of(staying))).isEmpty();
        var item = "update wms.item set version = version + 1 where tenant_id = '%s'";

        drive.superuser(item.formatted(staying.tenant().uuid()));
        assertThat(work.intrusions(List.of(staying))).isNotEmpty();
        assertThat(work.differences(List.of(staying, other)))
                .containsExactly("wms.item of " + staying.tenant().uuid());

        drive.superuser(
                "set session_replication_role = replica; " + item.formatted(other.tenant().uuid()));
        assertThat(work.intrusions(List.of(other))).isEmpty();
        assertThat(work.differences(List.of(other)))
                .containsExactly("wms.item of " + other.tenant().uuid());
    }

    private static void workUntil(AtomicBoolean isOver, Client tenant) {
        var warehouse = GivenWarehouse.of(tenant);
        for (int round = 0; round < FEWEST_ROUNDS || !isOver.get(); round++) {
            warehouse.item("SKU-" + round);
            warehouse.stock("SKU-" + round, 3, "A-01");
        }
    }
}
