package com.fluxvantage.audit;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Outcome.refused;

import com.fluxvantage.audit.ChainReader.CheckpointRow;
import com.fluxvantage.audit.ChainReader.SegmentRow;
import com.fluxvantage.kernel.audit.AuditLines;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.Errand;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Unfinished;
import com.fluxvantage.kernel.operation.Work;
import com.fluxvantage.kernel.outside.Bucket;
import com.fluxvantage.kernel.outside.LockedObjects;
import com.fluxvantage.kernel.outside.Outside;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Puts a copy of each signed head and each signed seal where nobody can change or remove it, for as
 * long as the segment is kept: a witness against whoever owns the database. A copy holds numbers,
 * digests and a signature, and nothing of what was done or by whom. It takes no lease: to keep what
 * is kept already has no effect.
 */
final class CopyAuditHeads {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "copy-audit-heads",
                            Schedule.at(Timing.every(Duration.ofHours(1)))
                                    .deadline(Duration.ofMinutes(55))
                                    .everywhere())
                    .summary("Copies signed ends of the audit chain to where nobody changes them.")
                    .work(Work.READ)
                    .needs(new Capability.KeepsObjects(Bucket.AUDIT_HEADS))
                    .refuses(AuditRefusal.CopiesDiffer.class)
                    .runBy(
                            Request.class,
                            Result.class,
                            new Request(),
                            new Errand<>(
                                    (_, call) -> take(call),
                                    CopyAuditHeads::carryOut,
                                    CopyAuditHeads::record));

    /** Some seconds' work; a head an hour and a seal a month are usual. */
    private static final int MOST = 50;

    record Request() {}

    record Result(int copied, boolean more) implements Unfinished {}

    /**
     * @param no of the root or of the segment
     * @param until the segment is kept so long
     * @param days the tenant's period, which names the bucket's rule
     */
    private record Copy(long no, String key, String line, Instant until, int days) {}

    private record Task(List<Copy> heads, List<Copy> seals) {
        int size() {
            return heads.size() + seals.size();
        }
    }

    private static Errand.Taken<Task, Result> take(Call call) {
        var task = new Task(heads(call), seals(call));
        return task.size() == 0 ? Errand.nothing(new Result(0, false)) : Errand.task(task);
    }

    // A head of a segment that has no entry yet is the seal of the one before.
    private static List<Copy> heads(Call call) {
        return call.sql()
                .createQuery(
                        """
                        select head.root_no, head.due_at, head.segment_no, head.seq, head.hash, head.path, head.leaves,
                               head.root, head.key_id, head.signature, kept.until, kept.retention_days
                          from wms.audit_checkpoint as head
                          join (select segment_no, retention_days,
                                       (month + interval '1 month' + make_interval(days => retention_days))
                                           at time zone 'UTC' as until
                                  from wms.audit_segment) as kept
                            on kept.segment_no = head.segment_no
                         where head.copied_at is null
                           and head.signature is not null
                           and head.seq > 0
                           and kept.until > :now
                         order by head.root_no
                         limit :most
                        """)
                .bind("now", call.now())
                .bind("most", MOST)
                .map((row, context) -> {
                    var head =
                            context.findRowMapperFor(CheckpointRow.class)
                                    .orElseThrow()
                                    .map(row, context)
                                    .checkpoint();
                    return new Copy(
                            head.root(),
                            HeadCopies.key(head),
                            AuditLines.of(head),
                            row.getTimestamp("until").toInstant(),
                            row.getInt("retention_days"));
                })
                .list();
    }

    private static List<Copy> seals(Call call) {
        return call.sql()
                .createQuery(
                        """
                        select segment_no, to_char(month, 'YYYY-MM') as month, retention_days, opening, state, entries,
                               final as last, seal, key_id, signature,
                               (month + interval '1 month' + make_interval(days => retention_days))
                                   at time zone 'UTC' as until
                          from wms.audit_segment
                         where copied_at is null
                           and state = 'CLOSED'
                           and signature is not null
                           and month + interval '1 month' + make_interval(days => retention_days)
                               > :now at time zone 'UTC'
                         order by segment_no
                         limit :most
                        """)
                .bind("now", call.now())
                .bind("most", MOST)
                .map((row, context) -> {
                    var closed =
                            context.findRowMapperFor(SegmentRow.class)
                                    .orElseThrow()
                                    .map(row, context)
                                    .closed();
                    return new Copy(
                            closed.no(),
                            HeadCopies.key(closed),
                            AuditLines.of(closed),
                            row.getTimestamp("until").toInstant(),
                            closed.retentionDays());
                })
                .list();
    }

    /** How many there were already and are others. */
    private static Integer carryOut(Task task, Outside outside) {
        var kept = outside.kept(Bucket.AUDIT_HEADS);
        return (int)
                Stream.concat(task.heads.stream(), task.seals.stream())
                        .filter(it -> !isKept(it, kept))
                        .count();
    }

    private static boolean isKept(Copy copy, LockedObjects kept) {
        byte[] line = (copy.line + "\n").getBytes(StandardCharsets.UTF_8);
        return kept.keep(copy.key, "text/tab-separated-values", line, copy.until, copy.days)
                || Arrays.equals(line, kept.get(copy.key).orElseThrow());
    }

    private static Outcome<Result> record(Task task, Integer differing, Call call) {
        if (differing > 0) {
            return refused(new AuditRefusal.CopiesDiffer(differing));
        }
        call.sql()
                .createUpdate(
                        "update wms.audit_checkpoint set copied_at = :now where root_no = any (:roots)")
                .bind("now", call.now())
                .bind("roots", numbers(task.heads))
                .execute();
        call.sql()
                .createUpdate(
                        "update wms.audit_segment set copied_at = :now where segment_no = any (:segments)")
                .bind("now", call.now())
                .bind("segments", numbers(task.seals))
                .execute();
        return found(
                new Result(task.size(), task.heads.size() == MOST || task.seals.size() == MOST));
    }

    private static Long[] numbers(List<Copy> copies) {
        return copies.stream().map(Copy::no).toArray(Long[]::new);
    }
}
