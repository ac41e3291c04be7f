package com.fluxvantage.outbound;

import static com.fluxvantage.outbound.Floor.created;
import static com.fluxvantage.outbound.Floor.done;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.outbound.Floor.Units;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RecipientStaysHiddenTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    /** Each word is a piece of the recipient that stands nowhere else. */
    private static final List<String> CANARIES =
            List.of(
                    "Xanthippe",
                    "Quagga",
                    "Vuvuzela",
                    "Zyzzyva",
                    "Fjordland",
                    "QX9",
                    "5550199",
                    "xq@example");

    private static final String RECIPIENT =
            """
            {"name": "Xanthippe Q", "company": "Quagga Ltd", "street": "1 Vuvuzela Way", "city": "Zyzzyva",
             "region": "Fjordland", "postcode": "QX9 1", "country": "GB", "phone": "+44 5550199", "email": "xq@example.org"}
            """;

    private final Floor floor =
            Floor.open(PLATFORM).item("TEA").bin("A-1", 1).stock("A-1", Units.of(3, "TEA"));

    @Test
    void no_answer_of_an_orders_whole_life_names_the_recipient() {
        assertThat(wholeLife())
                .noneMatch(answer -> hasCanary(answer.json().toString() + answer.headers()));
    }

    @Test
    void no_event_audit_entry_or_stored_answer_names_the_recipient() {
        wholeLife();

        for (var table :
                List.of(
                        "outbox",
                        "idempotency_record",
                        "audit_entry",
                        "movement",
                        "lpn",
                        "shipment",
                        "outbound_order")) {
            var rows = floor.rows("select kept::text from wms.%s as kept".formatted(table));
            assertThat(rows).as(table).isNotEmpty().noneMatch(RecipientStaysHiddenTest::hasCanary);
        }
        assertThat(floor.rows("select kept::text from wms.order_recipient as kept").getLast())
                .contains(CANARIES);
    }

    @Test
    void a_refused_order_is_not_told_with_its_recipient() {
        String order = order().replace("TEA", "COFFEE");

        var missing = floor.client().post("accept-order", Map.of(), order);
        var tooLong =
                floor.client()
                        .post(
                                "accept-order",
                                Map.of(),
                                order().replace("Zyzzyva", "Zyzzyva".repeat(40)));

        assertThat(missing.status()).isEqualTo(404);
        assertThat(tooLong.status()).isEqualTo(422);
        assertThat(List.of(missing, tooLong))
                .noneMatch(answer -> hasCanary(answer.json().toString()));
    }

    @Test
    void a_request_prints_nothing_of_its_recipient() {
        assertThat(AcceptOrder.Request.EXAMPLE.toString())
                .contains("***")
                .doesNotContain("Rosa", "Exampleton", "GB");
    }

    private List<Answer> wholeLife() {
        var answers = new ArrayList<Answer>();
        answers.add(created(floor.client().post("accept-order", Map.of(), order())));
        String order = answers.getFirst().text("order_id");
        answers.add(floor.client().post("accept-order", Map.of(), order()));
        answers.add(done(floor.allocate(order)));
        var pick = floor.picks(order).getFirst();
        answers.add(floor.confirm(pick, 99));
        answers.add(done(floor.confirm(pick, 3)));
        answers.add(floor.pack(order, Units.of(99, "TEA")));
        answers.add(created(floor.pack(order, Units.of(3, "TEA"))));
        answers.add(done(floor.dispatch(order)));
        answers.add(done(floor.client().get("get-order", Map.of("order_id", order), Map.of())));
        answers.add(
                done(
                        floor.client()
                                .get(
                                        "list-picks",
                                        Map.of(),
                                        Map.of("warehouse_id", floor.warehouse()))));
        return answers;
    }

    private String order() {
        return """
        {"warehouse_id": "%s", "reference": "R-1", "lines": [{"sku": "TEA", "quantity": 3}], "recipient": %s}
        """
                .formatted(floor.warehouse(), RECIPIENT);
    }

    private static boolean hasCanary(String text) {
        return CANARIES.stream().anyMatch(text::contains);
    }
}
