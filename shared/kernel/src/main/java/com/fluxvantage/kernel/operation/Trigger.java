package com.fluxvantage.kernel.operation;

import java.time.Duration;
import java.util.Set;

/** What starts an operation. */
public sealed interface Trigger {
    enum Method {
        GET,
        POST
    }

    /**
     * A request through the gateway. The route is written without the version that the edge adds.
     */
    record Http(Method method, String route) implements Trigger {}

    /** The gateway asks who is calling. */
    record Authorizer() implements Trigger {}

    /** For whom a schedule is due: each tenant has a transaction of its own. */
    enum Scope {
        EACH_TENANT,
        /** As above, and for the platform's own tenant as well. */
        EVERYWHERE,
        PLATFORM
    }

    /** What becomes of a tick that a newer one has overtaken. Two never run at once. */
    enum Overlap {
        /** It is let go: the newer one does its work too. */
        NEWEST_ONLY,
        /** It runs, in its turn. */
        EACH
    }

    /** So often a failed run is tried again, unless the descriptor says otherwise. */
    int USUAL_RETRIES = 5;

    /**
     * The clock.
     *
     * @param jitter the start is spread over so long a time
     * @param deadline so long after its time a tick is still worth running; later it is given up
     * @param retries so often a failed run is tried again
     */
    record Schedule(
            Timing timing,
            Scope scope,
            Duration jitter,
            Duration deadline,
            Overlap overlap,
            int retries)
            implements Trigger {
        public Schedule {
            if (jitter.compareTo(deadline) >= 0) {
                throw new IllegalArgumentException("the deadline is after the last start");
            }
        }

        /** Due for each tenant, worth running for twelve hours. */
        public static Schedule at(Timing timing) {
            return new Schedule(
                    timing,
                    Scope.EACH_TENANT,
                    Duration.ZERO,
                    Duration.ofHours(12),
                    Overlap.NEWEST_ONLY,
                    USUAL_RETRIES);
        }

        /** One run, in the platform's own tenant, and none for its tenants. */
        public Schedule forPlatform() {
            return new Schedule(timing, Scope.PLATFORM, jitter, deadline, overlap, retries);
        }

        /** For each tenant and for the platform's own, which keeps rows like one. */
        public Schedule everywhere() {
            return new Schedule(timing, Scope.EVERYWHERE, jitter, deadline, overlap, retries);
        }

        public Schedule jitter(Duration spread) {
            return new Schedule(timing, scope, spread, deadline, overlap, retries);
        }

        public Schedule deadline(Duration latest) {
            return new Schedule(timing, scope, jitter, latest, overlap, retries);
        }

        /** A tick that a newer one has overtaken runs all the same. */
        public Schedule eachTick() {
            return new Schedule(timing, scope, jitter, deadline, Overlap.EACH, retries);
        }

        public Schedule retries(int times) {
            return new Schedule(timing, scope, jitter, deadline, overlap, times);
        }
    }

    /**
     * Events of these types, by their public names: domains know each other's events and not each
     * other's classes.
     *
     * @param ordered those of one stream in their order; after one that was given up, none that
     *     follows it
     * @param retries so often a failed event is tried again
     * @param onlyWanted in tenants in which somebody wants them; the database tells whoever sends
     *     them ({@code wms.wanted_by})
     */
    record Event(Set<String> types, boolean ordered, int retries, boolean onlyWanted)
            implements Trigger {
        public Event {
            types = Set.copyOf(types);
            if (types.isEmpty()) {
                throw new IllegalArgumentException("a consumer consumes something");
            }
        }

        public static Event of(String... types) {
            return new Event(Set.of(types), false, USUAL_RETRIES, false);
        }

        public Event inOrder() {
            return new Event(types, true, retries, onlyWanted);
        }

        public Event retries(int times) {
            return new Event(types, ordered, times, onlyWanted);
        }

        /** What nobody wants costs no transaction. An event that is replayed comes all the same. */
        public Event whereWanted() {
            return new Event(types, ordered, retries, true);
        }
    }

    /** What a tick of this operation is called among events. */
    static String tick(String operation) {
        return "tick." + operation;
    }
}
