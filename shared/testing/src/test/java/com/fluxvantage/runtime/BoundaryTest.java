package com.fluxvantage.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.operation.Permission;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class BoundaryTest {
    private final House house = new House();
    private final CallerContext caller = house.openTenant();
    private final House.Sandbox add = house.sandbox(OwnerOperations.ADD);

    @AfterEach
    void leave() {
        house.close();
    }

    @Test
    void a_body_of_256_kibibytes_is_read_and_one_byte_more_is_not() {
        String body = "{\"code\": \"A\"}";
        String fits = body + " ".repeat(OperationFunction.LARGEST_BODY_BYTES - body.length());

        assertThat(add.call(House.add(caller, "key-0001", "A").withBody(fits)).status())
                .isEqualTo(201);
        assertThat(add.call(House.add(caller, "key-0002", "A").withBody(fits + " ")).said())
                .isEqualTo("413 too-large");
    }

    @Test
    void a_body_is_measured_in_bytes_and_after_decoding() {
        String wide =
                "{\"code\": \"" + "é".repeat(OperationFunction.LARGEST_BODY_BYTES / 2) + "\"}";
        String coded = Base64.getEncoder().encodeToString(wide.getBytes(StandardCharsets.UTF_8));

        assertThat(add.call(House.add(caller, "key-0001", "A").withBody(wide)).said())
                .isEqualTo("413 too-large");
        assertThat(
                        add.call(
                                        House.add(caller, "key-0001", "A")
                                                .withBody(coded)
                                                .withIsBase64Encoded(true))
                                .said())
                .isEqualTo("413 too-large");
    }

    @Test
    void a_body_in_base64_is_decoded() {
        String coded =
                Base64.getEncoder()
                        .encodeToString("{\"code\": \"Ä\"}".getBytes(StandardCharsets.UTF_8));

        var answer =
                add.call(
                        House.add(caller, "key-0001", "A")
                                .withBody(coded)
                                .withIsBase64Encoded(true));

        assertThat(answer.json().path("code").asString()).isEqualTo("Ä");
        assertThat(
                        add.call(
                                        House.add(caller, "key-0002", "A")
                                                .withBody("%%%")
                                                .withIsBase64Encoded(true))
                                .said())
                .isEqualTo("400 not-json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"c0af", "ff", "eda080", "c3"})
    void a_body_of_bytes_that_are_no_utf_8_is_refused(String hex) {
        byte[] good = "{\"code\": \"A\"}".getBytes(StandardCharsets.UTF_8);
        var bytes = ByteBuffer.allocate(good.length + hex.length() / 2);
        bytes.put(good, 0, 11).put(HexFormat.of().parseHex(hex)).put(good, 11, good.length - 11);

        var answer =
                add.call(
                        House.add(caller, "key-0001", "A")
                                .withBody(Base64.getEncoder().encodeToString(bytes.array()))
                                .withIsBase64Encoded(true));

        assertThat(answer.said()).isEqualTo("400 not-json");
        assertThat(house.traces(caller)).isEqualTo("0 0 0 0");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "absent",
            value = {
                "absent, 428 version-required",
                "3, 400 version-malformed",
                "*, 400 version-malformed",
                "W/\"3\", 400 version-malformed",
                "\"x\", 400 version-malformed",
                "'\"3\", \"4\"', 400 version-malformed",
                "\"2\", 412 runtime.outdated",
                "\"3\", 200"
            })
    void a_guarded_document_asks_for_the_version_that_was_seen(
            @org.jspecify.annotations.Nullable String ifMatch, String said) {
        var headers = new HashMap<String, String>();
        headers.put("Idempotency-Key", "key-0001");
        if (ifMatch != null) {
            headers.put("if-match", ifMatch);
        }
        var event =
                House.event(caller)
                        .withPathParameters(
                                Map.of("owner_id", Identifiers.text(OwnerOperations.OWNER)))
                        .withHeaders(headers)
                        .withBody("{\"code\": \"A\"}");

        var answer = house.sandbox(OwnerOperations.REVISE).call(event);

        assertThat(answer.said()).isEqualTo(said);
        assertThat(answer.headers().get("ETag")).isEqualTo(said.equals("200") ? "\"4\"" : null);
    }

    @Test
    void every_answer_has_a_request_id_of_its_own_and_is_not_to_be_kept() {
        var done = add.call(House.add(caller, "key-0001", "A"));
        var refused = add.call(House.add(caller, "key-0002", "RESERVED"));

        assertThat(UUID.fromString(done.headers().get("Request-Id")))
                .isNotEqualTo(UUID.fromString(refused.headers().get("Request-Id")));
        assertThat(refused.json().path("request_id").asString())
                .isEqualTo(refused.headers().get("Request-Id"));
        assertThat(done.headers())
                .containsEntry("Cache-Control", "no-store")
                .containsEntry("Content-Type", "application/json")
                .containsEntry("ETag", "\"1\"");
        assertThat(refused.headers()).containsEntry("Content-Type", "application/problem+json");
    }

    @Test
    void a_caller_without_the_permission_is_refused_before_anything_is_read() {
        var answer =
                add.call(
                        House.add(with(Set.of(Permission.CATALOG_READ)), "key-0001", "A")
                                .withBody("not json"));

        assertThat(answer.said()).isEqualTo("403 forbidden");
        assertThat(answer.json().path("detail").asString()).contains("catalog:manage");
    }

    @Test
    void one_of_the_platforms_people_is_no_member() {
        var operator =
                new CallerContext(
                        AuthorizerFunction.PLATFORM,
                        House.ACTOR,
                        CallerContext.Audience.PLATFORM,
                        House.PERMISSIONS,
                        House.PROOFS.mint(
                                AuthorizerFunction.PLATFORM,
                                House.ACTOR,
                                House.PERMISSIONS,
                                CallerContext.Audience.PLATFORM));

        assertThat(add.call(House.add(operator, "key-0001", "A")).said())
                .isEqualTo("403 forbidden");
    }

    @Test
    void no_header_and_no_field_names_a_tenant() {
        var other = house.openTenant();
        var event =
                House.add(caller, "key-0001", "A")
                        .withHeaders(
                                Map.of(
                                        "Idempotency-Key", "key-0001",
                                        "X-Tenant-Id", other.tenant().uuid().toString(),
                                        "tenant", other.tenant().uuid().toString()));

        assertThat(add.call(event).status()).isEqualTo(201);
        assertThat(house.traces(other)).isEqualTo("0 0 0 0");
        assertThat(
                        add.call(
                                        House.add(caller, "key-0002", "A")
                                                .withBody(
                                                        "{\"code\": \"B\", \"tenant_id\": \""
                                                                + other.tenant().uuid()
                                                                + "\"}"))
                                .said())
                .isEqualTo("400 unknown-field");
    }

    @Test
    void a_read_takes_no_parameter_that_it_does_not_know() {
        var count = house.sandbox(OwnerOperations.COUNT);

        assertThat(
                        count.call(
                                        House.event(caller)
                                                .withMultiValueQueryStringParameters(
                                                        Map.of("x", List.of("1"))))
                                .said())
                .isEqualTo("400 unknown-parameter");
        assertThat(
                        count.call(House.event(caller).withQueryStringParameters(Map.of("x", "1")))
                                .said())
                .isEqualTo("400 unknown-parameter");
    }

    private CallerContext with(Set<Permission> permissions) {
        return new CallerContext(
                caller.tenant(),
                House.ACTOR,
                CallerContext.Audience.API,
                permissions,
                House.PROOFS.mint(
                        caller.tenant(), House.ACTOR, permissions, CallerContext.Audience.API));
    }
}
