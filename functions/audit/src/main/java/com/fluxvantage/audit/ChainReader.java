package com.fluxvantage.audit;

import com.fluxvantage.kernel.audit.AuditCheckpoint;
import com.fluxvantage.kernel.audit.AuditEntry;
import com.fluxvantage.kernel.audit.AuditSegment;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.outside.Bytes;
import com.fluxvantage.kernel.outside.Signature;
import com.fluxvantage.kernel.tenancy.TenantId;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Reads the tenant's chain a piece at a time and tells it in the order in which it hangs together.
 * What was signed is known first, then the head is read, and then what lies up to it: so what is
 * signed or added meanwhile is not taken for a piece that is missing, and every checkpoint that is
 * told lies within the chain, unless somebody has cut it.
 */
final class ChainReader {
    /** Who is told. */
    interface Told {
        /** Once, at the beginning of the whole chain. */
        void beginning(TenantId tenant);

        /** Goes on behind an entry of which this is the hash. */
        void resumed(AuditSegment within, long behind, Bytes hash);

        void segment(AuditSegment segment);

        void checkpoint(AuditCheckpoint checkpoint);

        /** Behind all segments: of one that has no entry yet. */
        void between(AuditCheckpoint checkpoint);

        void entry(AuditEntry entry);

        void end(int segment, long seq, Bytes hash);
    }

    /** Behind how many entries of which segment; the beginning is before the first of all. */
    record Position(int segment, long seq) {
        static final Position BEGINNING = new Position(0, 0);
    }

    record Head(TenantId tenantId, int segmentNo, long seq, Bytes hash) {}

    /** As it stands in the table; {@code last} is {@code final} there. */
    record SegmentRow(
            int segmentNo,
            String month,
            int retentionDays,
            Bytes opening,
            String state,
            Optional<Long> entries,
            Optional<Bytes> last,
            Optional<Bytes> seal,
            Optional<String> keyId,
            Optional<Bytes> signature) {
        // What was closed after the head was read is told as it was then.
        AuditSegment segment(Head head) {
            return segment(seal.isPresent() && segmentNo < head.segmentNo);
        }

        AuditSegment closed() {
            return segment(true);
        }

        private AuditSegment segment(boolean isClosed) {
            return new AuditSegment(
                    segmentNo,
                    month,
                    retentionDays,
                    opening,
                    isClosed
                            ? Optional.of(
                                    new AuditSegment.Closing(
                                            entries.orElseThrow(),
                                            last.orElseThrow(),
                                            seal.orElseThrow(),
                                            signed(keyId, signature)))
                            : Optional.empty(),
                    state.equals("RETIRED"));
        }
    }

    record CheckpointRow(
            long rootNo,
            Instant dueAt,
            int segmentNo,
            long seq,
            Bytes hash,
            Bytes path,
            int leaves,
            Bytes root,
            Optional<String> keyId,
            Optional<Bytes> signature) {
        AuditCheckpoint checkpoint() {
            return new AuditCheckpoint(
                    rootNo,
                    dueAt,
                    segmentNo,
                    seq,
                    hash,
                    path,
                    leaves,
                    root,
                    signed(keyId, signature));
        }
    }

    private record EntryRow(
            int segmentNo,
            long seq,
            UUID auditId,
            Instant at,
            String actor,
            String action,
            Optional<String> subjectType,
            Optional<UUID> subjectId,
            UUID requestId,
            Instant recordedAt,
            Bytes prevHash,
            Bytes hash) {
        AuditEntry entry() {
            return new AuditEntry(
                    segmentNo,
                    seq,
                    auditId,
                    at,
                    actor,
                    action,
                    subjectType,
                    subjectId,
                    requestId,
                    recordedAt,
                    prevHash,
                    hash);
        }
    }

    private final Call call;
    private final Told told;

    ChainReader(Call call, Told told) {
        this.call = call;
        this.told = told;
    }

