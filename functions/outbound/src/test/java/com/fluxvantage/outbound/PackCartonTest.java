package com.fluxvantage.outbound;

import static com.fluxvantage.outbound.Floor.created;
import static com.fluxvantage.outbound.Floor.done;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.outbound.Floor.Units;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.TestPlatform;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.UUID;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PackCartonTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private final Floor floor =
            Floor.open(PLATFORM)
                    .item("TEA")
                    .item("RICE")
                    .bin("A-1", 1)
                    .bin("A-2", 2)
                    .stock("A-1", Units.of(20, "TEA"));

    @Test
    void puts_picked_goods_and_their_promises_into_a_carton() {
        String order = floor.picked(Units.of(8, "TEA"));

        var answer =
                created(
                        floor.packAs(
                                "\"label\": \"BOX-1\", \"weight_grams\": 900,",
                                order,
                                Units.of(8, "TEA")));

        assertThat(answer.text("label")).isEqualTo("BOX-1");
        assertThat(answer.number("packed")).isEqualTo(8);
        assertThat(answer.text("order_state")).isEqualTo("PACKED");
        assertThat(floor.of(order, "packed")).containsExactly(8L);
        assertThat(floor.get(order).at("/cartons/0/state").asString()).isEqualTo("CLOSED");
        assertThat(inCartons("on_hand")).isEqualTo(8);
        assertThat(inCartons("reserved")).isEqualTo(8);
        assertThat(floor.events(order)).endsWith("order.packed:" + answer.number("version"));
        floor.isSound();
    }

    @Test
    void takes_the_barcode_for_the_item() {
        floor.barcoded("JAR", "4006381333931").stock("A-2", Units.of(5, "JAR"));
        String order = floor.picked(Units.of(3, "JAR"), Units.of(1, "TEA"));

        var packed =
                created(
                        packOf(
                                order,
                                """
                                {"gtin": "4006381333931", "quantity": 2}, {"sku": "JAR", "quantity": 1}\
                                """));

        assertThat(packed.number("packed")).isEqualTo(3);
        assertThat(floor.of(order, "packed")).containsExactly(3L, 0L);
        floor.isSound();
    }

    @Test
    void a_barcode_that_is_not_on_the_order_is_refused_as_its_sku_would_be() {
        floor.barcoded("JAR", "4006381333931");
        String order = floor.picked(Units.of(1, "TEA"));

        var unordered = packOf(order, "{\"gtin\": \"4006381333931\", \"quantity\": 1}");
        var nobodys = packOf(order, "{\"gtin\": \"96385074\", \"quantity\": 1}");

        assertThat(unordered.code()).isEqualTo("outbound.not-on-order");
        assertThat(nobodys.comparable()).isEqualTo(unordered.comparable());
    }

    @Test
    void points_at_the_entry_that_names_no_item_or_names_it_twice() {
        String order = floor.picked(Units.of(1, "TEA"));

        var none = packOf(order, "{\"sku\": \"TEA\", \"quantity\": 1}, {\"quantity\": 1}");
        var both = packOf(order, "{\"sku\": \"TEA\", \"gtin\": \"96385074\", \"quantity\": 1}");

        assertThat(none.status()).isEqualTo(422);
        assertThat(none.json().at("/errors/0/pointer").asString()).isEqualTo("#/contents/1/sku");
        assertThat(both.status()).isEqualTo(422);
        assertThat(both.json().at("/errors/0/pointer").asString()).isEqualTo("#/contents/0/gtin");
    }

    @Test
    void gives_a_carton_a_label_when_none_is_typed() {
        String order = floor.picked(Units.of(8, "TEA"));

        var answer = created(floor.pack(order, Units.of(8, "TEA")));

        assertThat(answer.text("label")).isEqualTo(answer.text("carton_id"));
    }

    @Test
    void packs_an_order_into_several_cartons() {
        String order = floor.picked(Units.of(8, "TEA"));

        var first = created(floor.pack(order, Units.of(5, "TEA")));
        assertThat(first.text("order_state")).isEqualTo("PICKED");
        var second = created(floor.pack(order, Units.of(3, "TEA")));

        assertThat(second.text("order_state")).isEqualTo("PACKED");
        assertThat(floor.get(order).path("cartons").size()).isEqualTo(2);
        floor.isSound();
    }

    @Test
    void packs_while_others_still_pick() {
        String order = floor.allocated(Units.of(8, "TEA"));
        var pick = floor.picks(order).getFirst();
        done(floor.confirm(pick, 5));

        var first = created(floor.pack(order, Units.of(5, "TEA")));
        done(floor.confirm(pick, 3));
        var second = created(floor.pack(order, Units.of(3, "TEA")));

        assertThat(first.text("order_state")).isEqualTo("PICKING");
        assertThat(second.text("order_state")).isEqualTo("PACKED");
        floor.isSound();
    }

    @Test
    void packs_what_several_scans_and_two_lines_have_brought() {
        String order = floor.allocated(Units.of(3, "TEA"), Units.of(4, "TEA"));
        for (var pick : floor.picks(order)) {
            done(floor.confirm(pick, 1));
            done(floor.confirm(pick, pick.path("quantity").asLong() - 1));
        }

        var answer = created(floor.pack(order, Units.of(2, "TEA"), Units.of(5, "TEA")));

        assertThat(answer.text("order_state")).isEqualTo("PACKED");
        assertThat(floor.of(order, "packed")).containsExactly(3L, 4L);
        floor.isSound();
    }

    @Test
    void refuses_one_more_than_was_picked() {
        String order = floor.allocated(Units.of(8, "TEA"));
        done(floor.confirm(floor.picks(order).getFirst(), 5));

        var answer = floor.pack(order, Units.of(6, "TEA"));

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("outbound.over-pack");
        assertThat(answer.json().at("/facts/to_pack").asLong()).isEqualTo(5);
        created(floor.pack(order, Units.of(5, "TEA")));
    }

    @Test
    void never_packs_what_was_picked_for_another_order() {
        String order = floor.picked(Units.of(2, "TEA"));
        floor.picked(Units.of(8, "TEA"));

        assertThat(floor.pack(order, Units.of(3, "TEA")).code()).isEqualTo("outbound.over-pack");
    }

    @Test
    void refuses_an_item_that_the_order_does_not_ask_for() {
        String order = floor.picked(Units.of(2, "TEA"));

        var answer = floor.pack(order, Units.of(2, "TEA"), Units.of(1, "RICE"));

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("outbound.not-on-order");
        assertThat(floor.of(order, "packed")).containsExactly(0L);
    }

    @Test
    void asks_for_the_lot_and_packs_it() {
        floor.perishable("MILK", 0)
                .lot("A-2", Units.of(5, "MILK"), "L-7", floor.today().plusDays(90));
        String order = floor.picked(Units.of(2, "MILK"));
        String contents = "{\"contents\": [{\"sku\": \"MILK\", \"lot\": \"%s\", \"quantity\": 2}]}";

        var none = floor.pack(order, Units.of(2, "MILK"));
        var other =
                floor.client()
                        .post("pack-carton", Map.of("order_id", order), contents.formatted("L-8"));

        assertThat(none.status()).isEqualTo(422);
        assertThat(none.code()).isEqualTo("outbound.lot-required");
        assertThat(other.code()).isEqualTo("outbound.over-pack");
        created(
                floor.client()
                        .post("pack-carton", Map.of("order_id", order), contents.formatted("L-7")));
        floor.isSound();
    }

    @Test
    void refuses_a_label_that_another_carton_has() {
        created(
                floor.packAs(
                        "\"label\": \"BOX-1\",",
                        floor.picked(Units.of(2, "TEA")),
                        Units.of(2, "TEA")));
        String order = floor.picked(Units.of(2, "TEA"));

        var answer = floor.packAs("\"label\": \"BOX-1\",", order, Units.of(2, "TEA"));

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("outbound.label-taken");
        assertThat(floor.of(order, "picked")).containsExactly(2L);
    }

    @Test
    void refuses_an_order_before_its_first_pick_and_after_its_last_carton() {
        String allocated = floor.allocated(Units.of(2, "TEA"));
        String packed = floor.packed(Units.of(2, "TEA"));

        assertThat(floor.pack(allocated, Units.of(2, "TEA")).code())
                .isEqualTo("outbound.order-not-packable");
        assertThat(floor.pack(packed, Units.of(2, "TEA")).code())
                .isEqualTo("outbound.order-not-packable");
    }

    @Test
    void refuses_an_empty_carton_and_one_that_weighs_nothing() {
        String order = floor.picked(Units.of(2, "TEA"));

        assertThat(floor.pack(order).status()).isEqualTo(422);
        assertThat(floor.packAs("\"weight_grams\": 0,", order, Units.of(2, "TEA")).status())
                .isEqualTo(422);
        created(floor.packAs("\"weight_grams\": 1,", order, Units.of(2, "TEA")));
    }

    @Test
    void two_benches_never_pack_the_same_units() {
        String order = floor.picked(Units.of(8, "TEA"));

        var answers = Together.all(4, _ -> floor.pack(order, Units.of(5, "TEA")));

        assertThat(answers).extracting(Answer::status).containsOnlyOnce(201);
        assertThat(answers).extracting(Answer::status).containsOnly(201, 409);
        assertThat(floor.of(order, "packed")).containsExactly(5L);
        floor.isSound();
    }

    @Test
    void a_carton_that_is_sent_twice_with_one_key_is_packed_once() {
        String order = floor.picked(Units.of(8, "TEA"));
        var headers = Map.of("Idempotency-Key", UUID.randomUUID().toString());
        String carton = "{\"contents\": [" + Units.of(8, "TEA").json() + "]}";

        var first =
                created(
                        floor.client()
                                .raw(
                                        "pack-carton",
                                        Map.of("order_id", order),
                                        Map.of(),
                                        carton,
                                        headers));
        var second =
                created(
                        floor.client()
                                .raw(
                                        "pack-carton",
                                        Map.of("order_id", order),
                                        Map.of(),
                                        carton,
                                        headers));

        assertThat(second.json()).isEqualTo(first.json());
        assertThat(floor.get(order).path("cartons").size()).isEqualTo(1);
    }

    @Test
    void misses_the_order_of_another_tenant() {
        String order = floor.picked(Units.of(8, "TEA"));

        assertThat(Floor.open(PLATFORM).item("TEA").pack(order, Units.of(8, "TEA")).status())
                .isEqualTo(404);
    }

    private long inCartons(String quantity) {
        return Long.parseLong(
                floor.rows(
                                "select sum(%s) from wms.bucket where lpn_id is not null and tenant_id = '%s'"
                                        .formatted(quantity, floor.client().tenant().uuid()))
                        .getFirst());
    }

    private Answer packOf(String order, String contents) {
        return floor.client()
                .post(
                        "pack-carton",
                        Map.of("order_id", order),
                        "{\"contents\": [" + contents + "]}");
    }
}
