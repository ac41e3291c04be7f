package com.fluxvantage.runtime;

import com.fluxvantage.kernel.operation.Caller;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.kernel.tenancy.Actor;
import com.fluxvantage.kernel.tenancy.TenantId;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The one call that a function rehearses before its snapshot: the operation's own example, by
 * nobody, for the tenant that holds nothing.
 */
final class Priming {
    /** As {@code fv.prime()} enters it. */
    private static final TenantId SYNTHETIC =
            new TenantId(UUID.fromString("00000000-0000-7000-8000-000000000000"));

    // Well formed and signed by nobody: its key is looked for, so the issuer's keys are fetched.
    private static final String TOKEN =
            "eyJhbGciOiJSUzI1NiIsImtpZCI6InByaW1pbmciLCJ0eXAiOiJKV1QifQ.e30.AAAA";

    private static final JsonMapper JSON = KernelJson.revealing();

    private Priming() {}

    /** May do what the operation asks for, and nothing else. */
    static CallerContext nobody(Operation<?, ?> operation) {
        return new CallerContext(
                SYNTHETIC,
                new Actor(Actor.Kind.JOB, SYNTHETIC.uuid()),
                operation.caller() instanceof Caller.Operator
                        ? CallerContext.Audience.PLATFORM
                        : CallerContext.Audience.API,
                operation.permission().map(Set::of).orElse(Set.of()),
                "none");
    }

    /** The event as the gateway would send it. */
    static byte[] event(Operation<?, ?> operation) {
        var event =
                switch (operation.trigger()) {
                    case Trigger.Http(var method, var route) -> request(operation, method, route);
                    case Trigger.Authorizer _ -> {
                        var authorize = JSON.createObjectNode();
                        authorize.put("type", "REQUEST");
                        authorize.put(
                                "methodArn",
                                "arn:aws:execute-api:region:account:api/stage/GET/priming");
                        authorize.putObject("headers").put("Authorization", "Bearer " + TOKEN);
                        yield authorize;
                    }
                    case Trigger.Schedule _, Trigger.Event _ -> {
                        var batch = JSON.createObjectNode();
                        batch.putArray("Records");
                        yield batch;
                    }
                };
        return JSON.writeValueAsBytes(event);
    }

    private static ObjectNode request(
            Operation<?, ?> operation, Trigger.Method method, String route) {
        ObjectNode fields = JSON.valueToTree(operation.example());
        var event = JSON.createObjectNode();
        event.put("resource", Routes.VERSION + route);
        event.put("path", Routes.VERSION + route);
        event.put("httpMethod", method.name());
        var headers = event.putObject("multiValueHeaders");
        headers.putArray("Idempotency-Key").add("priming-0001");
        headers.putArray("If-Match").add("\"1\"");
        var path = event.putObject("pathParameters");
        for (String name : Routes.pathVariables(operation)) {
            path.set(name, fields.remove(name));
        }
        if (method == Trigger.Method.GET) {
            var query = event.putObject("multiValueQueryStringParameters");
            for (var field : fields.properties()) {
                if (!field.getValue().isNull() && !field.getKey().equals("cursor")) {
                    query.putArray(field.getKey()).add(text(field.getValue()));
                }
            }
        } else {
            event.put("body", fields.toString());
        }
        event.put("isBase64Encoded", false);
        return event;
    }

    private static String text(JsonNode value) {
        return value.isArray()
                ? value.valueStream().map(JsonNode::asString).collect(Collectors.joining(","))
                : value.asString();
    }
}
