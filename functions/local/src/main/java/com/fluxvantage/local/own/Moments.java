package com.fluxvantage.local.own;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.util.Locale;

/**
 * Reads when an order came in (ISO 8601): an instant, a date with the time of day, or a date, which
 * is its first moment. A space may stand for the T; without an offset the time is read as UTC.
 */
final class Moments {
    private static final int LENGTH_OF_DATE = 10;

    private static final DateTimeFormatter MOMENT =
            new DateTimeFormatterBuilder()
                    .append(DateTimeFormatter.ISO_LOCAL_DATE)
                    .optionalStart()
                    .appendLiteral('T')
                    .append(DateTimeFormatter.ISO_LOCAL_TIME)
                    .optionalStart()
                    .appendOffsetId()
                    .optionalEnd()
                    .optionalEnd()
                    .toFormatter(Locale.ROOT)
                    .withResolverStyle(ResolverStyle.STRICT);

    private Moments() {}

    static Instant read(String text) throws RowFault {
        try {
            if (text.length() <= LENGTH_OF_DATE) {
                return LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC);
            }
            var moment =
                    MOMENT.parseBest(
                            text.replace(' ', 'T'), OffsetDateTime::from, LocalDateTime::from);
            return moment instanceof OffsetDateTime there
                    ? there.toInstant()
                    : ((LocalDateTime) moment).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException _) {
            throw new RowFault(
                    "at",
                    "This is no moment such as 2026-11-24T09:30:00Z, 2026-11-24 09:30 or"
                            + " 2026-11-24.");
        }
    }
}
