package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Outcome.found;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.Errand;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Unfinished;
import com.fluxvantage.kernel.outside.DatabaseLogin;
import com.fluxvantage.kernel.outside.Outside;

import java.time.Duration;
import java.util.List;

/**
 * Removes the rows of tenants whose time has come. What is due is begun, which closes the door to
 * all other work; then one deletion is taken and worked on, batch by batch, each a transaction
 * under the eraser's login. A hold, a pause or another course of the tenant stops it between two
 * batches; a crash stops it anywhere, and the next run goes on where the last batch was committed.
 */
final class DeleteTenants {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "delete-tenants",
                            Schedule.at(Timing.every(Duration.ofMinutes(5))).forPlatform())
                    .summary("Removes the rows of tenants whose deletion is due, batch by batch.")
                    .needs(new Capability.LogsInAs(DatabaseLogin.ERASER))
                    .runBy(
                            Request.class,
                            Result.class,
                            new Request(),
                            new Errand<>(
                                    (_, call) -> take(call),
                                    (lease, outside) -> carryOut(lease, outside),
                                    DeleteTenants::record));

    private static final Duration ONE_LEASE = Duration.ofSeconds(60);

    record Request() {}

    /**
     * @param begun so many deletions have begun with this run
     * @param refused so many are due and may not begin
     * @param rows so many rows are gone
     */
    record Result(int begun, int refused, long rows, boolean more) implements Unfinished {}

    /** {@code refusals} says why, in the words of the database: for the log, and naming no one. */
    record Task(DeletionLease lease, int begun, List<String> refusals) {}

    private static Errand.Taken<Task, Result> take(Call call) {
        var outcomes =
                call.sql()
                        .createQuery("select outcome from fv.begin_due_deletions(:now)")
                        .bind("now", call.now())
                        .mapTo(String.class)
                        .list();
        int begun = (int) outcomes.stream().filter("BEGUN"::equals).count();
        var refusals = outcomes.stream().filter(it -> !it.equals("BEGUN")).toList();
        return DeletionLease.take(call, "FENCING", "COMPARING", "DELETING")
                .<Errand.Taken<Task, Result>>map(it -> Errand.task(new Task(it, begun, refusals)))
                .orElseGet(() -> Errand.nothing(new Result(begun, refusals.size(), 0, false)));
    }

    private static Erasing.Progress carryOut(Task task, Outside outside) {
        return new Erasing(outside.as(DatabaseLogin.ERASER), task.lease).workFor(ONE_LEASE);
    }

    private static Outcome<Result> record(Task task, Erasing.Progress progress, Call call) {
        task.lease.release(call);
        return found(
                new Result(
                        task.begun, task.refusals.size(), progress.rows(), progress.steps() > 0));
    }
}
