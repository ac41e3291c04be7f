package com.fluxvantage.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.operation.Caller;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.runtime.OperationCatalog;
import com.fluxvantage.runtime.Routes;
import com.fluxvantage.templates.Cloud.Resource;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

@ReadsTemplates
class EveryRouteIsAuthorizedTest {
    private static final String API = "AWS::ApiGateway::RestApi";
    private static final String PERMISSION = "AWS::Lambda::Permission";

    @Test
    void nobody_gets_past_the_gateway_unasked_but_to_these() {
        assertThat(
                        OperationCatalog.load().all().stream()
                                .filter(EveryRouteIsAuthorizedTest::isOpen)
                                .filter(it -> it.trigger() instanceof Trigger.Http)
                                .map(Operation::name))
                .containsExactly(
                        "check-health", "receive-carrier-event", "receive-channel-delivery");
    }

    @Test
    void every_other_route_asks_the_authorizer_whose_answer_is_kept_for_a_minute_at_most() {
        assertThat(unasked(Cloud.synthesised())).isEmpty();
    }

    @Test
    void finds_a_route_that_asks_nobody() {
        assertThat(unasked(withMethod("security", "[]"))).hasSize(1);
    }

    @Test
    void finds_an_answer_that_is_kept_for_long() {
        var spoilt =
                Cloud.synthesised()
                        .with(
                                API,
                                api ->
                                        ((ObjectNode) scheme(api))
                                                .put("authorizerResultTtlInSeconds", 3_600));

        assertThat(unasked(spoilt)).hasSize(1);
    }

    @Test
    void the_gateway_has_the_routes_of_the_contract_and_each_leads_to_its_operation() {
        assertThat(routes(Cloud.synthesised())).isEqualTo(contract());
        assertThat(routes(Cloud.synthesised())).isEqualTo(descriptors());
    }

    @Test
    void finds_a_route_to_another_operation() {
        assertThat(routes(withMethod("x-amazon-apigateway-integration", "{\"uri\": \"x\"}")))
                .isNotEqualTo(contract());
    }

    @Test
    void only_the_gateway_may_invoke_and_each_function_only_by_its_route() {
        assertThat(invokers(Cloud.synthesised())).isEmpty();
    }

    @Test
    void finds_a_function_that_may_be_invoked_by_any_route() {
        assertThat(
                        invokers(
                                Cloud.synthesised()
                                        .with(PERMISSION, it -> it.put("SourceArn", "<api>/*"))))
                .hasSize(1);
    }

    @Test
    void finds_a_function_that_others_may_invoke() {
        assertThat(invokers(Cloud.synthesised().with(PERMISSION, it -> it.put("Principal", "*"))))
                .hasSize(1);
    }

    @Test
    void finds_a_function_with_an_address_of_its_own() {
        assertThat(
                        invokers(
                                Cloud.synthesised()
                                        .with(
                                                "inbound",
                                                "AWS::Lambda::Url",
                                                "{\"AuthType\": \"NONE\"}")))
                .hasSize(1);
    }

    @Test
    void what_the_gateway_answers_itself_is_a_problem_document_too() {
        var answers = body(Cloud.synthesised()).path("x-amazon-apigateway-gateway-responses");

        assertThat(answers.propertyNames())
                .contains("DEFAULT_4XX", "DEFAULT_5XX", "UNAUTHORIZED", "THROTTLED");
        assertThat(answers.values())
                .allSatisfy(answer -> {
                    var document =
                            JsonMapper.shared()
                                    .readTree(
                                            answer.at("/responseTemplates/application~1json")
                                                    .asString());
                    assertThat(document.propertyNames())
                            .contains("type", "title", "status", "detail", "code", "request_id");
                    assertThat(document.path("status").asString())
                            .isEqualTo(answer.path("statusCode").asString());
                    assertThat(
                                    answer.path("responseParameters")
                                            .path("gatewayresponse.header.Content-Type")
                                            .asString())
                            .isEqualTo("'application/problem+json'");
                });
    }

    private static boolean isOpen(Operation<?, ?> operation) {
        return switch (operation.caller()) {
            case Caller.Member _, Caller.Operator _ -> false;
            case Caller.Signature _, Caller.Open _ -> true;
            case Caller.Job _ -> false;
        };
    }

