package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Outcome.done;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.Errand;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Unfinished;
import com.fluxvantage.kernel.operation.Work;
import com.fluxvantage.kernel.outside.Bucket;
import com.fluxvantage.kernel.outside.ObjectStore;
import com.fluxvantage.kernel.outside.Outside;

import java.time.Duration;
import java.util.Optional;

/**
 * Removes the files of exports that are over, with all their versions and with what runs have put
 * that never got as far as recording it. It takes no lease: to remove what is gone has no effect.
 */
final class PurgeExports {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "purge-exports",
                            Schedule.at(Timing.daily("03:10")).jitter(Duration.ofMinutes(10)))
                    .summary("Removes the files of exports that are over.")
                    .work(Work.EXPORT)
                    .needs(new Capability.StoresObjects(Bucket.EXPORTS))
                    .runBy(
                            Request.class,
                            Result.class,
                            new Request(),
                            new Errand<>(
                                    PurgeExports::take,
                                    PurgeExports::carryOut,
                                    PurgeExports::record));

    record Request() {}

    record Result(Optional<ExportId> exportId, int versions, boolean more) implements Unfinished {}

    private static Errand.Taken<ExportId, Result> take(Request request, Call call) {
        return over(call)
                .<Errand.Taken<ExportId, Result>>map(Errand::task)
                .orElseGet(() -> Errand.nothing(new Result(Optional.empty(), 0, false)));
    }

    // A run that was at it when its export was cancelled may still put its last piece: it lives for
    // a quarter of an hour at the very most. One that was ready has no run any more.
    private static Optional<ExportId> over(Call call) {
        return call.sql()
                .createQuery(
                        """
                        select export_id
                          from wms.export
                         where state in ('EXPIRED', 'CANCELLED', 'FAILED')
                           and purged_at is null
                           and (state = 'EXPIRED' or moved_at < clock_timestamp() - interval '15 minutes')
                         order by export_id
                         limit 1
                        """)
                .mapTo(ExportId.class)
                .findOne();
    }

    private static ObjectStore.Deleted carryOut(ExportId export, Outside outside) {
        return outside.objects(Bucket.EXPORTS).deleteAll(ExportObjects.folder(export));
    }

    private static Outcome<Result> record(ExportId export, ObjectStore.Deleted deleted, Call call) {
        if (!deleted.more()) {
            call.sql()
                    .createUpdate(
                            """
                            update wms.export
                               set state = case state when 'EXPIRED' then 'PURGED' else state end,
                                   purged_at = :now,
                                   version = version + 1
                             where export_id = :export
                               and purged_at is null
                            """)
                    .bind("now", call.now())
                    .bind("export", export)
                    .execute();
        }
        return done(new Result(Optional.of(export), deleted.versions(), true), Subject.of(export));
    }
}
