package com.fluxvantage.audit;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Permission.AUDIT_READ;

import com.fluxvantage.audit.ChainReader.Position;
import com.fluxvantage.kernel.audit.AuditCheckpoint;
import com.fluxvantage.kernel.audit.AuditEntry;
import com.fluxvantage.kernel.audit.AuditLines;
import com.fluxvantage.kernel.audit.AuditSegment;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursor;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.outside.Bytes;
import com.fluxvantage.kernel.tenancy.TenantId;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Hands the tenant its whole audit trail as lines, a page at a time: written one below the other
 * they are the file that {@code VerifyAuditFile} verifies without us.
 */
final class ReadAuditChain {
    static final Operation<Request, Result> OPERATION =
            Operation.get("read-audit-chain", "/audit/chain")
                    .summary("Reads the audit chain as lines that can be verified without us.")
                    .requires(AUDIT_READ)
                    .readsAudited()
                    .handledBy(
                            Request.class, Result.class, Request.EXAMPLE, ReadAuditChain::handle);

    record Request(Optional<PageLimit> limit, Optional<Cursor> cursor) {
        static final Request EXAMPLE =
                new Request(Optional.of(new PageLimit(100)), Optional.empty());
    }

    record Result(List<String> lines, Optional<Cursor> nextCursor) {}

    private record Lines(List<String> lines) implements ChainReader.Told {
        @Override
        public void beginning(TenantId tenant) {
            lines.add(AuditLines.beginning(tenant.uuid()));
        }

        @Override
        public void resumed(AuditSegment within, long behind, Bytes hash) {
            // The lines of the page before have told it.
        }

        @Override
        public void segment(AuditSegment segment) {
            lines.add(AuditLines.of(segment));
        }

        @Override
        public void checkpoint(AuditCheckpoint checkpoint) {
            lines.add(AuditLines.of(checkpoint));
        }

        @Override
        public void between(AuditCheckpoint checkpoint) {
            lines.add(AuditLines.between(checkpoint));
        }

        @Override
        public void entry(AuditEntry entry) {
            lines.add(AuditLines.of(entry));
        }

        @Override
        public void end(int segment, long seq, Bytes hash) {
            lines.add(AuditLines.end(segment, seq, hash));
        }
    }

    private static Outcome<Result> handle(Request request, Call call) {
        var page = call.page(request.limit, request.cursor);
        var lines = new Lines(new ArrayList<>());
        var next =
                new ChainReader(call, lines)
                        .read(
                                new Position(
                                        Integer.parseInt(page.after(0, "0")),
                                        Long.parseLong(page.after(1, "0"))),
                                page.rows());
        return found(
                new Result(
                        lines.lines,
                        next.map(it ->
                                page.cursor(
                                        Integer.toString(it.segment()), Long.toString(it.seq())))));
    }
}
