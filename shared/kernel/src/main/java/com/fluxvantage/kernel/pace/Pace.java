package com.fluxvantage.kernel.pace;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.operation.Call;

import java.time.Duration;
import java.util.Optional;

/**
 * How fast a connected system is called, and whether at all: a token bucket and a circuit breaker a
 * connection, in one row that every sandbox asks. An errand asks when it takes, calls no more often
 * than it was told, and notes what came of it when it records. Whoever dies between the two has
 * spent its calls and no more.
 *
 * @param perMinute calls that are let out in the long run
 * @param burst calls that are let out at once after a rest
 */
public record Pace(int perMinute, int burst) {
    /** What the calls of one errand met, in the end: the worst of it, if it met several things. */
    public sealed interface Met {
        record Answered() implements Met {}

        /** It asks to be left alone; for how long, it need not say. */
        record Throttled(Optional<Duration> notBefore) implements Met {}

        /** No answer, or one that says that it is ill. */
        record Failed(String cause) implements Met {}

        /** It does not take our credential. */
        record Refused() implements Met {}
    }

    /** How the circuit stands, for whoever asks why nothing comes in or goes out. */
    public enum Circuit {
        CLOSED,
        /** Nothing is called until a time. */
        OPEN,
        /** One call is let out to see whether it is well again. */
        HALF_OPEN
    }

    /** So many calls may be made, of those that are wanted; none while it is left alone. */
    public int ask(Identifier connection, int most, Call call) {
        return call.sql()
                .createQuery("select wms.ask_pace(:connection, :most, :per_minute, :burst)")
                .bind("connection", connection.uuid())
                .bind("most", most)
                .bind("per_minute", perMinute)
                .bind("burst", burst)
                .mapTo(Integer.class)
                .one();
    }

    /** Calls that were not made are given back. */
    public static void note(Identifier connection, int unused, Met met, Call call) {
        switch (met) {
            case Met.Answered _ ->
                    note(connection, unused, "ANSWERED", Optional.empty(), Optional.empty(), call);
            case Met.Throttled(var notBefore) ->
                    note(connection, 0, "THROTTLED", Optional.of("THROTTLED"), notBefore, call);
            case Met.Failed(var cause) ->
                    note(connection, unused, "FAILED", Optional.of(cause), Optional.empty(), call);
            case Met.Refused _ ->
                    note(
                            connection,
                            unused,
                            "REFUSED",
                            Optional.of("CREDENTIAL_REFUSED"),
                            Optional.empty(),
                            call);
        }
    }

    /** There was nothing to call for. */
    public static void giveBack(Identifier connection, int unused, Call call) {
        note(connection, unused, "UNUSED", Optional.empty(), Optional.empty(), call);
    }

    private static void note(
            Identifier connection,
            int unused,
            String outcome,
            Optional<String> failure,
            Optional<Duration> rest,
            Call call) {
        call.sql()
                .createQuery(
                        """
                        select wms.note_pace(
                            :connection, :unused, :outcome, :failure, make_interval(secs => cast(:rest as double precision)))
                        """)
                .bind("connection", connection.uuid())
                .bind("unused", unused)
                .bind("outcome", outcome)
                .bind("failure", failure)
                .bind("rest", rest.map(it -> it.toMillis() / 1000.0))
                .mapTo(String.class)
                .one();
    }
}
