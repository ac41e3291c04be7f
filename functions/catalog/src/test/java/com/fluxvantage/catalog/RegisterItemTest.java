package com.fluxvantage.catalog;

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
class RegisterItemTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();
    private static final String GTIN = "4006381333931";
    private static final String OTHER_GTIN = "96385074";

    private final Client client = PLATFORM.openTenant();

    @Test
    void
            registers_an_item_that_is_counted_by_the_piece_and_leaves_first_in_first_out_unless_said_otherwise() {
        var answer = register("\"sku\": \"CUP\", \"description\": \"A cup\"");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.text("item_id")).startsWith("itm_");
        assertThat(answer.number("version")).isEqualTo(1);
        var item =
                client.get("search-items", Map.of(), Map.of("sku_prefix", "CUP"))
                        .json()
                        .path("items")
                        .path(0);
        assertThat(item.path("item_id").asString()).isEqualTo(answer.text("item_id"));
        assertThat(item.path("description").asString()).isEqualTo("A cup");
        assertThat(item.path("unit").asString()).isEqualTo("EACH");
        assertThat(item.path("lot_controlled").asBoolean()).isFalse();
        assertThat(item.path("rotation").asString()).isEqualTo("FIFO");
        assertThat(item.path("state").asString()).isEqualTo("ACTIVE");
    }

    @Test
    void registers_everything_that_is_said_about_an_item() {
        var registered = client.done(RegisterItem.OPERATION, RegisterItem.Request.EXAMPLE);

        var item =
                client.get("search-items", Map.of(), Map.of("gtin", GTIN))
                        .json()
                        .path("items")
                        .path(0);
        assertThat(registered.version()).isEqualTo(1);
        assertThat(item.path("sku").asString()).isEqualTo("TEA-EARL-GREY-50");
        assertThat(item.path("gtin").asString()).isEqualTo("0" + GTIN);
        assertThat(item.path("lot_controlled").asBoolean()).isTrue();
        assertThat(item.path("rotation").asString()).isEqualTo("FEFO");
    }

    @Test
    void refuses_a_sku_that_another_item_has() {
        register("\"sku\": \"TEA\", \"description\": \"Tea\", \"gtin\": \"" + GTIN + "\"");

        var answer =
                register(
                        "\"sku\": \"TEA\", \"description\": \"Other tea\", \"gtin\": \""
                                + OTHER_GTIN
                                + "\"");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("catalog.sku-taken");
    }

    @Test
    void refuses_a_gtin_that_another_item_has() {
        register("\"sku\": \"TEA\", \"description\": \"Tea\", \"gtin\": \"" + GTIN + "\"");

        var answer =
                register(
                        "\"sku\": \"TEA-2\", \"description\": \"Tea\", \"gtin\": \"" + GTIN + "\"");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("catalog.gtin-taken");
        assertThat(register("\"sku\": \"TEA-2\", \"description\": \"Tea\"").status())
                .isEqualTo(201);
    }

    @Test
    void a_gtin_is_the_same_one_when_it_is_filled_with_zeros() {
        register("\"sku\": \"TEA\", \"description\": \"Tea\", \"gtin\": \"" + GTIN + "\"");

        var answer =
                register(
                        "\"sku\": \"TEA-2\", \"description\": \"Tea\", \"gtin\": \"0"
                                + GTIN
                                + "\"");

        assertThat(answer.code()).isEqualTo("catalog.gtin-taken");
    }

    @Test
    void any_number_of_items_have_no_gtin() {
        assertThat(register("\"sku\": \"A\", \"description\": \"A\"").status()).isEqualTo(201);
        assertThat(register("\"sku\": \"B\", \"description\": \"B\"").status()).isEqualTo(201);
    }

    @Test
    void two_tenants_may_use_the_same_sku_and_gtin() {
        var item = "\"sku\": \"TEA\", \"description\": \"Tea\", \"gtin\": \"" + GTIN + "\"";

        assertThat(register(item).status()).isEqualTo(201);
        assertThat(register(PLATFORM.openTenant(), item).status()).isEqualTo(201);
    }

    @Test
    void of_many_who_register_one_sku_at_once_one_succeeds_and_the_others_hear_that_it_is_taken() {
        var answers = Together.all(8, _ -> register("\"sku\": \"TEA\", \"description\": \"Tea\""));

        assertThat(answers).extracting(Answer::status).containsOnlyOnce(201);
        assertThat(answers)
                .filteredOn(answer -> answer.status() != 201)
                .allMatch(it -> it.code().equals("catalog.sku-taken"));
    }

    @Test
    void refuses_a_gtin_whose_check_digit_does_not_fit() {
        var answer =
                register("\"sku\": \"TEA\", \"description\": \"Tea\", \"gtin\": \"4006381333932\"");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(fieldCode(answer)).isEqualTo("check-digit");
    }

    @Test
    void takes_a_tolerance_of_a_hundred_percent_and_refuses_one_more_and_less_than_none() {
        assertThat(tolerance("A", 100).status()).isEqualTo(201);
        assertThat(tolerance("B", 0).status()).isEqualTo(201);
        assertThat(fieldCode(tolerance("C", 101))).isEqualTo("out-of-range");
        assertThat(fieldCode(tolerance("D", -1))).isEqualTo("out-of-range");
    }

    @Test
    void takes_a_shelf_life_of_a_hundred_years_and_refuses_a_day_more_and_less_than_none() {
        assertThat(shelfLife("A", 36_500).status()).isEqualTo(201);
        assertThat(shelfLife("B", 0).status()).isEqualTo(201);
        assertThat(fieldCode(shelfLife("C", 36_501))).isEqualTo("out-of-range");
        assertThat(fieldCode(shelfLife("D", -1))).isEqualTo("out-of-range");
    }

    @Test
    void refuses_to_let_an_item_without_lots_leave_by_expiry_date() {
        var answer =
                register("\"sku\": \"MILK\", \"description\": \"Milk\", \"rotation\": \"FEFO\"");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(fieldCode(answer)).isEqualTo("needs-lots");
    }

    @Test
    void refuses_a_shelf_life_of_an_item_without_lots() {
        var answer =
                register(
                        "\"sku\": \"MILK\", \"description\": \"Milk\", \"min_shelf_life_days\": 1");

        assertThat(answer.status()).isEqualTo(422);
        assertThat(fieldCode(answer)).isEqualTo("needs-lots");
    }

    @Test
    void a_retry_with_the_same_key_answers_the_same_item() {
        var first =
                client.call(RegisterItem.OPERATION, RegisterItem.Request.EXAMPLE, "the-same-key");

        var again =
                client.call(RegisterItem.OPERATION, RegisterItem.Request.EXAMPLE, "the-same-key");

        assertThat(again.comparable()).isEqualTo(first.comparable());
        assertThat(again.headers()).containsEntry("Idempotency-Replayed", "true");
    }

    @Test
    void refuses_a_caller_who_may_only_read_the_catalogue() {
        var reader = client.with(Permission.CATALOG_READ);

        assertThat(register(reader, "\"sku\": \"TEA\", \"description\": \"Tea\"").status())
                .isEqualTo(403);
    }

    private Answer tolerance(String sku, int percent) {
        return register(
                "\"sku\": \"%s\", \"description\": \"x\", \"over_receipt_percent\": %d"
                        .formatted(sku, percent));
    }

    private Answer shelfLife(String sku, int days) {
        return register(
                "\"sku\": \"%s\", \"description\": \"x\", \"lot_controlled\": true, \"min_shelf_life_days\": %d"
                        .formatted(sku, days));
    }

    private Answer register(String fields) {
        return register(client, fields);
    }

    private static Answer register(Client by, String fields) {
        return by.post("register-item", Map.of(), "{" + fields + "}");
    }

    private static String fieldCode(Answer answer) {
        return answer.json().path("errors").path(0).path("code").asString();
    }
}
