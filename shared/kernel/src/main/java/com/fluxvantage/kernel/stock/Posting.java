package com.fluxvantage.kernel.stock;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Subject;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One entry of the stock ledger: goods that moved, all legs at once. Legs sum to zero per item,
 * owner and lot; where goods come from or go to the outside, {@code against} names the side that
 * balances.
 *
 * @param reverses the earlier posting whose goods this one puts back
 */
public record Posting(
        PostingId id,
        Kind kind,
        Instant occurredAt,
        Optional<Counterpart> against,
        Subject document,
        Optional<String> reason,
        List<Leg> legs,
        Optional<PostingId> reverses) {
    /** What happened on the floor. */
    public enum Kind {
        RECEIPT,
        MOVE,
        ADJUST,
        PICK,
        PACK,
        SHIP,
        STATUS_CHANGE
    }

    /** The virtual place at the other end; each warehouse has one of each. */
    public enum Counterpart {
        SUPPLIER,
        CUSTOMER,
        ADJUST,
        SCRAP
    }

    public Posting {
        legs = List.copyOf(legs);
    }

    /** Goods that change place inside the house: the legs balance among themselves. */
    public static Posting within(
            Kind kind, Instant occurredAt, Identifier document, List<Leg> legs) {
        return new Posting(
                new PostingId(Uuid7.next()),
                kind,
                occurredAt,
                Optional.empty(),
                Subject.of(document),
                Optional.empty(),
                legs,
                Optional.empty());
    }

    /** Goods that come from or go to {@code counterpart}. */
    public static Posting against(
            Counterpart counterpart,
            Kind kind,
            Instant occurredAt,
            Identifier document,
            List<Leg> legs) {
        return new Posting(
                new PostingId(Uuid7.next()),
                kind,
                occurredAt,
                Optional.of(counterpart),
                Subject.of(document),
                Optional.empty(),
                legs,
                Optional.empty());
    }

    /** The same under an id that was given out before, to a scan. */
    public Posting withId(PostingId given) {
        return new Posting(given, kind, occurredAt, against, document, reason, legs, reverses);
    }

    /** Goods that go back where {@code earlier} took them from, with the age they had there. */
    public Posting reversing(PostingId earlier) {
        return new Posting(
                id, kind, occurredAt, against, document, reason, legs, Optional.of(earlier));
    }

    /** Why, in a word of a closed list; never a person's free text. */
    public Posting because(Enum<?> why) {
        return new Posting(
                id, kind, occurredAt, against, document, Optional.of(why.name()), legs, reverses);
    }
}
