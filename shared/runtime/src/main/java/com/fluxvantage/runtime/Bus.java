package com.fluxvantage.runtime;

import java.util.List;
import java.util.Set;

/** The event bus: whoever subscribes to a type gets it, soon, in no order, perhaps twice. */
public interface Bus {
    int MOST_AT_ONCE = 10;

    /**
     * Puts up to {@link #MOST_AT_ONCE} events in one call.
     *
     * @return the positions in the batch of those that were not taken
     */
    Set<Integer> put(List<EventMessage> batch);
}
