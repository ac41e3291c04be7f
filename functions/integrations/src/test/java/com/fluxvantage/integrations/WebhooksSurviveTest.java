package com.fluxvantage.integrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Whoever dies on the way loses no message, and sends none under another id. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class WebhooksSurviveTest {
    private static final Duration A_MINUTE = Duration.ofMinutes(1);

    /** Stands for a process that is killed: no boundary catches it. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final TestPlatform platform = TestPlatform.running("deliver-webhooks");
    private final Client mine = platform.openTenant();
    private final Receiver.Shop shop = new Receiver.Shop(mine);
    private final Jobs jobs = new Jobs(platform);

    @Test
    void killed_after_the_receiver_has_it_and_before_that_is_stored_sends_it_once_more()
            throws SQLException {
        var receiver = Receiver.of(mine, "order.received");
        shop.order();
        receiver.answers(_ -> {
            throw new Killed();
        });

        assertThatThrownBy(() -> jobs.later(A_MINUTE)).isInstanceOf(Killed.class);
        assertThat(receiver.last().attempts()).isZero();
        receiver.answers(204);
        jobs.later(A_MINUTE);
        assertThat(receiver.received()).as("while the lease lasts").hasSize(1);
        lapse();
        jobs.later(A_MINUTE);

        assertThat(receiver.received()).hasSize(2);
        assertThat(receiver.ids().stream().distinct()).hasSize(1);
        assertThat(receiver.received().stream().map(it -> it.body()).distinct()).hasSize(1);
        assertThat(receiver.last().state()).isEqualTo(WebhookDeliveryState.DELIVERED);
        assertThat(receiver.last().attempts()).isEqualTo(1);
    }

    @Test
    void killed_at_any_of_several_messages_leaves_none_behind() throws SQLException {
        for (int at = 1; at <= 4; at++) {
            var receiver = Receiver.of(mine, "order.received");
            for (int i = 0; i < 4; i++) {
                shop.order();
            }
            int killAt = at;
            var count = new AtomicInteger();
            receiver.answers(_ -> {
                if (count.incrementAndGet() == killAt) {
                    throw new Killed();
                }
                return Receiver.answered(204);
            });

            assertThatThrownBy(() -> jobs.later(A_MINUTE)).isInstanceOf(Killed.class);
            lapse();
            jobs.later(A_MINUTE);

            assertThat(receiver.ids().stream().distinct()).as("killed at %d", at).hasSize(4);
            assertThat(receiver.log())
                    .hasSize(4)
                    .allMatch(it -> it.state() == WebhookDeliveryState.DELIVERED);
            receiver.enable(false);
        }
    }

    @Test
    void who_has_lost_its_lease_stores_nothing() throws SQLException {
        var receiver = Receiver.of(mine, "order.received");
        shop.order();
        receiver.answers(_ -> {
            anotherTakesIt();
            return Receiver.answered(204);
        });

        jobs.later(A_MINUTE);

        assertThat(receiver.last().state()).isEqualTo(WebhookDeliveryState.PENDING);
        assertThat(receiver.last().attempts()).isZero();
        assertThat(receiver.standing().failures()).isZero();
        receiver.answers(204);
        lapse();
        jobs.later(A_MINUTE);
        assertThat(receiver.last().state()).isEqualTo(WebhookDeliveryState.DELIVERED);
    }

    @Test
    void what_was_missed_while_it_was_on_its_way_and_has_arrived_is_delivered() {
        var receiver = Receiver.of(mine, "order.received");
        shop.order();
        receiver.answers(_ -> {
            receiver.enable(false);
            return Receiver.answered(204);
        });

        jobs.later(A_MINUTE);

        assertThat(receiver.last().state()).isEqualTo(WebhookDeliveryState.DELIVERED);
        assertThat(receiver.standing().state()).isEqualTo(WebhookState.DISABLED);
    }

    @Test
    void an_event_that_comes_twice_is_one_delivery() throws SQLException {
        var receiver = Receiver.of(mine, "order.received");
        shop.order();
        jobs.later(A_MINUTE);
        jobs.change(
                "update wms.outbox set sent_at = null, sendings = 2 where tenant_id = ? and type = 'order.received'",
                mine);
        jobs.change(
                "delete from wms.idempotency_record where tenant_id = ? and operation = 'queue-webhooks'",
                mine);

        jobs.later(A_MINUTE);

        assertThat(receiver.log()).hasSize(1);
        assertThat(receiver.received()).hasSize(1);
    }

    private void lapse() throws SQLException {
        jobs.change(
                "update wms.webhook_delivery set leased_until = clock_timestamp() - interval '1 s'"
                        + " where leased_until is not null and tenant_id = ?",
                mine);
    }

    private void anotherTakesIt() {
        try {
            jobs.change(
                    "update wms.webhook_delivery set fence = fence + 1 where tenant_id = ?", mine);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
