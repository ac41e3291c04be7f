package com.fluxvantage.carriers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.outside.CarrierShipment.Refund;
import com.fluxvantage.kernel.outside.Carriers.Answer;
import com.fluxvantage.kernel.outside.Carriers.Cause;
import com.fluxvantage.kernel.outside.Carriers.Why;
import com.fluxvantage.kernel.outside.LabelFormat;
import com.fluxvantage.kernel.outside.ParcelState;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** From a packed carton to a label in the printer, and back. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class BuyLabelTest {
    private final TestPlatform platform =
            TestPlatform.running("tend-labels", "remove-labels", "apply-retention");
    private final Cartons mine = new Cartons(platform);
    private final com.fluxvantage.runtime.LocalCarriers carriers = platform.ports().carriers();

    @BeforeEach
    void begin() {
        mine.jobs().untilMorning();
    }

    @Test
    void a_carton_is_rated_bought_and_printed() {
        var label = mine.asked(mine.packed().carton());
        assertThat(mine.label(label).state()).isEqualTo(LabelState.RATING);
        mine.turn();

        var rated = mine.label(label);
        assertThat(rated.state()).isEqualTo(LabelState.RATED);
        assertThat(rated.rates())
                .containsExactly(
                        new GetLabel.Rate(1, "Roadrunner", "Ground", 600, "USD", Optional.of(3)),
                        new GetLabel.Rate(
                                2, "Roadrunner", "Express", 3317, "USD", Optional.empty()));
        assertThat(mine.buy(label).state()).isEqualTo(LabelState.BUYING);
        mine.turn();

        var bought = mine.label(label);
        assertThat(bought.state()).isEqualTo(LabelState.BOUGHT);
        assertThat(bought.carrier()).contains("Roadrunner");
        assertThat(bought.service()).contains("Ground");
        assertThat(bought.priceMinor()).contains(600L);
        assertThat(bought.tracking()).isPresent();
        assertThat(bought.isThere()).isTrue();
        assertThat(carriers.bought()).hasSize(1);
        assertThat(printed(label)).contains(Cartons.RECIPIENT, Cartons.STREET);
    }

    @Test
    void a_purchase_whose_answer_was_lost_is_found_and_not_made_again() {
        var label = mine.rated();
        mine.buy(label);
        carriers.meet(Fates.answerLost("buy", 1));

        mine.turn();

        assertThat(carriers.bought()).hasSize(1);
        assertThat(mine.label(label).state()).isEqualTo(LabelState.BUYING);
        assertThat(mine.label(label).problem()).contains(LabelProblem.UNANSWERED);
        mine.later(Duration.ofMinutes(2));

        assertThat(mine.label(label).state()).isEqualTo(LabelState.BOUGHT);
        assertThat(carriers.bought()).hasSize(1);
        assertThat(carriers.calls().stream().filter("buy"::equals)).hasSize(1);
    }

    @Test
    void a_purchase_that_did_not_arrive_is_made_later() {
        var label = mine.rated();
        mine.buy(label);
        carriers.meet(Fates.notArrived("buy", 1));

        mine.turn();
        assertThat(carriers.bought()).isEmpty();
        mine.later(Duration.ofMinutes(2));

        assertThat(mine.label(label).state()).isEqualTo(LabelState.BOUGHT);
        assertThat(mine.label(label).problem()).isEmpty();
        assertThat(carriers.bought()).hasSize(1);
    }

    @Test
    void what_a_carrier_does_not_sell_can_be_bought_at_another_rate() {
        var label = mine.rated();
        mine.buy(label);
        carriers.meet(Fates.instead("buy", 1, new Answer.Refused<>(Why.CARRIER_REFUSED)));
        mine.turn();

        assertThat(mine.label(label).state()).isEqualTo(LabelState.RATED);
        assertThat(mine.label(label).problem()).contains(LabelProblem.CARRIER_REFUSED);
        mine.client().done(BuyLabel.OPERATION, new BuyLabel.Request(label, 2));
        mine.turn();

        assertThat(mine.label(label).service()).contains("Express");
        assertThat(mine.label(label).problem()).isEmpty();
    }

    @Test
    void who_fails_is_asked_less_and_less_often_and_never_given_up() {
        var label = mine.asked(mine.packed().carton());
        carriers.meet(
                Fates.instead("rate", 1_000, new Answer.Later<>(Cause.FAILING, Optional.empty())));
        mine.turn();
        for (int minute = 0; minute < 60; minute++) {
            mine.later(Duration.ofMinutes(1));
        }

        assertThat(carriers.calls()).hasSizeBetween(5, 8);
        assertThat(mine.label(label).problem()).contains(LabelProblem.FAILING);
        carriers.meet(Fates.NONE);
        mine.rested();
        mine.later(Duration.ofMinutes(61));
        assertThat(mine.label(label).state()).isEqualTo(LabelState.RATED);
    }

    @Test
    void a_label_whose_file_does_not_come_is_bought_and_its_file_is_fetched_later() {
        var label = mine.rated();
        mine.buy(label);
        carriers.meet(
                Fates.insteadOfFile(2, new Answer.Later<>(Cause.UNANSWERED, Optional.empty())));
        mine.turn();

        assertThat(mine.label(label).state()).isEqualTo(LabelState.BOUGHT);
        assertThat(mine.label(label).isThere()).isFalse();
        assertThat(print(label).code()).isEqualTo("carriers.label-not-there");
        mine.later(Duration.ofMinutes(2));
        mine.later(Duration.ofMinutes(4));

        assertThat(mine.label(label).isThere()).isTrue();
        assertThat(carriers.bought()).hasSize(1);
        assertThat(printed(label)).contains(Cartons.RECIPIENT);
    }

    @Test
    void a_label_is_given_back_once_and_the_carton_can_have_another() {
        var packed = mine.packed();
        var label = mine.asked(packed.carton());
        mine.turn();
        mine.buy(label);
        mine.turn();
        assertThat(mine.giveBack(label).state()).isEqualTo(LabelState.VOIDING);
        carriers.meet(Fates.answerLost("refund", 1));
        mine.turn();
        mine.later(Duration.ofMinutes(2));

        assertThat(mine.label(label).state()).isEqualTo(LabelState.VOIDED);
        assertThat(mine.label(label).refund()).contains(Refund.SUBMITTED);
        assertThat(print(label).code()).isEqualTo("carriers.label-not-there");
        assertThat(mine.giveBack(label).state()).isEqualTo(LabelState.VOIDED);
        assertThat(mine.asked(packed.carton())).isNotEqualTo(label);
    }

    @Test
    void a_refund_that_is_refused_leaves_the_label_as_it_was_with_the_reason() {
        var label = mine.bought();
        mine.giveBack(label);
        carriers.meet(Fates.instead("refund", 1, new Answer.Refused<>(Why.CARRIER_REFUSED)));
        mine.turn();

        assertThat(mine.label(label).state()).isEqualTo(LabelState.BOUGHT);
        assertThat(mine.label(label).problem()).contains(LabelProblem.CARRIER_REFUSED);
        assertThat(printed(label)).contains(Cartons.RECIPIENT);
    }

    @Test
    void what_becomes_of_the_money_is_looked_up() throws SQLException {
        var label = mine.bought();
        mine.giveBack(label);
        mine.turn();
        carriers.decided(shipment(label), Refund.REJECTED);

        mine.later(LabelRecord.LOOK.plusMinutes(1));

        assertThat(mine.label(label).state()).isEqualTo(LabelState.VOIDED);
        assertThat(mine.label(label).refund()).contains(Refund.REJECTED);
        int asked = carriers.calls().size();
        mine.later(LabelRecord.LOOK.plusMinutes(1));
        assertThat(carriers.calls()).hasSize(asked);
    }

    @Test
    void where_a_parcel_is_is_asked_for_when_nobody_tells() throws SQLException {
        var label = mine.bought();
        carriers.moved(shipment(label), ParcelState.DELIVERED, platform.clock().instant());

        mine.later(LabelRecord.LOOK.plusMinutes(1));

        assertThat(mine.label(label).parcelState()).contains(ParcelState.DELIVERED);
        int asked = carriers.calls().size();
        mine.later(LabelRecord.LOOK.plusMinutes(1));
        assertThat(carriers.calls()).as("after the last news").hasSize(asked);
        assertThat(
                        mine.jobs()
                                .rows(
                                        "select payload ->> 'state' from wms.outbox where tenant_id"
                                                + " = ? and type = 'parcel.moved'",
                                        mine.client()))
                .containsExactly("DELIVERED");
    }

    @Test
    void cartons_that_are_not_fit_are_refused() {
        var packed = mine.packed();
        var abroad = mine.packed("CA", 740);
        var unweighed = mine.packed("US", 0);
        var another = new Cartons(platform);

        assertThat(code(mine.rating(abroad.carton()))).isEqualTo("carriers.leaves-the-country");
        assertThat(code(mine.rating(unweighed.carton()))).isEqualTo("carriers.carton-not-weighed");
        assertThat(code(another.rating(packed.carton()))).isEqualTo("not-found");
        mine.asked(packed.carton());
        assertThat(code(mine.rating(packed.carton()))).isEqualTo("carriers.carton-has-label");
        mine.change(
                "update wms.order_recipient set redacted_at = now() where tenant_id = ? and country"
                        + " = 'US'");
        assertThat(code(mine.rating(unweighed.carton()))).isEqualTo("carriers.recipient-forgotten");
    }

    @Test
    void a_parcel_that_no_carrier_takes_has_no_label_and_can_be_asked_for_again() {
        var packed = mine.packed();
        var asked = mine.rating(packed.carton());
        var label =
                mine.client()
                        .done(
                                RateCarton.OPERATION,
                                new RateCarton.Request(
                                        asked.cartonId(),
                                        asked.carrierId(),
                                        asked.lengthMillimetres(),
                                        asked.widthMillimetres(),
                                        asked.heightMillimetres(),
                                        Optional.of(Quantity.of(80_000)),
                                        LabelFormat.PDF))
                        .labelId();
        mine.turn();

        assertThat(mine.label(label).state()).isEqualTo(LabelState.FAILED);
        assertThat(mine.label(label).problem()).contains(LabelProblem.NO_RATES);
        assertThat(mine.asked(packed.carton())).isNotEqualTo(label);
    }

    @Test
    void a_bought_label_says_by_whom_the_order_goes() throws SQLException {
        var packed = mine.packed();
        assertThat(mine.dispatch(packed.order(), "{}").code())
                .isEqualTo("outbound.cartons-without-label");
        assertThat(mine.dispatch(packed.order(), "{\"carrier\": \"Roadrunner\"}").status())
                .isEqualTo(422);
        var label = mine.asked(packed.carton());
        mine.turn();
        mine.buy(label);
        mine.turn();

        assertThat(mine.dispatch(packed.order(), "{}").status()).isEqualTo(200);
        assertThat(
                        mine.jobs()
                                .rows(
                                        "select carrier || ' ' || tracking from wms.shipment where"
                                                + " tenant_id = ?",
                                        mine.client()))
                .containsExactly("Roadrunner " + mine.label(label).tracking().orElseThrow());
        assertThat(mine.client().call(VoidLabel.OPERATION, new VoidLabel.Request(label)).code())
                .isEqualTo("carriers.parcel-has-left");
    }

    @Test
    void another_tenant_sees_buys_prints_and_gives_back_nothing_of_it() {
        var label = mine.bought();
        var theirs = new Cartons(platform).client();

        assertThat(theirs.call(GetLabel.OPERATION, new GetLabel.Request(label)).status())
                .isEqualTo(404);
        assertThat(theirs.call(BuyLabel.OPERATION, new BuyLabel.Request(label, 1)).status())
                .isEqualTo(404);
        assertThat(theirs.call(VoidLabel.OPERATION, new VoidLabel.Request(label)).status())
                .isEqualTo(404);
        assertThat(theirs.call(PrintLabel.OPERATION, new PrintLabel.Request(label)).status())
                .isEqualTo(404);
    }

    @Test
    void the_recipient_is_in_no_row_of_carriers_and_in_no_event() throws SQLException {
        var label = mine.bought();
        mine.giveBack(label);
        mine.turn();

        for (String table : new String[] {"carrier", "carrier_label", "carrier_rate", "outbox"}) {
            assertThat(
                            mine.jobs()
                                    .rows(
                                            "select t::text from wms."
                                                    + table
                                                    + " as t where tenant_id = ?",
                                            mine.client()))
                    .as(table)
                    .isNotEmpty()
                    .noneMatch(it -> it.contains("Swan") || it.contains("Harbor"));
        }
    }

    private String code(RateCarton.Request request) {
        return mine.client().call(RateCarton.OPERATION, request).code();
    }

    private com.fluxvantage.testing.Answer print(LabelId label) {
        return mine.client()
                .get("print-label", Map.of("label_id", Identifiers.text(label)), Map.of());
    }

    private String printed(LabelId label) {
        var link = URI.create(print(label).text("link"));
        return new String(
                platform.ports().follow(link).orElseThrow().content().toArray(),
                StandardCharsets.UTF_8);
    }

    private String shipment(LabelId label) throws SQLException {
        return mine.jobs()
                .rows(
                        "select shipment_ref from wms.carrier_label where tenant_id = ? and label_id"
                                + " = '"
                                + label.uuid()
                                + "'",
                        mine.client())
                .getFirst();
    }
}
