package com.fluxvantage.testing;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.kernel.tenancy.Actor;
import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.runtime.CallerContext;
import com.fluxvantage.runtime.KernelJson;
import com.fluxvantage.runtime.Routes;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** A caller whom the authorizer has let in, for one tenant and with some permissions. */
public final class Client {
    private static final JsonMapper JSON = KernelJson.revealing();

    private final TestPlatform platform;
    private final TenantId tenant;
    private final Actor actor;
    private final Set<Permission> permissions;
    private final CallerContext.Audience audience;

    Client(
            TestPlatform platform,
            TenantId tenant,
            Actor actor,
            Set<Permission> permissions,
            CallerContext.Audience audience) {
        this.platform = platform;
        this.tenant = tenant;
        this.actor = actor;
        this.permissions = Set.copyOf(permissions);
        this.audience = audience;
    }

    public TenantId tenant() {
        return tenant;
    }

    public Actor actor() {
        return actor;
    }

    public Set<Permission> permissions() {
        return permissions;
    }

    public TestPlatform platform() {
        return platform;
    }

    /** The same person with these permissions and no others. */
    public Client with(Permission... only) {
        return new Client(platform, tenant, actor, Set.of(only), audience);
    }

    /** The same tenant through somebody else. */
    public Client colleague() {
        return new Client(
                platform,
                tenant,
                new Actor(actor.kind(), UUID.randomUUID()),
                permissions,
                audience);
    }

    /** Calls with a new idempotency key. */
    public <Q extends Record> Answer call(Operation<Q, ?> operation, Q request) {
        return call(operation, request, UUID.randomUUID().toString());
    }

    /** Calls and expects success. */
    public <Q extends Record, R extends Record> R done(Operation<Q, R> operation, Q request) {
        return call(operation, request).as(operation.resultType());
    }

    public <Q extends Record> Answer call(
            Operation<Q, ?> operation, Q request, String idempotencyKey) {
        return platform.invoke(operation, asked(operation, request, idempotencyKey));
    }

    /** What the gateway would hand over for this call. */
    public <Q extends Record> APIGatewayProxyRequestEvent asked(
            Operation<Q, ?> operation, Q request, String idempotencyKey) {
        ObjectNode tree = JSON.valueToTree(request);
        var path = new HashMap<String, String>();
        for (String name : Routes.pathVariables(operation)) {
            path.put(name, tree.remove(name).asString());
        }
        return event(operation, path, tree, Map.of("Idempotency-Key", idempotencyKey));
    }

    /** Calls a write by name, as a client does that knows only the contract. */
    public Answer post(String operation, Map<String, String> path, String body) {
        return raw(
                operation,
                path,
                Map.of(),
                body,
                Map.of("Idempotency-Key", UUID.randomUUID().toString()));
    }

    /** Calls a read by name. */
    public Answer get(String operation, Map<String, String> path, Map<String, String> query) {
        return raw(operation, path, query, "", Map.of());
    }

    public Answer raw(
            String operation,
            Map<String, String> path,
            Map<String, String> query,
            String body,
            Map<String, String> headers) {
        return send(operation, event(path, query, body, headers));
    }

    /** Sends an event as it is: for requests that no well-behaved client makes. */
    public Answer send(String operation, APIGatewayProxyRequestEvent event) {
        return platform.invoke(platform.catalog().named(operation), event);
    }

    /** The event that the gateway would send for this caller, to be filled in. */
    public APIGatewayProxyRequestEvent event() {
        var context = new APIGatewayProxyRequestEvent.ProxyRequestContext();
        context.setAuthorizer(platform.proofs().context(tenant, actor, permissions, audience));
        return new APIGatewayProxyRequestEvent().withRequestContext(context);
    }

    private APIGatewayProxyRequestEvent event(
            Operation<?, ?> operation,
            Map<String, String> path,
            ObjectNode fields,
            Map<String, String> headers) {
        boolean isRead =
                operation.trigger() instanceof Trigger.Http(var method, _)
                        && method == Trigger.Method.GET;
        if (!isRead) {
            return event(path, Map.of(), fields.toString(), headers);
        }
        var query = new HashMap<String, String>();
        for (var field : fields.properties()) {
            if (!field.getValue().isNull()) {
                query.put(field.getKey(), text(field.getValue()));
            }
        }
        return event(path, query, "", Map.of());
    }

    private APIGatewayProxyRequestEvent event(
            Map<String, String> path,
            Map<String, String> query,
            String body,
            Map<String, String> headers) {
        var multi = new HashMap<String, List<String>>();
        query.forEach((name, value) -> multi.put(name, List.of(value)));
        return event().withPathParameters(path)
                .withMultiValueQueryStringParameters(multi)
                .withHeaders(headers)
                .withBody(body);
    }

    private static String text(JsonNode value) {
        return value.isArray()
                ? value.valueStream().map(JsonNode::asString).collect(Collectors.joining(","))
                : value.asString();
    }
}
