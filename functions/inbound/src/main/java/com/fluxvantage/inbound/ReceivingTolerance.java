package com.fluxvantage.inbound;

import com.fluxvantage.kernel.quantity.Quantity;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How much may be counted in. Units fill the lines of an item in the order of the announcement;
 * what is left over may exceed a line by the item's tolerance, since suppliers round up to full
 * layers. What is beyond that is refused: the dock decides, not the system.
 */
record ReceivingTolerance(int percent) {
    /** A line's expected and received units; {@code T} names it. */
    record Room<T>(T line, Quantity expected, Quantity received) {}

    /** Units that go to one line. */
    record Share<T>(T line, Quantity quantity) {}

    /** Who gets how much, or nothing if it does not fit. */
    <T> Optional<List<Share<T>>> fill(List<Room<T>> lines, Quantity quantity) {
        var taken = new long[lines.size()];
        long left = quantity.units();
        for (int at = 0; at < taken.length; at++) {
            taken[at] = Math.min(left, lines.get(at).expected.less(lines.get(at).received).units());
            left -= taken[at];
        }
        for (int at = 0; at < taken.length; at++) {
            long more = Math.min(left, room(lines.get(at)).units() - taken[at]);
            taken[at] += more;
            left -= more;
        }
        if (left > 0) {
            return Optional.empty();
        }
        var shares = new ArrayList<Share<T>>();
        for (int at = 0; at < taken.length; at++) {
            if (taken[at] > 0) {
                shares.add(new Share<>(lines.get(at).line, new Quantity(taken[at])));
            }
        }
        return Optional.of(shares);
    }

    /** What may still be counted in over all lines. */
    <T> Quantity stillAllowed(List<Room<T>> lines) {
        return lines.stream().map(this::room).reduce(Quantity.NONE, Quantity::plus);
    }

    // Rounded down: a tolerance never allows a unit that it does not cover whole.
    private Quantity room(Room<?> line) {
        long most = line.expected.units() + line.expected.units() * percent / 100;
        return new Quantity(most).less(line.received);
    }
}
