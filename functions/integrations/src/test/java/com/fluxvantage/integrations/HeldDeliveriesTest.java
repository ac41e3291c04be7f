package com.fluxvantage.integrations;

import static com.fluxvantage.integrations.SignedShop.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.privacy.PersonalData;
import com.fluxvantage.kernel.text.Reference;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What no order can be made of is seen, mended or dropped by a person, and blocks nothing else. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class HeldDeliveriesTest {
    private static final String STATES =
            "select state || coalesce(' ' || problem, '') from wms.channel_delivery where tenant_id"
                    + " = ? order by received_at, delivery_id";

    private static final String NUMBER =
            "select version from wms.channel_delivery where tenant_id = ? and event_id = 'evt-50'";

    private final TestPlatform platform =
            TestPlatform.running("tend-channel-deliveries", "apply-retention");
    private final Connections mine = new Connections(platform);
    private final Jobs jobs = new Jobs(platform);
    private ConnectionId connection;
    private SignedShop shop;

    @BeforeEach
    void connect() {
        jobs.untilMorning();
        connection = mine.connect("Shop").connectionId();
        shop = new SignedShop(platform, connection);
        mine.given().item("TEA");
    }

    @Test
    void what_is_held_stands_in_a_list_with_the_shops_number_and_the_place_that_is_wrong() {
        shop.send("evt-1", order("SHOP-1", "NOBODYS", 1));
        shop.send("evt-2", order("SHOP-2", "TEA", 1));
        shop.send("evt-3", order("SHOP-2", "TEA", 7));
        platform.clockwork().turn();

        var held = held();

        assertThat(held)
                .extracting(
                        it -> it.reference().orElseThrow(), it -> it.problem(), it -> it.pointer())
                .containsExactly(
                        tuple(
                                new Reference("SHOP-2"),
                                DeliveryProblem.REFERENCE_TAKEN,
                                Optional.of("/data/reference")),
                        tuple(
                                new Reference("SHOP-1"),
                                DeliveryProblem.UNKNOWN_SKU,
                                Optional.of("/data/lines/0/sku")));
        assertThat(mine.client().get("search-held-deliveries", Map.of(), Map.of()).toString())
                .contains("SHOP-1")
                .doesNotContain("Rosa", "rosa@example.org", "Exampleton");
    }

    @Test
    void pages_show_each_once() {
        for (int i = 1; i <= 5; i++) {
            shop.send("evt-" + i, order("SHOP-" + i, "NOBODYS", 1));
        }
        platform.clockwork().turn();

        var seen = new HashSet<DeliveryId>();
        var request =
                new SearchHeldDeliveries.Request(
                        Optional.of(connection), Optional.of(new PageLimit(2)), Optional.empty());
        int pages = 0;
        while (true) {
            var page = mine.client().done(SearchHeldDeliveries.OPERATION, request);
            page.items().forEach(it -> assertThat(seen.add(it.deliveryId())).isTrue());
            pages++;
            if (page.nextCursor().isEmpty()) {
                break;
            }
            request =
                    new SearchHeldDeliveries.Request(
                            request.connectionId(), request.limit(), page.nextCursor());
        }

        assertThat(seen).hasSize(5);
        assertThat(pages).isEqualTo(3);
        var elsewhere = mine.connect("Another shop").connectionId();
        assertThat(
                        mine.client()
                                .done(
                                        SearchHeldDeliveries.OPERATION,
                                        new SearchHeldDeliveries.Request(
                                                Optional.of(elsewhere),
                                                Optional.empty(),
                                                Optional.empty()))
                                .items())
                .isEmpty();
    }

    @Test
    void after_the_item_was_registered_a_retry_makes_the_order_at_once() throws SQLException {
        shop.send("evt-1", order("SHOP-1", "NOBODYS", 1));
        platform.clockwork().turn();
        var delivery = held().getFirst().deliveryId();

        retry(delivery);
        platform.clockwork().turn();
        assertThat(held()).as("the item is not there yet").hasSize(1);

        mine.given().item("NOBODYS");
        retry(delivery);
        platform.clockwork().turn();

        assertThat(held()).isEmpty();
        assertThat(jobs.rows(STATES, mine.client())).containsExactly("APPLIED");
        assertThat(
                        mine.client()
                                .call(
                                        RetryHeldDelivery.OPERATION,
                                        new RetryHeldDelivery.Request(delivery))
                                .code())
                .isEqualTo("integrations.delivery-settled");
    }

    @Test
    void what_is_dropped_says_nothing_of_anybody_and_comes_back_by_no_way() throws SQLException {
        String body = order("SHOP-1", "NOBODYS", 1);
        shop.send("evt-1", body);
        platform.clockwork().turn();
        var delivery = held().getFirst().deliveryId();

        drop(delivery, DropReason.CANCELLED_IN_SHOP);

        assertThat(held()).isEmpty();
        assertThat(jobs.rows(STATES, mine.client())).containsExactly("DROPPED");
        assertThat(
                        jobs.rows(
                                "select (body is null) || ' ' || dropped_for from"
                                        + " wms.channel_delivery where tenant_id = ?",
                                mine.client()))
                .containsExactly("true CANCELLED_IN_SHOP");
        assertThat(jobs.rows(Jobs.WHO_DID + "'drop-held-delivery'", mine.client())).hasSize(1);

        mine.given().item("NOBODYS");
        assertThat(shop.send("evt-1", body).text("receipt")).isEqualTo("KNOWN");
        jobs.later(Duration.ofHours(3));
        assertThat(jobs.count("wms.outbound_order", mine.client())).isZero();
        assertThat(
                        mine.client()
                                .call(
                                        RetryHeldDelivery.OPERATION,
                                        new RetryHeldDelivery.Request(delivery))
                                .status())
                .isEqualTo(409);
    }

    /** One whose consumer fails each time, whatever the reason, among a hundred. */
    @Test
    void one_bad_order_among_a_hundred_is_set_aside_and_ninety_nine_are_done() throws SQLException {
        for (int i = 1; i <= 100; i++) {
            shop.send("evt-" + i, order("SHOP-" + i, "TEA", 1));
        }
        jobs.change(
                "update wms.channel_delivery set body = replace(body, '\"quantity\": 1',"
                        + " '\"quantity\": \"one\"') where tenant_id = ? and event_id = 'evt-50'",
                mine.client());

        platform.clockwork().turn();
        assertThat(jobs.count("wms.outbound_order", mine.client())).isEqualTo(99);
        assertThat(held()).as("it may be a fault of ours, and pass").isEmpty();

        for (int hour = 1; hour <= 6; hour++) {
            jobs.later(Duration.ofHours(1));
        }

        assertThat(held())
                .singleElement()
                .satisfies(it -> {
                    assertThat(it.problem()).isEqualTo(DeliveryProblem.UNUSABLE);
                    assertThat(it.reference()).contains(new Reference("SHOP-50"));
                });
        var announced = jobs.rows(NUMBER, mine.client());
        assertThat(announced).as("announced, four times again, set aside").containsExactly("6");
        jobs.later(Duration.ofHours(5));
        assertThat(jobs.rows(NUMBER, mine.client())).as("left alone now").isEqualTo(announced);

        jobs.change(
                "update wms.channel_delivery set body = replace(body, '\"one\"', '1') where"
                        + " tenant_id = ? and event_id = 'evt-50'",
                mine.client());
        retry(held().getFirst().deliveryId());
        platform.clockwork().turn();
        assertThat(jobs.count("wms.outbound_order", mine.client())).isEqualTo(100);
    }

    /** Tried each hour it would else never be old enough for the rule of thirty days. */
    @Test
    void what_is_held_ages_from_when_it_was_put_aside_and_goes_after_thirty_days()
            throws SQLException {
        shop.send("evt-1", order("SHOP-1", "NOBODYS", 1));
        platform.clockwork().turn();
        jobs.untilSeven();

        jobs.later(Duration.ofDays(28));
        assertThat(held()).hasSize(1);
        jobs.later(Duration.ofDays(4));

        assertThat(jobs.count("wms.channel_delivery", mine.client())).isZero();
    }

    @Test
    void a_person_is_found_in_what_is_held_or_waits_and_dropped_out_of_it() throws SQLException {
        shop.send("evt-1", order("SHOP-1", "NOBODYS", 1));
        shop.send("evt-2", order("SHOP-2", "NOBODYS", 1).replace("rosa@", "other@"));
        platform.clockwork().turn();
        jobs.change(
                "update wms.channel_delivery set body = body || 'cut off' where tenant_id = ? and"
                        + " event_id = 'evt-2'",
                mine.client());

        assertThat(find("ROSA@example.org")).hasSize(1);
        assertThat(find("other@example.org")).as("in what cannot be read").hasSize(1);
        assertThat(find("nobody@example.org")).isEmpty();
        assertThat(
                        mine.client()
                                .done(
                                        FindHeldRecipient.OPERATION,
                                        new FindHeldRecipient.Request(
                                                Optional.empty(),
                                                Optional.of(new PersonalData("rosa recipient")),
                                                Optional.of(new PersonalData("ex1 2mp"))))
                                .items())
                .hasSize(2);
        assertThat(
                        mine.client()
                                .post(
                                        "find-held-recipient",
                                        Map.of(),
                                        "{\"name\": \"Rosa Recipient\"}")
                                .status())
                .as("a name alone is many people")
                .isEqualTo(422);
        assertThat(
                        new Connections(platform)
                                .client()
                                .call(FindHeldRecipient.OPERATION, by("rosa@example.org"))
                                .as(FindHeldRecipient.Result.class)
                                .items())
                .as("another tenant's")
                .isEmpty();

        drop(find("rosa@example.org").getFirst().deliveryId(), DropReason.ERASURE);

        assertThat(find("rosa@example.org")).isEmpty();
        assertThat(jobs.rows(Jobs.WHO_DID + "'find-held-recipient'", mine.client())).hasSize(6);
    }

    private List<SearchHeldDeliveries.Held> held() {
        return mine.client()
                .done(
                        SearchHeldDeliveries.OPERATION,
                        new SearchHeldDeliveries.Request(
                                Optional.empty(), Optional.empty(), Optional.empty()))
                .items();
    }

    private List<FindHeldRecipient.Where> find(String email) {
        return mine.client().done(FindHeldRecipient.OPERATION, by(email)).items();
    }

    private static FindHeldRecipient.Request by(String email) {
        return new FindHeldRecipient.Request(
                Optional.of(new PersonalData(email)), Optional.empty(), Optional.empty());
    }

    private void retry(DeliveryId delivery) {
        mine.client().done(RetryHeldDelivery.OPERATION, new RetryHeldDelivery.Request(delivery));
    }

    private void drop(DeliveryId delivery, DropReason reason) {
        mine.client()
                .done(DropHeldDelivery.OPERATION, new DropHeldDelivery.Request(delivery, reason));
    }
}
