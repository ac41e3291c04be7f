package com.fluxvantage.packaged;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.local.lambda.LambdaFunction;
import com.fluxvantage.local.lambda.LambdaSandbox.Invocation;
import com.fluxvantage.local.lambda.Zips;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.TestDatabase;
import com.fluxvantage.testing.TestPlatform;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The platform's database and the functions over it, each started of its domain's zip. */
final class Cloud {
    /** An answer as the gateway reads it. */
    record Answer(int status, JsonNode headers, JsonNode json) {
        String code() {
            return json.path("code").asString("");
        }
    }

    static final Zips ZIPS =
            new Zips(
                    Path.of(System.getProperty("fv.root")),
                    Path.of("target", "sandboxes").toAbsolutePath());
    static final String TOKEN = "eyJhbGciOiJSUzI1NiJ9.a-bearer-token.a-signature";

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String SECRET = "a platform secret that only zips ever use";

    private final TestPlatform platform = TestPlatform.start();

    TestPlatform platform() {
        return platform;
    }

    Operation<?, ?> operation(String name) {
        return platform.catalog().named(name);
    }

    LambdaFunction function(String name) {
        return function(name, Map.of());
    }

    /** With more in its environment, or something else there. */
    LambdaFunction function(String name, Map<String, String> more) {
        var operation = operation(name);
        return ZIPS.function(operation, environment(name, more));
    }

    /** The code of one domain that is told to be an operation which may not be there. */
    LambdaFunction function(String domain, String configured, Map<String, String> more) {
        return ZIPS.function(
                ZIPS.of(domain),
                configured,
                Zips.HANDLER,
                environment(configured, more),
                Duration.ofSeconds(6));
    }

    private Map<String, String> environment(String operation, Map<String, String> more) {
        var environment = new HashMap<String, String>();
        environment.put("MAIN_CLASS", "com.fluxvantage.runtime.FunctionApplication");
        environment.put("FV_OPERATION", operation);
        environment.put("FV_DATABASE_URL", platform.database().url());
        environment.put("FV_DATABASE_LOGIN", "TRUSTED");
        environment.put(
                "FV_PLATFORM_SECRET",
                Base64.getEncoder().encodeToString(SECRET.getBytes(StandardCharsets.UTF_8)));
        environment.put("FV_PROOF_KEY_ID", TestDatabase.PROOF_KEY_ID);
        environment.put("FV_PROOF_KEY", Base64.getEncoder().encodeToString(TestDatabase.PROOF_KEY));
        environment.putAll(more);
        return environment;
    }

    /** An event with a body, as a REST API's proxy integration sends it. */
    ObjectNode write(Client client, String operation, String body, Map<String, String> headers) {
        var event = event(client, operation, headers);
        event.put("body", body);
        return event;
    }

    ObjectNode read(Client client, String operation, Map<String, String> query) {
        var event = event(client, operation, Map.of());
        event.set("queryStringParameters", JSON.valueToTree(query));
        var multi = new HashMap<String, List<String>>();
        query.forEach((name, value) -> multi.put(name, List.of(value)));
        event.set("multiValueQueryStringParameters", JSON.valueToTree(multi));
        return event;
    }

    private ObjectNode event(Client client, String name, Map<String, String> more) {
        var http = (Trigger.Http) operation(name).trigger();
        var headers = new HashMap<String, String>();
        headers.put("Authorization", "Bearer " + TOKEN);
        headers.put("Content-Type", "application/json");
        headers.put("Host", "api.example.org");
        headers.put("User-Agent", "scanner/4.2");
        headers.put("X-Amzn-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700");
        headers.put("X-Forwarded-For", "192.0.2.1");
        headers.put("X-Forwarded-Proto", "https");
        headers.putAll(more);
        var multi = new HashMap<String, List<String>>();
        headers.forEach((header, value) -> multi.put(header, List.of(value)));
        var event = JSON.createObjectNode();
        event.put("resource", "/v1" + http.route());
        event.put("path", "/v1" + http.route());
        event.put("httpMethod", http.method().name());
        event.set("headers", JSON.valueToTree(headers));
        event.set("multiValueHeaders", JSON.valueToTree(multi));
        event.putNull("queryStringParameters");
        event.putNull("multiValueQueryStringParameters");
        event.putNull("pathParameters");
        event.putNull("stageVariables");
        var context = event.putObject("requestContext");
        context.put("resourceId", "abc123");
        context.put("resourcePath", "/v1" + http.route());
        context.put("httpMethod", http.method().name());
        context.put("stage", "prod");
        context.put("requestTimeEpoch", 1764000000000L);
        context.putObject("identity").put("sourceIp", "192.0.2.1").putNull("accessKey");
        context.set("authorizer", JSON.valueToTree(authorizer(client)));
        event.putNull("body");
        event.put("isBase64Encoded", false);
        return event;
    }

    /** What the authorizer's function has answered for this caller, as the gateway passes it on. */
    static Map<String, Object> authorizer(Client client) {
        return client.event().getRequestContext().getAuthorizer();
    }

    static String proof(ObjectNode event) {
        return event.path("requestContext").path("authorizer").path("proof").asString();
    }

    static Answer answer(Invocation invocation) {
        if (invocation.isError()) {
            throw new AssertionError("an answer was expected, and it is " + invocation.payload());
        }
        var answer = JSON.readTree(invocation.payload());
        return new Answer(
                answer.path("statusCode").asInt(),
                answer.path("headers"),
                JSON.readTree(answer.path("body").asString()));
    }

    static JsonNode json(String text) {
        return JSON.readTree(text);
    }

    /** The lines of calls. Before the first the framework writes a few that are no JSON. */
    static List<JsonNode> calls(String log) {
        return log.lines()
                .dropWhile(line -> !line.startsWith("{"))
                .map(Cloud::json)
                .filter(line -> line.path("logger_name").asString().equals("com.fluxvantage.call"))
                .toList();
    }
}
