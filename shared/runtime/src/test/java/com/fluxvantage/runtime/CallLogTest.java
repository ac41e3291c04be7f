package com.fluxvantage.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.tenancy.Actor;
import com.fluxvantage.kernel.tenancy.TenantId;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class CallLogTest {
    private static final CallerContext CALLER =
            new CallerContext(
                    new TenantId(UUID.fromString("01938f4e-7c11-7abc-8def-0123456789ab")),
                    new Actor(Actor.Kind.MEMBER, new UUID(0, 7)),
                    CallerContext.Audience.API,
                    Set.of(Permission.STOCK_MOVE),
                    "v1.test.a-proof");

    private final Logger logger = (Logger) LoggerFactory.getLogger("com.fluxvantage.call");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(lines);
    }

    @Test
    void is_one_line_of_names_and_numbers() {
        CallLog.write(
                ShelfOperations.FILL,
                CALLER,
                "a-request",
                200,
                "done",
                Duration.ofMillis(12),
                null);

        assertThat(lines.list).hasSize(1);
        assertThat(lines.list.getFirst().getLevel()).isEqualTo(Level.INFO);
        assertThat(fields())
                .isEqualTo(
                        Map.of(
                                "operation", "fill-shelf",
                                "request", "a-request",
                                "status", "200",
                                "outcome", "done",
                                "micros", "12000",
                                "tenant", "01938f4e-7c11-7abc-8def-0123456789ab",
                                "actor", "member:00000000-0000-0000-0000-000000000007"));
    }

    @Test
    void of_a_caller_who_is_not_known_names_none() {
        CallLog.write(
                ShelfOperations.FILL,
                null,
                "a-request",
                401,
                "unauthenticated",
                Duration.ZERO,
                null);

        assertThat(fields()).doesNotContainKeys("tenant", "actor");
    }

    @Test
    void of_a_surprise_tells_type_and_place_and_never_its_words() {
        var driver = new SQLException("value Ada Lovelace violates a rule", "23505");
        var surprise = new IllegalStateException("could not keep Ada Lovelace", driver);

        CallLog.write(
                ShelfOperations.FILL,
                CALLER,
                "a-request",
                500,
                "internal",
                Duration.ZERO,
                surprise);

        var line = lines.list.getFirst();
        assertThat(line.getLevel()).isEqualTo(Level.ERROR);
        assertThat(line.getThrowableProxy()).isNull();
        assertThat(fields())
                .containsEntry("surprise", "java.lang.IllegalStateException")
                .containsEntry("sqlstate", "23505")
                .hasEntrySatisfying(
                        "at",
                        place -> assertThat(place).startsWith(CallLogTest.class.getName() + ":"));
        assertThat(line.getFormattedMessage() + fields())
                .doesNotContain("Ada", "Lovelace", "a-proof", "violates");
    }

    private Map<String, String> fields() {
        return lines.list.getFirst().getKeyValuePairs().stream()
                .collect(Collectors.toMap(pair -> pair.key, pair -> String.valueOf(pair.value)));
    }
}
