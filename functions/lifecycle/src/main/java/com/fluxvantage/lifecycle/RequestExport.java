package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.TENANT_MANAGE;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.operation.Work;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Asks for all of the tenant's data, as the data map says what is all. It works for as long as
 * there is something to take along: while the tenant works, and after it has ended, until its data
 * are deleted. What becomes of it is told by {@code get-export}.
 */
final class RequestExport {
    static final Operation<Request, Result> OPERATION =
            Operation.post("request-export", "/tenant/exports")
                    .summary("Asks for an export of all of the tenant's data.")
                    .requires(TENANT_MANAGE)
                    .work(Work.EXPORT)
                    .creates()
                    .announces(ExportRequested.class)
                    .refuses(ExportRefusal.ExportRunning.class)
                    .refuses(ExportRefusal.TooManyExports.class)
                    .handledBy(Request.class, Result.class, new Request(), RequestExport::handle);

    /** As many may be asked for in any 24 hours: each reads every table. */
    static final int MOST_A_DAY = 5;

    private static final Duration DAY = Duration.ofHours(24);

    record Request() {}

    record Result(ExportId exportId, ExportState state, long version) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var running = running(call);
        if (!running.isEmpty()) {
            return refused(new ExportRefusal.ExportRunning(running.getFirst()));
        }
        var lately = lately(call);
        if (lately.size() >= MOST_A_DAY) {
            return refused(
                    new ExportRefusal.TooManyExports(
                            MOST_A_DAY, lately.get(MOST_A_DAY - 1).plus(DAY)));
        }
        var id = new ExportId(Uuid7.next());
        if (insert(id, call) == 0) {
            // Another was quicker, and has committed by now.
            return refused(new ExportRefusal.ExportRunning(running(call).getFirst()));
        }
        call.announce(new ExportRequested(id, 1, 0));
        return done(new Result(id, ExportState.REQUESTED, 1), Subject.of(id));
    }

    private static List<ExportId> running(Call call) {
        return call.sql()
                .createQuery(
                        """
                        select export_id
                          from wms.export
                         where state in ('REQUESTED', 'RUNNING', 'PACKAGING')
                        """)
                .mapTo(ExportId.class)
                .list();
    }

    // Ids are in the order of time, so the newest of a tenant are the end of its key.
    private static List<Instant> lately(Call call) {
        return call.sql()
                .createQuery(
                        """
                        select requested_at
                          from (select requested_at
                                  from wms.export
                                 order by export_id desc
                                 limit :most) as newest
                         where requested_at > :since
                         order by requested_at desc
                        """)
                .bind("since", call.now().minus(DAY))
                .bind("most", MOST_A_DAY)
                .mapTo(Instant.class)
                .list();
    }

    private static int insert(ExportId id, Call call) {
        return call.sql()
                .createUpdate(
                        """
                        insert into wms.export (export_id, requested_at, requested_by, moved_at, previous_export_id)
                        select :export, :now, fv.actor(), clock_timestamp(),
                               (select export_id
                                  from wms.export
                                 where ready_at is not null
                                 order by export_id desc
                                 limit 1)
                            on conflict do nothing
                        """)
                .bind("export", id)
                .bind("now", call.now())
                .execute();
    }
}
