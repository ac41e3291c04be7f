package com.fluxvantage.migrations;

import static com.fluxvantage.migrations.Stock.MORNING;
import static com.fluxvantage.migrations.Stock.bucket;
import static com.fluxvantage.migrations.Stock.hoursLater;
import static com.fluxvantage.migrations.Stock.promising;
import static com.fluxvantage.migrations.Stock.using;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fluxvantage.migrations.Stock.Answer;
import com.fluxvantage.migrations.Stock.Promise;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import java.util.UUID;

@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(Lifecycle.PER_CLASS)
class StockFunctionsTest {
    private Database database;
    private House house;
    private Stock stock;

    @BeforeAll
    void migrate() {
        database = Database.entered();
    }

    @BeforeEach
    void open_a_house() {
        house = House.openedIn(database);
        stock = new Stock(database, house);
    }

    @AfterEach
    void stock_and_ledger_agree() throws Exception {
        stock.writeLines();
        try (var checker = database.as("fv_checker")) {
            assertThat(StockCheck.run(checker)).isEmpty();
        }
    }

    private UUID demand() {
        return house.orderLine();
    }

    private long buckets() {
        return Long.parseLong(stock.ask("select count(*) from wms.bucket"));
    }

    private long legs() {
        return Long.parseLong(stock.ask("select count(*) from wms.movement"));
    }

    @Nested
    class Posting {
        @Test
        void makes_the_bucket_that_goods_come_into() {
            var answers = stock.post("RECEIPT", "SUPPLIER", MORNING, stock.at(house.dock(), 12));

            assertThat(answers)
                    .extracting(Answer::outcome, Answer::version, Answer::free)
                    .containsExactly(tuple("OK", 1L, 12L));
            assertThat(stock.holds(answers.getFirst().bucket())).isEqualTo("12 0");
        }

        @Test
        void adds_to_the_bucket_that_is_there() {
            var first = stock.receive(house.dock(), 12);
            var second = stock.receive(house.dock(), 8);

            assertThat(second).isEqualTo(first);
            assertThat(stock.holds(first)).isEqualTo("20 0");
        }

        @Test
        void writes_each_leg_and_the_other_side_into_the_ledger_with_who_and_why() {
            stock.receive(house.dock(), 12);

            assertThat(
                            stock.ask(
                                    """
                                    select leg, location.kind, quantity, movement.kind, actor, document_type, occurred_at = timestamptz '2026-11-24 06:00Z'
                                      from wms.movement as movement
                                      join wms.location as location using (location_id)
                                     order by leg
                                    """))
                    .isEqualTo(
                            """
                            1 DOCK 12 RECEIPT %1$s test t
                            2 SUPPLIER -12 RECEIPT %1$s test t\
                            """
                                    .formatted(Proof.ACTOR));
        }

        @Test
        void writes_what_a_leg_was_for_its_line_and_its_promise() {
            var line = UUID.randomUUID();
            var bin =
                    stock.receive(
                            MORNING, stock.at(house.binA(), 12, "\"line\": \"" + line + "\""));
            var promise = Promise.of(bin, demand(), 5);
            stock.reserve(promise);
            var staged = UUID.randomUUID();

            stock.move(
                    bucket(bin, -5, using(promise.reservation())),
                    stock.at(house.binB(), 5, promising(staged, demand())));

            assertThat(
                            stock.ask(
                                    """
                                    select quantity, coalesce(line_id::text, '-'), coalesce(reservation_id::text, '-')
                                      from wms.movement
                                     order by posted_at, leg
                                    """))
                    .isEqualTo(
                            """
                            12 %s -
                            -12 - -
                            -5 - %s
                            5 %s %s\
                            """
                                    .formatted(line, promise.reservation(), demand(), staged));
        }

        @Test
        void a_posting_that_puts_goods_back_names_the_one_it_reverses() {
            var dock = stock.receive(house.dock(), 12);
            var first = UUID.fromString(stock.ask("select distinct posting_id from wms.movement"));

            stock.reverse(first, "RECEIPT", "SUPPLIER", MORNING, bucket(dock, -12));

            assertThat(
                            stock.ask(
                                    "select quantity from wms.movement where reverses_posting_id ="
                                            + " ? order by leg",
                                    first))
                    .isEqualTo("-12\n12");
            assertThat(stock.holds(dock)).isEqualTo("0 0");
        }

