package com.fluxvantage.locations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.TestPlatform;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.util.Map;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class AddLocationTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private final Client client = PLATFORM.openTenant();
    private final String warehouse = warehouse(client, "MAIN");

    @Test
    void adds_a_pickable_bin_unless_said_otherwise() {
        var added = add("\"code\": \"A-01\", \"pick_sequence\": 7");

        assertThat(added.status()).isEqualTo(201);
        assertThat(added.number("version")).isEqualTo(1);
        var bin = found("A-01");
        assertThat(bin.path("location_id").asString()).isEqualTo(added.text("location_id"));
        assertThat(bin.path("kind").asString()).isEqualTo("BIN");
        assertThat(bin.path("pick_sequence").asInt()).isEqualTo(7);
        assertThat(bin.path("pickable").asBoolean()).isTrue();
        assertThat(bin.path("locked").asBoolean()).isFalse();
    }

    @Test
    void adds_a_bin_that_orders_are_not_served_from() {
        add("\"code\": \"A-01\", \"pick_sequence\": 7, \"pickable\": false");

        assertThat(found("A-01").path("pickable").asBoolean()).isFalse();
    }

    @Test
    void adds_a_dock_that_orders_are_not_served_from_unless_said_so() {
        add("\"code\": \"DOCK-2\", \"kind\": \"DOCK\", \"pick_sequence\": 0");
        add("\"code\": \"DOCK-3\", \"kind\": \"DOCK\", \"pick_sequence\": 0, \"pickable\": true");

        assertThat(found("DOCK-2").path("kind").asString()).isEqualTo("DOCK");
        assertThat(found("DOCK-2").path("pickable").asBoolean()).isFalse();
        assertThat(found("DOCK-3").path("pickable").asBoolean()).isTrue();
    }

    @Test
    void adds_the_fixed_face_of_an_item() {
        item(client, "TEA");

        assertThat(add("\"code\": \"A-01\", \"pick_sequence\": 7, \"home_sku\": \"TEA\"").status())
                .isEqualTo(201);
        assertThat(found("A-01").path("home_sku").asString()).isEqualTo("TEA");
    }

    @Test
    void a_home_sku_that_is_nobodys_or_another_tenants_is_missing() {
        item(PLATFORM.openTenant(), "TEA");

        var nobodys = add("\"code\": \"A-01\", \"pick_sequence\": 7, \"home_sku\": \"CUP\"");
        var strangers = add("\"code\": \"A-01\", \"pick_sequence\": 7, \"home_sku\": \"TEA\"");

        assertThat(nobodys.status()).isEqualTo(404);
        assertThat(nobodys.json().path("errors").path(0).path("pointer").asString())
                .isEqualTo("#/home_sku");
        assertThat(strangers.comparable()).isEqualTo(nobodys.comparable());
    }

    @Test
    void refuses_a_code_that_another_location_of_the_warehouse_has() {
        add("\"code\": \"A-01\", \"pick_sequence\": 7");

        var answer = add("\"code\": \"A-01\", \"pick_sequence\": 8");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("locations.location-code-taken");
        var elsewhere = warehouse(client, "OTHER");
        assertThat(add(client, elsewhere, "\"code\": \"A-01\", \"pick_sequence\": 7").status())
                .isEqualTo(201);
    }

    @Test
    void of_many_who_add_one_location_at_once_one_succeeds() {
        var answers = Together.all(8, _ -> add("\"code\": \"A-01\", \"pick_sequence\": 7"));

        assertThat(answers).extracting(Answer::status).containsOnlyOnce(201);
        assertThat(answers)
                .filteredOn(answer -> answer.status() != 201)
                .allMatch(answer -> answer.code().equals("locations.location-code-taken"));
    }

    @Test
    void refuses_to_add_what_comes_with_the_warehouse() {
        var answer = add("\"code\": \"STAGE-2\", \"kind\": \"STAGE\", \"pick_sequence\": 0");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().path("errors").path(0).path("code").asString())
                .isEqualTo("not-addable");
    }

    @Test
    void the_walk_starts_at_nought() {
        assertThat(add("\"code\": \"A-01\", \"pick_sequence\": 0").status()).isEqualTo(201);
        assertThat(add("\"code\": \"A-02\", \"pick_sequence\": -1").status()).isEqualTo(422);
    }

    @Test
    void another_tenants_warehouse_is_missing_like_one_that_never_was() {
        var stranger = PLATFORM.openTenant();

        var strangers = add(stranger, warehouse, "\"code\": \"A-01\", \"pick_sequence\": 7");
        var nobodys =
                add(
                        stranger,
                        Identifiers.text(new WarehouseId(Uuid7.next())),
                        "\"code\": \"A-01\", \"pick_sequence\": 7");

        assertThat(strangers.status()).isEqualTo(404);
        assertThat(strangers.comparable()).isEqualTo(nobodys.comparable());
    }

    private Answer add(String fields) {
        return add(client, warehouse, fields);
    }

    private static Answer add(Client by, String warehouse, String fields) {
        return by.post("add-location", Map.of("warehouse_id", warehouse), "{" + fields + "}");
    }

    private JsonNode found(String code) {
        return client.get("search-locations", Map.of(), Map.of("code_prefix", code))
                .json()
                .path("items")
                .path(0);
    }

    private static void item(Client by, String sku) {
        var answer =
                by.post(
                        "register-item",
                        Map.of(),
                        """
                        {"sku": "%s", "description": "Item"}\
                        """
                                .formatted(sku));
        assertThat(answer.status()).isEqualTo(201);
    }

    private static String warehouse(Client by, String code) {
        return by.post(
                        "open-warehouse",
                        Map.of(),
                        """
                        {"code": "%s", "name": "A warehouse", "time_zone": "Europe/London"}\
                        """
                                .formatted(code))
                .text("warehouse_id");
    }
}
