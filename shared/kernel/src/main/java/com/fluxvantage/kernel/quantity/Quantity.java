package com.fluxvantage.kernel.quantity;

import com.fluxvantage.kernel.operation.InvalidValue;

/**
 * How much: a count of the item's smallest unit (each, gram, millilitre, as the item declares), so
 * it is always a whole number and never negative. A direction is said by a posting's leg.
 */
public record Quantity(long units) implements Comparable<Quantity> {
    /** The most that one request may name: a slip of the finger beyond it would be believed. */
    public static final long MOST = 1_000_000_000;

    /**
     * The most that may add up in one place: the largest whole number that every reader of JSON
     * keeps exactly (RFC 8259, 6). Nine million of the largest requests are less.
     */
    private static final long MOST_HELD = (1L << 53) - 1;

    public static final Quantity NONE = new Quantity(0);

    public Quantity {
        if (units < 0 || units > MOST_HELD) {
            throw outside(MOST_HELD);
        }
    }

    /** What was typed, so at most {@link #MOST}; what is held is made by the constructor. */
    public static Quantity of(long units) {
        if (units > MOST) {
            throw outside(MOST);
        }
        return new Quantity(units);
    }

    public Quantity plus(Quantity more) {
        return new Quantity(units + more.units);
    }

    /** Never below zero: what is left of this once {@code taken} is gone. */
    public Quantity less(Quantity taken) {
        return new Quantity(Math.max(0, units - taken.units));
    }

    public Quantity atMost(Quantity limit) {
        return units <= limit.units ? this : limit;
    }

    public boolean isNone() {
        return units == 0;
    }

    public boolean exceeds(Quantity other) {
        return units > other.units;
    }

    private static InvalidValue outside(long most) {
        return new InvalidValue(
                "out-of-range", "A quantity is a whole number from 0 to " + most + ".");
    }

    @Override
    public int compareTo(Quantity other) {
        return Long.compare(units, other.units);
    }

    @Override
    public String toString() {
        return Long.toString(units);
    }
}
