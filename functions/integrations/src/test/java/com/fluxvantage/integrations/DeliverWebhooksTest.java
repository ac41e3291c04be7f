package com.fluxvantage.integrations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.outside.Credential;
import com.fluxvantage.kernel.outside.Webhooks.Cause;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What arrives at an endpoint, how often, and what becomes of one that does not take it. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DeliverWebhooksTest {
    private static final Duration A_MINUTE = Duration.ofMinutes(1);

    private final TestPlatform platform =
            TestPlatform.running("deliver-webhooks", "apply-retention");
    private final Client mine = platform.openTenant();
    private final Client theirs = platform.openTenant();
    private final Receiver.Shop shop = new Receiver.Shop(mine);
    private final Jobs jobs = new Jobs(platform);

    @Test
    void tells_a_subscriber_once_of_what_it_wants_to_hear_and_of_nothing_else() {
        var orders = Receiver.of(mine, "order.received");
        var receipts = Receiver.of(mine, "receipt.closed");

        String order = shop.order();
        jobs.later(A_MINUTE);
        jobs.later(A_MINUTE);

        assertThat(orders.heard()).containsExactly("order.received");
        assertThat(receipts.received()).isEmpty();
        var body = orders.bodies().getFirst();
        assertThat(body.propertyNames()).containsExactly("type", "timestamp", "sequence", "data");
        assertThat(body.path("data").path("order_id").asString()).isEqualTo(order);
        assertThat(body.path("sequence").asLong()).isEqualTo(1);
        assertThat(body.toString())
                .doesNotContain("Quill", "Nib Lane", "90210", "@")
                .hasSizeLessThan(20_000);
        assertThat(orders.last())
                .satisfies(it -> {
                    assertThat(it.state()).isEqualTo(WebhookDeliveryState.DELIVERED);
                    assertThat(it.outcome()).contains("204");
                    assertThat(it.attempts()).isEqualTo(1);
                    assertThat(it.nextAttemptAt()).isEmpty();
                });
    }

    @Test
    void whoever_connects_nothing_is_not_looked_after_each_minute() throws SQLException {
        Receiver.of(mine, "order.received");

        jobs.later(Duration.ofMinutes(10));

        assertThat(ticks(mine)).containsExactly("tick.deliver-webhooks");
        assertThat(ticks(theirs)).isEmpty();
    }

    private List<String> ticks(Client tenant) throws SQLException {
        return jobs.rows(
                """
                select distinct type
                  from wms.outbox
                 where tenant_id = ?
                   and type in ('tick.deliver-webhooks', 'tick.pull-orders', 'tick.push-stock',
                                'tick.report-shipments', 'tick.tend-labels')
                """,
                tenant);
    }

    @Test
    void no_tenant_hears_of_another() {
        var foreign = Receiver.of(theirs, "order.received");

        shop.order();
        jobs.later(A_MINUTE);

        assertThat(foreign.received()).isEmpty();
        assertThat(foreign.log()).isEmpty();
    }

    @Test
    void is_signed_so_that_the_library_verifies_and_another_secret_does_not() {
        var receiver = Receiver.of(mine, "order.received");
        shop.order();
        jobs.later(A_MINUTE);

        var one = receiver.received().getFirst();
        assertThat(Receiver.verifies(one, Receiver.secret(1))).isTrue();
        assertThat(Receiver.verifies(one, Receiver.secret(2))).isFalse();
    }

    @Test
    void while_a_secret_is_changed_both_sign_for_a_day() throws SQLException {
        var receiver = Receiver.of(mine, "order.received");
        rotate(receiver, 2);
        assertThat(receiver.standing().oldSecretEndsAt()).isPresent();

        shop.order();
        jobs.later(A_MINUTE);
        jobs.later(RotateWebhookSecret.OVERLAP);
        shop.order();
        jobs.later(A_MINUTE);

        var before = receiver.received().getFirst();
        var after = receiver.received().getLast();
        assertThat(Receiver.verifies(before, Receiver.secret(1))).isTrue();
        assertThat(Receiver.verifies(before, Receiver.secret(2))).isTrue();
        assertThat(Receiver.verifies(after, Receiver.secret(1))).isFalse();
        assertThat(Receiver.verifies(after, Receiver.secret(2))).isTrue();
        assertThat(sealed()).containsExactlyInAnyOrder("gone", "kept");
        assertThat(receiver.standing().oldSecretEndsAt()).isEmpty();
    }

    @Test
    void who_rotates_twice_ends_the_oldest_at_once() throws SQLException {
        var receiver = Receiver.of(mine, "order.received");
        rotate(receiver, 2);
        rotate(receiver, 3);

        shop.order();
        jobs.later(A_MINUTE);

        var one = receiver.received().getFirst();
        assertThat(Receiver.verifies(one, Receiver.secret(1))).isFalse();
        assertThat(Receiver.verifies(one, Receiver.secret(2))).isTrue();
        assertThat(Receiver.verifies(one, Receiver.secret(3))).isTrue();
        assertThat(sealed()).containsExactlyInAnyOrder("gone", "kept", "kept");
    }

    @Test
    void is_tried_again_at_its_times_under_the_same_id_and_given_up_after_three_days() {
        var receiver = Receiver.of(mine, "order.received");
        receiver.answers(500);
        shop.order();
        jobs.later(A_MINUTE);

        for (int attempt = 1; attempt <= WebhookSchedule.RETRIES.size(); attempt++) {
            var last = receiver.last();
            assertThat(last.attempts()).isEqualTo(attempt);
            var wait = WebhookSchedule.RETRIES.get(attempt - 1);
            assertThat(
                            Duration.between(
                                    last.attemptedAt().orElseThrow(),
                                    last.nextAttemptAt().orElseThrow()))
                    .isBetween(wait, wait.plus(wait.dividedBy(10)));
            platform.clock()
                    .move(
                            Duration.between(
                                    platform.clock().instant(),
                                    last.nextAttemptAt().orElseThrow().plusSeconds(120)));
            platform.clockwork().turn();
        }

        assertThat(receiver.received()).hasSize(10);
        assertThat(receiver.ids()).containsOnly(receiver.ids().getFirst());
        assertThat(receiver.received().stream().map(it -> it.body()).distinct()).hasSize(1);
        assertThat(receiver.last().nextAttemptAt()).isEmpty();
        assertThat(receiver.last().outcome()).contains("500");
        assertThat(receiver.standing().state()).isEqualTo(WebhookState.DISABLED);
        assertThat(receiver.standing().disabledWhy()).contains(WebhookDisabledWhy.FAILING);
    }

    @Test
    void who_answers_410_is_told_nothing_more_and_others_hear_of_it() {
        var gone = Receiver.of(mine, "order.received");
        var watching = Receiver.of(mine, "webhook.disabled");
        gone.answers(410);

        shop.order();
        shop.order();
        jobs.later(A_MINUTE);
        jobs.later(A_MINUTE);

        assertThat(gone.received()).hasSize(1);
        assertThat(gone.standing().state()).isEqualTo(WebhookState.DISABLED);
        assertThat(gone.standing().disabledWhy()).contains(WebhookDisabledWhy.GONE);
        assertThat(gone.log())
                .extracting(SearchWebhookDeliveries.Delivery::state)
                .containsOnly(WebhookDeliveryState.MISSED);
        assertThat(watching.bodies())
                .singleElement()
                .satisfies(
                        it -> assertThat(it.path("data").path("why").asString()).isEqualTo("GONE"));
    }

    @Test
    void who_asks_to_be_left_alone_is() {
        var receiver = Receiver.of(mine, "order.received");
        receiver.answers(_ -> Receiver.busy(429, Duration.ofHours(1)));
        shop.order();
        shop.order();
        jobs.later(A_MINUTE);
        assertThat(receiver.received()).hasSize(1);

        receiver.answers(204);
        jobs.later(Duration.ofMinutes(55));
        assertThat(receiver.received()).hasSize(1);
        jobs.later(Duration.ofMinutes(10));

        assertThat(receiver.received()).hasSize(3);
        assertThat(receiver.log())
                .extracting(SearchWebhookDeliveries.Delivery::state)
                .containsOnly(WebhookDeliveryState.DELIVERED);
    }

    @Test
    void who_is_unwell_rests_and_is_asked_with_one_message_now_and_then() {
        var receiver = Receiver.of(mine, "order.received");
        receiver.answersNot(Cause.TIMED_OUT);
        for (int i = 0; i < 12; i++) {
            shop.order();
        }

        jobs.later(A_MINUTE);

        assertThat(receiver.received()).hasSize(WebhookSchedule.FAILURES_BEFORE_REST);
        assertThat(receiver.standing().restsUntil()).isPresent();
        receiver.answers(204);
        jobs.later(Duration.ofMinutes(10));
        assertThat(receiver.log())
                .hasSize(12)
                .extracting(SearchWebhookDeliveries.Delivery::state)
                .containsOnly(WebhookDeliveryState.DELIVERED);
        assertThat(receiver.standing().failures()).isZero();
        assertThat(receiver.standing().restsUntil()).isEmpty();
    }

    @Test
    void one_that_is_slow_holds_up_no_other() throws InterruptedException {
        var slow = Receiver.of(mine, "order.received");
        var quick = Receiver.of(mine, "order.received");
        var quickIsDone = new java.util.concurrent.CountDownLatch(1);
        quick.answers(_ -> {
            quickIsDone.countDown();
            return Receiver.answered(204);
        });
        // It answers when the other has been told: behind each other they would wait for ever.
        slow.answers(_ -> {
            try {
                return Receiver.answered(
                        quickIsDone.await(20, java.util.concurrent.TimeUnit.SECONDS) ? 204 : 500);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });

        shop.order();
        jobs.later(A_MINUTE);

        assertThat(quick.last().state()).isEqualTo(WebhookDeliveryState.DELIVERED);
        assertThat(slow.last().state()).isEqualTo(WebhookDeliveryState.DELIVERED);
    }

    @Test
    void a_long_queue_of_one_hides_no_other() {
        var first = Receiver.of(mine, "order.received");
        for (int i = 0; i < 25; i++) {
            shop.order();
        }
        var second = Receiver.of(mine, "order.cancelled");
        mine.post(
                "cancel-order",
                java.util.Map.of("order_id", shop.order()),
                "{\"reason\": \"DUPLICATE\"}");

        jobs.later(A_MINUTE);

        assertThat(first.received()).hasSize(26);
        assertThat(second.received()).hasSize(1);
    }

    @Test
    void what_is_missed_while_it_is_disabled_is_sent_by_a_replay_of_that_time() {
        var receiver = Receiver.of(mine, "order.received");
        var from = platform.clock().instant();
        receiver.enable(false);
        shop.order();
        shop.order();
        jobs.later(A_MINUTE);
        assertThat(receiver.received()).isEmpty();
        assertThat(receiver.log())
                .extracting(SearchWebhookDeliveries.Delivery::state)
                .containsOnly(WebhookDeliveryState.MISSED);
        assertThat(replayed(receiver, from).code()).isEqualTo("integrations.endpoint-disabled");

        receiver.enable(true);
        jobs.later(A_MINUTE);
        assertThat(receiver.received()).isEmpty();
        assertThat(replayed(receiver, from).number("replayed")).isEqualTo(2);
        jobs.later(A_MINUTE);

        assertThat(receiver.received()).hasSize(2);
        assertThat(replayed(receiver, from).number("replayed")).isZero();
    }

    @Test
    void one_that_was_delivered_is_sent_again_under_its_id() {
        var receiver = Receiver.of(mine, "order.received");
        shop.order();
        jobs.later(A_MINUTE);
        var first = receiver.last().deliveryId();

        var request =
                new ReplayWebhookDeliveries.Request(
                        receiver.endpoint(),
                        Optional.of(first),
                        Optional.empty(),
                        Optional.empty());
        mine.done(ReplayWebhookDeliveries.OPERATION, request);
        assertThat(mine.call(ReplayWebhookDeliveries.OPERATION, request).code())
                .isEqualTo("integrations.still-pending");
        jobs.later(A_MINUTE);

        assertThat(receiver.ids()).hasSize(2).containsOnly(receiver.ids().getFirst());
    }

    @Test
    void one_that_is_removed_is_forgotten_with_its_address_and_its_secret() throws SQLException {
        var receiver = Receiver.of(mine, "order.received");
        receiver.answers(500);
        shop.order();
        jobs.later(A_MINUTE);

        mine.done(
                RemoveWebhookEndpoint.OPERATION,
                new RemoveWebhookEndpoint.Request(receiver.endpoint()));
        receiver.answers(204);
        shop.order();
        jobs.later(Duration.ofHours(3));

        assertThat(receiver.received()).hasSizeLessThan(3).allMatch(it -> !it.body().isEmpty());
        assertThat(receiver.log())
                .singleElement()
                .extracting(SearchWebhookDeliveries.Delivery::state)
                .isEqualTo(WebhookDeliveryState.MISSED);
        assertThat(sealed()).containsExactly("gone");
        assertThat(jobs.rows("select url from wms.webhook_endpoint where tenant_id = ?", mine))
                .containsExactly("null");
    }

    @Test
    void a_secret_that_was_moved_to_another_row_signs_nothing() throws SQLException {
        var receiver = Receiver.of(mine, "order.received");
        var other = Receiver.of(theirs, "order.received");
        jobs.change(
                ("update wms.stored_secret set sealed = (select sealed from wms.stored_secret join"
                                + " wms.webhook_secret using (tenant_id, secret_id) where endpoint_id = '%s')"
                                + " where tenant_id = ?")
                        .formatted(other.endpoint().uuid()),
                mine);

        shop.order();
        jobs.later(A_MINUTE);

        assertThat(receiver.received()).isEmpty();
        assertThat(receiver.last().outcome()).contains("NOT_SIGNED");
        assertThat(receiver.last().state()).isEqualTo(WebhookDeliveryState.PENDING);
    }

    @Test
    void neither_a_body_nor_a_secret_stands_in_what_is_left_behind() throws SQLException {
        var receiver = Receiver.of(mine, "order.received");
        rotate(receiver, 2);
        shop.order();
        jobs.later(A_MINUTE);
        assertThat(receiver.received()).hasSize(1);

        for (var table :
                List.of(
                        "webhook_endpoint",
                        "webhook_secret",
                        "stored_secret",
                        "webhook_delivery",
                        "audit_entry",
                        "idempotency_record",
                        "outbox")) {
            var rows =
                    jobs.rows(
                                    "select to_jsonb(t)::text from wms."
                                            + table
                                            + " as t where tenant_id = ?",
                                    mine)
                            .toString();
            assertThat(rows)
                    .as(table)
                    .doesNotContain(
                            Receiver.secret(1).substring(6),
                            Receiver.secret(2).substring(6),
                            hex(1),
                            hex(2));
            if (!table.equals("outbox")) {
                assertThat(rows).as(table).doesNotContain("\"timestamp\"", "\"data\"");
            }
        }
        assertThat(jobs.deadLetters(mine)).isEmpty();
    }

    @Test
    void deliveries_go_after_thirty_days() throws SQLException {
        jobs.untilSeven();
        Receiver.of(mine, "order.received");
        shop.order();
        jobs.later(A_MINUTE);
        assertThat(jobs.count("wms.webhook_delivery", mine)).isEqualTo(1);

        jobs.later(Duration.ofDays(28));
        jobs.untilMorning();
        assertThat(jobs.count("wms.webhook_delivery", mine)).isEqualTo(1);
        jobs.later(Duration.ofDays(2));
        jobs.untilMorning();

        assertThat(jobs.count("wms.webhook_delivery", mine)).isZero();
    }

    private static String hex(int number) {
        return java.util.HexFormat.of()
                .formatHex(
                        Receiver.secret(number).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private Answer replayed(Receiver receiver, Instant from) {
        return mine.call(
                ReplayWebhookDeliveries.OPERATION,
                new ReplayWebhookDeliveries.Request(
                        receiver.endpoint(),
                        Optional.empty(),
                        Optional.of(from),
                        Optional.of(platform.clock().instant().plusSeconds(1))));
    }

    private void rotate(Receiver receiver, int number) {
        mine.done(
                RotateWebhookSecret.OPERATION,
                new RotateWebhookSecret.Request(
                        receiver.endpoint(), new Credential(Receiver.secret(number))));
    }

    private List<String> sealed() throws SQLException {
        return jobs.rows(
                "select case when destroyed_at is null then 'kept' else 'gone' end from"
                        + " wms.stored_secret where tenant_id = ?",
                mine);
    }
}
