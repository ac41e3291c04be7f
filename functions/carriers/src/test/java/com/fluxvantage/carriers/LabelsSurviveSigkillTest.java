package com.fluxvantage.carriers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.runtime.LocalCarriers;
import com.fluxvantage.testing.Mortal;
import com.fluxvantage.testing.Mortal.Life;
import com.fluxvantage.testing.Mortal.Moment;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * A process is killed with SIGKILL at each step of a purchase, and another goes on where it was.
 * The carriers outlive it: whatever it died of, each label costs its price once.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class LabelsSurviveSigkillTest {
    /** The words with which it is written down that a label is wanted. */
    private static final String INTENT = ".*set state = \\?, rate_ref";

    /** In this order: each process comes a little further than the one before. */
    private static final List<Moment> OF_A_PURCHASE =
            List.of(
                    Moment.of(
                            "after commit .*set called_at = \\?, version = version \\+ 1 from due"),
                    Moment.of("after commit .*set fence = fence \\+ 1"),
                    Moment.of("before Carriers.buy"),
                    Moment.of("arrived Carriers.buy"),
                    Moment.of("after ObjectStore.put"),
                    Moment.of("before commit .*set state = 'BOUGHT'"),
                    Moment.of("after commit .*set state = 'BOUGHT'"));

    @TempDir private Path folder;
    private TestPlatform platform;
    private Cartons mine;
    private LocalCarriers carriers;
    private Mortal mortal;

    @BeforeEach
    void begin() {
        platform = TestPlatform.keeping(folder);
        mine = new Cartons(platform);
        carriers = platform.ports().carriers();
        mortal = new Mortal(platform, folder);
        mine.jobs().untilMorning();
    }

    @Test
    void whoever_buys_labels() throws SQLException {
        var first = mine.rated();
        var second = mine.rated();
        var third = mine.rated();

        String key = UUID.randomUUID().toString();
        var wanted = new BuyLabel.Request(first, 1);
        diesAsking(Moment.of("before commit " + INTENT), wanted, key);
        assertThat(mine.label(first).state()).isEqualTo(LabelState.RATED);
        diesAsking(Moment.of("after commit " + INTENT), wanted, key);
        assertThat(mine.label(first).state()).isEqualTo(LabelState.BUYING);
        assertThat(mine.client().call(BuyLabel.OPERATION, wanted, key).status())
                .as("whoever heard no answer asks again")
                .isEqualTo(200);

        // The message goes astray: whoever tends labels has to come upon the intent.
        mine.change(
                "update wms.outbox set sent_at = now() where sent_at is null and type ="
                        + " 'label.wanted' and tenant_id = ?");
        for (var moment : OF_A_PURCHASE) {
            diesBuying(moment);
        }
        mine.buy(second);
        diesBuying(Moment.of("done Carriers.buy"));
        mine.buy(third);
        diesBuying(Moment.of("after Carriers.buy"));
        assertThat(carriers.bought()).hasSize(3);
        mortal.lives(life());

        for (var label : List.of(first, second, third)) {
            var bought = mine.label(label);
            assertThat(bought.state()).isEqualTo(LabelState.BOUGHT);
            assertThat(bought.isThere()).isTrue();
            assertThat(bought.tracking()).isPresent();
            assertThat(carriers.bought())
                    .filteredOn(it -> it.tracking().equals(bought.tracking().orElseThrow()))
                    .as("what is here is what was paid for")
                    .hasSize(1);
        }
        assertThat(carriers.bought()).hasSize(3);
        assertThat(carriers.calls().stream().filter("buy"::equals))
                .as("nobody asked for a second one, and was only refused it")
                .hasSize(3);
        assertThat(mine.rows("select type from wms.outbox where type = 'label.bought'")).hasSize(3);
        assertThat(mine.rows("select type from wms.outbox where sent_at is null")).isEmpty();
        assertThat(mortal.queued()).isZero();
        assertThat(mine.jobs().deadLetters(mine.client())).isEmpty();
    }

    private void diesAsking(Moment moment, BuyLabel.Request wanted, String key) {
        mortal.dies(
                moment, BuyLabel.OPERATION, mine.client().asked(BuyLabel.OPERATION, wanted, key));
    }

    private void diesBuying(Moment moment) {
        mortal.dies(moment, life());
        mine.lapse();
        mine.change(
                "update wms.stream_lease set leased_until = clock_timestamp() - interval '1 s' where"
                        + " leased_until is not null and tenant_id = ?");
    }

    private Life life() {
        var now = platform.clock().instant();
        platform.clock().move(Duration.ofMinutes(3));
        return new Life(now, 3, 1, List.of("tend-labels", "ask-carrier"));
    }
}