    /** Tells up to so many entries and answers where to go on; empty at the end of the chain. */
    Optional<Position> read(Position from, int most) {
        long lastRoot = lastRoot();
        var head = head();
        if (from.equals(Position.BEGINNING)) {
            told.beginning(head.tenantId);
        }
        int left = most;
        int last = from.segment;
        for (var row : segments(Math.max(1, from.segment))) {
            var segment = row.segment(head);
            boolean isResumed = segment.no() == from.segment && from.seq > 0;
            long behind = isResumed ? from.seq : 0;
            if (isResumed) {
                told.resumed(segment, behind, hash(segment.no(), behind));
            } else {
                told.segment(segment);
            }
            checkpoints(segment.no(), segment.no(), lastRoot)
                    .forEach(it -> told.checkpoint(it.checkpoint()));
            last = segment.no();
            if (segment.isRetired()) {
                continue;
            }
            var entries = entries(segment.no(), behind, left, head);
            entries.forEach(it -> told.entry(it.entry()));
            left -= entries.size();
            if (left == 0) {
                return Optional.of(new Position(segment.no(), entries.getLast().seq));
            }
        }
        checkpoints(last + 1, Integer.MAX_VALUE, lastRoot)
                .forEach(it -> told.between(it.checkpoint()));
        told.end(head.segmentNo, head.seq, head.hash);
        return Optional.empty();
    }

    private Head head() {
        return call.sql()
                .createQuery(
                        """
                        select fv.tenant() as "tenantId",
                               coalesce(head.segment_no, 1) as segment_no,
                               coalesce(head.seq, 0) as seq,
                               coalesce(head.hash, wms.audit_genesis(fv.tenant())) as hash
                          from (values (1)) as one
                          left join wms.audit_head as head on true
                        """)
                .mapTo(Head.class)
                .one();
    }

    // A chain has a dozen segments a year.
    private List<SegmentRow> segments(int from) {
        return call.sql()
                .createQuery(
                        """
                        select segment_no, to_char(month, 'YYYY-MM') as month, retention_days, opening, state, entries,
                               final as last, seal, key_id, signature
                          from wms.audit_segment
                         where segment_no >= :from
                         order by segment_no
                        """)
                .bind("from", from)
                .mapTo(SegmentRow.class)
                .list();
    }

    private long lastRoot() {
        return call.sql()
                .createQuery("select coalesce(max(root_no), 0) from wms.audit_checkpoint")
                .mapTo(Long.class)
                .one();
    }

    private List<CheckpointRow> checkpoints(int first, int last, long lastRoot) {
        return call.sql()
                .createQuery(
                        """
                        select root_no, due_at, segment_no, seq, hash, path, leaves, root, key_id, signature
                          from wms.audit_checkpoint
                         where segment_no between :first and :last
                           and root_no <= :last_root
                         order by segment_no, root_no
                        """)
                .bind("first", first)
                .bind("last", last)
                .bind("last_root", lastRoot)
                .mapTo(CheckpointRow.class)
                .list();
    }

    private List<EntryRow> entries(int segment, long behind, int most, Head head) {
        return call.sql()
                .createQuery(
                        """
                        select segment_no, seq, audit_id, at, actor, action, subject_type, subject_id, request_id,
                               recorded_at, prev_hash, hash
                          from wms.audit_entry
                         where chained_at is not null
                           and segment_no = :segment
                           and seq > :behind
                           and (segment_no, seq) <= (:head, :head_seq)
                         order by seq
                         limit :most
                        """)
                .bind("segment", segment)
                .bind("behind", behind)
                .bind("most", most)
                .bind("head", head.segmentNo)
                .bind("head_seq", head.seq)
                .mapTo(EntryRow.class)
                .list();
    }

    // Where the one before is gone since, its hash is nobody's and the next is found not to fit.
    private Bytes hash(int segment, long seq) {
        return call.sql()
                .createQuery(
                        """
                        select hash
                          from wms.audit_entry
                         where chained_at is not null
                           and segment_no = :segment
                           and seq = :seq
                        """)
                .bind("segment", segment)
                .bind("seq", seq)
                .mapTo(Bytes.class)
                .findOne()
                .orElse(Bytes.of(new byte[0]));
    }

    private static Optional<Signature> signed(Optional<String> keyId, Optional<Bytes> signature) {
        return keyId.map(key -> new Signature(key, signature.orElseThrow()));
    }
}
