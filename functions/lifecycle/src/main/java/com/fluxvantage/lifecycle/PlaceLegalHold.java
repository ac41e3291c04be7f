package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Permission.PLATFORM_HOLDS;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.tenancy.MemberId;
import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.kernel.text.Code;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Writes a legal hold down. It keeps nothing yet: a second person has to approve it. Its scope is
 * never changed; a wider one is a new hold. A sealed hold is one of which the tenant must not be
 * told.
 *
 * <p>A hold on a member is on what is about that person, and on everything that is removed by age
 * without asking about whom it is.
 */
final class PlaceLegalHold {
    static final Operation<Request, Result> OPERATION =
            Operation.post("place-legal-hold", "/tenants/{tenant}/holds")
                    .summary("Writes down a legal hold, for a second person to approve.")
                    .forOperators()
                    .requires(PLATFORM_HOLDS)
                    .refuses(NotFound.class)
                    .refuses(LifecycleRefusal.HoldTooLate.class)
                    .refuses(LifecycleRefusal.UnknownTable.class)
                    .refuses(LifecycleRefusal.ReviewTooFar.class)
                    .creates()
                    .handledBy(
                            Request.class, Result.class, Request.EXAMPLE, PlaceLegalHold::handle);

    private static final int MOST_TABLES = 64;
    private static final Duration REVIEWED_WITHIN = Duration.ofDays(180);

    /**
     * @param matter the number under which counsel knows it; nothing personal
     * @param memberId keeps what is about this member
     * @param tables keeps these tables; without both the hold keeps all of the tenant
     * @param rowsFrom keeps of the tables what is dated from then on
     * @param rowsUntil and before then
     * @param reviewAt by when somebody looks whether it is still needed
     */
    record Request(
            TenantId tenant,
            Code matter,
            HoldBasis basis,
            Optional<MemberId> memberId,
            List<Code> tables,
            Optional<Instant> rowsFrom,
            Optional<Instant> rowsUntil,
            boolean sealed,
            Instant reviewAt) {
        static final Request EXAMPLE =
                new Request(
                        new TenantId(new UUID(0, 1)),
                        new Code("M-2026-17"),
                        HoldBasis.LITIGATION,
                        Optional.empty(),
                        List.of(new Code("movement")),
                        Optional.of(Instant.parse("2026-01-01T00:00:00Z")),
                        Optional.empty(),
                        false,
                        Instant.parse("2027-03-01T00:00:00Z"));

        Request {
            if (tables.size() > MOST_TABLES) {
                throw new InvalidValue(
                        "tables", "too-many", "A hold names at most " + MOST_TABLES + " tables.");
            }
            if (memberId.isPresent() && !tables.isEmpty()) {
                throw new InvalidValue(
                        "tables", "not-both", "A hold is on a member or on tables, not on both.");
            }
            if (tables.isEmpty() && (rowsFrom.isPresent() || rowsUntil.isPresent())) {
                throw new InvalidValue(
                        "rowsFrom", "not-wanted", "Dates go with tables and with nothing else.");
            }
            if (rowsFrom.isPresent()
                    && rowsUntil.isPresent()
                    && !rowsFrom.get().isBefore(rowsUntil.get())) {
                throw new InvalidValue(
                        "rowsUntil", "out-of-range", "The end is after the beginning.");
            }
            tables = List.copyOf(tables);
        }

        HoldScope scope() {
            if (memberId.isPresent()) {
                return HoldScope.SUBJECT;
            }
            return tables.isEmpty() ? HoldScope.TENANT : HoldScope.TABLES;
        }
    }

    record Result(HoldId holdId, HoldState state) {}

    private static Outcome<Result> handle(Request request, Call call) {
        if (request.reviewAt.isBefore(call.now())
                || request.reviewAt.isAfter(call.now().plus(REVIEWED_WITHIN))) {
            return Outcome.refused(new LifecycleRefusal.ReviewTooFar());
        }
        var hold = new HoldId(Uuid7.next());
        var answer =
                call.sql()
                        .createQuery(
                                "select fv.place_legal_hold(:tenant, :hold, :matter, :basis, :scope, :member, :tables, :rows_from, :rows_until, :sealed, :review, :at)")
                        .bind("tenant", request.tenant)
                        .bind("hold", hold)
                        .bind("matter", request.matter)
                        .bind("basis", request.basis.name())
                        .bind("scope", request.scope().name())
                        .bind("member", request.memberId)
                        .bind("tables", tables(request))
                        .bind("rows_from", request.rowsFrom)
                        .bind("rows_until", request.rowsUntil)
                        .bind("sealed", request.sealed)
                        .bind("review", request.reviewAt)
                        .bind("at", call.now())
                        .mapTo(String.class)
                        .one();
        return switch (answer) {
            case "DONE" -> Outcome.done(new Result(hold, HoldState.DRAFT), Subject.of(hold));
            case "UNKNOWN" -> Outcome.missing("tenant", "tenant");
            case "TOO_LATE" -> Outcome.refused(new LifecycleRefusal.HoldTooLate());
            case "UNKNOWN_TABLE" -> Outcome.refused(new LifecycleRefusal.UnknownTable());
            default -> throw new IllegalStateException("no such answer to a hold");
        };
    }

    private static String @Nullable [] tables(Request request) {
        return request.tables.isEmpty()
                ? null
                : request.tables.stream().map(Code::value).distinct().toArray(String[]::new);
    }
}
