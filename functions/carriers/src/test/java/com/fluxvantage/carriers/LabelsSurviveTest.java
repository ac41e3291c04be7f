package com.fluxvantage.carriers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.kernel.outside.Carriers.Answer;
import com.fluxvantage.runtime.LocalCarriers;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * Whoever asks in vain, or too late, changes nothing; of what was begun there is one end. (That
 * nothing is bought twice whoever dies is shown by {@link LabelsSurviveSigkillTest}.)
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class LabelsSurviveTest {
    private static final Duration SOON = Duration.ofMinutes(2);

    /** Stands for a process that is killed: no boundary catches it. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final TestPlatform platform = TestPlatform.running("tend-labels");
    private final Cartons mine = new Cartons(platform);
    private final LocalCarriers carriers = platform.ports().carriers();

    @BeforeEach
    void begin() {
        mine.jobs().untilMorning();
    }

    @Test
    void while_a_lease_lasts_nobody_asks_for_what_a_dead_run_had_taken() {
        var label = mine.rated();
        mine.buy(label);
        carriers.meet(killing("find", false));
        assertThatThrownBy(mine::turn).isInstanceOf(Killed.class);
        carriers.meet(Fates.NONE);
        int asked = carriers.calls().size();

        mine.later(SOON);
        assertThat(carriers.calls()).hasSize(asked);
        mine.lapse();
        mine.later(SOON);

        assertThat(mine.label(label).state()).isEqualTo(LabelState.BOUGHT);
    }

    @ParameterizedTest
    @CsvSource({"refund, false", "refund, true"})
    void killed_anywhere_in_a_refund_it_is_asked_for_and_known(String call, boolean isDone) {
        var label = mine.bought();
        mine.giveBack(label);
        carriers.meet(killing(call, isDone));

        assertThatThrownBy(mine::turn).isInstanceOf(Killed.class);
        carriers.meet(Fates.NONE);
        mine.lapse();
        mine.later(SOON);

        assertThat(mine.label(label).state()).isEqualTo(LabelState.VOIDED);
    }

    @ParameterizedTest
    @CsvSource({"rate, false", "rate, true"})
    void killed_while_it_asks_for_a_price_there_is_one_price_in_the_end(
            String call, boolean isDone) {
        var label = mine.asked(mine.packed().carton());
        carriers.meet(killing(call, isDone));

        assertThatThrownBy(mine::turn).isInstanceOf(Killed.class);
        carriers.meet(Fates.NONE);
        mine.lapse();
        mine.later(SOON);

        assertThat(mine.label(label).state()).isEqualTo(LabelState.RATED);
        assertThat(mine.label(label).rates()).hasSize(2);
        assertThat(carriers.bought()).isEmpty();
    }

    @Test
    void who_has_lost_its_lease_writes_nothing_and_the_next_finds_what_it_bought() {
        var label = mine.rated();
        mine.buy(label);
        carriers.meet(
                new LocalCarriers.Fate() {
                    @Override
                    public <T> Answer<T> befalls(String call, Supplier<Answer<T>> asUsual) {
                        var answer = asUsual.get();
                        if (call.equals("buy")) {
                            mine.change(
                                    "update wms.carrier_label set fence = fence + 1 where tenant_id"
                                            + " = ?");
                        }
                        return answer;
                    }
                });

        mine.turn();
        assertThat(mine.label(label).state()).isEqualTo(LabelState.BUYING);
        carriers.meet(Fates.NONE);
        mine.lapse();
        mine.later(SOON);

        assertThat(mine.label(label).state()).isEqualTo(LabelState.BOUGHT);
        assertThat(carriers.bought()).hasSize(1);
    }

    @Test
    void a_label_that_is_given_up_while_its_price_is_asked_for_stays_given_up() {
        var packed = mine.packed();
        var label = mine.asked(packed.carton());
        carriers.meet(
                new LocalCarriers.Fate() {
                    @Override
                    public <T> Answer<T> befalls(String call, Supplier<Answer<T>> asUsual) {
                        mine.giveBack(label);
                        return asUsual.get();
                    }
                });

        mine.turn();

        assertThat(mine.label(label).state()).isEqualTo(LabelState.VOIDED);
        assertThat(mine.label(label).rates()).isEmpty();
    }

    @Test
    void a_connection_does_not_end_while_money_is_under_way() {
        var label = mine.rated();
        mine.buy(label);
        var end = new DisconnectCarrier.Request(mine.carrier());

        assertThat(mine.client().call(DisconnectCarrier.OPERATION, end).code())
                .isEqualTo("carriers.carrier-busy");
        mine.turn();
        assertThat(mine.client().done(DisconnectCarrier.OPERATION, end).state())
                .isEqualTo(CarrierState.ENDED);
        assertThat(mine.client().call(VoidLabel.OPERATION, new VoidLabel.Request(label)).code())
                .isEqualTo("carriers.carrier-ended");
    }

    private static LocalCarriers.Fate killing(String which, boolean isDone) {
        return new LocalCarriers.Fate() {
            @Override
            public <T> Answer<T> befalls(String call, Supplier<Answer<T>> asUsual) {
                if (!call.equals(which)) {
                    return asUsual.get();
                }
                if (isDone) {
                    var _ = asUsual.get();
                }
                throw new Killed();
            }
        };
    }
}
