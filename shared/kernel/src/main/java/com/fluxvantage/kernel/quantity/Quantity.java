package com.fluxvantage.kernel.quantity;

import com.fluxvantage.kernel.operation.InvalidValue;

/**
 * How much: a count of the item's smallest unit (each, gram, millilitre, as the item declares), so
 * it is always a whole number and never negative. A direction is said by a posting's leg.
 */
public record Quantity(long units) implements Comparable<Quantity> {
    /** A limit on one number that a person may type; sums stay far from overflow. */
    public static final long MOST = 1_000_000_000_000L;

    public static final Quantity NONE = new Quantity(0);

    public Quantity {
        if (units < 0 || units > MOST) {
            throw new InvalidValue(
                    "out-of-range", "A quantity is a whole number from 0 to " + MOST + ".");
        }
    }

    public static Quantity of(long units) {
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

    @Override
    public int compareTo(Quantity other) {
        return Long.compare(units, other.units);
    }

    @Override
    public String toString() {
        return Long.toString(units);
    }
}
