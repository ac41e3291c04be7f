package com.fluxvantage.registry;

import com.fluxvantage.kernel.operation.Caller;
import com.fluxvantage.kernel.operation.Mode;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Refusal;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.kernel.operation.Versioned;
import com.fluxvantage.runtime.BoundaryProblem;
import com.fluxvantage.runtime.KernelJson;
import com.fluxvantage.runtime.OperationCatalog;
import com.fluxvantage.runtime.Routes;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The API's contract in OpenAPI 3.1, made from the descriptors and from the request and result
 * records themselves: paths, fields, limits, refusals and examples. It is committed, and a test
 * compares.
 */
public final class OpenApiDocument {
    private static final JsonMapper JSON = KernelJson.revealing();

    private static final List<String> SIGNED_BY =
            List.of("WebhookId", "WebhookTimestamp", "WebhookSignature");

    private final Schemas schemas = new Schemas();

    private OpenApiDocument() {}

    /** The document as text, always the same for the same operations. */
    public static String text(OperationCatalog catalog) {
        return JSON.rebuild()
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .build()
                        .writeValueAsString(new OpenApiDocument().document(catalog))
                + "\n";
    }

    private Map<String, Object> document(OperationCatalog catalog) {
        var paths = new TreeMap<String, Map<String, Object>>();
        for (var operation : catalog.all()) {
            if (operation.trigger() instanceof Trigger.Http(var method, var route)) {
                paths.computeIfAbsent(Routes.VERSION + route, _ -> new TreeMap<>())
                        .put(
                                method.name().toLowerCase(java.util.Locale.ROOT),
                                path(operation, method));
            }
        }
        var document = new LinkedHashMap<String, Object>();
        document.put("openapi", "3.1.0");
        document.put("info", info());
        document.put("security", List.of(ordered("token", List.of())));
        document.put("paths", paths);
        document.put("components", components());
        return document;
    }

    private static Map<String, Object> info() {
        var info = new LinkedHashMap<String, Object>();
        info.put("title", "FluxVantage");
        info.put("version", "1");
        info.put(
                "description",
                "Multi-tenant warehouse management. Every write takes an Idempotency-Key; every no"
                        + " is a problem document with a stable code.");
        info.put("license", ordered("name", "Apache-2.0", "identifier", "Apache-2.0"));
        return info;
    }

    private Map<String, Object> path(Operation<?, ?> operation, Trigger.Method method) {
        ObjectNode request = schemas.of(operation.requestType());
        ObjectNode example = JSON.valueToTree(operation.example());
        var parameters = new ArrayList<Object>();
        for (String name : Routes.pathVariables(operation)) {
            parameters.add(parameter("path", name, true, take(request, name)));
            example.remove(name);
        }
        var path = new LinkedHashMap<String, Object>();
        path.put("operationId", operation.name());
        path.put("tags", List.of(Domains.of(operation)));
        path.put("summary", operation.summary());
        path.put("x-permission", operation.permission().map(it -> it.publicName()).orElse("none"));
        path.put("x-audience", audience(operation));
        if (!takesToken(operation)) {
            path.put("security", List.of());
        }
        if (isSigned(operation)) {
            SIGNED_BY.forEach(
                    it -> parameters.add(ordered("$ref", "#/components/parameters/" + it)));
        } else if (operation.mode() == Mode.WRITES) {
            parameters.add(ordered("$ref", "#/components/parameters/IdempotencyKey"));
        }
        if (operation.guardedByVersion()) {
            parameters.add(ordered("$ref", "#/components/parameters/IfMatch"));
        }
        if (method == Trigger.Method.GET) {
            var required = names(request.path("required"));
            for (String name : List.copyOf(request.path("properties").propertyNames())) {
                parameters.add(
                        parameter("query", name, required.contains(name), take(request, name)));
            }
        } else if (!request.path("properties").isEmpty()) {
            path.put("requestBody", body(request, example));
        }
        path.put("parameters", parameters);
        path.put("responses", responses(operation));
        return path;
    }

    private static boolean isSigned(Operation<?, ?> operation) {
        return operation.caller() instanceof Caller.Signature;
    }

    private static boolean takesToken(Operation<?, ?> operation) {
        return !isSigned(operation) && !(operation.caller() instanceof Caller.Open);
    }

    private static String audience(Operation<?, ?> operation) {
        return switch (operation.caller()) {
            case Caller.Member _ -> "member";
            case Caller.Operator _ -> "operator";
            case Caller.Signature _ -> "connection";
            case Caller.Job _ -> "nobody";
            case Caller.Open _ -> "anybody";
        };
    }

    private static Map<String, Object> body(ObjectNode schema, ObjectNode example) {
        var content = new LinkedHashMap<String, Object>();
        content.put("schema", schema);
        content.put("example", withoutNulls(example));
        return ordered("required", true, "content", ordered("application/json", content));
    }

    private Map<String, Object> responses(Operation<?, ?> operation) {
        var responses = new TreeMap<String, Object>();
        responses.put(
                operation.creates() ? "201" : "200",
                ordered(
                        "description",
                        operation.creates() ? "Made." : "Done.",
                        "headers",
                        answerHeaders(operation),
                        "content",
                        ordered(
                                "application/json",
                                ordered("schema", schemas.open(operation.resultType())))));
        var codes = new TreeMap<Integer, List<String>>();
        for (var problem : BoundaryProblem.of(operation)) {
            codes.computeIfAbsent(problem.status(), _ -> new ArrayList<>()).add(problem.code());
        }
        for (var refusal : operation.refuses()) {
            int status = Refusal.traits(refusal).value().status();
            codes.computeIfAbsent(status, _ -> new ArrayList<>()).add(Refusal.code(refusal));
        }
        codes.forEach((status, list) -> responses.put(status.toString(), problem(status, list)));
        return responses;
    }

