package com.fluxvantage.integrations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.outside.Credential;
import com.fluxvantage.kernel.outside.ShopOrder;
import com.fluxvantage.kernel.outside.Shops.Reply;
import com.fluxvantage.kernel.outside.Shops.Trouble;
import com.fluxvantage.runtime.LocalShop;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Orders of a shop that is called come in, each once, whatever happens on the way. (What happens to
 * whoever is killed is shown by {@link ShopsSurviveSigkillTest}.)
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PullOrdersTest {
    private final TestPlatform platform =
            TestPlatform.running("pull-orders", "tend-channel-deliveries");
    private final ConnectedShop mine = new ConnectedShop(platform);

    @BeforeEach
    void stock() throws SQLException {
        mine.keepsItsStock();
        mine.jobs().untilSeven();
        mine.item("TEA", 100_000);
    }

    @Test
    void a_paid_order_of_a_shop_becomes_an_order() throws SQLException {
        mine.sell("V-1", "TEA", 3);

        mine.tick();

        assertThat(mine.orders()).containsExactly("V-1");
        assertThat(mine.deliveries()).containsExactly("1 APPLIED");
        assertThat(
                        mine.jobs()
                                .rows(
                                        "select name || ' ' || postcode || ' ' || email from"
                                                + " wms.order_recipient where tenant_id = ?",
                                        mine.client()))
                .containsExactly("Rosa Recipient EX1 2MP rosa@example.org");
        assertThat(mine.standing().lastPull()).contains(ShopOutcome.DONE);
    }

    @Test
    void read_again_and_again_it_is_one_order() throws SQLException {
        mine.sell("V-1", "TEA", 3);

        mine.tick();
        mine.tick();
        mine.tick();

        assertThat(mine.orders()).containsExactly("V-1");
        assertThat(mine.shop().calls().stream().filter("orders"::equals).count())
                .isGreaterThanOrEqualTo(3);
    }

    @Test
    void pages_are_read_to_the_end_also_where_all_changed_at_one_moment() throws SQLException {
        for (int i = 1; i <= 2 * PullOrders.PAGE + 1; i++) {
            mine.sell("V-" + i, "TEA", 1);
        }

        mine.tick();

        assertThat(mine.orders()).hasSize(2 * PullOrders.PAGE + 1);
    }

    @Test
    void what_a_shop_stores_late_and_dates_early_is_not_passed_over() throws SQLException {
        mine.shop().later(Duration.ofMinutes(10));
        mine.sell("V-1", "TEA", 1);
        mine.tick();
        mine.shop().later(Duration.ofMinutes(-4));
        mine.sell("V-2", "TEA", 1);

        mine.tick();

        assertThat(mine.orders()).containsExactly("V-1", "V-2");
    }

    @Test
    void the_clock_of_the_shop_need_not_be_ours() throws SQLException {
        mine.shop().later(Duration.ofDays(4_000));
        mine.sell("V-1", "TEA", 1);
        mine.tick();
        mine.shop().later(Duration.ofMinutes(1));
        mine.sell("V-2", "TEA", 1);

        mine.tick();

        assertThat(mine.orders()).containsExactly("V-1", "V-2");
    }

    @Test
    void an_unknown_item_is_held_with_the_reason_and_ordered_once_it_is_known()
            throws SQLException {
        mine.shop().item("POT", 9);
        mine.sell("V-1", "POT", 1);
        mine.sell("V-2", "TEA", 1);

        mine.tick();
        assertThat(mine.deliveries()).containsExactly("1 HELD UNKNOWN_SKU", "2 APPLIED");
        mine.tenant().given().item("POT");
        mine.jobs().later(Duration.ofHours(1));

        assertThat(mine.orders()).containsExactly("V-1", "V-2");
    }

    @Test
    void an_address_that_lacks_something_is_held_until_it_is_mended_at_the_shop()
            throws SQLException {
        var order =
                mine.shop()
                        .sell(
                                "V-1",
                                List.of(new ShopOrder.Line("TEA", 1)),
                                ConnectedShop.address(""));

        mine.tick();
        mine.jobs().later(Duration.ofHours(2));
        assertThat(mine.deliveries()).containsExactly("1 HELD BAD_ADDRESS");
        assertThat(mine.orders()).isEmpty();
        assertThat(mine.standing().lastProblem()).contains(DeliveryProblem.BAD_ADDRESS);
        mine.shop().later(Duration.ofMinutes(1));
        mine.shop().readdress(order, ConnectedShop.address("EX9 9ZZ"));
        mine.tick();

        assertThat(mine.orders()).containsExactly("V-1");
        assertThat(mine.deliveries()).containsExactly("1 APPLIED");
    }

    @Test
    void an_order_that_is_none_is_held_and_those_beside_it_go_on() throws SQLException {
        mine.shop().sell("", List.of(new ShopOrder.Line("TEA", 1)), ConnectedShop.address("EX1"));
        mine.shop().sell("V-2", List.of(), ConnectedShop.address("EX1"));
        mine.sell("V-3", "TEA", 1);
        mine.shop().unreadable(2);

        mine.tick();

        assertThat(mine.deliveries())
                .containsExactly("1 HELD UNUSABLE_ORDER", "2 HELD UNUSABLE_ORDER", "3 APPLIED");
        assertThat(mine.standing().unreadable()).contains(2L);
    }

    @Test
    void who_has_lost_the_lease_stores_nothing() throws SQLException {
        mine.sell("V-1", "TEA", 1);
        mine.shop()
                .between(
                        new LocalShop.Between() {
                            @Override
                            public <T> Reply<T> call(String what, Supplier<Reply<T>> shop) {
                                anotherTakesIt();
                                return shop.get();
                            }
                        });

        mine.tick();
        assertThat(mine.deliveries()).isEmpty();
        mine.shop().between(going());
        mine.lapse();
        mine.tick();

        assertThat(mine.orders()).containsExactly("V-1");
    }

    @Test
    void a_shop_that_is_away_is_asked_ever_more_seldom_and_forgets_nothing() throws SQLException {
        mine.sell("V-1", "TEA", 1);
        platform.ports().shops().close(mine.host());

        for (int i = 0; i < 24; i++) {
            mine.tick();
        }
        var standing = mine.standing();
        assertThat(standing.lastPull()).contains(ShopOutcome.UNKNOWN_NAME);
        assertThat(standing.failedPulls().orElseThrow()).isBetween(4, 12);
        platform.ports().shops().open(mine.host(), mine.shop());
        mine.rested();
        mine.jobs().later(Duration.ofMinutes(80));

        assertThat(mine.orders()).containsExactly("V-1");
        assertThat(mine.standing().failedPulls()).contains(0);
    }

    @Test
    void a_shop_that_asks_to_be_left_alone_is() throws SQLException {
        mine.sell("V-1", "TEA", 1);
        mine.shop()
                .between(
                        failing(
                                new Reply.Failed<>(
                                        Trouble.THROTTLED, Optional.of(Duration.ofMinutes(42)))));
        mine.tick();
        mine.shop().between(going());
        long before = mine.pulls();

        mine.jobs().later(Duration.ofMinutes(40));
        assertThat(mine.pulls()).isEqualTo(before);
        mine.rested();
        mine.jobs().later(Duration.ofMinutes(7));

        assertThat(mine.orders()).containsExactly("V-1");
    }

    @Test
    void one_that_was_found_ill_by_another_errand_is_not_called() throws SQLException {
        mine.sell("V-1", "TEA", 1);
        mine.tick();
        long before = mine.pulls();
        mine.jobs()
                .change(
                        "update wms.connection_pace set failures = 5, rests_until = clock_timestamp() +"
                                + " interval '1 h' where tenant_id = ?",
                        mine.client());

        mine.jobs().later(Duration.ofMinutes(20));
        assertThat(mine.pulls()).isEqualTo(before);
        mine.rested();
        mine.tick();

        assertThat(mine.pulls()).isGreaterThan(before);
    }

    @Test
    void a_revoked_credential_is_told_once_and_a_new_one_goes_on_at_once() throws SQLException {
        mine.shop().credential("another-key-of-an-admin-api-0002");
        mine.sell("V-1", "TEA", 1);

        mine.tick();
        mine.jobs().later(Duration.ofHours(3));
        assertThat(mine.standing().lastPull()).contains(ShopOutcome.CREDENTIAL_REFUSED);
        assertThat(
                        mine.jobs()
                                .rows(
                                        "select payload ->> 'why' from wms.outbox where tenant_id ="
                                                + " ? and type = 'connection.failed'",
                                        mine.client()))
                .containsExactly("CREDENTIAL_REFUSED");
        var replaced =
                mine.client()
                        .done(
                                ReplaceShopCredential.OPERATION,
                                new ReplaceShopCredential.Request(
                                        mine.connection(),
                                        new Credential("another-key-of-an-admin-api-0002")));
        mine.tick();

        assertThat(mine.orders()).containsExactly("V-1");
        assertThat(mine.standing().secretFingerprint()).isEqualTo(replaced.secretFingerprint());
        assertThat(
                        mine.jobs()
                                .rows(
                                        "select count(*) from wms.stored_secret where tenant_id = ?"
                                                + " and destroyed_at is null",
                                        mine.client()))
                .containsExactly("1");
    }

    @Test
    void of_a_paused_or_ended_connection_nothing_is_fetched() throws SQLException {
        mine.sell("V-1", "TEA", 1);
        mine.client()
                .done(PauseConnection.OPERATION, new PauseConnection.Request(mine.connection()));
        long asked = mine.pulls();
        mine.tick();
        assertThat(mine.pulls()).isEqualTo(asked);
        mine.client()
                .done(ResumeConnection.OPERATION, new ResumeConnection.Request(mine.connection()));
        mine.tick();
        assertThat(mine.orders()).containsExactly("V-1");
        mine.client()
                .done(
                        DisconnectChannel.OPERATION,
                        new DisconnectChannel.Request(mine.connection()));
        long before = mine.pulls();

        mine.tick();

        assertThat(mine.pulls()).isEqualTo(before);
    }

    @Test
    void who_was_forgotten_here_does_not_come_again() throws SQLException {
        var order = mine.sell("V-1", "TEA", 1);
        mine.tick();
        mine.jobs()
                .change(
                        "update wms.order_recipient set name = '-', street = '-', city = '-', postcode = '-',"
                                + " email = null, redacted_at = now() where tenant_id = ?",
                        mine.client());
        mine.jobs().change("delete from wms.channel_delivery where tenant_id = ?", mine.client());
        mine.shop().later(Duration.ofMinutes(1));
        mine.shop().readdress(order, ConnectedShop.address("EX9 9ZZ"));

        mine.tick();

        assertThat(mine.deliveries()).isEmpty();
        assertThat(
                        mine.jobs()
                                .rows(
                                        "select name from wms.order_recipient where tenant_id = ?",
                                        mine.client()))
                .containsExactly("-");
    }

    @Test
    void what_calls_a_shop_takes_in_nothing_that_is_signed_with_its_key() {
        var answer =
                platform.signed(
                        "receive-channel-delivery",
                        Map.of(
                                "connection_id",
                                com.fluxvantage.kernel.id.Identifiers.text(mine.connection())),
                        Map.of(
                                "webhook-id", "evt-1",
                                "webhook-timestamp", "1",
                                "webhook-signature", "v1,AAAA"),
                        "{}");

        assertThat(answer.status()).isEqualTo(401);
    }

    /** Handed in under the number of an order, it would keep that order out. */
    @Test
    void nor_does_the_database_take_in_what_somebody_else_says_of_its_orders() throws SQLException {
        var order = mine.sell("V-1", "TEA", 1);
        try (var connection = platform.database().as("fv_receiver");
                var put =
                        connection.prepareStatement(
                                "select fv.put_delivery(?, gen_random_uuid(), ?, 'V-1', '{}', now(), '{}')")) {
            put.setObject(1, mine.connection().uuid());
            put.setString(2, order.value());
            try (var answer = put.executeQuery()) {
                assertThat(answer.next()).isTrue();
                assertThat(answer.getString(1)).isEqualTo("ENDED");
            }
        }

        mine.tick();

        assertThat(mine.orders()).containsExactly("V-1");
    }

    @Test
    void another_tenant_neither_sees_nor_changes_it() {
        var theirs = platform.openTenant();

        assertThat(
                        theirs.post(
                                        "replace-shop-credential",
                                        Map.of(
                                                "connection_id",
                                                com.fluxvantage.kernel.id.Identifiers.text(
                                                        mine.connection())),
                                        "{\"credential\": \"a-key-of-theirs\"}")
                                .status())
                .isEqualTo(404);
    }

    @Test
    void one_credential_that_does_not_open_is_told_and_asked_for() throws SQLException {
        mine.sell("V-1", "TEA", 1);
        mine.jobs()
                .change(
                        "update wms.stored_secret set sealed = set_byte(sealed, length(sealed) - 1,"
                                + " (get_byte(sealed, length(sealed) - 1) + 1) % 256) where tenant_id = ?",
                        mine.client());

        long asked = mine.pulls();

        mine.tick();

        assertThat(mine.standing().lastPull()).get().matches(ShopOutcome::isOfTheCredential);
        assertThat(mine.pulls()).isEqualTo(asked);
    }

    private static LocalShop.Between going() {
        return failing(null);
    }

    private static LocalShop.Between failing(
            Reply.@org.jspecify.annotations.Nullable Failed<?> with) {
        return new LocalShop.Between() {
            @Override
            public <T> Reply<T> call(String what, Supplier<Reply<T>> shop) {
                return with == null
                        ? shop.get()
                        : new Reply.Failed<>(with.trouble(), with.notBefore());
            }
        };
    }

    private void anotherTakesIt() {
        try {
            mine.jobs()
                    .change(
                            "update wms.shop_connection set fence = fence + 1 where tenant_id = ?",
                            mine.client());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
