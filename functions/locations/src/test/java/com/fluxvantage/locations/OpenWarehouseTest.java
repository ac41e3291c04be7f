package com.fluxvantage.locations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.TestPlatform;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.util.Map;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class OpenWarehouseTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private final Client client = PLATFORM.openTenant();

    @Test
    void opens_a_warehouse_with_a_dock_a_stage_and_one_virtual_place_of_each_kind() {
        var opened = open("AMS", "Europe/Amsterdam");

        assertThat(opened.status()).isEqualTo(201);
        assertThat(opened.number("version")).isEqualTo(1);
        var locations =
                client.get(
                                "search-locations",
                                Map.of(),
                                Map.of("warehouse_id", opened.text("warehouse_id")))
                        .json()
                        .path("items");
        assertThat(
                        locations
                                .valueStream()
                                .map(it ->
                                        it.path("code").asString()
                                                + " "
                                                + it.path("kind").asString()))
                .containsExactly(
                        "ADJUST ADJUST",
                        "CUSTOMER CUSTOMER",
                        "DOCK-1 DOCK",
                        "KIT KIT",
                        "SCRAP SCRAP",
                        "STAGE-1 STAGE",
                        "SUPPLIER SUPPLIER",
                        "TRANSIT TRANSIT");
        assertThat(locations.path(2).path("location_id").asString())
                .isEqualTo(opened.text("dock_location_id"));
        assertThat(locations.path(5).path("location_id").asString())
                .isEqualTo(opened.text("stage_location_id"));
        assertThat(locations.valueStream())
                .noneMatch(it -> it.path("pickable").asBoolean() || it.path("locked").asBoolean());
    }

    @Test
    void refuses_a_code_that_another_warehouse_of_the_tenant_has() {
        open("AMS", "Europe/Amsterdam");

        var answer = open("AMS", "Europe/Amsterdam");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("locations.warehouse-code-taken");
        assertThat(open("AMS-2", "Europe/Amsterdam").status()).isEqualTo(201);
        assertThat(open(PLATFORM.openTenant(), "AMS", "Europe/Amsterdam").status()).isEqualTo(201);
    }

    @Test
    void of_many_who_open_one_warehouse_at_once_one_succeeds() {
        var answers = Together.all(8, _ -> open("AMS", "Europe/Amsterdam"));

        assertThat(answers).extracting(Answer::status).containsOnlyOnce(201);
        assertThat(answers)
                .filteredOn(answer -> answer.status() != 201)
                .allMatch(answer -> answer.code().equals("locations.warehouse-code-taken"));
    }

    @Test
    void knows_the_time_zones_of_the_world_and_no_others() {
        assertThat(open("A", "America/Argentina/Buenos_Aires").status()).isEqualTo(201);

        var answer = open("B", "Europe/Atlantis");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().path("errors").path(0).path("code").asString())
                .isEqualTo("unknown-time-zone");
    }

    @Test
    void refuses_a_caller_who_may_only_read_locations() {
        assertThat(open(client.with(Permission.LOCATIONS_READ), "AMS", "Europe/Amsterdam").status())
                .isEqualTo(403);
    }

    private Answer open(String code, String timeZone) {
        return open(client, code, timeZone);
    }

    private static Answer open(Client by, String code, String timeZone) {
        return by.post(
                "open-warehouse",
                Map.of(),
                """
                {"code": "%s", "name": "A warehouse", "time_zone": "%s"}\
                """
                        .formatted(code, timeZone));
    }
}
