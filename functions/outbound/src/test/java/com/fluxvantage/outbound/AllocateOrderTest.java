package com.fluxvantage.outbound;

import static com.fluxvantage.outbound.Floor.created;
import static com.fluxvantage.outbound.Floor.done;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.outbound.Floor.Units;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.TestPlatform;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class AllocateOrderTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private final Floor floor = Floor.open(PLATFORM).item("TEA").bin("A-1", 1).bin("A-2", 2);

    @Test
    void promises_what_the_order_asks_for() {
        floor.stock("A-1", Units.of(10, "TEA"));
        String order = floor.order(Units.of(4, "TEA"));

        var answer = done(floor.allocate(order));

        assertThat(answer.text("state")).isEqualTo("ALLOCATED");
        assertThat(answer.number("allocated")).isEqualTo(4);
        assertThat(answer.number("missing")).isZero();
        assertThat(floor.of(order, "allocated")).containsExactly(4L);
        assertThat(floor.at("A-1", "TEA", "reserved")).isEqualTo(4);
        assertThat(floor.events(order)).containsExactly("order.received:1", "order.allocated:2");
        floor.isSound();
    }

    @Test
    void serves_two_lines_of_one_item_from_one_bucket() {
        floor.stock("A-1", Units.of(10, "TEA"));
        String order = floor.order(Units.of(6, "TEA"), Units.of(6, "TEA"));

        var answer = done(floor.allocate(order));

        assertThat(answer.number("allocated")).isEqualTo(10);
        assertThat(floor.of(order, "allocated")).containsExactly(6L, 4L);
        assertThat(floor.of(order, "unallocated")).containsExactly(0L, 2L);
        assertThat(floor.at("A-1", "TEA", "reserved")).isEqualTo(10);
        floor.isSound();
    }

    @Test
    void takes_the_oldest_goods_first() {
        floor.stock("A-2", Units.of(5, "TEA")).stock("A-1", Units.of(5, "TEA"));

        floor.allocated(Units.of(6, "TEA"));

        assertThat(floor.at("A-2", "TEA", "reserved")).isEqualTo(5);
        assertThat(floor.at("A-1", "TEA", "reserved")).isEqualTo(1);
    }

    @Test
    void takes_what_expires_first_although_it_arrived_later() {
        floor.perishable("MILK", 0)
                .lot("A-1", Units.of(5, "MILK"), "KEEPS-LONG", floor.today().plusDays(60))
                .lot("A-2", Units.of(5, "MILK"), "KEEPS-SHORT", floor.today().plusDays(20));

        String order = floor.allocated(Units.of(6, "MILK"));

        assertThat(floor.picks(order))
                .extracting(it -> it.path("lot").asString() + " " + it.path("quantity").asLong())
                .containsExactly("KEEPS-LONG 1", "KEEPS-SHORT 5");
    }

    @Test
    void skips_a_lot_that_has_expired_when_the_order_leaves() {
        var day = floor.today().plusDays(20);
        floor.perishable("MILK", 0).lot("A-1", Units.of(5, "MILK"), "L-1", day);

        var tooLate = done(floor.allocate(floor.orderFor(day.plusDays(1), Units.of(1, "MILK"))));
        var inTime = done(floor.allocate(floor.orderFor(day, Units.of(1, "MILK"))));

        assertThat(tooLate.number("allocated")).isZero();
        assertThat(inTime.number("allocated")).isEqualTo(1);
    }

    @Test
    void skips_a_lot_that_keeps_a_day_less_than_the_item_asks_for() {
        var leaves = floor.today().plusDays(10);
        floor.perishable("MILK", 30)
                .lot("A-1", Units.of(5, "MILK"), "TOO-SHORT", leaves.plusDays(29))
                .lot("A-2", Units.of(5, "MILK"), "JUST-ENOUGH", leaves.plusDays(30));

        String order = floor.orderFor(leaves, Units.of(9, "MILK"));
        var answer = done(floor.allocate(order));

        assertThat(answer.number("allocated")).isEqualTo(5);
        assertThat(floor.picks(order))
                .extracting(it -> it.path("lot").asString())
                .containsExactly("JUST-ENOUGH");
    }

    @Test
    void asks_each_item_of_an_order_for_its_own_shelf_life() {
        floor.perishable("MILK", 0)
                .perishable("RICE", 100)
                .lot("A-1", Units.of(5, "MILK"), "L-1", floor.today().plusDays(5))
                .lot("A-2", Units.of(5, "RICE"), "L-2", floor.today().plusDays(100));

        var answer = done(floor.allocate(floor.order(Units.of(5, "MILK"), Units.of(5, "RICE"))));

        assertThat(answer.number("allocated")).isEqualTo(10);
    }

    @Test
    void counts_the_days_from_today_when_the_order_is_late() {
        var own = TestPlatform.start();
        var later = Floor.open(own).perishable("MILK", 0).bin("A-1", 1);
        later.lot("A-1", Units.of(5, "MILK"), "L-1", later.today().plusDays(5));
        String order = later.orderFor(later.today(), Units.of(1, "MILK"));

        own.clock().move(Duration.ofDays(6));

        assertThat(done(later.allocate(order)).number("allocated")).isZero();
    }

    @Test
    void leaves_what_is_damaged_or_not_for_picking() {
        floor.place("DISPLAY", 3, false)
                .stock("DISPLAY", Units.of(5, "TEA"))
                .damaged("A-1", Units.of(5, "TEA"))
                .stock("DOCK-1", Units.of(5, "TEA"));

        assertThat(done(floor.allocate(floor.order(Units.of(1, "TEA")))).number("allocated"))
                .isZero();
    }

    @Test
    void tells_of_what_is_short_who_holds_it() {
        floor.stock("A-1", Units.of(10, "TEA"));
        String holder = floor.allocated(Units.of(8, "TEA"));
        String order = floor.order(Units.of(5, "TEA"));

        var answer = done(floor.allocate(order));

        assertThat(answer.number("allocated")).isEqualTo(2);
        assertThat(answer.number("missing")).isEqualTo(3);
        assertThat(answer.json().at("/short_lines/0/missing").asLong()).isEqualTo(3);
        assertThat(answer.json().at("/short_lines/0/line_id").asString())
                .isEqualTo(floor.get(order).at("/lines/0/line_id").asString());
        assertThat(
                        answer.json()
                                .at("/short_lines/0/held_by")
                                .valueStream()
                                .map(it -> it.asString()))
                .containsExactly(holder);
    }

    @Test
    void changes_nothing_when_nothing_is_there() {
        String order = floor.order(Units.of(5, "TEA"));

        var answer = done(floor.allocate(order));

        assertThat(answer.text("state")).isEqualTo("ACCEPTED");
        assertThat(answer.number("version")).isEqualTo(1);
        assertThat(floor.events(order)).containsExactly("order.received:1");
    }

    @Test
    void promises_the_rest_when_goods_have_come() {
        floor.stock("A-1", Units.of(3, "TEA"));
        String order = floor.allocated(Units.of(5, "TEA"));

        floor.stock("A-2", Units.of(9, "TEA"));
        var again = done(floor.allocate(order));
        var all = done(floor.allocate(order));

        assertThat(again.number("allocated")).isEqualTo(2);
        assertThat(all.number("allocated")).isZero();
        assertThat(floor.of(order, "allocated")).containsExactly(5L);
        floor.isSound();
    }

    @Test
    void promises_more_while_the_order_is_picked_and_not_afterwards() {
        floor.stock("A-1", Units.of(3, "TEA"));
        String order = floor.allocated(Units.of(5, "TEA"));
        done(floor.confirm(floor.picks(order).getFirst(), 2));
        floor.stock("A-2", Units.of(1, "TEA"));

        var whilePicking = done(floor.allocate(order));
        floor.pickAll(order);
        var afterwards = floor.allocate(order);

        assertThat(whilePicking.number("allocated")).isEqualTo(1);
        assertThat(whilePicking.text("state")).isEqualTo("PICKING");
        assertThat(afterwards.status()).isEqualTo(409);
        assertThat(afterwards.code()).isEqualTo("outbound.order-not-allocatable");
        assertThat(afterwards.json().at("/facts/state").asString()).isEqualTo("PICKED");
    }

    @Test
    void gives_goods_back_that_have_expired_since_and_promises_fresh_ones() {
        var own = TestPlatform.start();
        var later = milkThatKeepsFiveDays(own, 0);
        String order = later.allocated(Units.of(3, "MILK"), Units.of(2, "MILK"));
        later.lot("A-2", Units.of(4, "MILK"), "FRESH", later.today().plusDays(60));

        own.clock().move(Duration.ofDays(6));
        var gone = done(later.allocate(order));
        var anew = done(later.allocate(order));

        assertThat(gone.number("given_back")).isEqualTo(5);
        assertThat(gone.number("allocated")).isZero();
        assertThat(gone.number("missing")).isEqualTo(5);
        assertThat(gone.text("state")).isEqualTo("ALLOCATED");
        assertThat(later.at("A-1", "MILK", "reserved")).isZero();
        assertThat(anew.number("given_back")).isZero();
        assertThat(anew.number("allocated")).isEqualTo(4);
        assertThat(later.of(order, "allocated")).containsExactly(3L, 1L);
        later.pickAll(order);
        created(packMilk(later, order, "FRESH", 4));
        done(later.dispatch(order));
        assertThat(later.state(order)).isEqualTo("SHIPPED");
        assertThat(later.of(order, "shipped")).containsExactly(3L, 1L);
        later.isSound();
    }

    @Test
    void keeps_the_promise_of_goods_on_their_last_day() {
        var own = TestPlatform.start();
        var later = milkThatKeepsFiveDays(own, 2);
        String order = later.allocated(Units.of(5, "MILK"));

        own.clock().move(Duration.ofDays(3));
        var lastDay = done(later.allocate(order));
        own.clock().move(Duration.ofDays(1));
        var dayAfter = done(later.allocate(order));

        assertThat(lastDay.number("given_back")).isZero();
        assertThat(lastDay.number("version")).isEqualTo(2);
        assertThat(dayAfter.number("given_back")).isEqualTo(5);
        assertThat(done(later.allocate(order)).number("given_back")).isZero();
        later.isSound();
    }

    @Test
    void an_order_whose_last_goods_expire_half_picked_leaves_with_what_was_picked() {
        var own = TestPlatform.start();
        var later = milkThatKeepsFiveDays(own, 0);
        String order = later.allocated(Units.of(5, "MILK"));
        done(later.confirm(later.picks(order).getFirst(), 2));

        own.clock().move(Duration.ofDays(6));
        var answer = done(later.allocate(order));

        assertThat(answer.number("given_back")).isEqualTo(3);
        assertThat(answer.text("state")).isEqualTo("PICKED");
        assertThat(later.of(order, "unallocated")).containsExactly(3L);
        assertThat(later.at("STAGE-1", "MILK", "reserved")).isEqualTo(2);
        created(packMilk(later, order, "OLD", 2));
        done(later.dispatch(order));
        assertThat(later.of(order, "shipped")).containsExactly(2L);
        later.isSound();
    }

    @Test
    void gives_back_nothing_of_what_stands_at_the_stage_or_in_a_carton() {
        var own = TestPlatform.start();
        var later = milkThatKeepsFiveDays(own, 0).item("TEA").stock("A-2", Units.of(1, "TEA"));
        String order = later.allocated(Units.of(4, "MILK"), Units.of(1, "TEA"));
        var picks = later.picks(order);
        done(later.confirm(picks.getFirst(), 4));
        created(packMilk(later, order, "OLD", 1));

        own.clock().move(Duration.ofDays(6));
        var answer = done(later.allocate(order));

        assertThat(answer.number("given_back")).isZero();
        assertThat(later.of(order, "picked")).containsExactly(3L, 0L);
        assertThat(later.of(order, "packed")).containsExactly(1L, 0L);
        later.isSound();
    }

    @Test
    void goods_that_have_expired_are_given_back_once_by_many_at_once() {
        var own = TestPlatform.start();
        var later = milkThatKeepsFiveDays(own, 0);
        String order = later.allocated(Units.of(5, "MILK"));
        own.clock().move(Duration.ofDays(6));

        var answers = Together.all(6, _ -> later.allocate(order));

        assertThat(answers).extracting(Answer::status).containsOnly(200);
        assertThat(answers.stream().mapToLong(it -> it.number("given_back")).sum()).isEqualTo(5);
        later.isSound();
    }

    private static Floor milkThatKeepsFiveDays(TestPlatform platform, int minimumDays) {
        var milk = Floor.open(platform).perishable("MILK", minimumDays).bin("A-1", 1).bin("A-2", 2);
        return milk.lot("A-1", Units.of(5, "MILK"), "OLD", milk.today().plusDays(5));
    }

    private static Answer packMilk(Floor floor, String order, String lot, long quantity) {
        return floor.client()
                .post(
                        "pack-carton",
                        Map.of("order_id", order),
                        """
                        {"contents": [{"sku": "MILK", "lot": "%s", "quantity": %d}]}
                        """
                                .formatted(lot, quantity));
    }

    @Test
    void misses_the_order_of_another_tenant_and_never_takes_their_goods() {
        var stranger =
                Floor.open(PLATFORM).item("TEA").bin("A-1", 1).stock("A-1", Units.of(10, "TEA"));
        String order = floor.order(Units.of(1, "TEA"));

        assertThat(stranger.allocate(order).status()).isEqualTo(404);
        assertThat(done(floor.allocate(order)).number("allocated")).isZero();
        assertThat(stranger.at("A-1", "TEA", "reserved")).isZero();
    }

    @Test
    void sixteen_orders_on_one_hot_bucket_share_it_exactly() {
        floor.stock("A-1", Units.of(100, "TEA"));
        var orders = orders(16, Units.of(5, "TEA"), Units.of(5, "TEA"));

        var answers = together(orders);

        assertThat(answers).extracting(Answer::status).isSubsetOf(200, 409);
        assertThat(finished(orders, answers)).isEqualTo(100);
        assertThat(floor.at("A-1", "TEA", "reserved")).isEqualTo(100);
        assertThat(sum(orders, "allocated")).isEqualTo(100);
        assertThat(sum(orders, "unallocated")).isEqualTo(60);
        floor.isSound();
    }

    @Test
    void sixteen_orders_over_many_buckets_in_either_order_never_lock_each_other_out() {
        floor.item("RICE").bin("A-3", 3);
        for (var bin : List.of("A-1", "A-2", "A-3")) {
            floor.stock(bin, Units.of(30, "TEA")).stock(bin, Units.of(30, "RICE"));
        }
        var orders = new ArrayList<String>();
        for (int pair = 0; pair < 8; pair++) {
            orders.add(floor.order(Units.of(7, "TEA"), Units.of(7, "RICE")));
            orders.add(floor.order(Units.of(7, "RICE"), Units.of(7, "TEA")));
        }

        var answers = together(orders);

        assertThat(answers).extracting(Answer::status).isSubsetOf(200, 409);
        assertThat(finished(orders, answers)).isEqualTo(180);
        assertThat(floor.total("TEA", "reserved")).isEqualTo(90);
        assertThat(floor.total("RICE", "reserved")).isEqualTo(90);
        floor.isSound();
    }

    @Test
    void one_order_allocated_by_many_at_once_is_served_once() {
        floor.stock("A-1", Units.of(100, "TEA"));
        String order = floor.order(Units.of(7, "TEA"));

        var answers = together(Collections.nCopies(8, order));

        assertThat(answers).extracting(Answer::status).containsOnly(200);
        assertThat(answers.stream().mapToLong(it -> it.number("allocated")).sum()).isEqualTo(7);
        assertThat(floor.at("A-1", "TEA", "reserved")).isEqualTo(7);
        floor.isSound();
    }

    private List<String> orders(int count, Units... lines) {
        return IntStream.range(0, count).mapToObj(_ -> floor.order(lines)).toList();
    }

    private List<Answer> together(List<String> orders) {
        return Together.all(orders.size(), number -> floor.allocate(orders.get(number)));
    }

    // Whoever was told that others were faster asks again, as the answer says; units promised
    // in all.
    private long finished(List<String> orders, List<Answer> answers) {
        long units = 0;
        for (int number = 0; number < orders.size(); number++) {
            var answer = answers.get(number);
            units +=
                    (answer.status() == 409 ? done(floor.allocate(orders.get(number))) : answer)
                            .number("allocated");
        }
        return units;
    }

    private long sum(List<String> orders, String quantity) {
        return orders.stream()
                .flatMap(order -> floor.of(order, quantity).stream())
                .mapToLong(Long::longValue)
                .sum();
    }
}
