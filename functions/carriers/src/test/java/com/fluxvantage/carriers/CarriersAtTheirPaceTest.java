package com.fluxvantage.carriers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.outside.Carriers.Answer;
import com.fluxvantage.kernel.outside.Carriers.Cause;
import com.fluxvantage.kernel.outside.Carriers.Why;
import com.fluxvantage.kernel.pace.Pace;
import com.fluxvantage.runtime.LocalCarriers;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Who is asked too much, is ill or has thrown us out is left alone, and the tenant sees why. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class CarriersAtTheirPaceTest {
    private static final Duration A_MINUTE = Duration.ofMinutes(1);

    private final TestPlatform platform = TestPlatform.running("tend-labels");
    private final Cartons mine = new Cartons(platform);
    private final LocalCarriers carriers = platform.ports().carriers();

    @BeforeEach
    void begin() {
        mine.jobs().untilMorning();
    }

    @Test
    void while_the_bucket_is_empty_nobody_is_asked_and_then_all_go_on() {
        mine.rated();
        mine.change(
                "update wms.connection_pace set tokens = 0, filled_at = clock_timestamp() + interval"
                        + " '1 h' where tenant_id = ?");
        var labels = List.of(asked(), asked());
        mine.turn();
        mine.later(A_MINUTE);

        assertThat(carriers.calls()).hasSize(1);
        assertThat(labels).extracting(this::state).containsOnly(LabelState.RATING);
        assertThat(standing().circuit()).isEqualTo(Pace.Circuit.CLOSED);
        mine.rested();
        mine.later(A_MINUTE);

        assertThat(labels).extracting(this::state).containsOnly(LabelState.RATED);
        assertThat(carriers.calls()).hasSize(3);
    }

    @Test
    void of_a_long_queue_a_minute_wants_what_the_minute_bears_and_no_other_connection_waits()
            throws SQLException {
        var label = mine.rated();
        int many = CarrierConnection.PACE.perMinute() + 1;
        queue(many, mine.carrier());
        var another = mine.connect("Another", Cartons.KEY).carrierId();
        queue(1, another);
        mine.change(
                "insert into wms.connection_pace (tenant_id, connection_id, tokens, filled_at) select"
                        + " tenant_id, carrier_id, 0, clock_timestamp() + interval '1 h' from wms.carrier where tenant_id ="
                        + " ? on conflict (tenant_id, connection_id) do update set tokens = 0, filled_at ="
                        + " clock_timestamp() + interval '1 h'");
        mine.later(A_MINUTE);

        assertThat(wanted(mine.carrier())).isEqualTo(many - 1);
        assertThat(wanted(another)).isEqualTo(1);
        assertThat(mine.label(label).state()).isEqualTo(LabelState.RATED);
    }

    @Test
    void who_asks_to_be_left_alone_is_left_alone_with_all_labels_of_the_connection() {
        var first = asked();
        carriers.meet(later(Cause.THROTTLED, 1, Duration.ofMinutes(10)));
        mine.turn();
        var second = asked();
        mine.turn();
        mine.later(Duration.ofMinutes(30));

        assertThat(carriers.calls()).containsExactly("rate");
        assertThat(mine.label(first).problem()).contains(LabelProblem.THROTTLED);
        assertThat(state(second)).isEqualTo(LabelState.RATING);
        assertThat(standing().circuit()).isEqualTo(Pace.Circuit.OPEN);
        assertThat(standing().lastFailure()).contains("THROTTLED");
        mine.rested();
        mine.later(A_MINUTE);

        assertThat(List.of(first, second)).extracting(this::state).containsOnly(LabelState.RATED);
    }

    @Test
    void who_is_ill_is_left_alone_after_five_calls_and_then_tried_with_one() {
        carriers.meet(later(Cause.FAILING, 6, Duration.ZERO));
        var labels = List.of(asked(), asked(), asked(), asked(), asked(), asked(), asked());
        mine.turn();

        assertThat(carriers.calls()).hasSize(5);
        assertThat(standing().circuit()).isEqualTo(Pace.Circuit.OPEN);
        assertThat(standing().restsUntil()).isPresent();
        assertThat(standing().lastFailure()).contains("FAILING");
        assertThat(standing().waiting()).isEqualTo(7);
        assertThat(labels)
                .extracting(it -> mine.label(it).restsUntil())
                .as("whoever waits for a label sees it as well")
                .containsOnly(standing().restsUntil());
        // A minute of the database's, which a busy machine may need for what comes next.
        mine.change(
                "update wms.connection_pace set rests_until = rests_until + interval '1 h' where"
                        + " tenant_id = ?");
        mine.later(Duration.ofHours(1));
        assertThat(carriers.calls()).as("whatever is due").hasSize(5);

        mine.rested();
        assertThat(standing().circuit()).isEqualTo(Pace.Circuit.HALF_OPEN);
        mine.later(A_MINUTE);
        assertThat(carriers.calls()).as("one, and it is ill still").hasSize(6);
        assertThat(standing().circuit()).isEqualTo(Pace.Circuit.OPEN);

        mine.rested();
        mine.later(Duration.ofHours(1));
        mine.later(A_MINUTE);
        assertThat(labels).extracting(this::state).containsOnly(LabelState.RATED);
        assertThat(labels)
                .extracting(it -> mine.label(it).restsUntil())
                .containsOnly(Optional.empty());
        assertThat(standing().circuit()).isEqualTo(Pace.Circuit.CLOSED);
        assertThat(standing().lastFailure()).isEmpty();
        assertThat(standing().lastAnswerAt()).isPresent();
    }

    @Test
    void a_key_that_is_refused_once_is_not_tried_again_with_each_label() {
        carriers.meet(Fates.instead("rate", 1, new Answer.Refused<>(Why.KEY_REFUSED)));
        asked();
        mine.turn();
        var second = asked();
        mine.turn();
        mine.later(Duration.ofMinutes(30));

        assertThat(carriers.calls()).hasSize(1);
        assertThat(state(second)).isEqualTo(LabelState.RATING);
        assertThat(standing().circuit()).isEqualTo(Pace.Circuit.OPEN);
        assertThat(standing().lastFailure()).contains("CREDENTIAL_REFUSED");
        assertThat(standing().lastProblem()).contains(LabelProblem.KEY_REFUSED);
    }

    @Test
    void who_says_no_to_a_parcel_is_well() {
        carriers.meet(Fates.instead("rate", 6, new Answer.Refused<>(Why.PARCEL_REFUSED)));
        for (int i = 0; i < 6; i++) {
            asked();
        }
        mine.turn();

        assertThat(carriers.calls()).hasSize(6);
        assertThat(standing().circuit()).isEqualTo(Pace.Circuit.CLOSED);
        assertThat(standing().lastFailure()).isEmpty();
    }

    @Test
    void the_connection_of_another_tenant_goes_on() {
        carriers.meet(later(Cause.UNANSWERED, 5, Duration.ZERO));
        for (int i = 0; i < 5; i++) {
            asked();
        }
        mine.turn();
        assertThat(standing().circuit()).isEqualTo(Pace.Circuit.OPEN);
        var theirs = new Cartons(platform);
        var label = theirs.rated();

        assertThat(theirs.label(label).state()).isEqualTo(LabelState.RATED);
    }

    /** Labels that were given back, of which somebody is to look what has become of the money. */
    private void queue(int many, CarrierId carrier) {
        mine.change(
                """
                insert into wms.carrier_label (
                    tenant_id, label_id, carrier_id, order_id, carton_id, state, format, weight_grams, length_mm, width_mm,
                    height_mm, shipment_ref, asked_at, asked_by, next_attempt_at, called_at)
                select one.tenant_id, gen_random_uuid(), '%s', one.order_id, one.carton_id, 'VOIDED', one.format, 1, 1, 1, 1,
                       'shp_none', one.asked_at, one.asked_by, one.asked_at, one.asked_at
                  from wms.carrier_label as one
                 cross join generate_series(1, %d)
                 where one.state = 'RATED'
                   and one.tenant_id = ?
                """
                        .formatted(carrier.uuid(), many));
    }

    private int wanted(CarrierId carrier) throws SQLException {
        return mine.rows(
                        "select label_id from wms.carrier_label where version > 1 and carrier_id = '"
                                + carrier.uuid()
                                + "' and state = 'VOIDED'")
                .size();
    }

    private LabelId asked() {
        return mine.asked(mine.packed().carton());
    }

    private LabelState state(LabelId label) {
        return mine.label(label).state();
    }

    private SearchCarriers.Carrier standing() {
        return mine.client()
                .done(SearchCarriers.OPERATION, SearchCarriers.Request.EXAMPLE)
                .items()
                .getFirst();
    }

    private static LocalCarriers.Fate later(Cause cause, int times, Duration notBefore) {
        return Fates.instead(
                "rate",
                times,
                new Answer.Later<>(cause, Optional.of(notBefore).filter(it -> !it.isZero())));
    }
}
