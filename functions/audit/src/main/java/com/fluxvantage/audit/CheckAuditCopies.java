package com.fluxvantage.audit;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Outcome.refused;

import com.fluxvantage.audit.HeadCopies.Named;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.Errand;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Work;
import com.fluxvantage.kernel.outside.Bucket;
import com.fluxvantage.kernel.outside.Bytes;
import com.fluxvantage.kernel.outside.ObjectStore.Stored;
import com.fluxvantage.kernel.outside.Outside;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Compares each night what was copied of a tenant's chain with what the database has of it, and
 * alarms where either lacks what the other shows: a tail that was cut off with all its checkpoints,
 * a chain that was made anew, a copy that is gone. Nothing is repaired here.
 */
final class CheckAuditCopies {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "check-audit-copies",
                            Schedule.at(Timing.daily("04:50"))
                                    .jitter(Duration.ofMinutes(30))
                                    .everywhere())
                    .summary("Alarms when an audit trail is not what was copied of it.")
                    .work(Work.READ)
                    .needs(new Capability.KeepsObjects(Bucket.AUDIT_HEADS))
                    .refuses(AuditRefusal.CopiesDiffer.class)
                    .runBy(
                            Request.class,
                            Result.class,
                            new Request(),
                            new Errand<>(
                                    (_, call) -> Errand.task(copied(call)),
                                    CheckAuditCopies::carryOut,
                                    CheckAuditCopies::record));

    /** Of a segment that has gone in its time nothing but the seal is there. */
    private static final String UNKNOWN_HEADS =
            """
            select count(*)
              from unnest(:segments, :seqs, :hashes) as copied (segment_no, seq, hash)
             where not exists (
                       select
                         from wms.audit_entry as entry
                        where entry.chained_at is not null
                          and entry.segment_no = copied.segment_no
                          and entry.seq = copied.seq
                          and encode(entry.hash, 'hex') = copied.hash)
               and not exists (
                       select
                         from wms.audit_segment as segment
                        where segment.segment_no = copied.segment_no
                          and segment.state = 'RETIRED'
                          and segment.month + interval '1 month' + make_interval(days => segment.retention_days)
                              <= :now at time zone 'UTC')
            """;

    private static final String UNKNOWN_SEALS =
            """
            select count(*)
              from unnest(:segments, :seqs, :hashes) as copied (segment_no, seq, hash)
             where not exists (
                       select
                         from wms.audit_segment as segment
                        where segment.segment_no = copied.segment_no
                          and encode(segment.seal, 'hex') = copied.hash)
               and :now is not null
            """;

    record Request() {}

    record Result(int copies) {}

    /** {@code missing} were copied once and are not there any more. */
    private record Seen(List<Named> heads, List<Named> seals, int missing) {}

    // What the database says was copied and may not be gone yet, by its keys.
    private static Set<String> copied(Call call) {
        var keys = new HashSet<String>();
        call.sql()
                .createQuery(
                        """
                        select head.segment_no, head.seq, head.hash
                          from wms.audit_checkpoint as head
                          join wms.audit_segment as segment on segment.segment_no = head.segment_no
                         where head.copied_at is not null
                           and segment.month + interval '1 month' + make_interval(days => segment.retention_days)
                               > :now at time zone 'UTC'
                        """)
                .bind("now", call.now())
                .mapTo(HeadRow.class)
                .forEach(it -> keys.add(it.key()));
        call.sql()
                .createQuery(
                        """
                        select segment_no, seal
                          from wms.audit_segment
                         where copied_at is not null
                           and month + interval '1 month' + make_interval(days => retention_days)
                               > :now at time zone 'UTC'
                        """)
                .bind("now", call.now())
                .mapTo(SealRow.class)
                .forEach(it -> keys.add(it.key()));
        return keys;
    }

    private record HeadRow(int segmentNo, long seq, Bytes hash) {
        String key() {
            return HeadCopies.head(segmentNo, seq, hash);
        }
    }

    private record SealRow(int segmentNo, Bytes seal) {
        String key() {
            return HeadCopies.seal(segmentNo, seal);
        }
    }

    private static Seen carryOut(Set<String> copied, Outside outside) {
        var kept = outside.kept(Bucket.AUDIT_HEADS);
        var heads = kept.list(HeadCopies.HEADS).stream().map(Stored::key).toList();
        var seals = kept.list(HeadCopies.SEALS).stream().map(Stored::key).toList();
        var missing = new HashSet<>(copied);
        heads.forEach(missing::remove);
        seals.forEach(missing::remove);
        return new Seen(
                heads.stream().map(HeadCopies::named).toList(),
                seals.stream().map(HeadCopies::named).toList(),
                missing.size());
    }

    private static Outcome<Result> record(Set<String> copied, Seen seen, Call call) {
        int differing =
                seen.missing
                        + differing(UNKNOWN_HEADS, seen.heads, call)
                        + differing(UNKNOWN_SEALS, seen.seals, call);
        return differing == 0
                ? found(new Result(seen.heads.size() + seen.seals.size()))
                : refused(new AuditRefusal.CopiesDiffer(differing));
    }

    private static int differing(String question, List<Named> copied, Call call) {
        return call.sql()
                .createQuery(question)
                .bind("segments", copied.stream().map(Named::segment).toArray(Integer[]::new))
                .bind("seqs", copied.stream().map(Named::seq).toArray(Long[]::new))
                .bind("hashes", copied.stream().map(Named::hash).toArray(String[]::new))
                .bind("now", call.now())
                .mapTo(Integer.class)
                .one();
    }
}
