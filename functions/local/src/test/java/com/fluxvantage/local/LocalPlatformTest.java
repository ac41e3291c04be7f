package com.fluxvantage.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.runtime.AuthorizerFunction;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/** The API over HTTP, with real tokens: who is let in, and what everybody else is told. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LocalPlatformTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration HOUR = Duration.ofHours(1);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static LocalPostgres postgres;
    private static LocalPlatform platform;
    private static TenantId tenant;

    @BeforeAll
    static void a_platform_with_a_tenant() throws IOException, InterruptedException {
        postgres = LocalPostgres.throwAway(Path.of(System.getProperty("fv.build", "target")));
        platform = LocalPlatform.start(postgres, DaySecret.of(Optional.empty()));
        tenant = open("boss");
    }

    @AfterAll
    static void stop() {
        platform.close();
        postgres.close();
    }

    @Test
    void nobody_is_let_in_without_a_token() throws IOException, InterruptedException {
        var answer = get("/v1/items", Optional.empty());

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("Content-Type"))
                .contains("application/problem+json");
        assertThat(answer.headers().firstValue("Request-Id")).isPresent();
        assertThat(json(answer).path("code").asString()).isEqualTo("unauthenticated");
    }

    @Test
    void a_member_is_let_in_with_a_good_token_only() throws IOException, InterruptedException {
        String good = platform.token("boss", tenant, HOUR);

        assertThat(get("/v1/items", Optional.of(good)).statusCode()).isEqualTo(200);
        assertThat(
                        get("/v1/items", Optional.of(good.substring(0, good.length() - 4) + "AAAA"))
                                .statusCode())
                .isEqualTo(401);
        assertThat(get("/v1/items", Optional.of(unsigned(good))).statusCode()).isEqualTo(401);
        assertThat(
                        get(
                                        "/v1/items",
                                        Optional.of(
                                                platform.token(
                                                        "boss", tenant, Duration.ofMinutes(-5))))
                                .statusCode())
                .isEqualTo(401);
        assertThat(
                        get("/v1/items", Optional.of(platform.token("stranger", tenant, HOUR)))
                                .statusCode())
                .isEqualTo(401);
        assertThat(
                        get(
                                        "/v1/items",
                                        Optional.of(
                                                platform.token(
                                                        "boss",
                                                        new TenantId(UUID.randomUUID()),
                                                        HOUR)))
                                .statusCode())
                .isEqualTo(401);
    }

    @Test
    void a_member_of_one_tenant_is_nobody_in_another() throws IOException, InterruptedException {
        var other = open("other-boss");

        assertThat(
                        get("/v1/items", Optional.of(platform.token("other-boss", other, HOUR)))
                                .statusCode())
                .isEqualTo(200);
        assertThat(
                        get("/v1/items", Optional.of(platform.token("other-boss", tenant, HOUR)))
                                .statusCode())
                .isEqualTo(401);
    }

    @Test
    void a_member_who_was_let_go_is_refused() throws IOException, InterruptedException {
        String boss = platform.token("boss", tenant, HOUR);
        var added =
                post(
                        "/v1/members",
                        boss,
                        """
                        {"subject": "gone", "email": "gone@example.org", "display_name": "G", "roles": ["MANAGER"]}\
                        """);
        assertThat(get("/v1/items", Optional.of(platform.token("gone", tenant, HOUR))).statusCode())
                .isEqualTo(200);

        post("/v1/members/" + json(added).path("member_id").asString() + "/revoke", boss, "{}");

        // Another token, so that the gateway has no answer for it yet.
        assertThat(
                        get(
                                        "/v1/items",
                                        Optional.of(
                                                platform.token(
                                                        "gone", tenant, HOUR.plusSeconds(1))))
                                .statusCode())
                .isEqualTo(401);
    }

    @Test
    void what_is_not_there_is_a_problem_too() throws IOException, InterruptedException {
        String boss = platform.token("boss", tenant, HOUR);

        assertThat(get("/v1/nothing", Optional.of(boss)).statusCode()).isEqualTo(404);
        var other = get("/v1/tenants", Optional.of(boss));
        assertThat(other.statusCode()).isEqualTo(405);
        assertThat(other.headers().firstValue("Allow")).contains("POST");
        assertThat(get("/v1/orders/ord_00000000000000000000000000", Optional.of(boss)).statusCode())
                .isEqualTo(404);
    }

    @Test
    void a_body_that_is_too_large_is_refused() throws IOException, InterruptedException {
        String boss = platform.token("boss", tenant, HOUR);

        assertThat(
                        post("/v1/items", boss, "{\"sku\": \"" + "x".repeat(300_000) + "\"}")
                                .statusCode())
                .isEqualTo(413);
        assertThat(post("/v1/items", boss, " ".repeat(10 * 1024 * 1024 + 1)).statusCode())
                .isEqualTo(413);
    }

    @Test
    void a_foreign_order_and_an_invented_one_get_the_same_answer()
            throws IOException, InterruptedException {
        var other = open("third-boss");
        String ours = platform.token("boss", tenant, HOUR);
        String theirs = platform.token("third-boss", other, HOUR);
        String warehouse =
                json(post(
                                "/v1/warehouses",
                                theirs,
                                """
                                {"code": "MAIN", "name": "Main", "time_zone": "Europe/London"}\
                                """))
                        .path("warehouse_id")
                        .asString();
        post(
                "/v1/items",
                theirs,
                """
                {"sku": "TEA", "description": "Tea"}\
                """);
        String order =
                json(post(
                                "/v1/orders",
                                theirs,
                                """
                                {"warehouse_id": "%s", "reference": "1", "lines": [{"sku": "TEA", "quantity": 1}],
                                 "recipient": {"name": "R", "street": "S", "city": "C", "postcode": "P", "country": "GB"}}\
                                """
                                        .formatted(warehouse)))
                        .path("order_id")
                        .asString();
        assertThat(get("/v1/orders/" + order, Optional.of(theirs)).statusCode()).isEqualTo(200);

        var foreign = get("/v1/orders/" + order, Optional.of(ours));
        var invented = get("/v1/orders/ord_01m86p5ee6fzxvw05zmxhtbepx", Optional.of(ours));

        assertThat(foreign.statusCode()).isEqualTo(404);
        assertThat(withoutId(foreign)).isEqualTo(withoutId(invented));
    }

    private static TenantId open(String administrator) throws IOException, InterruptedException {
        var opened =
                post(
                        "/v1/tenants",
                        platform.token(LocalPlatform.OPERATOR, AuthorizerFunction.PLATFORM, HOUR),
                        """
                        {"name": "T", "administrator": {"subject": "%s", "email": "b@example.org", "display_name": "B"}}\
                        """
                                .formatted(administrator));
        return Identifiers.parse(TenantId.class, json(opened).path("tenant_id").asString())
                .orElseThrow();
    }

    private static HttpResponse<String> get(String path, Optional<String> token)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(uri(path)).GET();
        token.ifPresent(it -> request.header("Authorization", "Bearer " + it));
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> post(String path, String token, String body)
            throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(uri(path))
                        .header("Authorization", "Bearer " + token)
                        .header("Idempotency-Key", UUID.randomUUID().toString())
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static URI uri(String path) {
        return platform.url().resolve(path);
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JSON.readTree(answer.body());
    }

    private static String withoutId(HttpResponse<String> answer) {
        return answer.body().replaceAll("\"request_id\":\"[^\"]*\"", "");
    }

    /** The same claims with no algorithm and no signature. */
    private static String unsigned(String token) {
        String header =
                Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(
                                "{\"alg\":\"none\",\"typ\":\"JWT\"}"
                                        .getBytes(StandardCharsets.UTF_8));
        return header + "." + token.split("\\.", 3)[1] + ".";
    }
}
