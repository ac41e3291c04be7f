package com.fluxvantage.locations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SearchLocationsTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private final Client client = PLATFORM.openTenant();
    private final String first = warehouse("FIRST", "B-01", "A-02", "A-01");
    private final String second = warehouse("SECOND", "A-01");

    @Test
    void finds_the_bins_of_a_warehouse_sorted_by_code() {
        assertThat(codes(search(Map.of("warehouse_id", first, "kind", "BIN"))))
                .containsExactly("A-01", "A-02", "B-01");
    }

    @Test
    void finds_locations_by_the_start_of_their_code_warehouse_by_warehouse() {
        var answer = search(Map.of("code_prefix", "A-"));

        assertThat(codes(answer)).containsExactly("A-01", "A-02", "A-01");
        assertThat(
                        answer.json()
                                .path("items")
                                .valueStream()
                                .map(it -> it.path("warehouse_id").asString()))
                .containsExactly(first, first, second);
    }

    @Test
    void answers_page_after_page_over_the_end_of_a_warehouse() {
        var seen = new ArrayList<String>();
        var query = new HashMap<>(Map.of("kind", "BIN", "limit", "3"));
        Answer page = search(query);
        seen.addAll(codes(page));
        query.put("cursor", page.text("next_cursor"));
        page = search(query);
        seen.addAll(codes(page));

        assertThat(seen).containsExactly("A-01", "A-02", "B-01", "A-01");
        assertThat(page.text("next_cursor")).isEmpty();
    }

    @Test
    void another_tenants_warehouse_is_as_empty_as_one_that_never_was() {
        var stranger = PLATFORM.openTenant();

        var strangers = stranger.get("search-locations", Map.of(), Map.of("warehouse_id", first));
        var nobodys =
                stranger.get(
                        "search-locations",
                        Map.of(),
                        Map.of("warehouse_id", Identifiers.text(new WarehouseId(Uuid7.next()))));

        assertThat(codes(strangers)).isEmpty();
        assertThat(strangers.comparable()).isEqualTo(nobodys.comparable());
        assertThat(codes(stranger.get("search-locations", Map.of(), Map.of()))).isEmpty();
    }

    private Answer search(Map<String, String> query) {
        return client.get("search-locations", Map.of(), query);
    }

    private static List<String> codes(Answer answer) {
        assertThat(answer.status()).isEqualTo(200);
        return answer.json()
                .path("items")
                .valueStream()
                .map(it -> it.path("code").asString())
                .toList();
    }

    private String warehouse(String code, String... bins) {
        var warehouse =
                client.post(
                                "open-warehouse",
                                Map.of(),
                                """
                                {"code": "%s", "name": "A warehouse", "time_zone": "Europe/London"}\
                                """
                                        .formatted(code))
                        .text("warehouse_id");
        for (String bin : bins) {
            var answer =
                    client.post(
                            "add-location",
                            Map.of("warehouse_id", warehouse),
                            """
                            {"code": "%s", "pick_sequence": 1}\
                            """
                                    .formatted(bin));
            assertThat(answer.status()).isEqualTo(201);
        }
        return warehouse;
    }
}
