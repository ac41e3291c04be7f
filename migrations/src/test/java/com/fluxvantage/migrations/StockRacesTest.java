package com.fluxvantage.migrations;

import static com.fluxvantage.migrations.Stock.MORNING;
import static com.fluxvantage.migrations.Stock.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.migrations.Stock.Promise;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Real threads, each with a connection of its own. No deadlock, no unit too many, none too few. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(Lifecycle.PER_CLASS)
class StockRacesTest {
    private static final int CALLERS = 16;

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

    /** What one caller does in one transaction; it is committed if it answers OK alone. */
    private interface Turn {
        String take(Session session, int turn);
    }

    /** All outcomes of all turns, of callers that start together. */
    private List<String> together(int turns, IntFunction<Turn> caller) throws InterruptedException {
        var start = new CountDownLatch(1);
        try (var threads = Executors.newFixedThreadPool(CALLERS)) {
            var futures = new ArrayList<Future<List<String>>>();
            for (int number = 0; number < CALLERS; number++) {
                var turn = caller.apply(number);
                Callable<List<String>> task =
                        () -> {
                            try (var session = Session.of(database, "fv_api")) {
                                start.await();
                                return IntStream.range(0, turns)
                                        .mapToObj(it -> taken(session, turn, it))
                                        .toList();
                            }
                        };
                futures.add(threads.submit(task));
            }
            start.countDown();
            var outcomes = new ArrayList<String>();
            for (var future : futures) {
                outcomes.addAll(future.get());
            }
            return outcomes;
        } catch (ExecutionException e) {
            throw new AssertionError("a caller failed", e.getCause());
        }
    }

    private String taken(Session session, Turn turn, int number) {
        String rows;
        try {
            rows = turn.take(session.enter(house.tenant()), number);
        } catch (Session.Refused refused) {
            session.rollback();
            if (refused.state().equals("40001")) {
                return "RESTART";
            }
            throw refused;
        }
        var refused =
                Stock.answers(rows).stream()
                        .map(Stock.Answer::outcome)
                        .filter(it -> !it.equals("OK"))
                        .findFirst();
        if (refused.isPresent()) {
            session.rollback();
        } else {
            session.commit();
        }
        return refused.orElse("OK");
    }

    private UUID bucketAt(UUID location) {
        return UUID.fromString(
                stock.ask("select bucket_id from wms.bucket where location_id = ?", location));
    }

    @Test
    void sixteen_callers_promise_one_hot_bucket_to_its_last_unit() throws Exception {
        var hot = stock.receive(house.binA(), 100);

        var outcomes =
                together(
                        10,
                        _ ->
                                (session, _) ->
                                        Stock.reserve(
                                                session, Promise.of(hot, house.orderLine(), 1)));

        assertThat(outcomes).filteredOn("OK"::equals).hasSize(100);
        assertThat(outcomes).filteredOn("SHORT"::equals).hasSize(60);
        assertThat(stock.holds(hot)).isEqualTo("100 100");
    }

    @Test
    void two_lines_of_one_order_on_one_bucket_are_promised_together_or_not_at_all()
            throws Exception {
        var hot = stock.receive(house.binA(), 100);

        var outcomes =
                together(
                        5,
                        _ ->
                                (session, _) ->
                                        Stock.reserve(
                                                session,
                                                Promise.of(hot, house.orderLine(), 2),
                                                Promise.of(hot, house.orderLine(), 1)));

        assertThat(outcomes).filteredOn("OK"::equals).hasSize(33);
        assertThat(stock.holds(hot)).isEqualTo("100 99");
    }

    @Test
    void goods_that_move_both_ways_at_once_do_not_deadlock() throws Exception {
        var here = stock.receive(house.binA(), 500);
        var there = stock.receive(house.binB(), 500);

        var outcomes =
                together(
                        20,
                        number ->
                                (session, _) ->
                                        number % 2 == 0
                                                ? Stock.post(
                                                        session,
                                                        "MOVE",
                                                        null,
                                                        MORNING,
                                                        bucket(here, -1),
                                                        bucket(there, 1))
                                                : Stock.post(
                                                        session,
                                                        "MOVE",
                                                        null,
                                                        MORNING,
                                                        bucket(there, -1),
                                                        bucket(here, 1)));

        assertThat(outcomes).hasSize(320).containsOnly("OK");
        assertThat(stock.holds(here)).isEqualTo("500 0");
        assertThat(stock.holds(there)).isEqualTo("500 0");
    }

    @Test
    void a_bucket_is_drained_to_zero_and_no_further() throws Exception {
        var bin = stock.receive(house.binA(), 70);

        var outcomes =
                together(
                        10,
                        _ ->
                                (session, _) ->
                                        Stock.post(
                                                session,
                                                "ADJUST",
                                                "ADJUST",
                                                MORNING,
                                                bucket(bin, -1)));

        assertThat(outcomes).filteredOn("OK"::equals).hasSize(70);
        assertThat(outcomes).filteredOn("SHORT"::equals).hasSize(90);
        assertThat(stock.holds(bin)).isEqualTo("0 0");
    }