        @Test
        void goods_that_are_put_back_have_the_age_they_had_there() {
            var old = stock.receive(house.binA(), 3);
            var dock = stock.receive(hoursLater(2), stock.at(house.dock(), 5));
            stock.move(bucket(dock, -5), bucket(old, 5));

            stock.reverse(
                    UUID.randomUUID(),
                    "MOVE",
                    null,
                    hoursLater(3),
                    bucket(old, -5),
                    bucket(dock, 5));

            assertThat(stock.age(dock)).isEqualTo(hoursLater(2));
        }

        @Test
        void goods_that_are_put_back_where_nothing_is_left_to_tell_keep_the_age_they_come_with() {
            var old = stock.receive(house.binA(), 3);

            stock.reverse(
                    UUID.randomUUID(),
                    "MOVE",
                    null,
                    hoursLater(3),
                    bucket(old, -3),
                    stock.at(house.dock(), 3));

            assertThat(
                            stock.ask(
                                    "select fifo_at = timestamptz '2026-11-24 06:00Z' from"
                                            + " wms.bucket where location_id = ?",
                                    house.dock()))
                    .isEqualTo("t");
        }

        @Test
        void moves_goods_between_buckets() {
            var dock = stock.receive(house.dock(), 12);

            var moved = stock.move(bucket(dock, -5), stock.at(house.binA(), 5));

            assertThat(moved).extracting(Answer::outcome).containsOnly("OK");
            assertThat(stock.holds(dock)).isEqualTo("7 0");
            assertThat(
                            stock.ask(
                                    "select on_hand from wms.bucket where location_id = ?",
                                    house.binA()))
                    .isEqualTo("5");
        }

        @Test
        void keeps_lots_statuses_and_containers_apart() {
            var lot = UUID.randomUUID();
            database.run(
                    "insert into wms.lot (tenant_id, lot_id, item_id, code, expires_on) values ('%s', '%s', '%s', 'L1', '2027-01-31')"
                            .formatted(house.tenant(), lot, house.tea()));

            var plain = stock.receive(house.dock(), 1);
            var ofLot =
                    stock.receive(MORNING, stock.at(house.dock(), 2, "\"lot\": \"" + lot + "\""));
            var damaged =
                    stock.receive(MORNING, stock.at(house.dock(), 3, "\"status\": \"DAMAGED\""));

            assertThat(plain).isNotEqualTo(ofLot).isNotEqualTo(damaged);
            assertThat(
                            stock.ask(
                                    "select expires_on, on_hand from wms.bucket where bucket_id ="
                                            + " ?",
                                    ofLot))
                    .isEqualTo("2027-01-31 2");
        }

        @Test
        void lets_go_of_the_last_unit_and_not_of_one_more() {
            var dock = stock.receive(house.dock(), 12);

            assertThat(stock.move(bucket(dock, -13), stock.at(house.binA(), 13)))
                    .containsExactly(new Answer(dock, "SHORT", 1L, 13L, 12L));
            assertThat(stock.move(bucket(dock, -12), stock.at(house.binA(), 12)))
                    .extracting(Answer::outcome)
                    .containsOnly("OK");
        }

        @Test
        void sums_two_legs_on_one_bucket_before_it_judges() {
            var dock = stock.receive(house.dock(), 12);

            assertThat(stock.move(bucket(dock, -7), bucket(dock, -6), stock.at(house.binA(), 13)))
                    .containsExactly(new Answer(dock, "SHORT", 1L, 13L, 12L));
            assertThat(stock.move(bucket(dock, -6), bucket(dock, -6), stock.at(house.binA(), 12)))
                    .extracting(Answer::outcome)
                    .containsOnly("OK");
            assertThat(stock.holds(dock)).isEqualTo("0 0");
        }

