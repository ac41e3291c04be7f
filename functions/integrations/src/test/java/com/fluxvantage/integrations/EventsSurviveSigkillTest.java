package com.fluxvantage.integrations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.outside.Credential;
import com.fluxvantage.kernel.outside.WebhookUrl;
import com.fluxvantage.testing.Jobs;
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
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A process is killed with SIGKILL at each of these moments, and another goes on where it was:
 * nothing is lost, and nothing is there twice but a message that its receiver knows by its id.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class EventsSurviveSigkillTest {
    private static final int ORDERS = 3;

    /** In this order: each process comes a little further than the one before. */
    private static final List<Moment> OF_A_WEBHOOK =
            List.of(
                    Moment.of("after Queues.send"),
                    Moment.of("before commit .*wms.mark_sent"),
                    Moment.of("before commit .*insert into wms.webhook_delivery"),
                    new Moment("after commit .*insert into wms.webhook_delivery", 2),
                    Moment.of("before commit .*update wms.webhook_delivery as delivery"),
                    Moment.of("after commit .*update wms.webhook_delivery as delivery"),
                    Moment.of("after Secrets.open"),
                    Moment.of("before Webhooks.post"),
                    new Moment("after Webhooks.post", 2),
                    Moment.of("before commit .*set state = case when"),
                    Moment.of("after commit .*set state = case when"));

    /** At these the receiver may have had what is then sent again. */
    private static final int ARRIVED_AND_NOT_STORED = 2 + ORDERS;

    private static final List<Moment> OF_A_ROTATION =
            List.of(
                    Moment.of("after commit .*wms.take_secrets"),
                    Moment.of("after Secrets.seal"),
                    Moment.of("before commit .*wms.keep_sealed"),
                    Moment.of("after commit .*wms.keep_sealed"));

    private static final List<Moment> OF_A_CHANNEL =
            List.of(
                    Moment.of("after Queues.send"),
                    Moment.of("before commit .*wms.settle_delivery"),
                    Moment.of("after commit .*wms.settle_delivery"));

    private static final List<Moment> OF_A_LETTER =
            List.of(
                    Moment.of("after commit .*set telling_fence"),
                    Moment.of("after Mail.send"),
                    Moment.of("before commit .*set told_version"),
                    Moment.of("after commit .*set told_version"));

    @TempDir private Path folder;
    private TestPlatform platform;
    private Connections mine;
    private Jobs jobs;
    private Mortal mortal;

    @BeforeEach
    void begin_in_the_morning() {
        platform = TestPlatform.keeping(folder);
        mine = new Connections(platform);
        jobs = new Jobs(platform);
        mortal = new Mortal(platform, folder);
        jobs.untilSeven();
    }

    @Test
    void the_relay_and_whoever_sends_webhooks() throws SQLException {
        endpoint();
        mine.given().item("TEA");
        for (int order = 1; order <= ORDERS; order++) {
            order(order);
        }

        for (var moment : OF_A_WEBHOOK) {
            mortal.dies(moment, life("queue-webhooks", "deliver-webhooks"));
            theLeasesEnd();
        }
        mortal.lives(life("queue-webhooks", "deliver-webhooks"));

        assertThat(mortal.received()).hasSizeBetween(ORDERS, ORDERS + ARRIVED_AND_NOT_STORED);
        assertThat(mortal.received().stream().distinct())
                .as("what came twice came under its id and with its body")
                .hasSize(ORDERS);
        assertThat(rows("select state || ' ' || attempts from wms.webhook_delivery"))
                .hasSize(ORDERS)
                .containsOnly("DELIVERED 1");
        assertNothingIsLost();
    }

    @Test
    void whoever_seals_anew() throws SQLException {
        for (int shop = 1; shop <= 3; shop++) {
            mine.connect("Shop " + shop);
        }
        var now = platform.clock().instant();
        var then = now.plus(RotateSecrets.AGE).plus(Duration.ofDays(1));
        platform.clock().move(Duration.between(now, Timing.daily("03:00").after(then)));

        for (var moment : OF_A_ROTATION) {
            mortal.dies(moment, life("rotate-secrets"));
            assertThat(mine.stored()).allSatisfy(this::assertOpens);
            theLeasesEnd();
        }
        mortal.lives(life("rotate-secrets"));

        assertThat(mine.stored())
                .hasSize(3)
                .allSatisfy(this::assertOpens)
                .allSatisfy(it -> assertThat(it.version()).isEqualTo(2));
        assertNothingIsLost();
    }

    @Test
    void whoever_makes_orders_of_what_a_shop_sent() throws SQLException {
        mine.given().item("TEA");
        var connection = mine.connect("Shop").connectionId();
        for (int order = 1; order <= ORDERS; order++) {
            String body = SignedShop.order("SHOP-" + order, "TEA", 1);
            var sent =
                    platform.signed(
                            "receive-channel-delivery",
                            Map.of("connection_id", Identifiers.text(connection)),
                            SignedShop.signed(
                                    "evt-" + order,
                                    Instant.now().getEpochSecond(),
                                    body,
                                    Connections.SECRET),
                            body);
            assertThat(sent.status()).isEqualTo(200);
        }

        for (var moment : OF_A_CHANNEL) {
            mortal.dies(moment, life("accept-channel-order"));
            theLeasesEnd();
        }
        mortal.lives(life("accept-channel-order"));

        assertThat(rows("select reference from wms.outbound_order"))
                .containsExactlyInAnyOrder("SHOP-1", "SHOP-2", "SHOP-3");
        assertThat(rows("select state || ' ' || (body is null) from wms.channel_delivery"))
                .hasSize(ORDERS)
                .containsOnly("APPLIED true");
        assertThat(rows("select type from wms.outbox where type = 'order.received'"))
                .hasSize(ORDERS);
        assertNothingIsLost();
    }

    @Test
    void whoever_writes_of_a_disabled_endpoint() throws SQLException {
        var receiver = Receiver.of(mine.client(), "order.received");
        receiver.answers(410);
        mine.given().item("TEA");
        // The letter is not sent in this process.
        jobs.change(
                "update wms.webhook_endpoint set telling_until = 'infinity' where tenant_id = ?",
                mine.client());
        order(1);
        jobs.later(Duration.ofMinutes(1));
        assertThat(receiver.standing().disabledWhy()).contains(WebhookDisabledWhy.GONE);
        jobs.change(
                "update wms.outbox set sent_at = null, sendings = 2 where tenant_id = ? and type ="
                        + " 'webhook.disabled'",
                mine.client());
        theLeasesEnd();

        for (var moment : OF_A_LETTER) {
            mortal.dies(moment, life("report-disabled-endpoint"));
            theLeasesEnd();
        }
        mortal.lives(life("report-disabled-endpoint"));

        assertThat(
                        rows(
                                "select told_version = version and telling_until is null from"
                                        + " wms.webhook_endpoint"))
                .containsExactly("t");
        assertThat(jobs.result("report-disabled-endpoint", mine.client()))
                .isEqualTo("{\"sent\": 1}");
        assertNothingIsLost();
    }

    private void assertOpens(Connections.Stored stored) {
        assertThat(mine.opened(stored)).isEqualTo(Connections.SECRET);
    }

    private void endpoint() {
        mine.client()
                .done(
                        AddWebhookEndpoint.OPERATION,
                        new AddWebhookEndpoint.Request(
                                new WebhookUrl("https://" + Mortal.RECEIVER + "/hooks"),
                                Receiver.types("order.received"),
                                new Credential(Receiver.secret(1))));
    }

    private void order(int number) {
        var answer =
                mine.client()
                        .post(
                                "accept-order",
                                Map.of(),
                                """
                                {"warehouse_id": "%s", "reference": "SO-%d", "lines": [{"sku": "TEA", "quantity": 1}],
                                 "recipient": {"name": "Zoe Quill", "street": "7 Nib Lane", "city": "Inkwell",
                                               "postcode": "90210", "country": "US"}}
                                """
                                        .formatted(mine.given().warehouseId(), number));
        assertThat(answer.status()).isEqualTo(201);
    }

    private Life life(String... operations) {
        var now = platform.clock().instant();
        platform.clock().move(Duration.ofMinutes(3));
        return new Life(now, 3, 1, List.of(operations));
    }

    private void theLeasesEnd() throws SQLException {
        for (var lease :
                List.of(
                        "stream_lease leased_until",
                        "webhook_delivery leased_until",
                        "stored_secret leased_until",
                        "webhook_endpoint telling_until")) {
            var names = lease.split(" ", 2);
            jobs.change(
                    "update wms.%1$s set %2$s = clock_timestamp() - interval '1 second' where %2$s is not null and tenant_id = ?"
                            .formatted(names[0], names[1]),
                    mine.client());
        }
    }

    private List<String> rows(String sql) throws SQLException {
        return jobs.rows(
                sql + (sql.contains(" where ") ? " and" : " where") + " tenant_id = ?",
                mine.client());
    }

    /** Every event was sent and settled, and nothing was given up. */
    private void assertNothingIsLost() throws SQLException {
        assertThat(mortal.queued()).isZero();
        assertThat(rows("select type from wms.outbox where sent_at is null")).isEmpty();
        assertThat(jobs.deadLetters(mine.client())).isEmpty();
    }
}
