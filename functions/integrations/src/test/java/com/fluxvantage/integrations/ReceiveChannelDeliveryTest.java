package com.fluxvantage.integrations;

import static com.fluxvantage.integrations.SignedShop.order;
import static com.fluxvantage.integrations.SignedShop.signed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.id.Prefix;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/** What a shop signs becomes an order, once; what proves nothing leaves no trace. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ReceiveChannelDeliveryTest {
    private static final String OTHER_SECRET = "whsec_YW5vdGhlci1zZWNyZXQtb2YtYS1zaG9wLTAwMg==";
    private static final String DELIVERIES =
            "select state || coalesce(' ' || problem, '') from wms.channel_delivery where tenant_id"
                    + " = ? order by received_at, delivery_id";
    private static final String ORDERS =
            "select reference from wms.outbound_order where tenant_id = ? order by reference";

    private final TestPlatform platform =
            TestPlatform.running("tend-channel-deliveries", "apply-retention");
    private final Connections mine = new Connections(platform);
    private final Jobs jobs = new Jobs(platform);
    private ConnectionId connection;

    @BeforeEach
    void connect() {
        jobs.untilMorning();
        connection = mine.connect("Shop").connectionId();
        mine.given().item("TEA");
    }

    @Test
    void what_a_shop_signs_becomes_an_order_and_what_it_says_of_people_goes_there()
            throws SQLException {
        assertThat(send("evt-1", order("SHOP-1", "TEA", 3)).text("receipt")).isEqualTo("TAKEN");
        platform.clockwork().turn();

        assertThat(jobs.rows(ORDERS, mine.client())).containsExactly("SHOP-1");
        assertThat(jobs.rows(DELIVERIES, mine.client())).containsExactly("APPLIED");
        assertThat(
                        jobs.rows(
                                "select name || ' ' || country || ' ' || email from"
                                        + " wms.order_recipient where tenant_id = ?",
                                mine.client()))
                .containsExactly("Rosa Recipient GB rosa@example.org");
        assertThat(
                        jobs.rows(
                                "select ordered || ' ' || unallocated from wms.outbound_order_line"
                                        + " where tenant_id = ?",
                                mine.client()))
                .containsExactly("3 3");
        assertThat(
                        jobs.rows(
                                "select body is null from wms.channel_delivery where tenant_id = ?",
                                mine.client()))
                .containsExactly("t");
    }

    @Test
    void the_same_delivery_three_times_at_once_is_one_order() throws SQLException {
        var headers = signed("evt-1", now(), order("SHOP-1", "TEA", 1), Connections.SECRET);

        var answers = Together.all(3, _ -> send(headers, order("SHOP-1", "TEA", 1)));
        platform.clockwork().turn();
        send(headers, order("SHOP-1", "TEA", 1));
        platform.clockwork().turn();

        assertThat(answers).extracting(Answer::status).containsOnly(200);
        assertThat(answers)
                .extracting(it -> it.text("receipt"))
                .containsExactlyInAnyOrder("TAKEN", "KNOWN", "KNOWN");
        assertThat(jobs.rows(ORDERS, mine.client())).containsExactly("SHOP-1");
        assertThat(jobs.rows(DELIVERIES, mine.client())).containsExactly("APPLIED");
    }

    @Test
    void what_proves_nothing_is_answered_alike_and_leaves_no_row() throws SQLException {
        String body = order("SHOP-1", "TEA", 1);
        var good = signed("evt-1", now(), body, Connections.SECRET);
        var cases = new HashMap<String, Map<String, String>>();
        cases.put("no headers", Map.of());
        cases.put("another secret", signed("evt-1", now(), body, OTHER_SECRET));
        cases.put("another body", signed("evt-1", now(), body + " ", Connections.SECRET));
        cases.put("another id", with(good, "webhook-id", "evt-2"));
        cases.put("another time", with(good, "webhook-timestamp", String.valueOf(now() + 1)));
        cases.put("of six minutes ago", signed("evt-1", now() - 360, body, Connections.SECRET));
        cases.put("of in six minutes", signed("evt-1", now() + 360, body, Connections.SECRET));
        cases.put("no scheme", with(good, "webhook-signature", bare(good)));
        cases.put("another scheme", with(good, "webhook-signature", "v1a," + bare(good)));
        cases.put("no signature", with(good, "webhook-signature", "v1,"));
        cases.put("an id with a dot", signed("evt.1", now(), body, Connections.SECRET));
        cases.put("a time of words", with(good, "webhook-timestamp", "today"));

        var answers = new HashMap<String, Answer>();
        cases.forEach((name, headers) -> answers.put(name, send(headers, body)));

        assertThat(answers)
                .allSatisfy((name, answer) -> assertThat(answer.status()).as(name).isEqualTo(401));
        assertThat(answers.values())
                .extracting(Answer::comparable)
                .containsOnly(Objects.requireNonNull(answers.get("no headers")).comparable());
        assertThat(jobs.rows(DELIVERIES, mine.client())).isEmpty();
        assertThat(send(good, body).status()).isEqualTo(200);
    }

    @Test
    void a_delivery_of_four_minutes_ago_is_still_good_and_one_of_two_signatures_is_enough() {
        String body = order("SHOP-1", "TEA", 1);
        var late = signed("evt-1", now() - 240, body, Connections.SECRET);
        var two =
                with(
                        late,
                        "webhook-signature",
                        signed("evt-1", now() - 240, body, OTHER_SECRET).get("webhook-signature")
                                + " "
                                + late.get("webhook-signature"));

        assertThat(send(late, body).status()).isEqualTo(200);
        assertThat(send(two, body).text("receipt")).isEqualTo("KNOWN");
    }

    @Test
    void another_tenants_connection_and_none_are_answered_as_a_bad_signature() throws SQLException {
        var theirs = new Connections(platform);
        var other =
                theirs.client()
                        .done(ConnectChannel.OPERATION, theirs.request("Shop", OTHER_SECRET))
                        .connectionId();
        String body = order("SHOP-1", "TEA", 1);

        for (var id : List.of(Identifiers.text(other), "con_nonsense", "nonsense")) {
            var answer =
                    platform.signed(
                            "receive-channel-delivery",
                            Map.of("connection_id", id),
                            signed("evt-1", now(), body, Connections.SECRET),
                            body);
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.toString()).doesNotContain("SHOP-1");
        }
        assertThat(jobs.rows(DELIVERIES, theirs.client())).isEmpty();
        assertThat(jobs.rows(DELIVERIES, mine.client())).isEmpty();
    }

    @Test
    void signed_nonsense_is_refused_and_not_kept_nor_said_back() throws SQLException {
        var cases =
                Map.of(
                        "no json",
                        400,
                        "{\"type\": \"ORDER_PLACED\"}",
                        422,
                        order("SHOP-1", "TEA", 1).replace("ORDER_PLACED", "ORDER_STOLEN"),
                        400,
                        order("SHOP-1", "TEA", 0),
                        422,
                        order("SHOP-1", "TEA", 1)
                                .replace("\"lines\"", "\"secretly\": 1, \"lines\""),
                        400);

        cases.forEach((body, status) -> {
            var answer = send("evt-1", body);
            assertThat(answer.status()).as(body).isEqualTo(status);
            assertThat(answer.toString()).doesNotContain("STOLEN", "Rosa", "secretly");
        });
        assertThat(jobs.rows(DELIVERIES, mine.client())).isEmpty();
    }

    @Test
    void five_megabytes_are_too_large_whoever_signs_them() throws SQLException {
        String large = "{\"type\": \"" + "x".repeat(5_000_000) + "\"}";

        assertThat(send("evt-1", large).status()).isEqualTo(413);
        assertThat(jobs.rows(DELIVERIES, mine.client())).isEmpty();
    }

    @Test
    void an_unknown_item_is_held_with_the_reason_until_it_is_known() throws SQLException {
        send("evt-1", order("SHOP-1", "NOBODYS", 1));
        send("evt-2", order("SHOP-2", "TEA", 1));
        platform.clockwork().turn();

        assertThat(jobs.rows(ORDERS, mine.client())).containsExactly("SHOP-2");
        assertThat(jobs.rows(DELIVERIES, mine.client()))
                .containsExactlyInAnyOrder("HELD UNKNOWN_SKU", "APPLIED");
        var health = health();
        assertThat(health.held()).isEqualTo(1);
        assertThat(health.waiting()).isZero();
        assertThat(health.lastProblem()).contains(DeliveryProblem.UNKNOWN_SKU);
        assertThat(health.lastOrderAt()).isPresent();

        mine.given().item("NOBODYS");
        jobs.later(Duration.ofHours(2));

        assertThat(jobs.rows(ORDERS, mine.client())).containsExactly("SHOP-1", "SHOP-2");
        assertThat(health().held()).isZero();
    }

    @Test
    void an_order_number_that_came_under_another_id_is_held_and_is_no_second_order()
            throws SQLException {
        send("evt-1", order("SHOP-1", "TEA", 1));
        platform.clockwork().turn();
        send("evt-2", order("SHOP-1", "TEA", 5));
        platform.clockwork().turn();

        assertThat(jobs.rows(ORDERS, mine.client())).containsExactly("SHOP-1");
        assertThat(jobs.rows(DELIVERIES, mine.client()))
                .containsExactlyInAnyOrder("APPLIED", "HELD REFERENCE_TAKEN");
    }

    @Test
    void while_a_connection_is_paused_what_comes_waits() throws SQLException {
        mine.client().done(PauseConnection.OPERATION, new PauseConnection.Request(connection));
        send("evt-1", order("SHOP-1", "TEA", 1));
        platform.clockwork().turn();
        jobs.later(Duration.ofHours(3));
        assertThat(jobs.rows(ORDERS, mine.client())).isEmpty();
        assertThat(jobs.rows(DELIVERIES, mine.client())).containsExactly("RECEIVED");

        mine.client().done(ResumeConnection.OPERATION, new ResumeConnection.Request(connection));
        jobs.later(Duration.ofHours(2));

        assertThat(jobs.rows(ORDERS, mine.client())).containsExactly("SHOP-1");
    }

    @Test
    void after_the_end_nothing_is_believed_any_more() throws SQLException {
        mine.client().done(DisconnectChannel.OPERATION, new DisconnectChannel.Request(connection));

        assertThat(send("evt-1", order("SHOP-1", "TEA", 1)).status()).isEqualTo(401);
        assertThat(jobs.rows(DELIVERIES, mine.client())).isEmpty();
    }

    @Test
    void a_ciphertext_that_was_swapped_verifies_nothing() throws SQLException {
        mine.connect("Another shop");
        jobs.change(
                "update wms.stored_secret as secret set sealed = other.sealed from"
                        + " wms.stored_secret as other where secret.tenant_id = ? and"
                        + " other.tenant_id = secret.tenant_id and other.secret_id <>"
                        + " secret.secret_id",
                mine.client());

        assertThat(send("evt-1", order("SHOP-1", "TEA", 1)).status()).isEqualTo(401);
        assertThat(jobs.rows(DELIVERIES, mine.client())).isEmpty();
    }

    @Test
    void a_connection_over_which_nothing_came_says_so() {
        var health = health();

        assertThat(health.lastReceivedAt()).isEmpty();
        assertThat(health.lastOrderAt()).isEmpty();
        assertThat(health.secretFingerprint()).matches("[0-9a-f]{8}");
        assertThat(
                        new Connections(platform)
                                .client()
                                .call(
                                        GetConnection.OPERATION,
                                        new GetConnection.Request(connection))
                                .status())
                .isEqualTo(404);
    }

    /** The two shops sell the one that is there: one order gets it, the other is short of it. */
    @Test
    void two_channels_that_race_for_the_last_unit_promise_it_once() throws SQLException {
        mine.given().item("LAST");
        mine.given().stock("LAST", 1, "A-02");
        send("evt-1", order("SHOP-1", "LAST", 1));
        send("evt-2", order("SHOP-2", "LAST", 1));
        platform.clockwork().turn();
        var orders =
                jobs.rows(
                        "select order_id from wms.outbound_order where tenant_id = ? order by 1",
                        mine.client());

        Together.all(
                2,
                at ->
                        mine.client()
                                .post(
                                        "allocate-order",
                                        Map.of("order_id", orderId(orders.get(at))),
                                        "{}"));

        assertThat(
                        jobs.rows(
                                "select allocated || ' ' || unallocated from"
                                        + " wms.outbound_order_line where tenant_id = ? order by 1",
                                mine.client()))
                .containsExactly("0 1", "1 0");
    }

    private GetConnection.Result health() {
        return mine.client().done(GetConnection.OPERATION, new GetConnection.Request(connection));
    }

    private Answer send(String id, String body) {
        return send(signed(id, now(), body, Connections.SECRET), body);
    }

    private Answer send(Map<String, String> headers, String body) {
        return platform.signed(
                "receive-channel-delivery",
                Map.of("connection_id", Identifiers.text(connection)),
                headers,
                body);
    }

    private static String orderId(String uuid) {
        return Identifiers.text(new OrderOf(UUID.fromString(uuid)));
    }

    /** An order as this domain does not know it. */
    @Prefix("ord")
    private record OrderOf(UUID uuid) implements Identifier {}

    private static long now() {
        return Instant.now().getEpochSecond();
    }

    private static String bare(Map<String, String> headers) {
        return String.valueOf(headers.get("webhook-signature")).substring("v1,".length());
    }

    private static Map<String, String> with(
            Map<String, String> headers, String name, String value) {
        var changed = new HashMap<>(headers);
        changed.put(name, value);
        return changed;
    }
}