        @Test
        void refuses_everything_when_one_bucket_lacks() {
            var dock = stock.receive(house.dock(), 12);
            var bin = stock.receive(house.binA(), 3);
            long before = legs();

            var refused = stock.move(bucket(dock, -5), bucket(bin, -4), stock.at(house.binB(), 9));

            assertThat(refused).containsExactly(new Answer(bin, "SHORT", 1L, 4L, 3L));
            assertThat(stock.holds(dock)).isEqualTo("12 0");
            assertThat(stock.holds(bin)).isEqualTo("3 0");
            assertThat(legs()).isEqualTo(before);
            assertThat(buckets()).isEqualTo(2);
        }

        @Test
        void answers_gone_for_a_bucket_that_is_not_there_or_is_another_tenants() {
            var other = House.openedIn(database);
            var theirs = new Stock(database, other).receive(other.dock(), 12);
            var swept = UUID.randomUUID();

            assertThat(stock.move(bucket(theirs, -1), stock.at(house.binA(), 1)))
                    .containsExactly(new Answer(theirs, "GONE", null, 1L, null));
            assertThat(stock.move(bucket(swept, -1), stock.at(house.binA(), 1)))
                    .containsExactly(new Answer(swept, "GONE", null, 1L, null));
        }

        @Test
        void answers_short_for_goods_by_key_that_were_never_there() {
            assertThat(stock.post("ADJUST", "ADJUST", MORNING, stock.at(house.binA(), -1)))
                    .extracting(Answer::outcome, Answer::asked, Answer::free)
                    .containsExactly(tuple("SHORT", 1L, 0L));
            assertThat(buckets()).isZero();
        }

        @Test
        void answers_stale_when_the_bucket_has_changed_since_it_was_seen() {
            var dock = stock.receive(house.dock(), 12);

            assertThat(stock.move(bucket(dock, -1, "\"seen\": 0"), stock.at(house.binA(), 1)))
                    .containsExactly(new Answer(dock, "STALE", 1L, 1L, 12L));
            assertThat(stock.move(bucket(dock, -1, "\"seen\": 1"), stock.at(house.binA(), 1)))
                    .extracting(Answer::outcome)
                    .containsOnly("OK");
        }

        @Test
        void takes_nothing_that_is_promised() {
            var dock = stock.receive(house.dock(), 12);
            database.run(
                    "update wms.location set pickable = true where location_id = '"
                            + house.dock()
                            + "'");
            stock.reserve(Promise.of(dock, demand(), 10));

            assertThat(stock.move(bucket(dock, -3), stock.at(house.binA(), 3)))
                    .containsExactly(new Answer(dock, "SHORT", 2L, 3L, 2L));
            assertThat(stock.move(bucket(dock, -2), stock.at(house.binA(), 2)))
                    .extracting(Answer::outcome)
                    .containsOnly("OK");
        }

        @Test
        void refuses_legs_that_do_not_sum_to_zero() {
            var dock = stock.receive(house.dock(), 12);

            assertThatThrownBy(() -> stock.move(bucket(dock, -5), stock.at(house.binA(), 4)))
                    .hasMessageContaining("22023")
                    .hasMessageContaining("sum to zero");
        }

        @Test
        void refuses_legs_that_turn_one_item_into_another() {
            var dock = stock.receive(house.dock(), 12);

            assertThatThrownBy(() ->
                            stock.move(
                                    bucket(dock, -5),
                                    stock.at(house.binA(), 5)
                                            .replace(
                                                    house.tea().toString(),
                                                    house.coffee().toString())))
                    .hasMessageContaining("sum to zero");
        }

        @Test
        void refuses_a_field_that_it_does_not_know() {
            assertThatThrownBy(() ->
                            stock.receive(MORNING, stock.at(house.dock(), 1, "\"lto\": null")))
                    .hasMessageContaining("22023")
                    .hasMessageContaining("unknown field");
        }

        @Test
        void refuses_a_leg_of_nothing_or_without_a_bucket() {
            assertThatThrownBy(() -> stock.receive(MORNING, stock.at(house.dock(), 0)))
                    .hasMessageContaining("22023");
            assertThatThrownBy(() -> stock.receive(MORNING, "{\"quantity\": 1}"))
                    .hasMessageContaining("22023");
            assertThatThrownBy(() -> stock.post("MOVE", null, MORNING))
                    .hasMessageContaining("22023");
        }

