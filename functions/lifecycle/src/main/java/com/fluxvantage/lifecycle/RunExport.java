package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Outcome.done;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.Errand;
import com.fluxvantage.kernel.operation.LostLease;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.operation.Trigger.Event;
import com.fluxvantage.kernel.operation.Unfinished;
import com.fluxvantage.kernel.operation.Work;
import com.fluxvantage.kernel.outside.Bucket;
import com.fluxvantage.kernel.outside.Outside;
import com.fluxvantage.kernel.outside.SigningPurpose;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Brings an export one step further: plans it, puts the next piece of a table aside, or packages
 * and signs the whole. Each step is an errand of its own. A run that dies leaves a lease that ends
 * by itself, and the next one does that step again under another lease, so under another key.
 *
 * <p>After some steps it hands over to a run of its own making: an export of any length is many
 * short runs, each with all its retries, and none comes near a function's longest life.
 */
final class RunExport {
    static final Operation<Request, Result> OPERATION =
            Operation.consumer("run-export", Event.of("export.requested", "export.continued"))
                    .summary("Brings an export one step further.")
                    .work(Work.EXPORT)
                    .needs(new Capability.StoresObjects(Bucket.EXPORTS))
                    .needs(new Capability.Signs(SigningPurpose.EXPORT_MANIFEST))
                    .announces(ExportContinued.class)
                    .announces(ExportReady.class)
                    .runBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            new Errand<>(RunExport::take, RunExport::carryOut, RunExport::record));

    /** So many files more, and the run hands over. A piece takes about a second. */
    static final int FILES_A_RUN = 50;

    /**
     * What an export announces.
     *
     * @param files that it had by then
     */
    record Request(ExportId exportId, long files) {
        static final Request EXAMPLE = new Request(new ExportId(new UUID(0, 1)), 0);
    }

    record Result(ExportId exportId, Optional<ExportState> state, long files, boolean more)
            implements Unfinished {}

    /** What a step has to know, under its lease. */
    sealed interface Task {
        Lease lease();

        /** Nothing outside: the plan is made where it is recorded. */
        record Plan(Lease lease) implements Task {}

        record Piece(Lease lease, ExportPiece piece) implements Task {}

        record Packaging(Lease lease, ExportPackage contents) implements Task {}
    }

    /**
     * The right to record.
     *
     * @param fence grows with each lease
     * @param handsOverAt with so many files the run ends
     */
    record Lease(ExportId exportId, long fence, long handsOverAt) {}

    private record Held(ExportState state, boolean isLeased, boolean isPlanned) {}

    private static Errand.Taken<Task, Result> take(Request request, Call call) {
        var held = held(request.exportId, call);
        if (held.isEmpty() || isOver(held.get().state)) {
            return Errand.nothing(
                    new Result(request.exportId, held.map(Held::state), request.files, false));
        }
        if (held.get().isLeased) {
            return Errand.held();
        }
        var lease = lease(request, call);
        if (!held.get().isPlanned) {
            return Errand.task(new Task.Plan(lease));
        }
        return Errand.task(
                held.get().state == ExportState.PACKAGING
                        ? new Task.Packaging(lease, ExportPackage.of(request.exportId, call))
                        : new Task.Piece(lease, ExportPiece.next(request.exportId, call)));
    }

    private static boolean isOver(ExportState state) {
        return switch (state) {
            case REQUESTED, RUNNING, PACKAGING -> false;
            case READY, EXPIRED, PURGED, FAILED, CANCELLED -> true;
        };
    }

    // A plan by another map than the one that is valid now is none.
    private static Optional<Held> held(ExportId export, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select state, coalesce(leased_until > clock_timestamp(), false) as is_leased,
                               state <> 'REQUESTED' and map_version = fv.data_map_version() as is_planned
                          from wms.export
                         where export_id = :export
                           for no key update
                        """)
                .bind("export", export)
                .mapTo(Held.class)
                .findOne();
    }

    // Shorter than a queue waits before it hands a message out again.
    private static Lease lease(Request request, Call call) {
        long fence =
                call.sql()
                        .createQuery(
                                """
                                update wms.export
                                   set fence = fence + 1,
                                       leased_until = clock_timestamp() + interval '45 s',
                                       moved_at = clock_timestamp()
                                 where export_id = :export
                                returning fence
                                """)
                        .bind("export", request.exportId)
                        .mapTo(Long.class)
                        .one();
        return new Lease(request.exportId, fence, request.files + FILES_A_RUN);
    }

    /** The signature, and what was put beside what the task held: itself and its key. */
    private record Carried(Optional<Signed> signed, List<ExportDocument> beside) {
        static final Carried NOTHING = new Carried(Optional.empty(), List.of());
    }

    private static Carried carryOut(Task task, Outside outside) {
        return switch (task) {
            case Task.Plan _ -> Carried.NOTHING;
            case Task.Piece(var lease, var piece) -> {
                piece.document().ifPresent(it -> put(it, lease, outside));
                yield Carried.NOTHING;
            }
            case Task.Packaging(var lease, var contents) -> {
                contents.documents().forEach(it -> put(it, lease, outside));
                var signed =
                        Signed.by(
                                SigningPurpose.EXPORT_MANIFEST,
                                contents.manifest().sha256(),
                                outside);
                var beside = beside(signed);
                beside.forEach(it -> put(it, lease, outside));
                yield new Carried(Optional.of(signed), beside);
            }
        };
    }

    private static void put(ExportDocument document, Lease lease, Outside outside) {
        outside.objects(Bucket.EXPORTS)
                .put(
                        ExportObjects.key(lease.exportId, lease.fence, document.path()),
                        document.contentType(),
                        document.content().toArray());
    }

    // The signature is of the manifest's own bytes, so that any tool verifies it: openssl, for one.
    private static List<ExportDocument> beside(Signed signed) {
        return List.of(
                ExportDocument.of(
                        ExportDocument.Kind.SIGNATURE,
                        ExportPackage.MANIFEST_PATH + ".sig",
                        "application/octet-stream",
                        signed.signature().der().toArray()),
                ExportDocument.of(
                        ExportDocument.Kind.KEY,
                        "signing-key.pem",
                        "application/x-pem-file",
                        signed.key().pem().getBytes(StandardCharsets.US_ASCII)));
    }

    private static Outcome<Result> record(Task task, Carried carried, Call call) {
        carried.signed.ifPresent(it -> it.note(call));
        var recorded =
                switch (task) {
                    case Task.Plan(var lease) -> ExportRecords.planned(lease, call);
                    case Task.Piece(var lease, var piece) ->
                            ExportRecords.taken(lease, piece, call);
                    case Task.Packaging(var lease, var contents) -> {
                        var all = new ArrayList<>(contents.documents());
                        all.addAll(carried.beside);
                        yield ExportRecords.packaged(lease, contents, all, call);
                    }
                };
        var now = recorded.orElseThrow(LostLease::new);
        var lease = task.lease();
        boolean isReady = now.state() == ExportState.READY;
        boolean handsOver = !isReady && now.files() >= lease.handsOverAt;
        if (isReady) {
            call.announce(new ExportReady(lease.exportId, now.version()));
        }
        if (handsOver) {
            call.announce(new ExportContinued(lease.exportId, now.version(), now.files()));
        }
        return done(
                new Result(
                        lease.exportId,
                        Optional.of(now.state()),
                        now.files(),
                        !isReady && !handsOver),
                Subject.of(lease.exportId));
    }
}
