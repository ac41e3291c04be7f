package com.fluxvantage.lifecycle;

import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import java.sql.SQLException;

/**
 * How fast rows go, beside a bare batched delete of as many rows: run by hand, since it says
 * nothing on a busy machine.
 */
public final class DeletionFigures {
    private static final int BARE_BATCH = 20_000;

    private DeletionFigures() {}

    /** The first argument is how many rows; 200,000 without one. */
    public static void main(String[] arguments) throws SQLException {
        int rows = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 200_000;
        var platform = TestPlatform.start();
        var given = new GivenEnding(platform);
        var jobs = new Jobs(platform);
        var bare = given.working();
        fill(jobs, bare, rows);
        var leaving = given.due();
        fill(jobs, leaving, rows);
        try (var drive = new Drive(platform)) {
            drive.superuser("vacuum analyze wms.scan_event");
            double bareSeconds = bareDelete(jobs, bare);
            drive.begin();
            drive.fence();
            drive.look();
            long started = System.nanoTime();
            var progress = drive.erase();
            double seconds = (System.nanoTime() - started) / 1e9;
            System.out.printf(
                    "bare: %.0f rows/s; deletion: %.0f rows/s (%d rows, %d transactions, two"
                            + " passes a table, counted twice)%n",
                    rows / bareSeconds,
                    progress.rows() / seconds,
                    progress.rows(),
                    progress.steps());
        }
        System.exit(0);
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
