package com.fluxvantage.infra;

import com.fluxvantage.registry.OpenApiDocument;
import com.fluxvantage.runtime.OperationCatalog;

import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The contract as the gateway reads it: the same paths, methods, names of parameters and callers,
 * and behind each the function's alias. Schemas stay out: the gateway knows an older dialect of
 * them than the contract, and its refusals would say less than those of the boundary, which checks
 * everything anyway.
 */
final class EdgeDocument {
    private static final JsonMapper SORTED =
            JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();
    private static final String SCHEME = "token";
    private static final Set<String> METHODS = Set.of("get", "post");

    /** One method of one path. */
    record Route(String operation, String method, String path) {}

    private final JsonNode contract =
            JsonMapper.shared().readTree(OpenApiDocument.text(OperationCatalog.load()));
    private final List<Route> routes = new ArrayList<>();

    EdgeDocument() {
        for (var path : contract.path("paths").properties()) {
            for (var method : path.getValue().properties()) {
                if (!METHODS.contains(method.getKey())) {
                    throw new IllegalStateException(
                            path.getKey() + " has more than its methods: " + method.getKey());
                }
                routes.add(
                        new Route(
                                method.getValue().path("operationId").asString(),
                                method.getKey(),
                                path.getKey()));
            }
        }
    }

    List<Route> routes() {
        return List.copyOf(routes);
    }

    /**
     * @param authorizer the address at which the gateway invokes it
     * @param invocation the same for an operation of this name
     * @param open operations that nobody has to sign in for
     */
    Map<String, Object> document(
            String title, String authorizer, UnaryOperator<String> invocation, Set<String> open) {
        var document = new LinkedHashMap<String, Object>();
        document.put("openapi", "3.0.1");
        document.put(
                "info", Map.of("title", title, "version", contract.at("/info/version").asString()));
        document.put("paths", paths(invocation, open));
        document.put("components", Map.of("securitySchemes", Map.of(SCHEME, scheme(authorizer))));
        document.put("x-amazon-apigateway-gateway-responses", GatewayAnswers.extension());
        return sorted(document);
    }

    // The gateway is deployed anew when this changes, so the same contract has to be the same text.
    private static Map<String, Object> sorted(Map<String, Object> document) {
        return SORTED.readValue(SORTED.writeValueAsString(document), new TypeReference<>() {});
    }

    private Map<String, Object> paths(UnaryOperator<String> invocation, Set<String> open) {
        var paths = new LinkedHashMap<String, Map<String, Object>>();
        for (var route : routes) {
            var contracted = contract.path("paths").path(route.path).path(route.method);
            var method = new LinkedHashMap<String, Object>();
            method.put("operationId", route.operation);
            method.put("parameters", parameters(contracted));
            method.put("responses", Map.of("default", Map.of("description", "See the contract.")));
            method.put(
                    "security",
                    open.contains(route.operation)
                            ? List.of()
                            : List.of(Map.of(SCHEME, List.of())));
            method.put(
                    "x-amazon-apigateway-integration",
                    Map.of(
                            "type", "aws_proxy",
                            "httpMethod", "POST",
                            "passthroughBehavior", "when_no_match",
                            "uri", invocation.apply(route.operation)));
            paths.computeIfAbsent(route.path, _ -> new LinkedHashMap<>()).put(route.method, method);
        }
        return new LinkedHashMap<>(paths);
    }

    private static List<Object> parameters(JsonNode contracted) {
        return contracted
                .path("parameters")
                .valueStream()
                .filter(parameter -> parameter.path("in").asString("").equals("path"))
                .<Object>map(parameter ->
                        Map.of(
                                "name",
                                parameter.path("name").asString(),
                                "in",
                                "path",
                                "required",
                                true,
                                "schema",
                                Map.of("type", "string")))
                .toList();
    }

    // The answer is kept a minute for the token and holds for every method, so a revoked member is
    // out within a minute and the two minutes of a proof.
    private static Map<String, Object> scheme(String authorizer) {
        return Map.of(
                "type", "apiKey",
                "name", "Authorization",
                "in", "header",
                "x-amazon-apigateway-authtype", "custom",
                "x-amazon-apigateway-authorizer",
                        Map.of(
                                "type",
                                "request",
                                "identitySource",
                                "method.request.header.Authorization",
                                "authorizerUri",
                                authorizer,
                                "authorizerResultTtlInSeconds",
                                60));
    }
}
