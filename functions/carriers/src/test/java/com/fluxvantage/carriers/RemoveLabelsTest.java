package com.fluxvantage.carriers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Map;

/** The file of a label names a person: it is kept while it serves, and no night longer. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class RemoveLabelsTest {
    private final TestPlatform platform = TestPlatform.start();
    private final Cartons mine = new Cartons(platform);

    @BeforeEach
    void begin() {
        mine.jobs().untilMorning();
    }

    @Test
    void files_of_labels_that_have_served_are_removed_at_night() {
        var fresh = mine.bought();
        var given = mine.bought();
        mine.giveBack(given);
        mine.turn();

        mine.later(Duration.ofDays(1));

        assertThat(mine.label(given).isThere()).isFalse();
        assertThat(mine.files(given)).isZero();
        assertThat(mine.label(fresh).isThere()).isTrue();
        assertThat(mine.files(fresh)).isEqualTo(1);
        mine.later(RemoveLabels.LONGEST);
        assertThat(mine.label(fresh).isThere()).isFalse();
        assertThat(mine.files(fresh)).isZero();
        assertThat(
                        mine.client()
                                .get(
                                        "print-label",
                                        Map.of("label_id", Identifiers.text(fresh)),
                                        Map.of())
                                .code())
                .isEqualTo("carriers.label-not-there");
    }

    @Test
    void a_tenant_under_a_hold_keeps_its_labels() {
        var label = mine.bought();
        mine.change("update wms.tenant set hold_count = 1 where tenant_id = ?");

        mine.later(RemoveLabels.LONGEST.plusDays(1));

        assertThat(mine.files(label)).isEqualTo(1);
    }

    @Test
    void a_recipient_that_is_forgotten_stands_on_no_label_the_night_after() {
        var label = mine.bought();
        mine.change("update wms.order_recipient set redacted_at = now() where tenant_id = ?");

        mine.later(Duration.ofDays(1));

        assertThat(mine.files(label)).isZero();
    }

    /** Before that it goes on as it was: the tenant may still take its files along. */
    @Test
    void a_tenant_that_ends_keeps_them_until_its_deletion_may_begin_and_not_a_night_longer() {
        var label = mine.bought();
        var ends = platform.clock().instant().plus(Duration.ofDays(2));
        mine.change(
                """
                update wms.tenant
                   set state = 'deletion_scheduled',
                       terminates_at = timestamptz '%1$s' - interval '3 days',
                       window_days = 1,
                       export_until = timestamptz '%1$s' - interval '2 days',
                       deletion_starts_at = '%1$s'
                 where tenant_id = ?
                """
                        .formatted(ends));

        mine.later(Duration.ofDays(1));
        assertThat(mine.files(label)).isEqualTo(1);
        mine.later(Duration.ofDays(1));
        mine.jobs().untilMorning();

        assertThat(mine.files(label)).isZero();
    }
}