    private static Map<String, Object> answerHeaders(Operation<?, ?> operation) {
        var headers = new LinkedHashMap<String, Object>();
        headers.put("Request-Id", headerRef("RequestId"));
        if (Versioned.class.isAssignableFrom(operation.resultType())) {
            headers.put("ETag", headerRef("ETag"));
        }
        if (operation.mode() == Mode.WRITES && !isSigned(operation)) {
            headers.put("Idempotency-Replayed", headerRef("IdempotencyReplayed"));
        }
        return headers;
    }

    private static Map<String, Object> headerRef(String name) {
        return ordered("$ref", "#/components/headers/" + name);
    }

    private static Map<String, Object> problem(int status, List<String> codes) {
        var problem = new LinkedHashMap<String, Object>();
        problem.put("description", String.join(", ", codes.stream().distinct().sorted().toList()));
        if (status >= 503) {
            problem.put("headers", ordered("Retry-After", headerRef("RetryAfter")));
        }
        problem.put(
                "content",
                ordered(
                        "application/problem+json",
                        ordered("schema", ordered("$ref", "#/components/schemas/Problem"))));
        return problem;
    }

    private static Map<String, Object> headerComponents() {
        return ordered(
                "RequestId",
                answerHeader(true, "Names this call in our logs.", "string"),
                "ETag",
                answerHeader(true, "The document's version, for If-Match.", "string"),
                "IdempotencyReplayed",
                answerHeader(
                        false,
                        "There, and true, when the answer is that of the first time.",
                        "string"),
                "RetryAfter",
                answerHeader(true, "Seconds after which to send the same again.", "integer"));
    }

    private static Map<String, Object> answerHeader(
            boolean required, String description, String type) {
        return ordered(
                "required", required, "description", description, "schema", ordered("type", type));
    }

    private static Map<String, Object> components() {
        var problem = new LinkedHashMap<String, Object>();
        problem.put("type", "object");
        problem.put(
                "required",
                List.of("type", "title", "status", "detail", "code", "retryable", "request_id"));
        var fields = new LinkedHashMap<String, Object>();
        fields.put("type", ordered("type", "string", "format", "uri"));
        fields.put("title", ordered("type", "string"));
        fields.put("status", ordered("type", "integer"));
        fields.put("detail", ordered("type", "string"));
        fields.put("code", ordered("type", "string"));
        fields.put(
                "errors",
                ordered(
                        "type",
                        "array",
                        "items",
                        ordered(
                                "type",
                                "object",
                                "properties",
                                ordered(
                                        "pointer", ordered("type", "string"),
                                        "code", ordered("type", "string"),
                                        "detail", ordered("type", "string")))));
        fields.put("facts", ordered("type", "object"));
        fields.put("retryable", ordered("type", "boolean"));
        fields.put("request_id", ordered("type", "string"));
        problem.put("properties", fields);
        return ordered(
                "securitySchemes",
                ordered(
                        "token",
                        ordered("type", "http", "scheme", "bearer", "bearerFormat", "JWT")),
                "parameters",
                ordered(
                        "IdempotencyKey",
                                header(
                                        "Idempotency-Key",
                                        "^[!-~]{8,255}$",
                                        "New for each thing you want done; 8 to 255 visible ASCII"
                                                + " characters. A repeated key answers what was done"
                                                + " the first time."),
                        "WebhookId",
                                header(
                                        "webhook-id",
                                        "^[!-\\-/-~]{1,255}$",
                                        "The sender's own name for it: visible ASCII without a dot."
                                                + " The same thing sent again has the same one."),
                        "WebhookTimestamp",
                                header(
                                        "webhook-timestamp",
                                        "^[0-9]{1,12}$",
                                        "When it was sent, in seconds since 1970; good for five"
                                                + " minutes."),
                        "WebhookSignature",
                                header(
                                        "webhook-signature",
                                        "v1,.+",
                                        "By Standard Webhooks 1.0.0, over id, time and body;"
                                                + " several with a space between."),
                        "IfMatch",
                                header(
                                        "If-Match",
                                        "^\"[0-9]{1,18}\"$",
                                        "The ETag that the reading operation answered.")),
                "headers",
                headerComponents(),
                "schemas",
                ordered("Problem", problem));
    }

    private static Map<String, Object> header(String name, String pattern, String description) {
        return ordered(
                "name",
                name,
                "in",
                "header",
                "required",
                true,
                "description",
                description,
                "schema",
                ordered("type", "string", "pattern", pattern));
    }

    private static Map<String, Object> parameter(
            String in, String name, boolean required, JsonNode schema) {
        var parameter = ordered("name", name, "in", in, "required", required, "schema", schema);
        if (schema.has("items")) {
            parameter.put("style", "form");
            parameter.put("explode", false); // elements apart by commas
        }
        return parameter;
    }

    private static JsonNode take(ObjectNode schema, String name) {
        if (schema.path("required") instanceof tools.jackson.databind.node.ArrayNode required) {
            required.removeIf(it -> it.asString().equals(name));
            if (required.isEmpty()) {
                schema.remove("required");
            }
        }
        return ((ObjectNode) schema.path("properties")).remove(name);
    }

    private static List<String> names(JsonNode array) {
        return array.valueStream().map(JsonNode::asString).toList();
    }

    private static JsonNode withoutNulls(ObjectNode example) {
        example.removeIf(JsonNode::isNull);
        return example;
    }

    private static Map<String, Object> ordered(Object... pairs) {
        var map = new LinkedHashMap<String, Object>();
        for (int at = 0; at < pairs.length; at += 2) {
            map.put((String) pairs[at], pairs[at + 1]);
        }
        return map;
    }
}
