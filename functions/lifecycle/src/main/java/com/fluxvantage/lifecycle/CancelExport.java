package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.TENANT_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.operation.Work;

import java.util.UUID;

/**
 * Ends an export that still runs. What it has put aside is removed by night. A run that is at it at
 * this moment finds out when it records, and records nothing.
 */
final class CancelExport {
    static final Operation<Request, Result> OPERATION =
            Operation.post("cancel-export", "/tenant/exports/{export_id}/cancel")
                    .summary("Ends an export that still runs.")
                    .requires(TENANT_MANAGE)
                    .work(Work.EXPORT)
                    .refuses(NotFound.class)
                    .refuses(ExportRefusal.ExportEnded.class)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, CancelExport::handle);

    record Request(ExportId exportId) {
        static final Request EXAMPLE = new Request(new ExportId(new UUID(0, 1)));
    }

    record Result(ExportId exportId, ExportState state, long version) {}

    private record Found(ExportState state, long version) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var found =
                call.sql()
                        .createQuery(
                                """
                                select state, version
                                  from wms.export
                                 where export_id = :export
                                   for no key update
                                """)
                        .bind("export", request.exportId)
                        .mapTo(Found.class)
                        .findOne();
        if (found.isEmpty()) {
            return missing("export", "exportId");
        }
        return switch (found.get().state) {
            case REQUESTED, RUNNING, PACKAGING, FAILED ->
                    done(cancel(request.exportId, call), Subject.of(request.exportId));
            case READY, EXPIRED, PURGED, CANCELLED ->
                    refused(new ExportRefusal.ExportEnded(found.get().state.name()));
        };
    }

    private static Result cancel(ExportId export, Call call) {
        return call.sql()
                .createQuery(
                        """
                        update wms.export
                           set state = 'CANCELLED',
                               ended_at = :now,
                               version = version + 1
                         where export_id = :export
                        returning export_id, state, version
                        """)
                .bind("now", call.now())
                .bind("export", export)
                .mapTo(Result.class)
                .one();
    }
}
