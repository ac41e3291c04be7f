package com.fluxvantage.integrations;

import com.fluxvantage.kernel.outside.Credential;
import com.fluxvantage.kernel.outside.ShopKey;
import com.fluxvantage.kernel.outside.ShopOrder;
import com.fluxvantage.kernel.outside.ShopUrl;
import com.fluxvantage.kernel.text.Name;
import com.fluxvantage.runtime.LocalShop;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A tenant with a warehouse and stock, and a shop in this process that it has connected. */
final class ConnectedShop {
    static final String KEY = "planted-key-of-an-admin-api-0001";
    static final Duration A_TICK = Duration.ofMinutes(5);

    private static final AtomicInteger HOSTS = new AtomicInteger();

    private final String host = "vendure-" + HOSTS.incrementAndGet() + ".example.org";
    private final LocalShop shop = new LocalShop(KEY);
    private final Connections tenant;
    private final TestPlatform platform;
    private final Jobs jobs;
    private final ConnectionId connection;

    ConnectedShop(TestPlatform platform) {
        this.platform = platform;
        this.tenant = new Connections(platform);
        this.jobs = new Jobs(platform);
        platform.ports().shops().open(host, shop);
        this.connection = client().done(ConnectShop.OPERATION, request("Shop")).connectionId();
    }

    ConnectShop.Request request(String name) {
        return request(name, host);
    }

    ConnectShop.Request request(String name, String host) {
        return new ConnectShop.Request(
                ChannelKind.VENDURE,
                new Name(name),
                tenant.warehouse(),
                new ShopUrl("https://" + host + "/admin-api"),
                new Credential(KEY),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    Client client() {
        return tenant.client();
    }

    Connections tenant() {
        return tenant;
    }

    String host() {
        return host;
    }

    LocalShop shop() {
        return shop;
    }

    ConnectionId connection() {
        return connection;
    }

    /** An item here and there. */
    void item(String sku, long stock) {
        tenant.given().item(sku);
        tenant.given().stock(sku, stock, "A-01");
        shop.item(sku, stock);
    }

    ShopKey sell(String number, String sku, long quantity) {
        return shop.sell(number, List.of(new ShopOrder.Line(sku, quantity)), address("EX1 2MP"));
    }

    static ShopOrder.Address address(String postcode) {
        return new ShopOrder.Address(
                Optional.of("Rosa Recipient"),
                Optional.empty(),
                Optional.of("1 Example Street"),
                Optional.of("Exampleton"),
                Optional.empty(),
                Optional.of(postcode).filter(it -> !it.isEmpty()),
                Optional.of("GB"),
                Optional.empty(),
                Optional.of("rosa@example.org"));
    }

    /** To the next tick at which orders are fetched, and all that follows from it. */
    void tick() {
        jobs.later(A_TICK);
    }

    GetConnection.Result standing() {
        return client().done(GetConnection.OPERATION, new GetConnection.Request(connection));
    }

    List<String> orders() throws SQLException {
        return jobs.rows(
                "select reference from wms.outbound_order where tenant_id = ? order by reference",
                client());
    }

    List<String> deliveries() throws SQLException {
        return jobs.rows(
                "select event_id || ' ' || state || coalesce(' ' || problem, '') from"
                        + " wms.channel_delivery where tenant_id = ? order by length(event_id), event_id",
                client());
    }

    List<String> reports() throws SQLException {
        return jobs.rows(
                "select state || ' ' || attempts || coalesce(' ' || outcome, '') from"
                        + " wms.shop_report where tenant_id = ? order by queued_at",
                client());
    }

    /** It is left alone no longer: that is the database's time, which no test moves. */
    void rested() throws SQLException {
        jobs.change(
                "update wms.connection_pace set rests_until = null, failures = 0, tokens = 20000,"
                        + " filled_at = clock_timestamp() where tenant_id = ?",
                client());
    }

    /** How often it was asked for orders. */
    long pulls() {
        return shop.calls().stream().filter("orders"::equals).count();
    }

    /** What was leased is free, as when its time is up. */
    void lapse() throws SQLException {
        for (String table : List.of("shop_connection", "shop_report")) {
            jobs.change(
                    "update wms."
                            + table
                            + " set leased_until = clock_timestamp() - interval '1 s' where"
                            + " leased_until is not null and tenant_id = ?",
                    client());
        }
    }

    /** Allocates, picks, packs and hands over the order of this number. */
    void send(String reference, String sku, long quantity, String tracking) {
        tenant.given().send(reference, sku, quantity, tracking);
    }

    /** The shop is told of no stock, so what it is called for is what a test is about. */
    void keepsItsStock() throws SQLException {
        jobs.change(
                "insert into wms.stock_channel (tenant_id, connection_id, stopped_at) select"
                        + " tenant_id, connection_id, now() from wms.shop_connection where"
                        + " tenant_id = ?",
                client());
    }

    void allocate(String reference) {
        String order =
                client().get("search-orders", Map.of(), Map.of("reference", reference))
                        .json()
                        .at("/items/0/order_id")
                        .asString();
        client().post("allocate-order", Map.of("order_id", order), "{}");
    }

    TestPlatform platform() {
        return platform;
    }

    Jobs jobs() {
        return jobs;
    }
}
