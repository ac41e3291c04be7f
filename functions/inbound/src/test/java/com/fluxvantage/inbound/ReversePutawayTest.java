package com.fluxvantage.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.migrations.StockCheck;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.GivenWarehouse;
import com.fluxvantage.testing.TestPlatform;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ReversePutawayTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private Client tenant;
    private GivenWarehouse given;
    private String atDock;

    @BeforeEach
    void tea_at_the_dock() {
        tenant = PLATFORM.openTenant();
        given = GivenWarehouse.of(tenant);
        given.item("TEA");
        atDock = given.receive(given.openReceipt(given.asn("TEA 24")), "TEA", 24);
    }

    @AfterEach
    void the_stock_is_sound() throws SQLException {
        try (var checker = PLATFORM.database().as("fv_checker")) {
            assertThat(StockCheck.run(checker)).isEmpty();
        }
    }

    @Test
    void brings_the_goods_back_to_the_dock() {
        given.putAway(atDock, 4, "A-01");
        given.putAway(atDock, 10, "A-02");

        var answer = done(reverse(tenant));

        assertThat(answer.json().path("stock").size()).isEqualTo(2);
        assertThat(answer.text("reversed")).isNotEqualTo(answer.text("posting_id"));
        assertThat(onHand("DOCK-1")).isEqualTo(20);
        assertThat(onHand("A-01")).isEqualTo(4);
        assertThat(onHand("A-02")).isZero();
    }

    @Test
    void an_id_of_another_kind_with_the_same_bits_is_missing() {
        var receipt = given.openReceipt(given.asn("TEA 5"));
        given.receive(receipt, "TEA", 5);
        given.putAway(atDock, 4, "A-01");

        var asBucket = atDock.substring(0, 4) + receipt.substring(4);
        var asReceipt = receipt.substring(0, 4) + atDock.substring(4);
        assertThat(tenant.post("reverse-putaway", Map.of("bucket_id", asBucket), "{}").status())
                .isEqualTo(404);
        assertThat(
                        tenant.post("reverse-receipt-scan", Map.of("receipt_id", asReceipt), "{}")
                                .status())
                .isEqualTo(404);
    }

    @Test
    void is_done_once_and_does_not_go_on_to_the_putaway_before() {
        given.putAway(atDock, 4, "A-01");
        given.putAway(atDock, 10, "A-02");
        done(reverse(tenant));

        assertThat(reverse(tenant).code()).isEqualTo("inbound.already-reversed");
        assertThat(onHand("A-01")).isEqualTo(4);
    }

    @Test
    void nobody_takes_back_what_somebody_else_has_carried() {
        given.putAway(atDock, 4, "A-01");

        assertThat(reverse(tenant.colleague()).code()).isEqualTo("inbound.nothing-to-reverse");
        assertThat(onHand("A-01")).isEqualTo(4);
    }

    @Test
    void brings_goods_back_to_a_dock_whose_bucket_was_swept() {
        given.putAway(atDock, 24, "A-01");
        sweep();

        done(reverse(tenant));

        assertThat(onHand("DOCK-1")).isEqualTo(24);
        assertThat(onHand("A-01")).isZero();
    }

    @Test
    void goods_that_lay_with_older_ones_have_their_own_age_again() {
        var own = TestPlatform.start();
        tenant = own.openTenant();
        given = GivenWarehouse.of(tenant);
        given.item("TEA");
        atDock = given.receive(given.openReceipt(given.asn("TEA 24")), "TEA", 24);
        given.putAway(atDock, 24, "A-01");
        own.clock().move(Duration.ofDays(3));
        given.receive(given.openReceipt(given.asn("TEA 5")), "TEA", 5);
        String age = one(own, "select location.code || ' ' || fifo_at ", "DOCK-1");
        given.putAway(atDock, 5, "A-01");

        done(reverse(tenant));

        assertThat(one(own, "select location.code || ' ' || fifo_at ", "DOCK-1")).isEqualTo(age);
        assertThat(one(own, "select sum(on_hand) ", "DOCK-1")).isEqualTo("5");
    }

    @Test
    void a_putaway_that_was_taken_back_is_not_counted_in_silence_when_it_is_sent_again() {
        var event = UUID.randomUUID();
        done(event(4, event));
        done(reverse(tenant));

        var again = event(4, event);

        assertThat(again.status()).isEqualTo(409);
        assertThat(again.code()).isEqualTo("inbound.scan-reversed");
        assertThat(onHand("A-02")).isZero();
        done(event(4, UUID.randomUUID()));
    }

    @Test
    void one_of_many_who_take_the_same_putaway_back_at_once_does() {
        for (int round = 0; round < 4; round++) {
            given.putAway(atDock, 3, "A-01");
            given.putAway(atDock, 2, "A-01");

            var answers = Together.all(4, _ -> reverse(tenant));

            assertThat(answers).extracting(Answer::status).containsOnlyOnce(200);
            assertThat(answers.stream().filter(it -> it.status() != 200))
                    .allMatch(it -> it.code().equals("inbound.already-reversed"));
            assertThat(onHand("A-01")).isEqualTo(3L * (round + 1));
        }
    }

    private Answer reverse(Client who) {
        return who.post("reverse-putaway", Map.of("bucket_id", atDock), "{}");
    }

    private Answer event(long quantity, UUID event) {
        return tenant.post(
                "confirm-putaway",
                Map.of("bucket_id", atDock),
                """
                {"quantity": %d, "to": "A-02", "client_event_id": "%s"}\
                """
                        .formatted(quantity, event));
    }

    // What the sweep does, for this tenant.
    private void sweep() {
        try (var connection = PLATFORM.database().superuser();
                var statement =
                        connection.prepareStatement(
                                "delete from wms.bucket where on_hand = 0 and reserved = 0 and"
                                        + " tenant_id = ?")) {
            statement.setObject(1, tenant.tenant().uuid());
            assertThat(statement.executeUpdate()).isEqualTo(1);
        } catch (SQLException e) {
            throw new AssertionError("an empty bucket can be swept", e);
        }
    }

    private long onHand(String location) {
        return Long.parseLong(one(PLATFORM, "select coalesce(sum(on_hand), 0) ", location));
    }

    private String one(TestPlatform of, String select, String location) {
        try (var connection = of.database().superuser();
                var statement =
                        connection.prepareStatement(
                                select
                                        + """
                                          from wms.bucket
                                          join wms.location using (tenant_id, location_id)
                                         where tenant_id = ?
                                           and location.code = ?
                                        """)) {
            statement.setObject(1, tenant.tenant().uuid());
            statement.setString(2, location);
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        } catch (SQLException e) {
            throw new AssertionError("the superuser sees all buckets", e);
        }
    }

    private static Answer done(Answer answer) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        return answer;
    }
}
