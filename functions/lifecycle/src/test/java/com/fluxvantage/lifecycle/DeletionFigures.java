package com.fluxvantage.lifecycle;

import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * How fast rows go, beside a bare batched delete of as many rows, and how long nine other tenants
 * wait for their answers with it and without: run by hand, since it says nothing on a busy machine.
 */
public final class DeletionFigures {
    private static final int BARE_BATCH = 20_000;
    private static final int NEIGHBOURS = 9;

    /** Each neighbour calls so often: the machine is not to be full of them. */
    private static final Duration BETWEEN_CALLS = Duration.ofMillis(100);

    private static final Duration ALONE = Duration.ofSeconds(10);

    private DeletionFigures() {}

    /** The first argument is how many rows; 200,000 without one. */
    public static void main(String[] arguments) throws SQLException {
        int rows = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200_000;
        var platform = TestPlatform.start();
        var given = new GivenEnding(platform);
        var jobs = new Jobs(platform);
        var nine = IntStream.range(0, NEIGHBOURS).mapToObj(_ -> given.working()).toList();
        var bare = given.working();
        fill(jobs, bare, rows);
        var leaving = given.due();
        var second = given.working();
        fill(jobs, leaving, rows);
        fill(jobs, second, rows);
        try (var drive = new Drive(platform)) {
            drive.superuser("vacuum analyze wms.scan_event");
            double bareSeconds = bareDelete(jobs, bare);
            drive.begin();
            double deletion = deleted(drive);
            System.out.printf(
                    "bare: %.0f rows/s; deletion: %.0f rows/s; %.2f of it (aim 0.50)%n",
                    rows / bareSeconds, deletion, deletion / (rows / bareSeconds));

            drive.work();
            drive.later(Duration.ofDays(1));
            drive.work();
            given.schedule(second);
            drive.begin();
            var alone = new Neighbours(nine);
            LockSupport.parkNanos(ALONE.toNanos());
            var without = alone.stop();
            var beside = new Neighbours(nine);
            deletion = deleted(drive);
            var with = beside.stop();
            System.out.printf(
                    "nine neighbours, p95: %.1f ms without (%d calls), %.1f ms with a deletion"
                            + " (%d calls, %.0f rows/s): %.2f times (aim 1.50)%n",
                    p95(without),
                    without.size(),
                    p95(with),
                    with.size(),
                    deletion,
                    p95(with) / p95(without));
        }
        System.exit(0);
    }

    // Of one that has begun: fenced and counted first, timed while its rows go.
    private static double deleted(Drive drive) throws SQLException {
        drive.fence();
        drive.look();
        long started = System.nanoTime();
        var progress = drive.erase();
        return progress.rows() / ((System.nanoTime() - started) / 1e9);
    }

    /** Each writes and reads at its own pace until it is stopped. */
    private static final class Neighbours {
        private final AtomicBoolean isOver = new AtomicBoolean();
        private final List<CompletableFuture<List<Double>>> calling = new ArrayList<>();

        private Neighbours(List<Client> nine) {
            var threads = Executors.newVirtualThreadPerTaskExecutor();
            for (var tenant : nine) {
                calling.add(CompletableFuture.supplyAsync(() -> call(tenant), threads));
            }
        }

        private List<Double> call(Client tenant) {
            var millis = new ArrayList<Double>();
            while (!isOver.get()) {
                long started = System.nanoTime();
                var answer =
                        tenant.post(
                                "register-item",
                                Map.of(),
                                "{\"sku\": \"SKU-%d\", \"description\": \"A thing\"}"
                                        .formatted(started));
                if (answer.status() != 201) {
                    throw new AssertionError(answer.toString());
                }
                millis.add((System.nanoTime() - started) / 1e6);
                LockSupport.parkNanos(BETWEEN_CALLS.toNanos());
            }
            return millis;
        }

        private List<Double> stop() {
            isOver.set(true);
            return calling.stream().flatMap(it -> it.join().stream()).sorted().toList();
        }
    }

    private static double p95(List<Double> sorted) {
        return sorted.get((int) Math.ceil(sorted.size() * 0.95) - 1);
    }

    private static double bareDelete(Jobs jobs, Client tenant) throws SQLException {
        long started = System.nanoTime();
        while (jobs.count("wms.scan_event", tenant) > 0) {
            jobs.change(
                    "delete from wms.scan_event where ctid = any (array(select ctid from"
                            + " wms.scan_event where tenant_id = ? limit "
                            + BARE_BATCH
                            + "))",
                    tenant);
        }
        return (System.nanoTime() - started) / 1e9;
    }

    private static void fill(Jobs jobs, Client tenant, int rows) throws SQLException {
        jobs.change(
                "insert into wms.scan_event (tenant_id, client_event_id, subject_id, posting_id,"
                        + " made_at) select ?, gen_random_uuid(), gen_random_uuid(),"
                        + " gen_random_uuid(), now() from generate_series(1, "
                        + rows
                        + ")",
                tenant);
    }
}
