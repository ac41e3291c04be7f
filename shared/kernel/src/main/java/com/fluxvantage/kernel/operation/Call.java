package com.fluxvantage.kernel.operation;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.events.Heard;
import com.fluxvantage.kernel.outside.Bucket;
import com.fluxvantage.kernel.outside.Outside;
import com.fluxvantage.kernel.stock.Posting;
import com.fluxvantage.kernel.stock.ReservationId;
import com.fluxvantage.kernel.stock.Reserving;
import com.fluxvantage.kernel.stock.StockAnswer;
import com.fluxvantage.kernel.stock.StockFunctions;
import com.fluxvantage.kernel.tenancy.Actor;

import org.jdbi.v3.core.Handle;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One call of one operation, inside the transaction that the boundary has opened for the caller's
 * tenant. An operation reads and writes through {@link #sql()} without ever naming the tenant,
 * changes stock through one call of {@link #post}, {@link #reserve} or {@link #release} after all
 * its own locks, and cannot begin, commit or roll back anything. Used by one thread.
 */
public final class Call {
    /** How often a set of buckets is searched for before the answer is "short". */
    public static final int SEARCHES = 3;

    private final Operation<?, ?> operation;
    private final Actor actor;
    private final Instant now;
    private final Handle handle;
    private final Cursors cursors;
    private final OptionalLong expectedVersion;
    private final int search;
    private final Beside beside;
    private final List<DomainEvent> announced = new ArrayList<>();
    private boolean stockChanged;

    /**
     * What some calls have and most have not.
     *
     * @param outside for links alone
     * @param sealed the secret that the request brought
     * @param heard the event that a consumer was called for
     * @param delivery what another system has sent and signed
     */
    public record Beside(
            Optional<Outside> outside,
            Optional<Sealing.Sealed> sealed,
            Optional<Heard> heard,
            Optional<SignedDelivery> delivery) {
        public static final Beside NOTHING = new Beside(Optional.empty(), Optional.empty());

        public Beside(Optional<Outside> outside, Optional<Sealing.Sealed> sealed) {
            this(outside, sealed, Optional.empty(), Optional.empty());
        }

        public static Beside of(Heard heard) {
            return new Beside(
                    Optional.empty(), Optional.empty(), Optional.of(heard), Optional.empty());
        }

        public static Beside of(SignedDelivery delivery) {
            return new Beside(
                    Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(delivery));
        }
    }

    /** Made by the boundary, and by nobody else. */
    public Call(
            Operation<?, ?> operation,
            Actor actor,
            Clock clock,
            Handle handle,
            Cursors cursors,
            OptionalLong expectedVersion,
            int search,
            Beside beside) {
        this.operation = operation;
        this.actor = actor;
        // PostgreSQL keeps microseconds: what is stored equals what is answered.
        this.now = clock.instant().truncatedTo(java.time.temporal.ChronoUnit.MICROS);
        this.handle = handle;
        this.cursors = cursors;
        this.expectedVersion = expectedVersion;
        this.search = search;
        this.beside = beside;
    }

    public Actor actor() {
        return actor;
    }

    /** Business time: when it happened. Proofs, seals and limits use the database's own clock. */
    public Instant now() {
        return now;
    }

    /**
     * The connection inside the transaction; row policies show it this tenant's rows and no others.
     */
    public Handle sql() {
        return handle;
    }

    /** The version that the caller has seen, where the descriptor asks for it. */
    public OptionalLong expectedVersion() {
        return expectedVersion;
    }

    public PageRequest page(Optional<PageLimit> limit, Optional<Cursor> cursor) {
        return new PageRequest(limit, cursor, cursors);
    }

    /** Moves goods. The only way to change what is on hand. */
    public StockAnswer post(Posting posting) {
        onlyOnce();
        return StockFunctions.post(handle, posting);
    }

    /** Promises goods to demands; goods that expire before {@code goodUntil} serve none of them. */
    public StockAnswer reserve(List<Reserving> wanted, Optional<LocalDate> goodUntil) {
        onlyOnce();
        return StockFunctions.reserve(handle, wanted, now, goodUntil);
    }

    /** Gives promised goods back to everybody. */
    public StockAnswer release(List<ReservationId> reservations) {
        onlyOnce();
        return StockFunctions.release(handle, reservations);
    }

    /**
     * A link to an object of the caller's tenant, for whoever gets the answer. It is computed and
     * kept nowhere: an operation that answers with one stores no answer.
     */
    public String link(Bucket bucket, String key, Duration validity) {
        if (operation.mode() != Mode.READS_AUDITED) {
            throw new IllegalStateException(operation + " hands out no links");
        }
        return beside.outside
                .orElseThrow(() -> new IllegalStateException(operation + " hands out no links"))
                .link(bucket, key, validity);
    }

    /** The secret that the request brought, sealed for the place that the descriptor named. */
    public Sealing.Sealed sealed() {
        return beside.sealed.orElseThrow(
                () -> new IllegalStateException(operation + " is brought no secret"));
    }

    /** What another system has sent; its signature was found good. */
    public SignedDelivery delivery() {
        return beside.delivery.orElseThrow(
                () -> new IllegalStateException(operation + " is sent no deliveries"));
    }

    /** The event that a consumer was called for. */
    public Heard heard() {
        return beside.heard.orElseThrow(
                () -> new IllegalStateException(operation + " consumes no event"));
    }

    /** Tells a fact to whoever subscribes, if and when this transaction commits. */
    public void announce(DomainEvent event) {
        if (!operation.announces().contains(event.getClass())) {
            throw new IllegalStateException(
                    operation + " does not declare " + event.getClass().getSimpleName());
        }
        announced.add(event);
    }

    public boolean maySearchAgain() {
        return search < SEARCHES;
    }

    /**
     * Thrown when the buckets that were chosen have changed meanwhile and {@link
     * #maySearchAgain()}.
     */
    public RestartTransaction searchAgain() {
        return new RestartTransaction();
    }

    /** For the boundary: what goes into the outbox. */
    public List<DomainEvent> announced() {
        return List.copyOf(announced);
    }

    // Each stock function locks all its buckets in one order; a second call would lock out
    // of order.
    private void onlyOnce() {
        if (stockChanged) {
            throw new IllegalStateException(operation + " changes stock twice in one transaction");
        }
        stockChanged = true;
    }
}
