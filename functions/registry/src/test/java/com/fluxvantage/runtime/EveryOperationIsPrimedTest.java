package com.fluxvantage.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fluxvantage.kernel.operation.Caller;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.testing.TestDatabase;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import tools.jackson.databind.json.JsonMapper;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * What every function rehearses before its snapshot gets as far as the database and leaves nothing.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class EveryOperationIsPrimedTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final TestDatabase DATABASE = TestDatabase.create();

    static List<Operation<?, ?>> operations() {
        return OperationCatalog.load().all().stream()
                .filter(it -> it.trigger() instanceof Trigger.Http)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("operations")
    void its_example_is_answered_from_the_database_and_nothing_is_kept(Operation<?, ?> operation)
            throws SQLException {
        var event = JSON.readValue(Priming.event(operation), APIGatewayProxyRequestEvent.class);
        var opened = new AtomicInteger();
        var opener = DATABASE.settings().opener(operation.databaseRole(), operation.name());
        long rows = rows();
        try (var connection =
                new GuardedConnection(() -> {
                    opened.incrementAndGet();
                    return opener.open();
                })) {
            var boundary = boundary(operation, connection);

            boundary.primed.prime(() ->
                    assertThat(boundary.function.apply(event).getStatusCode())
                            .isIn(expected(operation)));

            assertThat(opened).hasValue(1);
            // The same event is nobody's once the rehearsal is over.
            assertThat(boundary.function.apply(event).getStatusCode())
                    .isEqualTo(
                            switch (operation.caller()) {
                                case Caller.Open _ -> 200;
                                case Caller.Signature _ -> 401;
                                case Caller.Member _, Caller.Operator _, Caller.Job _ -> 500;
                            });
        }
        assertThat(rows()).isEqualTo(rows);
    }

    private record Boundary(
            Primed primed,
            Function<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> function) {}

    private static Boundary boundary(Operation<?, ?> operation, GuardedConnection connection) {
        var transaction = new TenantTransaction(connection);
        if (operation.caller() instanceof Caller.Signature) {
            var function =
                    new SignatureFunction<>(
                            operation, transaction, Clock.systemUTC(), new CloudPorts.None());
            return new Boundary(function, function);
        }
        var function =
                new OperationFunction<>(
                        operation,
                        transaction,
                        new PlatformSecret(
                                "a platform secret that only tests ever use"
                                        .getBytes(StandardCharsets.UTF_8)),
                        Clock.systemUTC());
        return new Boundary(function, function);
    }

    // The tenant that holds nothing has no house owner and is not the platform's, so these
    // stumble in their handle, where the rehearsal has done its work.
    private static List<Integer> expected(Operation<?, ?> operation) {
        if (operation.caller() instanceof Caller.Operator
                || operation.name().equals("adjust-stock")) {
            return List.of(200, 201, 404, 409, 412, 500);
        }
        return List.of(200, 201, 404, 409, 412, 422);
    }

    @Test
    void there_are_operations_to_prime() {
        assertThat(operations()).hasSizeGreaterThan(20);
    }

    private static long rows() throws SQLException {
        try (var connection = DATABASE.superuser();
                var statement = connection.createStatement();
                var row =
                        statement.executeQuery(
                                """
                                select (select count(*) from wms.idempotency_record)
                                     + (select count(*) from wms.audit_entry)
                                     + (select count(*) from wms.outbox)
                                     + (select count(*) from wms.item)
                                     + (select count(*) from wms.warehouse)
                                     + (select count(*) from wms.tenant)
                                """)) {
            row.next();
            return row.getLong(1);
        }
    }
}
