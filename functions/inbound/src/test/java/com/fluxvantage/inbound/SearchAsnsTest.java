package com.fluxvantage.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.GivenWarehouse;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SearchAsnsTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private final Client tenant = PLATFORM.openTenant();
    private final GivenWarehouse given = GivenWarehouse.of(tenant);

    @BeforeEach
    void items() {
        given.item("TEA");
        given.item("CUP");
    }

    @Test
    void finds_what_is_expected_soonest_first_and_what_has_no_day_last() {
        announce("LATER", "2026-12-24");
        announce("SOME-DAY", "");
        announce("SOON", "2026-12-01");
        announce("SOON-TOO", "2026-12-01");

        assertThat(found(Map.of())).containsExactly("SOON", "SOON-TOO", "LATER", "SOME-DAY");
    }

    @Test
    void says_what_was_expected_and_what_has_come() {
        String asn = given.asn("TEA 24", "CUP 6", "TEA 10");
        var receipt = given.openReceipt(asn);
        given.receive(receipt, "TEA", 25);
        assertThat(
                        tenant.post(
                                        "receive-line",
                                        Map.of("receipt_id", receipt),
                                        """
                                        {"sku": "CUP", "quantity": 2, "condition": "DAMAGED"}\
                                        """)
                                .status())
                .isEqualTo(200);

        var found = search(Map.of()).json().at("/items/0");

        assertThat(found.path("asn_id").asString()).isEqualTo(asn);
        assertThat(found.path("warehouse_id").asString()).isEqualTo(given.warehouseId());
        assertThat(found.path("state").asString()).isEqualTo("RECEIVING");
        assertThat(found.has("expected_on")).isFalse();
        assertThat(
                        List.of("lines", "expected", "received_good", "received_damaged").stream()
                                .map(it -> found.path(it).asLong()))
                .containsExactly(3L, 40L, 25L, 2L);
        assertThat(found.path("version").asLong()).isEqualTo(2);
    }

    @Test
    void names_the_supplier_and_the_day() {
        announce("SOON", "2026-12-01");

        var found = search(Map.of()).json().at("/items/0");

        assertThat(found.path("supplier").asString()).isEqualTo("Assam Estates");
        assertThat(found.path("expected_on").asString()).isEqualTo("2026-12-01");
    }

    @Test
    void finds_by_the_day_from_and_to_and_then_only_what_has_one() {
        announce("SOME-DAY", "");
        announce("FIRST", "2026-12-01");
        announce("SECOND", "2026-12-02");
        announce("THIRD", "2026-12-03");

        assertThat(found(Map.of("expected_from", "2026-12-02"))).containsExactly("SECOND", "THIRD");
        assertThat(found(Map.of("expected_to", "2026-12-02"))).containsExactly("FIRST", "SECOND");
        assertThat(found(Map.of("expected_from", "2026-12-02", "expected_to", "2026-12-02")))
                .containsExactly("SECOND");
        assertThat(
                        search(Map.of("expected_from", "2026-12-02", "expected_to", "2026-12-01"))
                                .json()
                                .at("/errors/0/pointer")
                                .asString())
                .isEqualTo("#/expected_to");
        assertThat(search(Map.of("expected_from", "0000-01-01")).status()).isEqualTo(200);
    }

    @Test
    void finds_by_state_warehouse_and_reference() {
        announce("FIRST", "2026-12-01");
        String other =
                tenant.post(
                                "open-warehouse",
                                Map.of(),
                                """
                                {"code": "OTHER", "name": "Other", "time_zone": "UTC"}\
                                """)
                        .text("warehouse_id");
        announce(other, "THERE", "2026-12-02");
        given.openReceipt(announce("BEGUN", "2026-12-03").text("asn_id"));

        assertThat(found(Map.of("state", "EXPECTED"))).containsExactly("FIRST", "THERE");
        assertThat(found(Map.of("state", "RECEIVING,EXPECTED")))
                .containsExactly("FIRST", "THERE", "BEGUN");
        assertThat(found(Map.of("state", "RECEIVED"))).isEmpty();
        assertThat(found(Map.of("warehouse_id", other))).containsExactly("THERE");
        assertThat(found(Map.of("reference", "FIRST"))).containsExactly("FIRST");
        assertThat(found(Map.of("reference", "FIRS"))).isEmpty();
        assertThat(search(Map.of("state", "LOST")).status()).isEqualTo(400);
        assertThat(search(Map.of("supplier", "Assam Estates")).status()).isEqualTo(400);
    }

    @Test
    void pages_over_days_and_into_what_has_none() {
        for (int number = 1; number <= 3; number++) {
            announce("DAY-" + number, "2026-12-01");
            announce("NONE-" + number, "");
        }

        var paged = new ArrayList<String>();
        String cursor = "";
        do {
            var page =
                    search(
                            cursor.isEmpty()
                                    ? Map.of("limit", "2")
                                    : Map.of("limit", "2", "cursor", cursor));
            assertThat(references(page)).hasSize(2);
            paged.addAll(references(page));
            cursor = page.text("next_cursor");
        } while (!cursor.isEmpty());

        assertThat(paged).containsExactly("DAY-1", "DAY-2", "DAY-3", "NONE-1", "NONE-2", "NONE-3");
    }

    @Test
    void a_cursor_opens_with_its_own_filters_only() {
        announce("FIRST", "2026-12-01");
        announce("SECOND", "2026-12-01");
        String cursor = search(Map.of("limit", "1")).text("next_cursor");

        assertThat(references(search(Map.of("cursor", cursor)))).containsExactly("SECOND");
        assertThat(search(Map.of("cursor", cursor, "state", "EXPECTED")).status()).isEqualTo(422);
        assertThat(
                        PLATFORM.openTenant()
                                .get("search-asns", Map.of(), Map.of("cursor", cursor))
                                .status())
                .isEqualTo(422);
    }

    @Test
    void another_tenants_warehouse_is_as_empty_as_one_that_never_was() throws SQLException {
        announce("FIRST", "2026-12-01");
        try (var connection = PLATFORM.database().superuser();
                var statement = connection.createStatement()) {
            statement.execute(
                    """
                    insert into wms.asn (tenant_id, asn_id, warehouse_id, reference, announced_at, updated_at)
                    select tenant_id, gen_random_uuid(), warehouse_id, 'MANY-' || number, now(), now()
                      from wms.asn
                     cross join generate_series(1, 1000) as number
                     where tenant_id = '%s'
                    """
                            .formatted(tenant.tenant().uuid()));
        }
        var stranger = PLATFORM.openTenant();

        var foreign =
                stranger.get("search-asns", Map.of(), Map.of("warehouse_id", given.warehouseId()));
        var invented =
                stranger.get(
                        "search-asns",
                        Map.of(),
                        Map.of("warehouse_id", Identifiers.text(new WarehouseId(Uuid7.next()))));

        assertThat(references(foreign)).isEmpty();
        assertThat(foreign.comparable()).isEqualTo(invented.comparable());
        assertThat(references(stranger.get("search-asns", Map.of(), Map.of()))).isEmpty();
        assertThat(found(Map.of("limit", "1000"))).hasSize(200);
    }

    private Answer announce(String reference, String day) {
        return announce(given.warehouseId(), reference, day);
    }

    private Answer announce(String warehouse, String reference, String day) {
        var answer =
                tenant.post(
                        "announce-asn",
                        Map.of(),
                        """
                        {"warehouse_id": "%s", "reference": "%s", "supplier": "Assam Estates", %s "lines": [{"sku": "TEA", "quantity": 5}]}\
                        """
                                .formatted(
                                        warehouse,
                                        reference,
                                        day.isEmpty() ? "" : "\"expected_on\": \"" + day + "\","));
        assertThat(answer.status()).isEqualTo(201);
        return answer;
    }

    private List<String> found(Map<String, String> filters) {
        return references(search(filters));
    }

    private Answer search(Map<String, String> filters) {
        return tenant.get("search-asns", Map.of(), filters);
    }

    private static List<String> references(Answer answer) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        return answer.json()
                .path("items")
                .valueStream()
                .map(it -> it.path("reference").asString())
                .toList();
    }
}
