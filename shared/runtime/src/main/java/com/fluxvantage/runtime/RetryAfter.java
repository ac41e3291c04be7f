package com.fluxvantage.runtime;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** How long somebody asks to be left alone (RFC 9110, 10.2.3): seconds, or a date. */
public final class RetryAfter {
    private static final Duration LONGEST = Duration.ofDays(1);

    private RetryAfter() {}

    /** What makes no sense was not said, and nobody is left alone for more than a day. */
    public static Optional<Duration> of(String header, Instant now) {
        return wait(header.strip(), now)
                .filter(it -> !it.isNegative())
                .map(it -> it.compareTo(LONGEST) < 0 ? it : LONGEST);
    }

    private static Optional<Duration> wait(String value, Instant now) {
        try {
            return Optional.of(
                    value.matches("[0-9]{1,9}")
                            ? Duration.ofSeconds(Long.parseLong(value))
                            : Duration.between(
                                    now,
                                    Instant.from(
                                            DateTimeFormatter.RFC_1123_DATE_TIME.parse(value))));
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }
}