    private static List<String> unasked(Cloud cloud) {
        var findings = new ArrayList<String>();
        var catalog = OperationCatalog.load();
        forEachMethod(
                cloud,
                (route, method) -> {
                    boolean asks = method.at("/security/0").has("token");
                    if (asks == isOpen(catalog.named(method.path("operationId").asString()))) {
                        findings.add(route + " asks the authorizer: " + asks);
                    }
                });
        var authorizer = scheme(api(cloud).json().path("Properties"));
        int kept = authorizer.path("authorizerResultTtlInSeconds").asInt(-1);
        if (!authorizer.path("type").asString().equals("request")
                || !authorizer
                        .path("identitySource")
                        .asString()
                        .equals("method.request.header.Authorization")
                || kept < 0
                || kept > 60) {
            findings.add("the authorizer is " + authorizer);
        }
        return findings;
    }

    private static List<String> invokers(Cloud cloud) {
        var findings = new ArrayList<String>();
        cloud.resources("AWS::Lambda::Url").forEach(it -> findings.add(it + " is an address"));
        var wanted = new TreeMap<String, String>();
        for (var operation : OperationCatalog.load().all()) {
            String suffix =
                    switch (operation.trigger()) {
                        case Trigger.Http(var method, var route) ->
                                "/api/"
                                        + method
                                        + Routes.VERSION
                                        + route.replaceAll("\\{[^}]+}", "*");
                        case Trigger.Authorizer _ -> "/authorizers/*";
                        case Trigger.Schedule _, Trigger.Event _ -> "";
                    };
            if (suffix.isEmpty()) {
                continue; // The gateway may not call what runs by itself.
            }
            wanted.put(Cloud.production().functionName(operation) + ":live", suffix);
        }
        cloud.resources(PERMISSION)
                .forEach(permission -> {
                    String function = Statements.text(permission.property("FunctionName"));
                    String source = Statements.text(permission.property("SourceArn"));
                    String suffix = wanted.get(function.replaceAll(".*:function:", ""));
                    if (!permission
                                    .property("Principal")
                                    .asString("")
                                    .equals("apigateway.amazonaws.com")
                            || !permission.property("SourceAccount").has("Ref")
                            || suffix == null
                            || !source.endsWith("<" + api(cloud).id() + ">" + suffix)) {
                        findings.add(function + " may be invoked by " + source);
                    }
                });
        if (cloud.resources(PERMISSION).count() != wanted.size()) {
            findings.add("there are more or fewer permissions than functions");
        }
        return findings;
    }

    private static Map<String, String> routes(Cloud cloud) {
        var routes = new TreeMap<String, String>();
        forEachMethod(
                cloud,
                (route, method) ->
                        routes.put(
                                route,
                                Statements.text(method.at("/x-amazon-apigateway-integration/uri"))
                                        .replaceAll(
                                                ".*:function:fv-production-(.*):live/invocations",
                                                "$1")));
        return routes;
    }

    private static Map<String, String> contract() {
        var routes = new TreeMap<String, String>();
        var file = Path.of(System.getProperty("fv.root"), "docs/openapi.json").toFile();
        var paths = JsonMapper.shared().readTree(file).path("paths");
        for (var path : paths.properties()) {
            for (var method : path.getValue().properties()) {
                routes.put(
                        method.getKey() + " " + path.getKey(),
                        method.getValue().path("operationId").asString());
            }
        }
        return routes;
    }

    private static Map<String, String> descriptors() {
        var routes = new TreeMap<String, String>();
        for (var operation : OperationCatalog.load().all()) {
            if (operation.trigger() instanceof Trigger.Http(var method, var route)) {
                routes.put(
                        method.name().toLowerCase(java.util.Locale.ROOT)
                                + " "
                                + Routes.VERSION
                                + route,
                        operation.name());
            }
        }
        return routes;
    }

    private interface Visitor {
        void visit(String route, JsonNode method);
    }

    private static void forEachMethod(Cloud cloud, Visitor visitor) {
        for (var path : body(cloud).path("paths").properties()) {
            for (var method : path.getValue().properties()) {
                visitor.visit(method.getKey() + " " + path.getKey(), method.getValue());
            }
        }
    }

    private static Cloud withMethod(String field, String json) {
        return Cloud.synthesised()
                .with(
                        API,
                        api ->
                                ((ObjectNode)
                                                api.path("Body")
                                                        .path("paths")
                                                        .path("/v1/receipts/{receipt_id}/receive")
                                                        .path("post"))
                                        .set(field, JsonMapper.shared().readTree(json)));
    }

    private static Resource api(Cloud cloud) {
        return cloud.resources(API).findFirst().orElseThrow();
    }

    private static JsonNode body(Cloud cloud) {
        return api(cloud).property("Body");
    }

    private static JsonNode scheme(JsonNode api) {
        return api.path("Body")
                .at("/components/securitySchemes/token/x-amazon-apigateway-authorizer");
    }
}
