package com.fluxvantage.outbound;

import static com.fluxvantage.outbound.Floor.created;
import static com.fluxvantage.outbound.Floor.done;
import static com.fluxvantage.outbound.Floor.scan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.outbound.Floor.Units;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.TestPlatform;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CancelOrderTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private final Floor floor =
            Floor.open(PLATFORM)
                    .item("TEA")
                    .item("RICE")
                    .bin("A-1", 1)
                    .bin("A-2", 2)
                    .stock("A-1", Units.of(10, "TEA"))
                    .stock("A-2", Units.of(10, "TEA"));

    @Test
    void frees_what_was_promised_and_says_so_line_by_line() {
        String order =
                floor.allocated(Units.of(12, "TEA"), Units.of(3, "RICE"), Units.of(10, "TEA"));
        assertThat(floor.total("TEA", "reserved")).isEqualTo(20);

        var answer = done(floor.cancel(order));

        assertThat(answer.text("state")).isEqualTo("CANCELLED");
        assertThat(answer.number("version")).isEqualTo(3);
        assertThat(
                        answer.json()
                                .path("lines")
                                .valueStream()
                                .map(it ->
                                        it.path("cancelled").asLong()
                                                + " "
                                                + it.path("released").asLong()))
                .containsExactly("12 12", "3 0", "10 8");
        assertThat(answer.json().path("lines").valueStream().map(it -> it.path("line_id")))
                .containsExactlyElementsOf(
                        floor.get(order)
                                .path("lines")
                                .valueStream()
                                .map(it -> it.path("line_id"))
                                .toList());
        assertThat(floor.of(order, "cancelled")).containsExactly(12L, 3L, 10L);
        assertThat(floor.of(order, "allocated")).containsOnly(0L);
        assertThat(floor.of(order, "unallocated")).containsOnly(0L);
        assertThat(floor.total("TEA", "reserved")).isZero();
        assertThat(floor.total("TEA", "on_hand")).isEqualTo(20);
        floor.isSound();
    }

    @Test
    void leaves_the_promises_of_every_other_order() {
        String other = floor.allocated(Units.of(7, "TEA"));
        String order = floor.allocated(Units.of(9, "TEA"));

        done(floor.cancel(order));

        assertThat(floor.of(other, "allocated")).containsExactly(7L);
        assertThat(floor.total("TEA", "reserved")).isEqualTo(7);
        assertThat(floor.state(other)).isEqualTo("ALLOCATED");
        floor.isSound();
    }

    @Test
    void an_order_that_was_promised_nothing_is_cancelled_without_touching_stock() {
        String order = floor.order(Units.of(4, "TEA"));
        var versions = versionsOfStock();

        var answer = done(floor.cancel(order));

        assertThat(answer.json().at("/lines/0/cancelled").asLong()).isEqualTo(4);
        assertThat(answer.json().at("/lines/0/released").asLong()).isZero();
        assertThat(versionsOfStock()).isEqualTo(versions);
        floor.isSound();
    }

    @Test
    void what_it_waited_for_is_no_longer_taken_from_what_may_be_promised() {
        String order = floor.order(Units.of(25, "TEA"));
        assertThat(floor.total("TEA", "atp")).isEqualTo(-5);

        done(floor.cancel(order));

        assertThat(floor.total("TEA", "atp")).isEqualTo(20);
    }

    @Test
    void another_order_gets_the_goods_that_were_given_back() {
        String order = floor.allocated(Units.of(20, "TEA"));
        String next = floor.order(Units.of(20, "TEA"));
        assertThat(done(floor.allocate(next)).number("allocated")).isZero();

        done(floor.cancel(order));

        assertThat(done(floor.allocate(next)).number("allocated")).isEqualTo(20);
        floor.isSound();
    }

    @Test
    void one_unit_picked_is_the_end_of_cancelling() {
        String order = floor.allocated(Units.of(8, "TEA"));
        done(floor.confirm(floor.picks(order).getFirst(), 1));

        var answer = floor.cancel(order);

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("outbound.order-not-cancellable");
        assertThat(answer.json().at("/facts/state").asString()).isEqualTo("PICKING");
        assertThat(answer.text("detail")).contains("PICKING", "send it back");
        assertThat(floor.of(order, "allocated")).containsExactly(7L);
        assertThat(floor.total("TEA", "reserved")).isEqualTo(8);
        floor.isSound();
    }

    @Test
    void an_order_that_is_picked_or_packed_or_has_left_is_not_cancelled() {
        String picked = floor.picked(Units.of(1, "TEA"));
        String packed = floor.packed(Units.of(1, "TEA"));
        String shipped = floor.packed(Units.of(1, "TEA"));
        done(floor.dispatch(shipped));

        assertThat(stateTold(floor.cancel(picked))).isEqualTo("PICKED");
        assertThat(stateTold(floor.cancel(packed))).isEqualTo("PACKED");
        assertThat(stateTold(floor.cancel(shipped))).isEqualTo("SHIPPED");
        assertThat(floor.cancel(shipped).text("detail")).startsWith("This order has left.");
        floor.isSound();
    }

    @Test
    void the_same_key_is_answered_the_same_and_another_one_that_it_is_done() {
        String order = floor.allocated(Units.of(4, "TEA"));
        var request = request(order, CancelReason.DUPLICATE);

        var first = floor.client().call(CancelOrder.OPERATION, request, "cancel-once");
        var again = floor.client().call(CancelOrder.OPERATION, request, "cancel-once");
        var another = floor.cancel(order);

        assertThat(done(again).json()).isEqualTo(done(first).json());
        assertThat(stateTold(another)).isEqualTo("CANCELLED");
        assertThat(floor.get(order).path("version").asLong()).isEqualTo(3);
        assertThat(floor.get(order).path("cancel_reason").asString()).isEqualTo("DUPLICATE");
        floor.isSound();
    }

    @ParameterizedTest
    @EnumSource(CancelReason.class)
    void keeps_the_reason_on_the_order_and_tells_it(CancelReason reason) {
        String order = floor.allocated(Units.of(4, "TEA"), Units.of(2, "RICE"));

        floor.client().done(CancelOrder.OPERATION, request(order, reason));

        assertThat(floor.get(order).path("cancel_reason").asString()).isEqualTo(reason.name());
        assertThat(floor.events(order)).endsWith("order.cancelled:3");
        assertThat(
                        floor.rows(
                                """
                                select payload ->> 'reason', payload ->> 'cancelled', payload ->> 'released'
                                  from wms.outbox
                                 where type = 'order.cancelled'
                                   and payload ->> 'order_id' = '%s'
                                """
                                        .formatted(order)))
                .containsExactly(reason + " 6 4");
    }

    @Test
    void asks_for_a_reason_of_the_list_and_takes_no_other_words() {
        String order = floor.order(Units.of(1, "TEA"));

        assertThat(cancelWith(order, "{}").status()).isEqualTo(422);
        assertThat(cancelWith(order, "{\"reason\": \"RITA_DIED\"}").status()).isEqualTo(400);
        assertThat(cancelWith(order, "{\"reason\": \"OTHER\", \"note\": \"Rita moved\"}").status())
                .isEqualTo(400);
        assertThat(floor.state(order)).isEqualTo("ACCEPTED");
    }

    @Test
    void a_cancelled_order_is_promised_nothing_and_has_no_picks() {
        String order = floor.allocated(Units.of(4, "TEA"));
        done(floor.cancel(order));

        var answer = floor.allocate(order);

        assertThat(answer.code()).isEqualTo("outbound.order-not-allocatable");
        assertThat(stateTold(answer)).isEqualTo("CANCELLED");
        assertThat(floor.picks(order)).isEmpty();
        assertThat(floor.total("TEA", "reserved")).isZero();
    }

    @Test
    void a_picker_who_still_has_the_pick_on_the_list_is_told_at_the_scan() {
        String order = floor.allocated(Units.of(4, "TEA"));
        var pick = floor.picks(order).getFirst();
        done(floor.cancel(order));

        var answer =
                floor.confirm(
                        pick,
                        scan(
                                pick,
                                4,
                                "\"client_event_id\": \"0193a0b0-5d6e-7c1f-8a2b-3c4d5e6f7081\","));

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("outbound.pick-cancelled");
        assertThat(floor.at("A-1", "TEA", "on_hand")).isEqualTo(10);
        assertThat(floor.rows("select 1 from wms.scan_event where tenant_id = '" + tenant() + "'"))
                .isEmpty();
        floor.isSound();
    }

    @Test
    void a_cancelled_order_is_neither_packed_nor_sent() {
        String order = floor.allocated(Units.of(4, "TEA"));
        done(floor.cancel(order));

        assertThat(floor.pack(order, Units.of(4, "TEA")).code())
                .isEqualTo("outbound.order-not-packable");
        assertThat(floor.dispatch(order).code()).isEqualTo("outbound.order-not-packed");
    }

    @Test
    void the_reference_of_a_cancelled_order_stays_taken() {
        var lines = List.of(Units.of(1, "TEA"));
        String order =
                created(
                                floor.client()
                                        .post(
                                                "accept-order",
                                                Map.of(),
                                                floor.orderJson("SHOP-TWICE", lines, "")))
                        .text("order_id");
        done(floor.cancel(order));

        var again =
                floor.client()
                        .post("accept-order", Map.of(), floor.orderJson("SHOP-TWICE", lines, ""));

        assertThat(again.code()).isEqualTo("outbound.reference-taken");
    }

    @Test
    void the_time_after_which_an_address_is_erased_runs_from_the_cancelling() {
        String order = floor.order(Units.of(1, "TEA"));
        floor.order(Units.of(1, "TEA"));

        done(floor.cancel(order));

        assertThat(
                        floor.rows(
                                """
                                select orders.state, recipient.ended_at is not distinct from
                                       case when orders.state = 'CANCELLED' then orders.updated_at end
                                  from wms.order_recipient as recipient
                                  join wms.outbound_order as orders
                                 using (tenant_id, order_id)
                                 where tenant_id = '%s'
                                 order by orders.state
                                """
                                        .formatted(tenant())))
                .containsExactly("ACCEPTED t", "CANCELLED t");
    }

    @Test
    void another_tenants_order_is_as_missing_as_one_that_never_was() {
        String order = floor.allocated(Units.of(4, "TEA"));
        var stranger = Floor.open(PLATFORM);

        var foreign = stranger.cancel(order);
        var invented = stranger.cancel(Identifiers.text(new OrderId(Uuid7.next())));

        assertThat(foreign.status()).isEqualTo(404);
        assertThat(foreign.comparable()).isEqualTo(invented.comparable());
        assertThat(floor.state(order)).isEqualTo("ALLOCATED");
    }

    @Test
    void whoever_may_send_orders_may_not_therefore_cancel_them() {
        String order = floor.order(Units.of(1, "TEA"));

        var answer =
                floor.client()
                        .with(Permission.ORDERS_ACCEPT, Permission.ORDERS_ALLOCATE)
                        .call(CancelOrder.OPERATION, request(order, CancelReason.OTHER));

        assertThat(answer.status()).isEqualTo(403);
    }

    @RepeatedTest(5)
    void cancelled_and_allocated_at_the_same_moment_the_order_holds_nothing() {
        String order = floor.order(Units.of(15, "TEA"));

        var answers =
                Together.all(
                        6, number -> number == 2 ? floor.cancel(order) : floor.allocate(order));

        assertThat(answers.get(2).status()).isEqualTo(200);
        assertThat(answers).extracting(Answer::status).isSubsetOf(200, 409);
        assertThat(floor.of(order, "cancelled")).containsExactly(15L);
        assertThat(floor.total("TEA", "reserved")).isZero();
        assertThat(floor.total("TEA", "on_hand")).isEqualTo(20);
        floor.isSound();
    }

    @RepeatedTest(5)
    void cancelled_and_picked_at_the_same_moment_one_of_them_wins() {
        String order = floor.allocated(Units.of(15, "TEA"));
        var picks = floor.picks(order);
        assertThat(picks).hasSize(2);

        var answers =
                Together.all(
                        3,
                        number ->
                                number == 2
                                        ? floor.cancel(order)
                                        : floor.confirm(picks.get(number), 1));

        if (answers.get(2).status() == 200) {
            assertThat(answers.subList(0, 2))
                    .extracting(Answer::code)
                    .containsOnly("outbound.pick-cancelled");
            assertThat(floor.total("TEA", "reserved")).isZero();
            assertThat(floor.at("STAGE-1", "TEA", "on_hand")).isZero();
            assertThat(floor.state(order)).isEqualTo("CANCELLED");
        } else {
            assertThat(answers).extracting(Answer::status).containsExactly(200, 200, 409);
            assertThat(floor.of(order, "picked")).containsExactly(2L);
            assertThat(floor.total("TEA", "reserved")).isEqualTo(15);
            assertThat(floor.at("STAGE-1", "TEA", "on_hand")).isEqualTo(2);
            assertThat(floor.state(order)).isEqualTo("PICKING");
        }
        assertThat(floor.total("TEA", "on_hand")).isEqualTo(20);
        floor.isSound();
    }

    @RepeatedTest(3)
    void of_many_who_cancel_one_order_one_does() {
        String order = floor.allocated(Units.of(15, "TEA"));

        var answers = Together.all(6, _ -> floor.cancel(order));

        assertThat(answers.stream().filter(it -> it.status() == 200)).hasSize(1);
        assertThat(answers.stream().filter(it -> it.status() != 200))
                .allMatch(it -> stateTold(it).equals("CANCELLED"));
        assertThat(floor.total("TEA", "reserved")).isZero();
        floor.isSound();
    }

    @Test
    void
            orders_on_the_same_buckets_are_cancelled_and_allocated_at_once_without_locking_each_other() {
        var held =
                IntStream.range(0, 6).mapToObj(_ -> floor.allocated(Units.of(3, "TEA"))).toList();
        var waiting = IntStream.range(0, 6).mapToObj(_ -> floor.order(Units.of(3, "TEA"))).toList();

        var answers =
                Together.all(
                        12,
                        number ->
                                number % 2 == 0
                                        ? floor.cancel(held.get(number / 2))
                                        : floor.allocate(waiting.get(number / 2)));

        assertThat(answers).extracting(Answer::status).isSubsetOf(200, 409);
        assertThat(IntStream.range(0, 6).mapToObj(at -> answers.get(2 * at).status()))
                .containsOnly(200);
        waiting.forEach(order -> done(floor.allocate(order)));
        assertThat(floor.total("TEA", "reserved")).isEqualTo(18);
        floor.isSound();
    }

    private Answer cancelWith(String order, String body) {
        return floor.client().post("cancel-order", Map.of("order_id", order), body);
    }

    private static CancelOrder.Request request(String order, CancelReason reason) {
        return new CancelOrder.Request(
                Identifiers.parse(OrderId.class, order).orElseThrow(), reason);
    }

    private static String stateTold(Answer refused) {
        assertThat(refused.status()).isEqualTo(409);
        return refused.json().at("/facts/state").asString();
    }

    private List<String> versionsOfStock() {
        return floor.rows(
                "select bucket_id, version from wms.bucket where tenant_id = '%s' order by 1"
                        .formatted(tenant()));
    }

    private String tenant() {
        return floor.client().tenant().uuid().toString();
    }
}
