package com.fluxvantage.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.local.lambda.LambdaSandbox.TimedOut;
import com.fluxvantage.testing.Client;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/** A database that keeps a function waiting, and what the caller hears of it. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@NeedsZips
final class DeadlineTest {
    private static final String OPERATION = "register-item";

    private final Cloud cloud = new Cloud();

    @Test
    void a_lock_that_does_not_come_is_answered_before_the_time_is_up_and_an_ended_sandbox_undone()
            throws SQLException {
        var client = cloud.platform().openTenant();
        String event = write(client, "TEA", "key-0001");
        var function = cloud.function(OPERATION);
        try (var connection = cloud.platform().database().superuser();
                var statement = connection.createStatement();
                var sandbox = function.start()) {
            // A cold first call has its own length.
            sandbox.invoke(write(client, "COFFEE", "key-0000"));
            connection.setAutoCommit(false);
            statement.execute("lock table wms.item in share row exclusive mode");
            var busy = sandbox.invoke(event);

            assertThat(Cloud.answer(busy).status()).isEqualTo(503);
            assertThat(Cloud.answer(busy).headers().has("Retry-After")).isTrue();
            assertThat(busy.took()).isLessThan(function.timeLimit());

            assertThatThrownBy(() -> sandbox.invoke(event, Duration.ofMillis(300)))
                    .isInstanceOf(TimedOut.class);
            connection.rollback();
        }
        try (var sandbox = function.start()) {
            var done = Cloud.answer(sandbox.invoke(event));

            assertThat(done.status()).isEqualTo(201);
            assertThat(done.headers().has("Idempotency-Replayed")).isFalse();
        }
        assertThat(client.get("search-items", Map.of(), Map.of()).json().path("items")).hasSize(2);
    }

    private String write(Client client, String sku, String key) {
        String body = "{\"sku\": \"%s\", \"description\": \"Item\"}".formatted(sku);
        return cloud.write(client, OPERATION, body, Map.of("Idempotency-Key", key)).toString();
    }
}
