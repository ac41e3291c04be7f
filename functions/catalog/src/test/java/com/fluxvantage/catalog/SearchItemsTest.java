package com.fluxvantage.catalog;

import static org.assertj.core.api.Assertions.assertThat;

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
class SearchItemsTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();
    private static final String GTIN = "4006381333931";

    private final Client client = PLATFORM.openTenant();

    @Test
    void finds_items_by_the_start_of_their_sku_sorted_by_sku() {
        items("TEA-2", "CUP-1", "TEA-1", "TEAPOT");

        assertThat(skus(search(Map.of("sku_prefix", "TEA-")))).containsExactly("TEA-1", "TEA-2");
    }

    @Test
    void what_stands_for_anything_in_other_searches_stands_for_itself_here() {
        items("A%B", "AXB", "A_B");

        assertThat(skus(search(Map.of("sku_prefix", "A%")))).containsExactly("A%B");
        assertThat(skus(search(Map.of("sku_prefix", "A_")))).containsExactly("A_B");
    }

    @Test
    void finds_the_one_item_that_a_scanner_read() {
        items("CUP");
        client.post(
                "register-item",
                Map.of(),
                """
                {"sku": "TEA", "description": "Tea", "gtin": "%s"}\
                """
                        .formatted(GTIN));

        assertThat(skus(search(Map.of("gtin", GTIN)))).containsExactly("TEA");
        assertThat(skus(search(Map.of("gtin", "0" + GTIN)))).containsExactly("TEA");
        assertThat(skus(search(Map.of("gtin", "96385074")))).isEmpty();
        assertThat(skus(search(Map.of("gtin", GTIN, "sku_prefix", "CUP")))).isEmpty();
    }

    @Test
    void answers_page_after_page_until_there_is_no_more() {
        items("A", "B", "C", "D", "E");

        var seen = new ArrayList<String>();
        var query = new HashMap<>(Map.of("limit", "2"));
        Answer page = search(query);
        seen.addAll(skus(page));
        while (!page.text("next_cursor").isEmpty()) {
            query.put("cursor", page.text("next_cursor"));
            page = search(query);
            seen.addAll(skus(page));
        }

        assertThat(seen).containsExactly("A", "B", "C", "D", "E");
    }

    @Test
    void a_page_that_holds_everything_has_no_next() {
        items("A", "B");

        assertThat(search(Map.of("limit", "2")).text("next_cursor")).isEmpty();
        assertThat(search(Map.of("limit", "1")).text("next_cursor")).isNotEmpty();
    }

    @Test
    void a_cursor_of_other_filters_does_not_open() {
        items("A1", "A2");
        var cursor = search(Map.of("limit", "1")).text("next_cursor");

        var answer = search(Map.of("limit", "1", "sku_prefix", "A", "cursor", cursor));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().path("errors").path(0).path("code").asString())
                .isEqualTo("cursor-mismatch");
    }

    @Test
    void another_tenants_items_are_not_found() {
        items("TEA");

        var stranger = PLATFORM.openTenant();

        assertThat(skus(stranger.get("search-items", Map.of(), Map.of("sku_prefix", "TEA"))))
                .isEmpty();
    }

    private void items(String... skus) {
        for (String sku : skus) {
            var answer =
                    client.post(
                            "register-item",
                            Map.of(),
                            """
                            {"sku": "%s", "description": "Item"}\
                            """
                                    .formatted(sku));
            assertThat(answer.status()).isEqualTo(201);
        }
    }

    private Answer search(Map<String, String> query) {
        return client.get("search-items", Map.of(), query);
    }

    private static List<String> skus(Answer answer) {
        assertThat(answer.status()).isEqualTo(200);
        return answer.json()
                .path("items")
                .valueStream()
                .map(item -> item.path("sku").asString())
                .toList();
    }
}
