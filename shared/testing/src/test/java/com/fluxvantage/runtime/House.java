package com.fluxvantage.runtime;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.tenancy.Actor;
import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.testing.TestDatabase;

import tools.jackson.databind.JsonNode;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * A database of its own with tenants in it, and sandboxes whose one connection a test can watch.
 */
final class House implements AutoCloseable {
    static final PlatformSecret SECRET =
            new PlatformSecret(
                    "a platform secret that only tests ever use".getBytes(StandardCharsets.UTF_8));
    static final ProofMinter PROOFS =
            new ProofMinter(TestDatabase.PROOF_KEY_ID, TestDatabase.PROOF_KEY, Clock.systemUTC());
    static final Set<Permission> PERMISSIONS =
            Set.of(Permission.CATALOG_READ, Permission.CATALOG_MANAGE);
    static final Actor ACTOR = new Actor(Actor.Kind.MEMBER, new UUID(0, 7));

    /** One function's process: it serves one call at a time and keeps its connection. */
    record Sandbox(OperationFunction<?, ?> function, GuardedConnection connection) {
        Answered call(APIGatewayProxyRequestEvent event) {
            var response = function.apply(event);
            return new Answered(
                    response.getStatusCode(),
                    response.getHeaders(),
                    KernelJson.revealing().readTree(response.getBody()));
        }
    }

    record Answered(int status, Map<String, String> headers, JsonNode json) {
        String code() {
            return json.path("code").asString("");
        }

        String said() {
            return status < 300 ? Integer.toString(status) : status + " " + code();
        }
    }

    private final TestDatabase database = TestDatabase.create();
    private final List<GuardedConnection> opened = new ArrayList<>();

    House() {
        // A thread may come from one in which another test was at work.
        OwnerOperations.INSIDE.set(_ -> {});
    }

    TestDatabase database() {
        return database;
    }

    CallerContext openTenant() {
        return caller(openTenant("active"));
    }

    TenantId openTenant(String state) {
        var tenant = new TenantId(Uuid7.next());
        execute(
                "insert into wms.tenant (tenant_id, name, state, opened_at) values ('%s', 'A tenant', '%s', now())"
                        .formatted(tenant.uuid(), state));
        return tenant;
    }

    static CallerContext caller(TenantId tenant) {
        return new CallerContext(
                tenant,
                ACTOR,
                CallerContext.Audience.API,
                PERMISSIONS,
                PROOFS.mint(tenant, ACTOR, PERMISSIONS, CallerContext.Audience.API));
    }

    Sandbox sandbox(Operation<?, ?> operation) {
        return sandbox(operation, database.settings());
    }

    synchronized Sandbox sandbox(Operation<?, ?> operation, DatabaseSettings settings) {
        var connection =
                new GuardedConnection(settings.opener(operation.databaseRole(), operation.name()));
        opened.add(connection);
        return new Sandbox(
                new OperationFunction<>(
                        operation, new TenantTransaction(connection), SECRET, Clock.systemUTC()),
                connection);
    }

    static APIGatewayProxyRequestEvent event(CallerContext caller) {
        var context = new APIGatewayProxyRequestEvent.ProxyRequestContext();
        context.setAuthorizer(caller.asAuthorizerContext());
        return new APIGatewayProxyRequestEvent().withRequestContext(context);
    }

    static APIGatewayProxyRequestEvent add(CallerContext caller, String key, String code) {
        return event(caller)
                .withHeaders(Map.of("Idempotency-Key", key))
                .withBody("{\"code\": \"" + code + "\"}");
    }

    /** As the superuser, who sees every tenant. */
    void execute(String sql) {
        try (var connection = database.superuser();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    String ask(String sql) {
        try (var connection = database.superuser();
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return String.valueOf(row.getString(1));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How many owners, idempotency records, audit entries and events this tenant has. */
    String traces(CallerContext caller) {
        return ask(
                """
                select concat_ws(' ',
                    (select count(*) from wms.owner where tenant_id = '%1$s' and not house),
                    (select count(*) from wms.idempotency_record where tenant_id = '%1$s'),
                    (select count(*) from wms.audit_entry where tenant_id = '%1$s'),
                    (select count(*) from wms.outbox where tenant_id = '%1$s'))
                """
                        .formatted(caller.tenant().uuid()));
    }

    void kill(long backend) {
        ask("select pg_terminate_backend(" + backend + ", 5000)");
    }

    @Override
    public void close() {
        OwnerOperations.INSIDE.set(_ -> {});
        opened.forEach(GuardedConnection::close);
    }
}
