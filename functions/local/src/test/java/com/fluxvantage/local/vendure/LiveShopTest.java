package com.fluxvantage.local.vendure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fluxvantage.kernel.outside.Shops;
import com.fluxvantage.shops.VendureShops;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.GivenWarehouse;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * With a real Vendure server: what buyers pay there is fetched, sent, and shown there as sent. The
 * server is installed by {@code .ci/layer-vendure}.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LiveShopTest {
    private static final Duration A_TICK = Duration.ofMinutes(5);
    private static final Duration LONGEST = Duration.ofSeconds(20);
    private static final AtomicInteger HOSTS = new AtomicInteger();
    private static final long SEED = 20_261_136;
    private static final int MORE_THAN_A_PAGE = 60;

    /** Stands for a process that is killed: no boundary catches it. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    // One for each test: what a warehouse has told it of its stock it goes on believing.
    private final LiveShop shop = opened();

    @SuppressWarnings("NullAway.Init") // where there is none, no test runs
    private final TestPlatform platform = TestPlatform.start();

    private final Jobs jobs = new Jobs(platform);
    private final Client client = platform.openTenant();
    private final GivenWarehouse given = GivenWarehouse.of(client);
    private final String host = "vendure-" + HOSTS.incrementAndGet() + ".example.org";

    private static LiveShop opened() {
        try {
            return LiveShop.open(installed(), Map.of("TEA", 1000, "POT", 50, "CUP", 200));
        } catch (LiveShop.NotHere e) {
            throw without(String.valueOf(e.getMessage()));
        }
    }

    private static Path installed() throws LiveShop.NotHere {
        var root = Path.of(System.getProperty("fv.root", "../.."));
        boolean isThere =
                Files.isDirectory(root.resolve("functions/local/target/shop/node_modules"));
        if (!isThere) {
            throw new LiveShop.NotHere("it is not installed (.ci/layer-vendure does)");
        }
        return LiveShop.install(root);
    }

    private static AssertionError without(String reason) {
        if (!"1".equals(System.getenv("FV_REQUIRE_SHOP"))) {
            abort("there is no Vendure server: " + reason);
        }
        return new AssertionError("there is no Vendure server: " + reason);
    }

    @AfterEach
    void close() {
        shop.close();
    }

    @Test
    void what_is_bought_there_is_sent_from_here_and_shown_there_with_its_tracking_number()
            throws SQLException {
        item("TEA", 500);
        connect(VendureShops.onThisMachine(Map.of(host, shop.port()), LONGEST));
        var number = shop.buy("TEA", 3, "Rosa");

        tick();

        assertThat(orders()).contains(number);
        assertThat(recipients()).contains("Rosa EX1 2MP rosa@example.org");
        given.send(number, "TEA", 3, "EX123456785GB");
        jobs.later(A_TICK);
        assertThat(shop.sale(number))
                .isEqualTo(new LiveShop.Sale("Shipped", List.of("EX123456785GB Shipped")));
        jobs.later(A_TICK);
        assertThat(shop.onHand("TEA")).as("it believes what lies here").isEqualTo(500 - 3);
    }

    @Test
    void what_is_cancelled_there_is_not_sent_from_here_and_at_night_both_agree()
            throws SQLException {
        item("CUP", 500);
        connect(VendureShops.onThisMachine(Map.of(host, shop.port()), LONGEST));
        var unwanted = shop.buy("CUP", 2, "Rosa");
        var wanted = shop.buy("CUP", 3, "Paul");
        tick();

        shop.cancel(unwanted);
        assertThat(shop.sale(unwanted).state()).isEqualTo("Cancelled");
        tick();

        assertThat(states())
                .containsExactlyInAnyOrder(
                        unwanted + " CANCELLED CANCELLED_IN_SHOP", wanted + " ACCEPTED");
        jobs.later(A_TICK);
        assertThat(shop.onHand("CUP")).as("what Paul has bought it takes off").isEqualTo(500);
        given.send(wanted, "CUP", 3, "EX1");
        jobs.later(A_TICK);
        assertThat(shop.sale(wanted).state()).isEqualTo("Shipped");
        jobs.untilMorning();
        assertThat(
                        jobs.rows(
                                "select outcome || ' ' || shipments_compared || ' ' ||"
                                        + " shipments_untold || ' ' || orders_missing from"
                                        + " wms.drift_report where tenant_id = ?",
                                client))
                .containsExactly("SOUND 1 0 0");
    }

    @Test
    void what_it_calls_otherwise_is_mapped_and_told_under_its_own_name() throws SQLException {
        item("CUP-WHITE", 70);
        connect(VendureShops.onThisMachine(Map.of(host, shop.port()), LONGEST));
        var number = shop.buy("CUP", 2, "Rosa");
        tick();
        assertThat(problems()).containsExactly("UNKNOWN_SKU");

        var mapped =
                client.post(
                        "map-shop-sku",
                        Map.of("connection_id", connection()),
                        "{\"shop_sku\": \"CUP\", \"sku\": \"CUP-WHITE\"}");
        assertThat(mapped.status()).as("%s", mapped).isEqualTo(200);
        platform.clockwork().turn();

        assertThat(orders()).containsExactly(number);
        given.send(number, "CUP-WHITE", 2, "EX1");
        jobs.later(A_TICK);
        assertThat(shop.sale(number))
                .isEqualTo(new LiveShop.Sale("Shipped", List.of("EX1 Shipped")));
        jobs.later(A_TICK);
        assertThat(shop.onHand("CUP")).isEqualTo(68);
    }

    @Test
    void an_item_that_is_known_there_alone_is_held_until_it_is_known_here() throws SQLException {
        connect(VendureShops.onThisMachine(Map.of(host, shop.port()), LONGEST));
        var number = shop.buy("POT", 1, "Paul");

        tick();
        assertThat(orders()).doesNotContain(number);
        assertThat(problems()).contains("UNKNOWN_SKU");
        given.item("POT");
        jobs.later(Duration.ofHours(1));

        assertThat(orders()).contains(number);
    }

    @Test
    void on_a_faulty_way_and_killed_between_pages_each_order_comes_and_leaves_once()
            throws IOException, SQLException {
        item("CUP", 500);
        var numbers = new ArrayList<String>();
        for (int i = 0; i < MORE_THAN_A_PAGE; i++) {
            numbers.add(shop.buy("CUP", 1, "Buyer" + i));
        }
        try (var way = new FaultyWay(shop.port(), SEED)) {
            var real = VendureShops.onThisMachine(Map.of(host, way.port()), LONGEST);
            connect(dyingAtPage(2, real));

            int kills = 0;
            for (int i = 0; i < 12 && !orders().containsAll(numbers); i++) {
                kills += survived();
                lapse();
            }
            assertThat(kills).isEqualTo(1);
            assertThat(orders()).containsAll(numbers).doesNotHaveDuplicates();
            int sent = 12;
            for (int i = 0; i < sent; i++) {
                given.send(numbers.get(i), "CUP", 1, "TRACK-" + i);
            }
            for (int i = 0; i < 12 && !reports().equals(Collections.nCopies(sent, "TOLD")); i++) {
                jobs.later(A_TICK);
            }

            System.out.println("on the way to the shop: " + way);
            assertThat(way.hasBeenFaulty()).as("%s", way).isTrue();
            for (int i = 0; i < sent; i++) {
                assertThat(shop.sale(numbers.get(i)))
                        .as("order %d", i)
                        .isEqualTo(
                                new LiveShop.Sale("Shipped", List.of("TRACK-" + i + " Shipped")));
            }
            for (int i = 0; i < 12 && shop.onHand("CUP") != 500 - sent; i++) {
                lapse();
                jobs.later(A_TICK);
            }
            assertThat(shop.onHand("CUP")).as("it believes what lies here").isEqualTo(500 - sent);
        }
    }

    @Test
    void a_key_that_is_none_is_refused_and_told() {
        connect(VendureShops.onThisMachine(Map.of(host, shop.port()), LONGEST), "no-such-key");

        tick();

        assertThat(
                        client.get(
                                        "get-connection",
                                        Map.of("connection_id", connection()),
                                        Map.of())
                                .text("last_pull"))
                .isEqualTo("CREDENTIAL_REFUSED");
    }

    private void item(String sku, long stock) {
        given.item(sku);
        given.stock(sku, stock, "A-01");
    }

    private void connect(Shops way) {
        connect(way, shop.apiKey());
    }

    private void connect(Shops way, String key) {
        jobs.untilSeven();
        platform.ports().shops().open(host, way);
        var answer =
                client.post(
                        "connect-shop",
                        Map.of(),
                        """
                        {"kind": "VENDURE", "name": "Vendure", "warehouse_id": "%s",
                         "url": "https://%s/admin-api", "credential": "%s"}
                        """
                                .formatted(given.warehouseId(), host, key));
        assertThat(answer.status()).as("%s", answer).isEqualTo(201);
    }

    private void tick() {
        jobs.later(A_TICK);
    }

    private int survived() {
        try {
            tick();
            return 0;
        } catch (Killed _) {
            return 1;
        }
    }

    private static Shops dyingAtPage(int page, Shops real) {
        var pages = new AtomicInteger();
        return (Shops)
                Proxy.newProxyInstance(
                        Shops.class.getClassLoader(),
                        new Class<?>[] {Shops.class},
                        (_, method, arguments) -> {
                            if (method.getName().equals("orders")
                                    && pages.incrementAndGet() == page) {
                                throw new Killed();
                            }
                            try {
                                return method.invoke(real, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    private String connection() {
        return client.get("search-connections", Map.of(), Map.of())
                .json()
                .at("/items/0/connection_id")
                .asString();
    }

    private List<String> states() throws SQLException {
        return jobs.rows(
                "select reference || ' ' || state || coalesce(' ' || cancel_reason, '') from"
                        + " wms.outbound_order where tenant_id = ?",
                client);
    }

    private List<String> orders() throws SQLException {
        return jobs.rows("select reference from wms.outbound_order where tenant_id = ?", client);
    }

    private List<String> recipients() throws SQLException {
        return jobs.rows(
                "select name || ' ' || postcode || ' ' || email from wms.order_recipient where"
                        + " tenant_id = ?",
                client);
    }

    private List<String> problems() throws SQLException {
        return jobs.rows(
                "select problem from wms.channel_delivery where problem is not null and tenant_id ="
                        + " ?",
                client);
    }

    private List<String> reports() throws SQLException {
        return jobs.rows("select state from wms.shop_report where tenant_id = ?", client);
    }

    // On so bad a way the shop is left alone for a while, by the clock of the database.
    private void rested() throws SQLException {
        jobs.change(
                "update wms.connection_pace set rests_until = null where tenant_id = ?", client);
        jobs.change(
                "update wms.channel_stock set leased_until = now() - interval '1 s' where leased_until is not null and tenant_id = ?",
                client);
    }

    private void lapse() throws SQLException {
        rested();
        jobs.change(
                "update wms.shop_connection set leased_until = null, next_pull_at = now() - interval"
                        + " '1 y' where tenant_id = ?",
                client);
    }
}