        @Test
        void refuses_to_keep_goods_where_none_can_be() {
            assertThatThrownBy(() -> stock.receive(house.supplier(), 1))
                    .hasMessageContaining("22023")
                    .hasMessageContaining("holds no stock");
        }

        @Test
        void refuses_a_counterpart_that_the_warehouse_does_not_have() {
            assertThatThrownBy(
                            () -> stock.post("RECEIPT", "KIT", MORNING, stock.at(house.dock(), 1)))
                    .hasMessageContaining("23502");
            assertThatThrownBy(
                            () -> stock.post("RECEIPT", "DOCK", MORNING, stock.at(house.binA(), 1)))
                    .hasMessageContaining("23502");
        }

        @Test
        void lets_the_age_of_goods_travel_with_them() {
            var dock = stock.receive(MORNING, stock.at(house.dock(), 12));

            stock.post("MOVE", null, hoursLater(5), bucket(dock, -12), stock.at(house.binA(), 12));

            var bin =
                    UUID.fromString(
                            stock.ask(
                                    "select bucket_id from wms.bucket where location_id = ?",
                                    house.binA()));
            assertThat(stock.age(bin)).isEqualTo(MORNING);
        }

        @Test
        void keeps_the_earlier_age_while_a_bucket_holds_stock_and_the_new_one_when_it_was_empty() {
            var bin = stock.receive(MORNING, stock.at(house.binA(), 5));
            stock.receive(hoursLater(1), stock.at(house.binA(), 5));
            assertThat(stock.age(bin)).isEqualTo(MORNING);

            stock.post("ADJUST", "ADJUST", hoursLater(2), bucket(bin, -10));
            stock.receive(hoursLater(3), stock.at(house.binA(), 5));
            assertThat(stock.age(bin)).isEqualTo(hoursLater(3));
        }
    }

    @Nested
    class Posting_with_reservations {
        private UUID bin;
        private Promise promise;

        @BeforeEach
        void promise_ten_of_twelve() {
            bin = stock.receive(house.binA(), 12);
            promise = Promise.of(bin, demand(), 10);
            assertThat(stock.reserve(promise)).extracting(Answer::outcome).containsOnly("OK");
        }

        private String state() {
            return stock.ask(
                    "select quantity, state from wms.reservation where reservation_id = ?",
                    promise.reservation());
        }

        @Test
        void lets_the_promise_follow_the_goods() {
            var there = UUID.randomUUID();

            var picked =
                    stock.post(
                            "PICK",
                            null,
                            MORNING,
                            bucket(bin, -4, using(promise.reservation())),
                            stock.at(house.binB(), 4, promising(there, demand())));

            assertThat(picked).extracting(Answer::outcome).containsOnly("OK");
            assertThat(stock.holds(bin)).isEqualTo("8 6");
            assertThat(state()).isEqualTo("6 ACTIVE");
            assertThat(
                            stock.ask(
                                    "select on_hand, reserved from wms.bucket where location_id ="
                                            + " ?",
                                    house.binB()))
                    .isEqualTo("4 4");
            assertThat(
                            stock.ask(
                                    "select quantity, state from wms.reservation where"
                                            + " reservation_id = ?",
                                    there))
                    .isEqualTo("4 ACTIVE");
        }

        @Test
        void ends_a_promise_that_is_used_up_whole() {
            stock.post("SHIP", "CUSTOMER", MORNING, bucket(bin, -10, using(promise.reservation())));

            assertThat(stock.holds(bin)).isEqualTo("2 0");
            assertThat(state()).isEqualTo("10 CONSUMED");
        }

        @Test
        void takes_no_more_than_was_promised() {
            assertThat(
                            stock.post(
                                    "SHIP",
                                    "CUSTOMER",
                                    MORNING,
                                    bucket(bin, -11, using(promise.reservation()))))
                    .containsExactly(new Answer(bin, "NOT_RESERVED", null, 11L, 10L));
            assertThat(state()).isEqualTo("10 ACTIVE");
        }

