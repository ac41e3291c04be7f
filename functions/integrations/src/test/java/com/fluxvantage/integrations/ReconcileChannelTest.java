package com.fluxvantage.integrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.outside.Shops.Reply;
import com.fluxvantage.kernel.outside.Shops.Trouble;
import com.fluxvantage.kernel.pace.Pace;
import com.fluxvantage.kernel.text.Sku;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** At night what a shop shows is compared: a little is mended, of a lot a person is asked. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ReconcileChannelTest {
    private static final Duration A_MINUTE = Duration.ofMinutes(1);
    private static final int ITEMS = 12;

    private final TestPlatform platform =
            TestPlatform.running(
                    "reconcile-channel", "push-stock", "pull-orders", "report-shipments");
    private final ConnectedShop mine = new ConnectedShop(platform);
    private final WatchedShop shop = new WatchedShop(mine.shop());

    @BeforeEach
    void twelve_items_that_the_shop_was_told() {
        mine.jobs().untilSeven();
        platform.ports().shops().open(mine.host(), shop);
        for (int i = 1; i <= ITEMS; i++) {
            mine.item(sku(i), 10);
        }
        mine.jobs().later(A_MINUTE);
        shop.forget();
    }

    @Test
    void a_shop_that_shows_what_it_was_told_is_sound() {
        mine.jobs().untilMorning();

        var night = newest();
        assertThat(night.outcome()).isEqualTo(DriftOutcome.SOUND);
        assertThat(night.compared()).isEqualTo(ITEMS);
        assertThat(night.differing()).isZero();
        assertThat(shop.told()).isEmpty();
    }

    @Test
    void a_little_drift_is_reported_and_told_again() {
        mine.shop().item(sku(3), 77);

        mine.jobs().untilMorning();

        assertThat(newest().outcome()).isEqualTo(DriftOutcome.MENDED);
        assertThat(report().items())
                .containsExactly(new GetDriftReport.Drift(new Sku(sku(3)), 10, 77));
        mine.jobs().later(A_MINUTE);
        assertThat(mine.shop().onHand(sku(3))).isEqualTo(10);
        assertThat(shop.told()).containsExactly(sku(3) + " 10");

        mine.jobs().untilMorning();
        assertThat(newest().outcome()).isEqualTo(DriftOutcome.SOUND);
        assertThat(report().items()).isEmpty();
        assertThat(report().nights())
                .extracting(GetDriftReport.Night::outcome)
                .startsWith(DriftOutcome.SOUND, DriftOutcome.MENDED);
    }

    @Test
    void more_than_the_limit_stops_the_shop_until_a_person_accepts() {
        drift(11);

        mine.jobs().untilMorning();

        assertThat(newest().outcome()).isEqualTo(DriftOutcome.STOPPED);
        assertThat(newest().differing()).isEqualTo(11);
        assertThat(report().stoppedAt()).isPresent();
        assertThat(mine.standing().stockStoppedAt()).isPresent();
        mine.tenant().given().stock(sku(12), 5, "A-01");
        mine.jobs().later(A_MINUTE);
        mine.jobs().later(A_MINUTE);
        assertThat(shop.told()).as("nothing is told").isEmpty();

        var accepted = accept();
        mine.jobs().later(A_MINUTE);

        assertThat(accepted.as(AcceptDrift.Result.class).items()).isEqualTo(11);
        assertThat(shop.told()).hasSize(12).contains(sku(1) + " 10", sku(12) + " 15");
        assertThat(report().stoppedAt()).isEmpty();
        assertThat(newest().acceptedAt()).isPresent();
        assertThat(accept().code()).isEqualTo("integrations.stock-not-stopped");
        assertThat(
                        new ConnectedShop(platform)
                                .client()
                                .call(AcceptDrift.OPERATION, request())
                                .status())
                .as("another tenant")
                .isEqualTo(404);
    }

    @Test
    void as_many_as_the_limit_are_mended() {
        drift(10);

        mine.jobs().untilMorning();

        assertThat(newest().outcome()).isEqualTo(DriftOutcome.MENDED);
        assertThat(newest().differing()).isEqualTo(10);
    }

    @Test
    void the_limit_is_the_tenants_to_set() {
        limit(2);
        drift(3);
        mine.jobs().untilMorning();
        assertThat(newest().outcome()).isEqualTo(DriftOutcome.STOPPED);
        assertThat(report().driftLimit()).isEqualTo(2);
        accept();
        mine.jobs().later(A_MINUTE);

        drift(2);
        mine.jobs().untilMorning();
        assertThat(newest().outcome()).isEqualTo(DriftOutcome.MENDED);
        mine.jobs().later(A_MINUTE);

        limit(0);
        drift(1);
        mine.jobs().untilMorning();
        assertThat(newest().outcome()).as("each is asked about").isEqualTo(DriftOutcome.STOPPED);
    }

    @Test
    void a_limit_is_a_number_of_items_and_another_tenants_is_not_there() {
        var attack = new ConnectedShop(platform).client();
        var path = Map.of("connection_id", Identifiers.text(mine.connection()));

        assertThat(mine.client().post("set-drift-limit", path, "{\"drift_limit\": -1}").status())
                .isEqualTo(422);
        assertThat(
                        mine.client()
                                .post("set-drift-limit", path, "{\"drift_limit\": 100001}")
                                .status())
                .isEqualTo(422);
        assertThat(
                        mine.client()
                                .post("set-drift-limit", path, "{\"drift_limit\": 100000}")
                                .status())
                .isEqualTo(200);
        assertThat(attack.post("set-drift-limit", path, "{\"drift_limit\": 5}").status())
                .isEqualTo(404);
        assertThat(report().driftLimit()).isEqualTo(100_000);
    }

    /** A mark that was missed is no drift: the shop shows what we told it, and we have moved on. */
    @Test
    void what_was_missed_is_told_and_is_no_drift() throws SQLException {
        // What was posted a moment ago is looked at again, and would be found.
        mine.jobs()
                .change(
                        "update wms.movement set posted_at = posted_at - interval '1 hour' where tenant_id = ?",
                        mine.client());
        mine.jobs()
                .change(
                        "update wms.bucket set on_hand = 4 where tenant_id = ? and item_id = (select"
                                + " item_id from wms.item where sku = 'SKU-05' and"
                                + " item.tenant_id = bucket.tenant_id) and on_hand = 10",
                        mine.client());

        mine.jobs().untilMorning();
        mine.jobs().later(A_MINUTE);

        assertThat(newest().outcome()).isEqualTo(DriftOutcome.SOUND);
        assertThat(newest().behind()).isEqualTo(1);
        assertThat(shop.told()).containsExactly("SKU-05 4");
    }

    @Test
    void an_item_that_the_shop_has_since_is_told_the_next_night() {
        mine.tenant().given().item("NEW");
        mine.tenant().given().stock("NEW", 8, "A-01");
        mine.jobs().later(A_MINUTE);
        mine.jobs().untilMorning();
        assertThat(newest().absent()).isEqualTo(1);

        mine.shop().item("NEW", 0);
        mine.jobs().untilMorning();
        mine.jobs().later(A_MINUTE);

        assertThat(mine.shop().onHand("NEW")).isEqualTo(8);
        assertThat(newest().differing()).isZero();
    }

    @Test
    void killed_between_asking_and_storing_the_report_goes_on_where_it_was() throws SQLException {
        mine.shop().item(sku(3), 77);
        shop.dieAfter();
        assertThatThrownBy(() -> mine.jobs().untilMorning()).isInstanceOf(WatchedShop.Killed.class);
        shop.live();
        mine.jobs()
                .change(
                        "update wms.drift_report set leased_until = clock_timestamp() - interval '1"
                                + " s' where tenant_id = ?",
                        mine.client());
        mine.jobs().later(Duration.ofMinutes(10));

        assertThat(newest().outcome()).isEqualTo(DriftOutcome.MENDED);
        assertThat(newest().compared()).isEqualTo(ITEMS);
        assertThat(newest().differing()).isEqualTo(1);
    }

    @Test
    void a_shop_that_does_not_answer_is_not_judged() {
        drift(12);
        shop.answers(Reply.failed(Trouble.UNREACHABLE));

        mine.jobs().untilMorning();

        assertThat(newest().outcome()).isEqualTo(DriftOutcome.UNREACHED);
        assertThat(report().stoppedAt()).isEmpty();
    }

    /** What was sold there changes what is promised and not what is on hand. */
    @Test
    void what_the_shop_has_sold_is_no_drift() {
        mine.sell("V-1", sku(1), 2);

        mine.jobs().untilMorning();

        assertThat(newest().differing()).isZero();
    }

    @Test
    void a_test_says_whether_the_shop_takes_the_credential() {
        var client = mine.client();
        var request = new TestConnection.Request(mine.connection());

        client.done(TestConnection.OPERATION, request);
        assertThat(mine.standing().lastTestAt()).isPresent();
        assertThat(mine.standing().lastTestOutcome()).as("nobody waits for it").isEmpty();
        platform.clockwork().turn();
        assertThat(mine.standing().lastTestOutcome()).contains("DONE");

        mine.shop().credential("another");
        mine.jobs().later(Duration.ofSeconds(1));
        client.done(TestConnection.OPERATION, request);
        platform.clockwork().turn();
        assertThat(mine.standing().lastTestOutcome()).contains("CREDENTIAL_REFUSED");
        assertThat(mine.standing().circuit()).isEqualTo(Pace.Circuit.OPEN);

        mine.shop().credential(ConnectedShop.KEY);
        mine.jobs().later(Duration.ofSeconds(1));
        client.done(TestConnection.OPERATION, request);
        platform.clockwork().turn();
        assertThat(mine.standing().lastTestOutcome()).contains("DONE");
        assertThat(mine.standing().circuit()).isEqualTo(Pace.Circuit.CLOSED);

        assertThat(
                        new ConnectedShop(platform)
                                .client()
                                .call(TestConnection.OPERATION, request)
                                .status())
                .isEqualTo(404);
        var pushed = mine.tenant().connect("Signs by itself").connectionId();
        assertThat(
                        client.call(TestConnection.OPERATION, new TestConnection.Request(pushed))
                                .status())
                .as("nothing is called there")
                .isEqualTo(404);
    }

    private void limit(int items) {
        mine.client()
                .done(SetDriftLimit.OPERATION, new SetDriftLimit.Request(mine.connection(), items));
    }

    private void drift(int items) {
        for (int i = 1; i <= items; i++) {
            mine.shop().item(sku(i), 77);
        }
    }

    private static String sku(int number) {
        return "SKU-%02d".formatted(number);
    }

    private com.fluxvantage.testing.Answer accept() {
        return mine.client().call(AcceptDrift.OPERATION, request());
    }

    private AcceptDrift.Request request() {
        return new AcceptDrift.Request(mine.connection());
    }

    private GetDriftReport.Night newest() {
        return report().nights().getFirst();
    }

    private GetDriftReport.Result report() {
        return mine.client()
                .done(
                        GetDriftReport.OPERATION,
                        new GetDriftReport.Request(
                                mine.connection(), Optional.empty(), Optional.empty()));
    }
}
