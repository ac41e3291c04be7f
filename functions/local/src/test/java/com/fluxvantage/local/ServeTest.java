package com.fluxvantage.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** The program that stays up for a person to look around. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ServeTest {
    /** From the truck to the parcel, each step going on with what the one before it made. */
    private static final List<String> GUIDED =
            List.of(
                    "announce-asn",
                    "open-receipt",
                    "receive-line",
                    "confirm-putaway",
                    "accept-order",
                    "allocate-order",
                    "list-picks",
                    "confirm-pick",
                    "pack-carton",
                    "dispatch-shipment");

    @TempDir private static Path data;
    private static ServedProgram program;

    @BeforeAll
    static void start() {
        program = ServedProgram.start("--data", data.toString());
    }

    @AfterAll
    static void stop() {
        program.close();
    }

    /** What ends a tenant is no example to send as it is, and an export has to be made first. */
    private static final Set<String> OF_ITS_END =
            Set.of(
                    "terminate-tenant",
                    "reactivate-tenant",
                    "waive-export",
                    "delete-tenant-now",
                    "cancel-deletion",
                    "get-export",
                    "cancel-export",
                    "search-export-files",
                    "mint-download");

    @Test
    @Order(1)
    void the_page_comes_from_here_and_may_ask_nothing_of_anybody_else() {
        var page = program.get("/");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("From the truck to the parcel");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'", "script-src 'self'", "connect-src 'self'");
        for (var file : List.of("swagger-ui-bundle.js", "swagger-ui.css")) {
            assertThat(program.get("/local/swagger-ui/" + file).statusCode()).isEqualTo(200);
        }
    }

    @Test
    @Order(1)
    void a_token_of_a_role_may_what_the_role_may_in_its_own_tenant() {
        String order =
                "/v1/orders/" + program.atHand("shop").path("ids").path("order_id").asString();

        assertThat(status(order, program.token("shop", "PICKER"))).isEqualTo(200);
        assertThat(status(order, program.token("supplier", "PICKER"))).isEqualTo(404);
        assertThat(program.post("/v1/items", program.token("shop", "PICKER"), "{}").statusCode())
                .isEqualTo(403);
    }

    @Test
    @Order(1)
    void the_service_says_that_it_is_well_to_anybody() {
        var health = program.get("/v1/health");

        assertThat(health.statusCode()).isEqualTo(200);
        assertThat(ServedProgram.JSON.readTree(health.body()).path("schema").asString())
                .matches("[0-9]{4}");
    }

    @Test
    @Order(1)
    void local_paths_are_no_part_of_the_contract() {
        assertThat(program.get("/local/openapi.json").body()).doesNotContain("/local/");
    }

    @Test
    @Order(1)
    void the_tokens_of_all_are_written_down_for_their_owner_alone() throws IOException {
        var script =
                Path.of(
                        program.printed().stream()
                                .filter(it -> it.startsWith(". "))
                                .findFirst()
                                .orElseThrow()
                                .substring(2));

        assertThat(Files.getPosixFilePermissions(script)).hasSize(2);
        assertThat(Files.readAllLines(script)).hasSize(13);
        String manager =
                Files.readAllLines(script).stream()
                        .filter(it -> it.startsWith("SUPPLIER_MANAGER="))
                        .findFirst()
                        .orElseThrow();
        assertThat(status("/v1/items", manager.substring(manager.indexOf('=') + 1))).isEqualTo(200);
        assertThat(String.join("\n", program.printed())).doesNotContain("eyJ");
    }

    /** Before which there is nothing to work on. */
    private static final Set<String> FIRST = Set.of("connect-carrier", "connect-shop");

    /** After which there is less to work on. */
    private static final Set<String> LAST =
            Set.of("disconnect-carrier", "disconnect-channel", "remove-webhook-endpoint");

    /** They go on with what a shop has sent or a carrier has answered, and here neither is. */
    private static final Set<String> OF_STRANGERS =
            Set.of(
                    "accept-drift",
                    "drop-held-delivery",
                    "retry-held-delivery",
                    "retry-failed-report",
                    "close-shop-cancellation",
                    "rate-carton",
                    "buy-label",
                    "get-label",
                    "print-label",
                    "void-label");

    @Test
    @Order(2)
    void every_operation_of_members_has_an_example_that_can_be_sent_as_it_is() {
        var contract = ServedProgram.JSON.readTree(program.get("/local/openapi.json").body());
        String token = program.token("shop", "ADMINISTRATOR");
        assertThat(refused(contract, token, FIRST::contains)).isEmpty();
        assertThat(
                        refused(
                                contract,
                                token,
                                it ->
                                        !FIRST.contains(it)
                                                && !LAST.contains(it)
                                                && !OF_STRANGERS.contains(it)))
                .isEmpty();
        assertThat(refused(contract, token, LAST::contains)).isEmpty();
    }

    private static List<String> refused(JsonNode contract, String token, Predicate<String> which) {
        var refused = new ArrayList<String>();
        for (var path : contract.path("paths").properties()) {
            for (var method : path.getValue().properties()) {
                var operation = method.getValue();
                String name = operation.path("operationId").asString();
                if (operation.path("x-audience").asString().equals("member")
                        && !name.equals("close-receipt")
                        && !OF_ITS_END.contains(name)
                        && which.test(name)) {
                    int status = send(name, path.getKey(), operation, token, "shop");
                    if (status >= 300) {
                        refused.add(name + " " + status);
                    }
                }
            }
        }
        return refused;
    }

    @Test
    @Order(3)
    void a_newcomer_ships_a_parcel_with_what_each_step_offers() {
        var paths = ServedProgram.JSON.readTree(program.get("/local/openapi.json").body());
        String token = program.token("supplier", "MANAGER");
        for (var name : GUIDED) {
            for (var path : paths.path("paths").properties()) {
                for (var operation : path.getValue()) {
                    if (operation.path("operationId").asString().equals(name)) {
                        assertThat(send(name, path.getKey(), operation, token, "supplier"))
                                .as(name)
                                .isBetween(200, 201);
                    }
                }
            }
        }
        String order = program.atHand("supplier").path("ids").path("order_id").asString();
        assertThat(program.get("/v1/orders/" + order, "Authorization", "Bearer " + token).body())
                .contains("\"state\":\"SHIPPED\"");
    }

    @Test
    @Order(4)
    void ends_well_when_it_is_told_to_and_goes_on_with_what_was_kept() {
        String first = program.token("shop", "MANAGER");
        assertThat(
                        program.post(
                                        "/v1/items",
                                        first,
                                        "{\"sku\": \"KEPT\", \"description\": \"Kept\"}")
                                .statusCode())
                .isEqualTo(201);

        assertThat(program.stop()).isZero();
        assertThat(program.printed()).contains("Stopped.");
        program = ServedProgram.start("--data", data.toString());

        assertThat(
                        program.get(
                                        "/v1/items?sku_prefix=KEPT",
                                        "Authorization",
                                        "Bearer " + program.token("shop", "MANAGER"))
                                .body())
                .contains("\"KEPT\"");
    }

    @Test
    void a_taken_port_is_one_sentence() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var bytes = new ByteArrayOutputStream();
            var terminal =
                    new Terminal(
                            new PrintStream(bytes, true, StandardCharsets.UTF_8), false, false, 80);

            int exit =
                    WarehouseDay.run(
                            terminal, "--serve", "--port", Integer.toString(taken.getLocalPort()));

            assertThat(exit).isEqualTo(3);
            assertThat(bytes.toString(StandardCharsets.UTF_8))
                    .startsWith("Port " + taken.getLocalPort() + " of this machine is taken")
                    .hasLineCount(1);
        }
    }

    private static int status(String path, String token) {
        return program.get(path, "Authorization", "Bearer " + token).statusCode();
    }

    /** As the page does: the example of the moment, and ids at hand for what it leaves open. */
    private static int send(
            String name, String template, JsonNode operation, String token, String tenant) {
        var atHand = program.atHand(tenant);
        var example = atHand.path("examples").path(name);
        String path = template;
        var query = new ArrayList<String>();
        for (var parameter : operation.path("parameters")) {
            String field = parameter.path("name").asString();
            String value =
                    example.path(parameter.path("in").asString())
                            .path(field)
                            .asString(atHand.path("ids").path(field).asString(""));
            switch (parameter.path("in").asString()) {
                case "path" -> path = path.replace("{" + field + "}", value);
                case "query" -> {
                    if (parameter.path("required").asBoolean()
                            || example.path("query").has(field)) {
                        query.add(field + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
                    }
                }
                default -> {}
            }
        }
        boolean isWrite = operation.path("parameters").valueStream().anyMatch(it -> it.has("$ref"));
        return isWrite || operation.has("requestBody")
                ? program.post(
                                path,
                                token,
                                example.path("body").isObject()
                                        ? example.path("body").toString()
                                        : "{}")
                        .statusCode()
                : status(query.isEmpty() ? path : path + "?" + String.join("&", query), token);
    }
}