        @Test
        void sums_two_legs_that_use_one_promise() {
            assertThat(
                            stock.post(
                                    "SHIP",
                                    "CUSTOMER",
                                    MORNING,
                                    bucket(bin, -6, using(promise.reservation())),
                                    bucket(bin, -5, using(promise.reservation()))))
                    .containsExactly(new Answer(bin, "NOT_RESERVED", null, 11L, 10L));
        }

        @Test
        void knows_no_promise_that_was_used_up_or_was_made_elsewhere() {
            var elsewhere = stock.receive(house.binB(), 12);
            assertThat(
                            stock.post(
                                    "SHIP",
                                    "CUSTOMER",
                                    MORNING,
                                    bucket(elsewhere, -1, using(promise.reservation()))))
                    .containsExactly(new Answer(elsewhere, "NOT_RESERVED", null, 1L, null));

            stock.post("SHIP", "CUSTOMER", MORNING, bucket(bin, -10, using(promise.reservation())));
            assertThat(
                            stock.post(
                                    "SHIP",
                                    "CUSTOMER",
                                    MORNING,
                                    bucket(bin, -1, using(promise.reservation()))))
                    .extracting(Answer::outcome)
                    .containsExactly("NOT_RESERVED");
        }

        @Test
        void makes_no_promise_to_nobody() {
            assertThatThrownBy(() ->
                            stock.move(
                                    bucket(bin, -1),
                                    stock.at(house.binB(), 1, using(UUID.randomUUID()))))
                    .hasMessageContaining("22023");
        }
    }

    @Nested
    class Reserving {
        @Test
        void promises_what_is_free_and_not_one_more() {
            var bin = stock.receive(house.binA(), 12);

            assertThat(stock.reserve(Promise.of(bin, demand(), 13)))
                    .containsExactly(new Answer(bin, "SHORT", 1L, 13L, 12L));
            assertThat(stock.reserve(Promise.of(bin, demand(), 12)))
                    .containsExactly(new Answer(bin, "OK", 2L, 12L, 0L));
            assertThat(stock.holds(bin)).isEqualTo("12 12");
        }

        @Test
        void sums_two_lines_that_chose_one_bucket() {
            var bin = stock.receive(house.binA(), 12);

            assertThat(stock.reserve(Promise.of(bin, demand(), 7), Promise.of(bin, demand(), 6)))
                    .containsExactly(new Answer(bin, "SHORT", 1L, 13L, 12L));
            assertThat(stock.reserve(Promise.of(bin, demand(), 6), Promise.of(bin, demand(), 6)))
                    .containsExactly(new Answer(bin, "OK", 2L, 12L, 0L));
        }

        @Test
        void promises_nothing_when_one_bucket_lacks() {
            var binA = stock.receive(house.binA(), 12);
            var binB = stock.receive(house.binB(), 3);

            assertThat(stock.reserve(Promise.of(binA, demand(), 5), Promise.of(binB, demand(), 4)))
                    .containsExactly(new Answer(binB, "SHORT", 1L, 4L, 3L));
            assertThat(stock.holds(binA)).isEqualTo("12 0");
        }

        @Test
        void answers_gone_for_a_bucket_that_was_swept() {
            var swept = UUID.randomUUID();

            assertThat(stock.reserve(Promise.of(swept, demand(), 1)))
                    .containsExactly(new Answer(swept, "GONE", null, 1L, null));
        }

        @Test
        void finds_goods_unfit_that_are_damaged_locked_in_or_not_for_picking() {
            var damaged =
                    stock.receive(MORNING, stock.at(house.binA(), 12, "\"status\": \"DAMAGED\""));
            var atDock = stock.receive(house.dock(), 12);
            var locked = stock.receive(house.binB(), 12);
            database.run(
                    "update wms.location set locked = true where location_id = '"
                            + house.binB()
                            + "'");

            for (var bucket : new UUID[] {damaged, atDock, locked}) {
                assertThat(stock.reserve(Promise.of(bucket, demand(), 1)))
                        .containsExactly(new Answer(bucket, "UNFIT", 1L, 1L, 12L));
            }
        }

