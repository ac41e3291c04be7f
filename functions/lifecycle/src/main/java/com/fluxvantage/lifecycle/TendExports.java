package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Outcome.found;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Work;

import java.time.Duration;
import java.util.Optional;

/**
 * Each night ends what has expired, and sets going again what has stopped: an export whose run was
 * given up, since a service was away for longer than a message is tried. After some nights without
 * success it has failed, which is ours to answer for: the tenant's time to export does not run out
 * over it.
 */
final class TendExports {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "tend-exports",
                            Schedule.at(Timing.daily("02:40")).jitter(Duration.ofMinutes(10)))
                    .summary("Ends exports that have expired and sets stuck ones going again.")
                    .work(Work.EXPORT)
                    .announces(ExportContinued.class)
                    .handledBy(Request.class, Result.class, new Request(), TendExports::handle);

    static final int MOST_RESTARTS = 3;

    record Request() {}

    record Result(int expired, int restarted, int failed) {}

    private record Stuck(ExportId exportId, ExportState state, long version, long files) {}

    private static Outcome<Result> handle(Request request, Call call) {
        int expired =
                call.sql()
                        .createUpdate(
                                """
                                update wms.export
                                   set state = 'EXPIRED',
                                       version = version + 1
                                 where state = 'READY'
                                   and (expires_at <= :now
                                        or exists (
                                               select
                                                 from wms.tenant
                                                where deletion_starts_at <= :now))
                                """)
                        .bind("now", call.now())
                        .execute();
        var stuck = restarted(call);
        stuck.filter(it -> it.state != ExportState.FAILED)
                .ifPresent(it ->
                        call.announce(new ExportContinued(it.exportId, it.version, it.files)));
        int failed = stuck.filter(it -> it.state == ExportState.FAILED).isPresent() ? 1 : 0;
        return found(new Result(expired, stuck.isPresent() ? 1 - failed : 0, failed));
    }

    // A run moves its export every few seconds. One at most is on its way: the index says so.
    private static Optional<Stuck> restarted(Call call) {
        return call.sql()
                .createQuery(
                        """
                        update wms.export
                           set state = case when restarts < :most then state else 'FAILED' end,
                               ended_at = case when restarts < :most then ended_at else cast(:now as timestamptz) end,
                               restarts = restarts + 1,
                               moved_at = clock_timestamp(),
                               version = version + 1
                         where state in ('REQUESTED', 'RUNNING', 'PACKAGING')
                           and moved_at < clock_timestamp() - interval '1 hour'
                        returning export_id, state, version, file_count as files
                        """)
                .bind("most", MOST_RESTARTS)
                .bind("now", call.now())
                .mapTo(Stuck.class)
                .findOne();
    }
}