    @Test
    void sixteen_callers_make_the_same_bucket_once() throws Exception {
        var outcomes =
                together(
                        1,
                        _ ->
                                (session, _) ->
                                        Stock.post(
                                                session,
                                                "RECEIPT",
                                                "SUPPLIER",
                                                MORNING,
                                                stock.at(house.binA(), 3)));

        assertThat(outcomes).hasSize(16).containsOnly("OK");
        assertThat(stock.holds(bucketAt(house.binA()))).isEqualTo("48 0");
    }

    @Test
    void callers_that_make_the_same_buckets_in_different_orders_do_not_deadlock() throws Exception {
        int turns = 4;
        int bins = 40;
        var together = new CyclicBarrier(CALLERS);
        database.run(
                """
                insert into wms.location (tenant_id, location_id, warehouse_id, code, kind)
                select '%s', gen_random_uuid(), '%s', 'NEW-' || number, 'BIN'
                  from generate_series(1, %d) as number
                """
                        .formatted(house.tenant(), house.warehouse(), turns * bins));
        var fresh =
                stock.ask("select location_id from wms.location where code ^@ 'NEW-' order by code")
                        .lines()
                        .map(UUID::fromString)
                        .toList();

        var outcomes =
                together(
                        turns,
                        number ->
                                (session, turn) -> {
                                    meet(together);
                                    var places =
                                            new ArrayList<>(
                                                    fresh.subList(turn * bins, (turn + 1) * bins));
                                    Collections.rotate(places, number);
                                    var legs =
                                            places.stream()
                                                    .map(it -> stock.at(it, 1))
                                                    .toArray(String[]::new);
                                    return Stock.post(
                                            session, "RECEIPT", "SUPPLIER", MORNING, legs);
                                });

        assertThat(outcomes).hasSize(CALLERS * turns).containsOnly("OK");
        assertThat(stock.ask("select count(*), min(on_hand), max(on_hand) from wms.bucket"))
                .isEqualTo("%d %d %d".formatted(turns * bins, CALLERS, CALLERS));
    }

    /** All callers begin the turn at once; otherwise the first one has made the buckets already. */
    private static void meet(CyclicBarrier callers) {
        try {
            callers.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new AssertionError("a caller did not come", e);
        }
    }

    @Test
    void goods_come_and_go_while_empty_buckets_are_swept() throws Exception {
        int sweepers = 4;
        int turns = 10;
        var outcomes =
                together(
                        turns,
                        number ->
                                number < sweepers
                                        ? (session, _) -> sweep()
                                        : (session, turn) ->
                                                Stock.post(
                                                        session,
                                                        "ADJUST",
                                                        "ADJUST",
                                                        MORNING,
                                                        stock.at(
                                                                house.binA(),
                                                                turn % 2 == 0 ? 1 : -1)));

        assertThat(outcomes.subList(0, sweepers * turns)).containsOnly("SWEPT");
        var stockkeepers = outcomes.subList(sweepers * turns, outcomes.size());
        assertThat(stockkeepers).contains("OK").isSubsetOf("OK", "SHORT", "GONE", "RESTART");
        long left =
                IntStream.range(0, stockkeepers.size())
                        .filter(it -> stockkeepers.get(it).equals("OK"))
                        .mapToLong(it -> it % turns % 2 == 0 ? 1 : -1)
                        .sum();
        assertThat(stock.ask("select coalesce(sum(on_hand), 0) from wms.bucket"))
                .isEqualTo(Long.toString(left));
    }

    private String sweep() {
        try (var worker = Session.in(database, "fv_worker", house.tenant())) {
            worker.rows("select wms.sweep_empty_buckets(10)");
            worker.commit();
            return UUID.randomUUID() + " SWEPT   ";
        }
    }

    @Test
    void one_idempotency_key_is_taken_by_one_of_sixteen() throws Exception {
        var outcomes =
                together(
                        1,
                        _ ->
                                (session, _) -> {
                                    var outcome =
                                            session.one(
                                                    "select outcome from wms.claim('key-1',"
                                                            + " '\\x01')");
                                    if (!outcome.equals("NEW")) {
                                        return UUID.randomUUID() + " " + outcome + "   ";
                                    }
                                    session.rows(
                                            "select wms.conclude('key-1', '\\x01', 'test', '{}', ?,"
                                                    + " now(), null, null, ?, '[]')",
                                            UUID.randomUUID(),
                                            UUID.randomUUID());
                                    return "";
                                });

        assertThat(outcomes).filteredOn("OK"::equals).hasSize(1);
        assertThat(outcomes).isSubsetOf("OK", "IN_PROGRESS", "REPLAY");
        assertThat(stock.ask("select count(*) from wms.audit_entry")).isEqualTo("1");
    }
}
