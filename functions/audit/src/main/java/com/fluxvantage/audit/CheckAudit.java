package com.fluxvantage.audit;

import com.fluxvantage.audit.ChainReader.Position;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Unfinished;
import com.fluxvantage.kernel.operation.Work;

import java.time.Duration;
import java.time.Instant;

/**
 * Verifies each tenant's whole audit trail each night, a piece at a time, and alarms at the first
 * piece in which something was changed, removed or moved. What it is says {@code verify-audit};
 * here nothing is repaired.
 */
final class CheckAudit {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "check-audit",
                            Schedule.at(Timing.daily("04:20"))
                                    .jitter(Duration.ofMinutes(30))
                                    .everywhere())
                    .summary("Alarms when an audit trail does not verify any more.")
                    .work(Work.READ)
                    .refuses(AuditRefusal.TrailBroken.class)
                    .handledBy(
                            Request.class,
                            Result.class,
                            new Request(Instant.EPOCH),
                            CheckAudit::handle);

    /** Some seconds' work, and far from a transaction's limit. */
    private static final int ENTRIES = 20_000;

    /** The tick is the run: a piece goes on behind the one before it. */
    record Request(Instant scheduledAt) {}

    /**
     * @param segment and {@code seq}: behind which entry the next piece begins
     * @param entries that were verified by the run so far
     */
    record Result(Instant scheduledAt, int segment, long seq, long entries, boolean more)
            implements Unfinished {}

    private static Outcome<Result> handle(Request request, Call call) {
        var before = before(request, call);
        var piece = Verification.of(new Position(before.segment, before.seq), ENTRIES, call);
        if (!piece.check().findings().isEmpty()) {
            return Outcome.refused(new AuditRefusal.TrailBroken(piece.check().findings().size()));
        }
        var reached = piece.next().orElse(Position.BEGINNING);
        return Outcome.found(
                new Result(
                        request.scheduledAt,
                        reached.segment(),
                        reached.seq(),
                        before.entries + piece.check().entries(),
                        piece.next().isPresent()));
    }

    private static Result before(Request request, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select (result ->> 'segment')::int as segment, (result ->> 'seq')::bigint as seq,
                               (result ->> 'entries')::bigint as entries
                          from wms.idempotency_record
                         where operation = 'check-audit'
                           and (result ->> 'scheduled_at')::timestamptz = :due_at
                         order by entries desc
                         limit 1
                        """)
                .bind("due_at", request.scheduledAt)
                .map((row, _) ->
                        new Result(
                                request.scheduledAt,
                                row.getInt("segment"),
                                row.getLong("seq"),
                                row.getLong("entries"),
                                true))
                .findOne()
                .orElse(new Result(request.scheduledAt, 0, 0, 0, true));
    }
}
