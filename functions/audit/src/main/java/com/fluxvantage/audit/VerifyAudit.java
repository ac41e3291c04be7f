package com.fluxvantage.audit;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Permission.AUDIT_READ;

import com.fluxvantage.audit.ChainReader.Position;
import com.fluxvantage.kernel.audit.AuditFinding;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursor;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;

import java.util.List;
import java.util.Optional;

/**
 * Verifies the tenant's audit trail, some thousands of entries a call: that none was changed, taken
 * away or moved, and that its ends are those that were signed. The database made the chain by code
 * of its own; this repeats every digest. Who does not want to believe us reads the chain and
 * verifies the file.
 */
final class VerifyAudit {
    static final Operation<Request, Result> OPERATION =
            Operation.get("verify-audit", "/audit/verification")
                    .summary("Verifies that no entry of the audit trail was changed or removed.")
                    .requires(AUDIT_READ)
                    .readsAudited()
                    .handledBy(
                            Request.class,
                            Result.class,
                            new Request(Optional.empty()),
                            VerifyAudit::handle);

    /** A second's work. */
    private static final int ENTRIES = 5_000;

    private static final int MOST_FINDINGS = 100;

    record Request(Optional<Cursor> cursor) {}

    /**
     * @param entries that were verified by this call
     * @param signatures that were
     * @param findings at most 100; none where all is as it was
     * @param nextCursor absent where the end of the chain was reached
     */
    record Result(
            long entries, int signatures, List<Finding> findings, Optional<Cursor> nextCursor) {}

    /**
     * @param segmentNo of the chain
     * @param seq in the segment; 0 where the segment itself is meant
     */
    record Finding(
            AuditFinding.Kind kind,
            int segmentNo,
            long seq,
            Optional<AuditId> auditId,
            String sentence) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var page = call.page(Optional.empty(), request.cursor);
        var piece =
                Verification.of(
                        new Position(
                                Integer.parseInt(page.after(0, "0")),
                                Long.parseLong(page.after(1, "0"))),
                        ENTRIES,
                        call);
        var check = piece.check();
        return found(
                new Result(
                        check.entries(),
                        check.signatures(),
                        check.findings().stream()
                                .limit(MOST_FINDINGS)
                                .map(VerifyAudit::finding)
                                .toList(),
                        piece.next()
                                .map(it ->
                                        page.cursor(
                                                Integer.toString(it.segment()),
                                                Long.toString(it.seq())))));
    }

    private static Finding finding(AuditFinding found) {
        return new Finding(
                found.kind(),
                found.segment(),
                found.seq(),
                found.auditId().map(AuditId::new),
                found.sentence());
    }
}
