package com.fluxvantage.audit;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Permission.AUDIT_READ;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursor;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.operation.PageRequest;
import com.fluxvantage.kernel.tenancy.Actor;
import com.fluxvantage.kernel.tenancy.MemberId;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * Answers who changed what and when, the newest first. Of the last 31 days, or of a time that is
 * asked for, at most 366 days long; with one end named, of the 31 days from or up to it. That
 * somebody looked is an entry of its own. People are told by their ids.
 */
final class SearchAudit {
    private static final Duration USUAL_TIME = Duration.ofDays(31);
    private static final Duration LONGEST_TIME = Duration.ofDays(366);
    private static final UUID BEFORE_ALL = new UUID(0, 0);

    static final Operation<Request, Result> OPERATION =
            Operation.get("search-audit", "/audit/entries")
                    .summary("Finds who changed what and when; the search itself is recorded.")
                    .requires(AUDIT_READ)
                    .readsAudited()
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, SearchAudit::handle);

    /**
     * {@code recordedFrom} is included, {@code recordedBefore} is not: by the database's clock.
     *
     * @param memberId who did it, where it was a person of the tenant
     * @param action an operation's name
     * @param subject an id of whatever kind
     */
    record Request(
            Optional<MemberId> memberId,
            Optional<ActionName> action,
            Optional<SubjectKey> subject,
            Optional<Instant> recordedFrom,
            Optional<Instant> recordedBefore,
            Optional<PageLimit> limit,
            Optional<Cursor> cursor) {
        static final Request EXAMPLE =
                new Request(
                        Optional.of(new MemberId(new UUID(0, 1))),
                        Optional.of(new ActionName("receive-line")),
                        Optional.of(SubjectKey.of(new UUID(0, 2))),
                        Optional.of(Instant.parse("2026-11-01T00:00:00Z")),
                        Optional.of(Instant.parse("2026-12-01T00:00:00Z")),
                        Optional.of(new PageLimit(20)),
                        Optional.empty());

        Request {
            if (recordedFrom.isPresent() && recordedBefore.isPresent()) {
                var time = Duration.between(recordedFrom.get(), recordedBefore.get());
                if (!time.isPositive() || time.compareTo(LONGEST_TIME) > 0) {
                    throw new InvalidValue(
                            "recordedBefore",
                            "out-of-range",
                            "This is a time after the first one, and at most "
                                    + LONGEST_TIME.toDays()
                                    + " days.");
                }
            }
        }

        /** Absent: {@link #USUAL_TIME} ago. */
        Optional<Instant> from() {
            return recordedFrom.or(() -> recordedBefore.map(it -> it.minus(USUAL_TIME)));
        }

        /** Absent: until now. */
        Optional<Instant> before() {
            return recordedBefore.or(() -> recordedFrom.map(it -> it.plus(USUAL_TIME)));
        }
    }

    record Result(List<Entry> items, Optional<Cursor> nextCursor) {}

    /**
     * @param subjectType what kind of thing it is about
     * @param subject its id without the prefix
     * @param at when it happened
     * @param recordedAt when it was written
     * @param segmentNo where it stands in the chain, once it does
     */
    record Entry(
            AuditId auditId,
            Actor.Kind actor,
            Optional<MemberId> memberId,
            String action,
            Optional<String> subjectType,
            Optional<SubjectKey> subject,
            Instant at,
            Instant recordedAt,
            Optional<Integer> segmentNo,
            Optional<Long> seq) {}

    private record Row(
            AuditId auditId,
            String actor,
            String action,
            Optional<String> subjectType,
            Optional<UUID> subjectId,
            Instant at,
            Instant recordedAt,
            Optional<Integer> segmentNo,
            Optional<Long> seq) {
        Entry entry() {
            int colon = actor.indexOf(':');
            var kind = Actor.Kind.valueOf(actor.substring(0, colon).toUpperCase(Locale.ROOT));
            var id = new MemberId(UUID.fromString(actor.substring(colon + 1)));
            return new Entry(
                    auditId,
                    kind,
                    kind == Actor.Kind.MEMBER ? Optional.of(id) : Optional.empty(),
                    action,
                    subjectType,
                    subjectId.map(SubjectKey::of),
                    at,
                    recordedAt,
                    segmentNo,
                    seq);
        }
    }

    private static Outcome<Result> handle(Request request, Call call) {
        var page = call.page(request.limit, request.cursor);
        var entries =
                page.of(
                                entries(request, page, call),
                                row ->
                                        List.of(
                                                row.recordedAt.toString(),
                                                row.auditId.uuid().toString()))
                        .map(Row::entry);
        return found(new Result(entries.items(), entries.nextCursor()));
    }

    // Person, action and subject have an index each in the order of time, and so has the time
    // itself.
    private static List<Row> entries(Request request, PageRequest page, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select audit_id, actor, action, subject_type, subject_id, at, recorded_at, segment_no, seq
                          from wms.audit_entry
                         where (cast(:actor as text) is null or actor = :actor)
                           and (cast(:action as text) is null or action = :action)
                           and (cast(:subject as uuid) is null or subject_id = :subject)
                           and recorded_at >= coalesce(:from, now() - cast(:usual_time as interval))
                           and recorded_at < coalesce(:before, now() + interval '1 hour')
                           and (recorded_at, audit_id) < (cast(:after_at as timestamptz), :after_id)
                         order by recorded_at desc, audit_id desc
                         limit :fetch
                        """)
                .bind(
                        "actor",
                        request.memberId.map(
                                it -> new Actor(Actor.Kind.MEMBER, it.uuid()).reference()))
                .bind("action", request.action)
                .bind("subject", request.subject.map(SubjectKey::uuid))
                .bind("from", request.from())
                .bind("before", request.before())
                .bind("usual_time", USUAL_TIME.toString())
                .bind("after_at", page.after(0, "infinity"))
                .bind("after_id", UUID.fromString(page.after(1, BEFORE_ALL.toString())))
                .bind("fetch", page.fetch())
                .mapTo(Row.class)
                .list();
    }
}
