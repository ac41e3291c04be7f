package com.fluxvantage.webhooks;

import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpResponse;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** How long a receiver asks to be left alone (RFC 9110, 10.2.3): seconds, or a date. */
final class RetryAfter {
    private static final Duration LONGEST = Duration.ofDays(1);

    private RetryAfter() {}

    /** What makes no sense was not said, and nobody is left alone for more than a day. */
    static Optional<Duration> of(HttpResponse response, Instant now) {
        var header = response.getFirstHeader(HttpHeaders.RETRY_AFTER);
        if (header == null) {
            return Optional.empty();
        }
        return wait(header.getValue().strip(), now)
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