        @Test
        void finds_a_lot_unfit_that_is_on_hold_or_expires_the_day_before() {
            var lot = UUID.randomUUID();
            database.run(
                    "insert into wms.lot (tenant_id, lot_id, item_id, code, expires_on) values ('%s', '%s', '%s', 'L1', '2027-01-31')"
                            .formatted(house.tenant(), lot, house.tea()));
            var bin =
                    stock.receive(MORNING, stock.at(house.binA(), 12, "\"lot\": \"" + lot + "\""));

            assertThat(goodUntil("2027-02-01", bin)).contains("UNFIT");
            assertThat(goodUntil("2027-01-31", bin)).contains("OK");
            database.run("update wms.lot set on_hold = true where lot_id = '" + lot + "'");
            assertThat(goodUntil("2027-01-31", bin)).contains("UNFIT");
        }

        private String goodUntil(String date, UUID bin) {
            try (var session = Session.in(database, "fv_api", house.tenant())) {
                return session.one(
                        "select outcome from wms.reserve(?, ?, ?, ?, ?, cast(? as date))",
                        new UUID[] {UUID.randomUUID()},
                        new UUID[] {demand()},
                        new UUID[] {bin},
                        new Long[] {1L},
                        MORNING,
                        date);
            }
        }

        @Test
        void refuses_a_promise_of_nothing() {
            var bin = stock.receive(house.binA(), 12);

            assertThatThrownBy(() -> stock.reserve(Promise.of(bin, demand(), 0)))
                    .hasMessageContaining("22023");
            assertThatThrownBy(() -> stock.reserve()).hasMessageContaining("22023");
        }
    }

    @Nested
    class Releasing {
        @Test
        void gives_promised_goods_back_to_everybody() {
            var bin = stock.receive(house.binA(), 12);
            var first = Promise.of(bin, demand(), 5);
            var second = Promise.of(bin, demand(), 4);
            stock.reserve(first, second);

            assertThat(stock.release(first.reservation(), second.reservation()))
                    .containsExactly(new Answer(bin, "OK", 3L, 9L, 12L));
            assertThat(stock.holds(bin)).isEqualTo("12 0");
        }

        @Test
        void releases_nothing_when_one_is_not_active() {
            var bin = stock.receive(house.binA(), 12);
            var first = Promise.of(bin, demand(), 5);
            var second = Promise.of(bin, demand(), 4);
            stock.reserve(first, second);
            stock.release(first.reservation());

            assertThat(stock.release(first.reservation(), second.reservation()))
                    .containsExactly(new Answer(bin, "NOT_RESERVED", null, 5L, null));
            assertThat(stock.holds(bin)).isEqualTo("12 4");
        }
    }

    @Nested
    class Sweeping {
        private long sweep() {
            try (var worker = Session.in(database, "fv_worker", house.tenant())) {
                long swept = worker.number("select wms.sweep_empty_buckets(100)");
                worker.commit();
                return swept;
            }
        }

        @Test
        void removes_empty_buckets_of_this_tenant_and_keeps_their_history() {
            var bin = stock.receive(house.binA(), 5);
            var full = stock.receive(house.binB(), 5);
            var promise = Promise.of(bin, demand(), 5);
            stock.reserve(promise);
            stock.post("SHIP", "CUSTOMER", MORNING, bucket(bin, -5, using(promise.reservation())));
            var other = House.openedIn(database);
            var theirs = new Stock(database, other);
            var theirEmpty = theirs.receive(other.binA(), 5);
            theirs.post("ADJUST", "ADJUST", MORNING, bucket(theirEmpty, -5));

            assertThat(sweep()).isEqualTo(1);

            assertThat(stock.holds(bin)).isEmpty();
            assertThat(stock.holds(full)).isEqualTo("5 0");
            assertThat(theirs.holds(theirEmpty)).isEqualTo("0 0");
            assertThat(legs()).isEqualTo(6);
            assertThat(stock.ask("select state from wms.reservation")).isEqualTo("CONSUMED");
        }

        @Test
        void is_not_for_the_login_of_operations() {
            try (var api = Session.in(database, "fv_api", house.tenant())) {
                assertThat(api.refusal("select wms.sweep_empty_buckets(100)")).startsWith("42501");
            }
        }
    }
}
