package com.fluxvantage.kernel.operation;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** When a schedule is due. The cloud's scheduler and the one on one machine read the same value. */
public sealed interface Timing {
    /** At whole multiples of the period since 1970, so that a restart moves nothing. */
    record Every(Duration period) implements Timing {
        public Every {
            if (period.toMinutes() < 1 || period.toSecondsPart() != 0) {
                throw new IllegalArgumentException("a period is whole minutes");
            }
        }
    }

    /** Once a day by the clocks of a zone; on the day on which they jump over it, not at all. */
    record Daily(LocalTime at, ZoneId zone) implements Timing {
        public Daily {
            if (at.getSecond() != 0 || at.getNano() != 0) {
                throw new IllegalArgumentException("a time of day is whole minutes");
            }
        }
    }

    static Timing every(Duration period) {
        return new Every(period);
    }

    /** {@code "02:40"} in UTC. */
    static Timing daily(String at) {
        return new Daily(LocalTime.parse(at), ZoneOffset.UTC);
    }

    /** The first time after {@code instant} at which it is due. */
    default Instant after(Instant instant) {
        return switch (this) {
            case Every(var period) -> {
                long seconds = period.toSeconds();
                yield Instant.ofEpochSecond(
                        (Math.floorDiv(instant.getEpochSecond(), seconds) + 1) * seconds);
            }
            case Daily(var at, var zone) -> {
                var day = instant.atZone(zone).toLocalDate();
                while (true) {
                    var due = day.atTime(at).atZone(zone);
                    if (due.toLocalTime().equals(at) && due.toInstant().isAfter(instant)) {
                        yield due.toInstant();
                    }
                    day = day.plusDays(1);
                }
            }
        };
    }

    /** As EventBridge Scheduler writes it. */
    default String expression() {
        return switch (this) {
            case Every(var period) ->
                    period.toMinutes() == 1
                            ? "rate(1 minute)"
                            : "rate(" + period.toMinutes() + " minutes)";
            case Daily(var at, _) -> "cron(" + at.getMinute() + " " + at.getHour() + " * * ? *)";
        };
    }

    default ZoneId zone() {
        return switch (this) {
            case Every _ -> ZoneOffset.UTC;
            case Daily(_, var zone) -> zone;
        };
    }
}
