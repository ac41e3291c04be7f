package com.fluxvantage.shops;

import static com.fluxvantage.shops.ScriptedShop.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.outside.Secret;
import com.fluxvantage.kernel.outside.ShopAccess;
import com.fluxvantage.kernel.outside.ShopKey;
import com.fluxvantage.kernel.outside.ShopOrder;
import com.fluxvantage.kernel.outside.ShopShipment;
import com.fluxvantage.kernel.outside.ShopUrl;
import com.fluxvantage.kernel.outside.Shops;
import com.fluxvantage.kernel.outside.Shops.From;
import com.fluxvantage.kernel.outside.Shops.Level;
import com.fluxvantage.kernel.outside.Shops.OnHand;
import com.fluxvantage.kernel.outside.Shops.Page;
import com.fluxvantage.kernel.outside.Shops.Reply;
import com.fluxvantage.kernel.outside.Shops.Standing;
import com.fluxvantage.kernel.outside.Shops.Told;
import com.fluxvantage.kernel.outside.Shops.Trouble;
import com.fluxvantage.kernel.text.Sku;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/** What is asked of a Vendure shop, and what is made of whatever it answers. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class VendureShopsTest {
    private static final String HOST = "shop.example.org";
    private static final Instant T = Instant.parse("2026-11-28T10:00:00Z");
    private static final String KEY = "planted-key-of-an-admin-api-0001";

    private final ScriptedShop shop = new ScriptedShop();
    private final VendureShops shops =
            VendureShops.onThisMachine(Map.of(HOST, shop.port()), Duration.ofSeconds(20));

    VendureShopsTest() throws IOException {}

    @AfterEach
    void close() {
        shop.close();
    }

    @Test
    void a_function_finds_it_by_what_lies_in_its_zip() {
        assertThat(ServiceLoader.load(Shops.class))
                .singleElement()
                .isInstanceOf(VendureShops.class);
    }

    @Test
    void the_key_goes_in_its_header_and_nowhere_else() {
        shop.says("Check", "{\"me\": {\"id\": \"1\"}, \"stockLocations\": {\"items\": []}}");

        shops.check(access(Optional.empty()));

        var asked = shop.asked().getFirst();
        assertThat(asked.header("vendure-api-key")).isEqualTo(KEY);
        assertThat(asked.header("vendure-token")).isEqualTo("channel-of-ours");
        assertThat(asked.variables().toString()).doesNotContain(KEY);
        assertThat(access(Optional.empty()).toString()).doesNotContain(KEY);
    }

    @Test
    void a_location_that_is_not_there_is_told() {
        shop.says(
                "Check",
                "{\"me\": {\"id\": \"1\"}, \"stockLocations\": {\"items\": [{\"id\": \"1\"}]}}");

        assertThat(shops.check(access(Optional.of("1"))))
                .isEqualTo(Reply.answered(new Standing(true)));
        assertThat(shops.check(access(Optional.of("2"))))
                .isEqualTo(Reply.answered(new Standing(false)));
    }

    @Test
    void a_shop_that_passes_keys_over_has_refused_it() {
        shop.says("Check", "{\"me\": null, \"stockLocations\": {\"items\": []}}");

        assertThat(shops.check(access(Optional.empty())))
                .isEqualTo(Reply.failed(Trouble.CREDENTIAL_REFUSED));
    }

    @Test
    void an_order_is_read_as_vendure_writes_it() {
        shop.says("Orders", orders(order("7", T)));

        var page = page(From.THE_BEGINNING, 10);

        assertThat(page.orders())
                .containsExactly(
                        new ShopOrder(
                                new ShopKey("7"),
                                "CODE-7",
                                T,
                                List.of(new ShopOrder.Line("TEA", 2)),
                                new ShopOrder.Address(
                                        Optional.of("Rosa Recipient"),
                                        Optional.empty(),
                                        Optional.of("1 Example Street, Flat 2"),
                                        Optional.of("Exampleton"),
                                        Optional.empty(),
                                        Optional.of("EX1 2MP"),
                                        Optional.of("GB"),
                                        Optional.empty(),
                                        Optional.of("rosa@example.org"))));
        assertThat(page.orders().toString()).doesNotContain("Rosa");
        assertThat(page.next()).isEmpty();
    }

    @Test
    void the_filter_is_exclusive_so_reading_begins_a_moment_earlier() {
        shop.says("Orders", orders());

        page(new From(Optional.of(T), 3), 10);

        var variables = shop.asked().getFirst().variables();
        assertThat(variables.path("after").asString()).isEqualTo("2026-11-28T09:59:59.999Z");
        assertThat(variables.path("skip").asInt()).isEqualTo(3);
        assertThat(variables.path("take").asInt()).isEqualTo(10);
    }

    @Test
    void the_next_page_begins_after_what_changed_at_the_last_moment() {
        shop.says(
                "Orders",
                orders(order("1", T), order("2", T.plusSeconds(1)), order("3", T.plusSeconds(1))));

        assertThat(page(From.THE_BEGINNING, 3).next())
                .contains(new From(Optional.of(T.plusSeconds(1)), 2));
        assertThat(page(new From(Optional.of(T.plusSeconds(1)), 4), 3).next())
                .as("of the moment with which it began")
                .contains(new From(Optional.of(T.plusSeconds(1)), 6));
    }

    @Test
    void what_is_no_order_is_counted_and_keeps_no_other_away() {
        shop.says(
                "Orders",
                orders(
                        order("1", T),
                        "{\"id\": \"2\", \"code\": \"X\"}",
                        "{\"updatedAt\": \"2026-11-28T10:00:01Z\"}",
                        "7"));

        var page = page(From.THE_BEGINNING, 10);

        assertThat(page.orders()).hasSize(1);
        assertThat(page.unreadable()).isEqualTo(3);
    }

    @Test
    void what_was_cancelled_is_told_by_its_key_alone_and_counts_where_the_next_page_begins() {
        shop.says(
                "Orders",
                orders(
                        order("1", T),
                        order("2", T.plusSeconds(1)).replace("PaymentSettled", "Cancelled")));

        var page = page(From.THE_BEGINNING, 2);

        assertThat(page.orders()).extracting(it -> it.id().value()).containsExactly("1");
        assertThat(page.cancelled())
                .containsExactly(new Shops.Cancelled(new ShopKey("2"), T.plusSeconds(1)));
        assertThat(page.unreadable()).isZero();
        assertThat(page.next()).contains(new From(Optional.of(T.plusSeconds(1)), 1));
    }

    @Test
    void what_it_does_not_show_as_handed_over_by_this_carrier_and_number_is_told() {
        shop.says(
                "Shown",
                """
                {"orders": {"items": [
                  {"id": "1", "fulfillments": [{"state": "Shipped", "method": "Post", "trackingCode": "EX1"}]},
                  {"id": "2", "fulfillments": [{"state": "Pending", "method": "Post", "trackingCode": "EX2"}]},
                  {"id": "3", "fulfillments": [{"state": "Cancelled", "method": "Post", "trackingCode": "EX3"},
                                               {"state": "Delivered", "method": "Post", "trackingCode": "EX4"}]},
                  {"id": "4", "fulfillments": null}]}}
                """);
        var asked =
                List.of(
                        tracked("1", "EX1"),
                        tracked("2", "EX2"),
                        tracked("3", "EX3"),
                        tracked("3", "EX4"),
                        tracked("4", "EX5"),
                        tracked("5", "EX6"));

        assertThat(shops.unshown(access(Optional.empty()), asked))
                .isEqualTo(
                        Reply.answered(
                                List.of(
                                        tracked("2", "EX2"),
                                        tracked("3", "EX3"),
                                        tracked("4", "EX5"),
                                        tracked("5", "EX6"))));
        assertThat(shop.asked().getFirst().variables().path("ids").size())
                .as("each order once")
                .isEqualTo(5);
    }

    private static Shops.Tracked tracked(String order, String tracking) {
        return new Shops.Tracked(new ShopKey(order), "Post", tracking);
    }

    @Test
    void no_text_and_no_time_comes_through_that_a_database_does_not_keep() {
        shop.says(
                "Orders",
                orders(
                        order("1", T)
                                .replace("CODE-1", "A\\u0000B\\ud800C")
                                .replace("TEA", "T\\u0000"),
                        order("2", Instant.parse("+300000-01-01T00:00:00Z")),
                        order("3", T)
                                .replace("\"quantity\": 2", "\"quantity\": 99999999999999999999")));

        var page = page(From.THE_BEGINNING, 10);

        assertThat(page.orders().getFirst().number()).isEqualTo("AB?C");
        assertThat(page.orders().getFirst().lines().getFirst().sku()).isEqualTo("T");
        assertThat(page.unreadable() + page.orders().size()).isEqualTo(3);
        assertThat(page.unreadable()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"productVariants\": 7}",
                "{\"productVariants\": {\"items\": [7]}}",
                "{\"productVariants\": {\"items\": [{\"id\": {}, \"sku\": \"TEA\"}]}}",
                "{\"productVariants\": {\"items\": [{\"id\": \"1\", \"sku\": \"TEA\", \"stockLevels\": [{\"stockLocationId\": \"2\", \"stockOnHand\": \"x\"}]}]}}"
            })
    void nonsense_of_stock_ends_in_no_fault_of_ours(String data) {
        shop.says("Levels", data);

        var reply = shops.levels(access(Optional.of("2")), List.of(new Sku("TEA")));

        assertThat(reply)
                .isIn(
                        Reply.failed(Trouble.NOT_UNDERSTOOD),
                        Reply.answered(List.of()),
                        Reply.answered(List.of(new Level(new Sku("TEA"), 0, 0))));
    }

    @ParameterizedTest
    @CsvSource({
        "401, CREDENTIAL_REFUSED",
        "403, CREDENTIAL_REFUSED",
        "429, THROTTLED",
        "500, SHOP_FAULT",
        "502, SHOP_FAULT",
        "404, NOT_UNDERSTOOD",
        "301, NOT_UNDERSTOOD"
    })
    void a_status_says_what_is_the_matter(int status, Trouble trouble) {
        shop.answers("Orders", json(status, "<html>"));

        assertThat(failed()).isEqualTo(new Reply.Failed<Page>(trouble, Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({
        "FORBIDDEN, CREDENTIAL_REFUSED",
        "UNAUTHORIZED, CREDENTIAL_REFUSED",
        "CHANNEL_NOT_FOUND, CREDENTIAL_REFUSED",
        "INTERNAL_SERVER_ERROR, SHOP_FAULT",
        "GRAPHQL_VALIDATION_FAILED, NOT_UNDERSTOOD",
        "USER_INPUT_ERROR, REFUSED"
    })
    void so_does_the_code_of_an_error(String code, Trouble trouble) {
        shop.answers(
                "Orders",
                json(
                        200,
                        "{\"errors\": [{\"message\": \"?\", \"extensions\": {\"code\": \"%s\"}}], \"data\": null}"
                                .formatted(code)));

        assertThat(failed()).isEqualTo(new Reply.Failed<Page>(trouble, Optional.empty()));
    }

    @Test
    void who_asks_to_be_left_alone_is_heard() {
        shop.answers(
                "Orders",
                exchange -> {
                    exchange.getResponseHeaders().add("retry-after", "17");
                    exchange.sendResponseHeaders(429, -1);
                });

        assertThat(failed())
                .isEqualTo(
                        new Reply.Failed<Page>(
                                Trouble.THROTTLED, Optional.of(Duration.ofSeconds(17))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "7", "[]", "{}", "{\"data\": 7}", "{\"data\"", "nonsense"})
    void what_is_no_answer_is_not_understood(String body) {
        shop.answers("Orders", json(200, body));

        assertThat(failed()).isEqualTo(Reply.<Page>failed(Trouble.NOT_UNDERSTOOD));
    }

    @Test
    void a_deep_answer_ends_in_no_stack() {
        shop.answers("Orders", json(200, "{\"data\": " + "[".repeat(100_000)));

        assertThat(failed()).isEqualTo(Reply.<Page>failed(Trouble.NOT_UNDERSTOOD));
    }

    @Test
    void an_answer_without_end_is_cut_off() {
        shop.answers(
                "Orders",
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    byte[] part = " ".repeat(1024 * 1024).getBytes(StandardCharsets.UTF_8);
                    for (int i = 0; i < 64; i++) {
                        exchange.getResponseBody().write(part);
                    }
                });

        assertThat(failed()).isEqualTo(Reply.<Page>failed(Trouble.TIMED_OUT));
    }

    @Test
    void an_answer_that_breaks_off_leaves_open_whether_it_was_done() {
        shop.answers(
                "Orders",
                exchange -> {
                    exchange.sendResponseHeaders(200, 1000);
                    exchange.getResponseBody().write('{');
                });

        assertThat(failed()).isEqualTo(Reply.<Page>failed(Trouble.TIMED_OUT));
    }

    @Test
    void a_shop_that_is_silent_holds_nobody_longer_than_the_limit() {
        var impatient =
                VendureShops.onThisMachine(Map.of(HOST, shop.port()), Duration.ofMillis(300));
        shop.answers(
                "Orders",
                exchange -> {
                    try {
                        Thread.sleep(5_000);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });

        assertThat(impatient.orders(access(Optional.empty()), From.THE_BEGINNING, 10))
                .isEqualTo(Reply.failed(Trouble.TIMED_OUT));
    }

    @Test
    void a_name_that_nobody_knows_is_told() {
        var nowhere = VendureShops.onThisMachine(Map.of(), Duration.ofSeconds(20));

        assertThat(nowhere.check(access(Optional.empty())))
                .isEqualTo(Reply.failed(Trouble.UNKNOWN_NAME));
    }

    @Test
    void a_shipment_that_the_shop_knows_is_not_told_again() {
        shop.says("Order", withFulfilment("Shipped", "EX1", "Post"));

        assertThat(shops.ship(access(Optional.empty()), shipment(2)))
                .isEqualTo(Reply.answered(Told.BEFORE));
        assertThat(shop.documents()).containsExactly("Order");
    }

    @Test
    void one_that_was_made_and_not_handed_over_is_handed_over() {
        shop.says("Order", withFulfilment("Pending", "EX1", "Post"))
                .says("HandOver", "{\"transitionFulfillmentToState\": {\"id\": \"9\"}}");

        assertThat(shops.ship(access(Optional.empty()), shipment(2)))
                .isEqualTo(Reply.answered(Told.NOW));
        assertThat(shop.documents()).containsExactly("Order", "HandOver");
        assertThat(shop.asked().getLast().variables().path("id").asString()).isEqualTo("9");
    }

    @Test
    void what_was_cancelled_or_is_of_another_carrier_is_another_shipment() {
        for (var other :
                List.of(
                        withFulfilment("Cancelled", "EX1", "Post"),
                        withFulfilment("Shipped", "EX2", "Post")
                                .replace("\"quantity\": 2}]}]", "\"quantity\": 0}]}]"))) {
            shop.says("Order", other)
                    .says("Fulfill", "{\"addFulfillmentToOrder\": {\"id\": \"10\"}}")
                    .says("HandOver", "{\"transitionFulfillmentToState\": {\"id\": \"10\"}}");

            assertThat(shops.ship(access(Optional.empty()), shipment(2)))
                    .isEqualTo(Reply.answered(Told.NOW));
        }
    }

    @Test
    void what_has_left_is_laid_on_the_lines_of_its_item() {
        shop.says(
                        "Order",
                        """
                        {"order": {"lines": [
                            {"id": "1", "quantity": 2, "productVariant": {"sku": "TEA"}},
                            {"id": "2", "quantity": 9, "productVariant": {"sku": "POT"}},
                            {"id": "3", "quantity": 5, "productVariant": {"sku": "TEA"}}],
                          "fulfillments": [{"id": "4", "state": "Shipped", "trackingCode": "EARLIER", "method": "Post",
                            "lines": [{"orderLineId": "1", "quantity": 1}]}]}}
                        """)
                .says("Fulfill", "{\"addFulfillmentToOrder\": {\"id\": \"10\"}}")
                .says("HandOver", "{\"transitionFulfillmentToState\": {\"id\": \"10\"}}");

        shops.ship(access(Optional.empty()), shipment(4));

        var told = shop.asked().get(1).variables();
        assertThat(told.path("lines").toString())
                .isEqualTo(
                        "[{\"orderLineId\":\"1\",\"quantity\":1},{\"orderLineId\":\"3\",\"quantity\":3}]");
        assertThat(told.path("tracking").asString()).isEqualTo("EX1");
        assertThat(told.path("method").asString()).isEqualTo("Post");
    }

    @Test
    void more_than_was_sold_is_refused_and_so_is_an_order_that_is_not_there() {
        shop.says("Order", withFulfilment("Cancelled", "EX1", "Post"));
        assertThat(shops.ship(access(Optional.empty()), shipment(3)))
                .isEqualTo(Reply.failed(Trouble.REFUSED));
        shop.says("Order", "{\"order\": null}");
        assertThat(shops.ship(access(Optional.empty()), shipment(1)))
                .isEqualTo(Reply.failed(Trouble.REFUSED));
        assertThat(shop.documents()).containsOnly("Order");
    }

    @Test
    void what_the_shop_says_no_to_is_refused() {
        shop.says("Order", withFulfilment("Cancelled", "EX1", "Post"))
                .says(
                        "Fulfill",
                        "{\"addFulfillmentToOrder\": {\"errorCode\": \"INSUFFICIENT_STOCK_ON_HAND_ERROR\"}}");

        assertThat(shops.ship(access(Optional.empty()), shipment(2)))
                .isEqualTo(Reply.failed(Trouble.REFUSED));
    }

    @Test
    void stock_is_that_of_the_location_that_is_meant() {
        shop.says("Levels", LEVELS);

        assertThat(shops.levels(access(Optional.of("2")), List.of(new Sku("TEA"))))
                .isEqualTo(Reply.answered(List.of(new Level(new Sku("TEA"), 30, 3))));
        assertThat(shops.levels(access(Optional.empty()), List.of(new Sku("TEA"))))
                .as("of all, where none is meant")
                .isEqualTo(Reply.answered(List.of(new Level(new Sku("TEA"), 40, 4))));
    }

    @Test
    void stock_is_set_there_and_what_the_shop_does_not_know_is_told() {
        shop.says("Levels", LEVELS)
                .says("SetLevels", "{\"updateProductVariants\": [{\"id\": \"5\"}]}");

        assertThat(
                        shops.setOnHand(
                                access(Optional.of("2")),
                                List.of(
                                        new OnHand(new Sku("TEA"), 12),
                                        new OnHand(new Sku("POT"), 1))))
                .isEqualTo(Reply.answered(List.of(new Sku("POT"))));
        assertThat(shop.asked().getLast().variables().path("input").toString())
                .isEqualTo(
                        "[{\"id\":\"5\",\"stockLevels\":[{\"stockLocationId\":\"2\",\"stockOnHand\":12}]}]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://shop.example.org/admin-api",
                "https://169.254.169.254/admin-api",
                "https://localhost/admin-api",
                "https://shop.internal/admin-api",
                "https://owner@shop.example.org/admin-api",
                "https://shop.example.org:22/admin-api",
                "https://shop.example.org/admin-api?x=1",
                "https://shop.example.org/admin-api#x"
            })
    void a_shop_has_a_public_name_and_no_more(String url) {
        assertThatThrownBy(() -> new ShopUrl(url)).isInstanceOf(InvalidValue.class);
    }

    private static final String LEVELS =
            """
            {"productVariants": {"items": [{"id": "5", "sku": "TEA", "stockLevels": [
              {"stockLocationId": "1", "stockOnHand": 10, "stockAllocated": 1},
              {"stockLocationId": "2", "stockOnHand": 30, "stockAllocated": 3}]}]}}
            """;

    private static ShopAccess access(Optional<String> location) {
        return new ShopAccess(
                new ShopUrl("https://" + HOST + "/admin-api"),
                Secret.of(KEY.getBytes(StandardCharsets.UTF_8)),
                Optional.of(new ShopKey("channel-of-ours")),
                location.map(ShopKey::new));
    }

    private static ShopShipment shipment(long quantity) {
        return new ShopShipment(
                new ShopKey("7"),
                "Post",
                "EX1",
                List.of(new ShopShipment.Line(new Sku("TEA"), quantity)));
    }

    private Reply<Page> failed() {
        return shops.orders(access(Optional.empty()), From.THE_BEGINNING, 10);
    }

    private Page page(From from, int most) {
        return shops.orders(access(Optional.empty()), from, most)
                        instanceof Reply.Answered<Page>(var page)
                ? page
                : new Page(List.of(), List.of(), -1, Optional.empty());
    }

    private static String orders(String... items) {
        return "{\"orders\": {\"items\": [" + String.join(",", items) + "]}}";
    }

    private static String order(String id, Instant at) {
        return """
        {"id": "%s", "code": "CODE-%s", "state": "PaymentSettled", "updatedAt": "%s",
         "lines": [{"quantity": 2, "productVariant": {"sku": "TEA"}}, {"quantity": 0, "productVariant": {"sku": "POT"}}],
         "customer": {"emailAddress": "rosa@example.org"},
         "shippingAddress": {"fullName": "Rosa Recipient", "company": "", "streetLine1": "1 Example Street",
           "streetLine2": "Flat 2", "city": "Exampleton", "province": null, "postalCode": "EX1 2MP", "countryCode": "GB",
           "phoneNumber": ""}}
        """
                .formatted(id, id, at);
    }

    private static String withFulfilment(String state, String tracking, String method) {
        return """
        {"order": {"lines": [{"id": "1", "quantity": 2, "productVariant": {"sku": "TEA"}}],
          "fulfillments": [{"id": "9", "state": "%s", "trackingCode": "%s", "method": "%s",
            "lines": [{"orderLineId": "1", "quantity": 2}]}]}}
        """
                .formatted(state, tracking, method);
    }
}
