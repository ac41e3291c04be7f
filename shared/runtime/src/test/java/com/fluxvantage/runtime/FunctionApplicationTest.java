package com.fluxvantage.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.tenancy.Actor;
import com.fluxvantage.kernel.tenancy.TenantId;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.cloud.function.adapter.aws.FunctionInvoker;
import org.springframework.cloud.function.context.FunctionCatalog;
import org.springframework.cloud.function.context.FunctionRegistration;
import org.springframework.cloud.function.context.FunctionalSpringApplication;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;

/** Starts as the cloud starts it, through Spring Cloud Function's own entry point. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class FunctionApplicationTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String TOKEN = "eyJhbGciOiJSUzI1NiJ9.a-bearer-token.a-signature";
    private static final String BODY_SECRET = "Lovelace-Street-12";

    private final Properties usual = new Properties();

    @BeforeEach
    void configure() {
        usual.putAll(System.getProperties());
        System.setProperty("MAIN_CLASS", FunctionApplication.class.getName());
        System.setProperty(
                "fv.platform.secret",
                Base64.getEncoder()
                        .encodeToString(
                                "0123456789abcdef0123456789abcdef"
                                        .getBytes(StandardCharsets.UTF_8)));
        // Nobody listens there: a call that gets as far as the database ends as a problem, and
        // is logged.
        System.setProperty("fv.database.url", "jdbc:postgresql://127.0.0.1:1/nowhere");
        System.setProperty("fv.database.login", "TRUSTED");
    }

    @AfterEach
    void restore() {
        System.setProperties(usual);
    }

    @Test
    void registers_the_configured_operation_and_no_other() {
        System.setProperty("fv.operation", "fill-shelf");
        try (var context = FunctionalSpringApplication.run(FunctionApplication.class)) {
            assertThat(context.getBeanNamesForType(FunctionRegistration.class))
                    .containsExactly("fill-shelf");
            assertThat(context.getBean(FunctionCatalog.class).getNames(null))
                    .contains("fill-shelf")
                    .doesNotContain("paint-shelf", "search-shelf", "let-in");
            assertThat(context.getEnvironment().getProperty("spring.cloud.function.definition"))
                    .isEqualTo("fill-shelf");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "fill-shel",
                "Fill-Shelf",
                "fill-shelf ",
                "functionRouter",
                "fill-shelf|paint-shelf"
            })
    void does_not_start_for_a_name_that_is_no_operation(String name) {
        System.setProperty("fv.operation", name);

        assertThatThrownBy(FunctionInvoker::new)
                .hasStackTraceContaining("no operation of the configured name");
    }

    @Test
    void does_not_start_without_a_name_even_if_the_caller_could_choose_one() {
        System.clearProperty("fv.operation");
        System.setProperty("spring.cloud.function.definition", "fill-shelf");

        assertThatThrownBy(FunctionInvoker::new).hasStackTraceContaining("fv.operation");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fill-shelf", "search-shelf"})
    void answers_the_weekly_call_without_a_caller_and_without_the_database(String name)
            throws IOException {
        System.setProperty("fv.operation", name);

        var answer =
                invoke(
                        new FunctionInvoker(),
                        JSON.valueToTree(Map.of("resource", KeepAlive.RESOURCE)));

        assertThat(answer.path("statusCode").asInt()).isEqualTo(204);
    }

    @Test
    void runs_the_configured_operation() throws IOException {
        System.setProperty("fv.operation", "fill-shelf");

        var answer =
                invoke(new FunctionInvoker(), event(Map.of("Idempotency-Key", "key-0001"), "{}"));

        assertThat(answer.path("statusCode").asInt()).isEqualTo(422);
        assertThat(body(answer).path("errors").path(0).path("pointer").asString())
                .isEqualTo("#/side");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "paint-shelf",
                "search-shelf",
                "functionRouter",
                "fill-shelf|paint-shelf",
                "nothing"
            })
    void runs_the_configured_operation_whatever_a_header_asks_for(String wanted)
            throws IOException {
        System.setProperty("fv.operation", "fill-shelf");

        var answer =
                invoke(
                        new FunctionInvoker(),
                        event(
                                Map.of(
                                        "Idempotency-Key",
                                        "key-0001",
                                        "spring.cloud.function.definition",
                                        wanted,
                                        "spring.cloud.function.routing-expression",
                                        "'" + wanted + "'"),
                                "{}"));

        assertThat(answer.path("statusCode").asInt()).isEqualTo(422);
        assertThat(body(answer).path("errors").path(0).path("pointer").asString())
                .isEqualTo("#/side");
    }

    @Test
    void runs_the_configured_operation_though_another_definition_is_in_its_environment()
            throws IOException {
        System.setProperty("fv.operation", "fill-shelf");
        System.setProperty("spring.cloud.function.definition", "paint-shelf");

        var answer =
                invoke(new FunctionInvoker(), event(Map.of("Idempotency-Key", "key-0001"), "{}"));

        assertThat(body(answer).path("errors").path(0).path("pointer").asString())
                .isEqualTo("#/side");
    }

    @Test
    void logs_a_call_without_its_token_its_proof_or_its_body() throws IOException {
        System.setProperty("fv.operation", "paint-shelf");
        var event =
                (ObjectNode)
                        event(
                                Map.of("Idempotency-Key", "key-0001"),
                                "{\"colour\": \"" + BODY_SECRET + "\"}");
        event.remove("pathParameters");
        String proof = event.path("requestContext").path("authorizer").path("proof").asString();
        String log;
        try (var output = new CapturedOutput()) {
            invoke(new FunctionInvoker(), event);
            log = output.text();
        }

        assertThat(log)
                .contains(
                        "\"operation\":\"paint-shelf\"",
                        "\"status\":503",
                        "\"outcome\":\"retry-later\"");
        assertThat(proof).isNotEmpty();
        assertThat(log)
                .doesNotContain(TOKEN, "bearer-token", "Bearer", BODY_SECRET, proof, "key-0001");
    }

    @Test
    void answers_an_event_that_the_gateway_did_not_complete_with_a_problem_of_its_own()
            throws IOException {
        System.setProperty("fv.operation", "paint-shelf");
        var event = (ObjectNode) event(Map.of(), "{}");
        event.remove("requestContext");

        var answer = invoke(new FunctionInvoker(), event);

        assertThat(answer.path("statusCode").asInt()).isEqualTo(500);
        assertThat(body(answer).path("code").asString()).isEqualTo("internal");
        assertThat(answer.toString()).doesNotContain("Exception", "gateway");
    }

    /** As the service writes it. What cannot be done, here for want of a database, comes again. */
    @Test
    void asks_for_the_messages_of_a_batch_again_that_it_could_not_settle() throws IOException {
        System.setProperty("fv.operation", "dust-shelf");
        var batch =
                JSON.readTree(
                        """
                        {"Records": [{
                            "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
                            "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
                            "body": "{\\"tenant\\":\\"00000000-0000-7000-8000-000000000009\\",\\"stream\\":\\"00000000-0000-7000-8000-000000000008\\",\\"no\\":1,\\"type\\":\\"tick.dust-shelf\\"}",
                            "attributes": {
                                "ApproximateReceiveCount": "1", "SentTimestamp": "1573251510774",
                                "SequenceNumber": "18849496460467696128", "MessageGroupId": "1",
                                "SenderId": "AIDAIO23YVJENQZJOL4VO", "MessageDeduplicationId": "1",
                                "ApproximateFirstReceiveTimestamp": "1573251510774"},
                            "messageAttributes": {},
                            "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
                            "eventSource": "aws:sqs",
                            "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:fifo.fifo",
                            "awsRegion": "eu-west-1"}]}
                        """);

        var answer = invoke(new FunctionInvoker(), batch);

        assertThat(answer)
                .isEqualTo(
                        JSON.readTree(
                                """
                                {"batchItemFailures": [
                                    {"itemIdentifier": "059f36b4-87a3-44ab-83d2-661975830a7d"}]}
                                """));
    }

    @Test
    void what_is_no_batch_is_a_fault_and_never_settled() {
        System.setProperty("fv.operation", "dust-shelf");
        var invoker = new FunctionInvoker();

        assertThatThrownBy(() -> invoke(invoker, JSON.valueToTree(Map.of("resource", "/another"))))
                .hasStackTraceContaining("a batch has records");
    }

    @Test
    void answers_the_weekly_call_as_a_job_with_nothing_to_send_again() throws IOException {
        System.setProperty("fv.operation", "dust-shelf");

        var answer =
                invoke(
                        new FunctionInvoker(),
                        JSON.valueToTree(Map.of("resource", KeepAlive.RESOURCE)));

        assertThat(answer.path("batchItemFailures")).isEmpty();
        assertThat(answer.has("batchItemFailures")).isTrue();
    }

    @Test
    void answers_the_weekly_call_as_the_authorizer_and_lets_nobody_in_by_it() throws IOException {
        configureAuthorizer();

        var answer =
                invoke(
                        new FunctionInvoker(),
                        JSON.valueToTree(Map.of("resource", KeepAlive.RESOURCE)));

        assertThat(answer).isEmpty();
    }

    @Test
    void starts_as_the_authorizer_and_lets_nobody_in_without_a_token() {
        configureAuthorizer();
        var invoker = new FunctionInvoker();
        var event =
                JSON.valueToTree(
                        Map.of(
                                "type", "REQUEST",
                                "methodArn",
                                        "arn:aws:execute-api:eu-west-1:123456789012:api/v1/GET/items",
                                "headers", Map.of("Authorization", "Bearer " + TOKEN)));

        assertThatThrownBy(() -> invoke(invoker, event))
                .hasStackTraceContaining(AuthorizerFunction.UNAUTHORIZED);
    }

    private static void configureAuthorizer() {
        System.setProperty("fv.operation", "let-in");
        System.setProperty("fv.issuer", "https://identity.example.org");
        System.setProperty("fv.audience", "fluxvantage-api");
        System.setProperty("fv.key.set", "http://127.0.0.1:1/keys");
        System.setProperty("fv.proof.key.id", "test");
        System.setProperty("fv.proof.key", Base64.getEncoder().encodeToString(new byte[32]));
    }

    private static JsonNode invoke(FunctionInvoker invoker, JsonNode event) throws IOException {
        var out = new ByteArrayOutputStream();
        invoker.handleRequest(
                new ByteArrayInputStream(event.toString().getBytes(StandardCharsets.UTF_8)),
                out,
                new TestContext());
        return JSON.readTree(out.toByteArray());
    }

    private static JsonNode body(JsonNode answer) {
        return JSON.readTree(answer.path("body").asString());
    }

    /** As API Gateway's proxy integration sends it. */
    private static JsonNode event(Map<String, String> headers, String body) {
        var all = new HashMap<>(headers);
        all.put("Authorization", "Bearer " + TOKEN);
        all.put("Content-Type", "application/json");
        var multi = new HashMap<String, List<String>>();
        all.forEach((name, value) -> multi.put(name, List.of(value)));
        var authorizer =
                new ProofMinter("test", new byte[32], Clock.systemUTC())
                        .context(
                                new TenantId(UUID.randomUUID()),
                                new Actor(Actor.Kind.MEMBER, UUID.randomUUID()),
                                Set.of(Permission.STOCK_MOVE),
                                CallerContext.Audience.API);
        return JSON.valueToTree(
                Map.of(
                        "resource",
                        "/v1/shelves/{shelf_id}/fill",
                        "path",
                        "/v1/shelves/loc_01je7mwz0hfay8vvr14d2pf2db/fill",
                        "httpMethod",
                        "POST",
                        "headers",
                        all,
                        "multiValueHeaders",
                        multi,
                        "pathParameters",
                        Map.of("shelf_id", "loc_01je7mwz0hfay8vvr14d2pf2db"),
                        "requestContext",
                        Map.of(
                                "resourceId", "abc123",
                                "stage", "prod",
                                "httpMethod", "POST",
                                "authorizer", authorizer,
                                "identity", Map.of("sourceIp", "192.0.2.1")),
                        "body",
                        body,
                        "isBase64Encoded",
                        false));
    }
}
