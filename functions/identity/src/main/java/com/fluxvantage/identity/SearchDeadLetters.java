package com.fluxvantage.identity;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Permission.PLATFORM_DEAD_LETTERS;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursor;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.operation.PageRequest;
import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.kernel.text.Code;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds what consumers have given up and nobody has seen to yet, of one tenant or of all: where the
 * event is, why it was given up, how often it was tried. What an event says is not shown, and
 * nothing here names a person. {@code replay-dead-letters} sends again what is found here.
 */
final class SearchDeadLetters {
    static final Operation<Request, Result> OPERATION =
            Operation.get("search-dead-letters", "/dead-letters")
                    .summary("Finds the events that consumers have given up.")
                    .forOperators()
                    .requires(PLATFORM_DEAD_LETTERS)
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            SearchDeadLetters::handle);

    private static final String BEFORE_ALL = new UUID(0, 0).toString();

    record Request(
            Optional<TenantId> tenantId,
            Optional<Code> consumer,
            Optional<PageLimit> limit,
            Optional<Cursor> cursor) {
        static final Request EXAMPLE =
                new Request(
                        Optional.of(new TenantId(new UUID(0, 1))),
                        Optional.of(new Code("check-stock")),
                        Optional.of(new PageLimit(20)),
                        Optional.empty());
    }

    record Result(List<DeadLetter> items, Optional<Cursor> nextCursor) {}

    /**
     * One event that one consumer has given up.
     *
     * @param reason a refusal's code, or what went wrong in one or two words
     * @param state {@code DEAD}, or {@code REPLAYING} while it is sent again
     */
    record DeadLetter(
            TenantId tenantId,
            String consumer,
            UUID stream,
            long no,
            String reason,
            int attempts,
            Instant diedAt,
            String state) {}

    private record Row(
            UUID tenant,
            String consumer,
            UUID stream,
            long no,
            String reason,
            int attempts,
            Instant diedAt,
            String state) {
        List<String> key() {
            return List.of(tenant.toString(), consumer, stream.toString(), Long.toString(no));
        }

        DeadLetter letter() {
            return new DeadLetter(
                    new TenantId(tenant), consumer, stream, no, reason, attempts, diedAt, state);
        }
    }

    private static Outcome<Result> handle(Request request, Call call) {
        var page = call.page(request.limit, request.cursor);
        var letters = page.of(letters(request, page, call), Row::key).map(Row::letter);
        return found(new Result(letters.items(), letters.nextCursor()));
    }

    private static List<Row> letters(Request request, PageRequest page, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select tenant, consumer, stream, no, reason, attempts, died_at, state
                          from fv.find_dead_letters(
                                   :tenant, :consumer, :afterTenant, :afterConsumer, :afterStream, :afterNo, :fetch)
                        """)
                .bind("tenant", request.tenantId.map(TenantId::uuid))
                .bind("consumer", request.consumer)
                .bind("afterTenant", UUID.fromString(page.after(0, BEFORE_ALL)))
                .bind("afterConsumer", page.after(1, ""))
                .bind("afterStream", UUID.fromString(page.after(2, BEFORE_ALL)))
                .bind("afterNo", Long.parseLong(page.after(3, "0")))
                .bind("fetch", page.fetch())
                .mapTo(Row.class)
                .list();
    }
}
