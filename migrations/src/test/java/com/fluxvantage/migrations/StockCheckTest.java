package com.fluxvantage.migrations;

import static com.fluxvantage.migrations.Stock.MORNING;
import static com.fluxvantage.migrations.Stock.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.migrations.Stock.Promise;
import com.fluxvantage.migrations.StockCheck.Finding;
import com.fluxvantage.migrations.StockCheck.Invariant;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(Lifecycle.PER_CLASS)
class StockCheckTest {
    private Database database;
    private House house;
    private UUID binA;
    private UUID binB;
    private Promise promise;
    private Session superuser;

    @BeforeAll
    void two_houses_at_work() {
        database = Database.entered();
        house = House.openedIn(database);
        superuser = Session.of(database, "postgres");
        var other = House.openedIn(database);
        new Stock(database, other).receive(other.binA(), 40);
        var stock = new Stock(database, house);
        binA = stock.receive(house.binA(), 40);
        stock.move(bucket(binA, -15), stock.at(house.binB(), 15));
        binB =
                UUID.fromString(
                        stock.ask(
                                "select bucket_id from wms.bucket where location_id = ?",
                                house.binB()));
        promise = Promise.of(binA, house.orderLine(), 10);
        stock.reserve(promise);
        stock.writeLines();
    }

    @AfterEach
    void undo() {
        superuser.rollback();
    }

    @AfterAll
    void close() {
        superuser.close();
    }

    /** With the checker's rights, in the transaction of what was done to the stock. */
    private List<Finding> check() throws SQLException {
        superuser.rows("set local role fv_checker");
        return StockCheck.run(superuser.connection());
    }

    /** Behind the backs of the stock functions, as only a superuser can. */
    private void tamper(String sql) {
        superuser.rows("set local session_replication_role = replica; " + sql);
    }

    private Finding finding(Invariant invariant, String subject, long expected, long found) {
        return new Finding(invariant, house.tenant(), subject, expected, found);
    }

    private Finding promised(UUID line, long expected, long found) {
        return finding(Invariant.PROMISE, "order line " + line, expected, found);
    }

    /** A second line of the order, with so many units of the same bucket promised to it. */
    private UUID anotherLineWith(long units) {
        var line = UUID.randomUUID();
        tamper(
                """
                insert into wms.outbound_order_line (
                    tenant_id, order_line_id, order_id, line_no, item_id, ordered, unallocated, allocated)
                select tenant_id, '%1$s', order_id, 2, item_id, 100, 100 - %2$d, %2$d
                  from wms.outbound_order_line
                 where order_line_id = '%3$s';
                insert into wms.reservation (tenant_id, reservation_id, bucket_id, demand_id, quantity, made_at)
                values ('%4$s', gen_random_uuid(), '%5$s', '%1$s', %2$d, now());
                update wms.bucket set reserved = reserved + %2$d where bucket_id = '%5$s';
                """
                        .formatted(line, units, house.orderLine(), house.tenant(), binA));
        return line;
    }

    @Test
    void finds_nothing_where_all_is_well() throws Exception {
        try (var checker = database.as("fv_checker")) {
            assertThat(StockCheck.run(checker)).isEmpty();
        }
    }

    @Test
    void names_the_bucket_that_holds_one_too_many() throws Exception {
        tamper("update wms.bucket set on_hand = on_hand + 1 where bucket_id = '" + binB + "'");

        assertThat(check()).containsExactly(finding(Invariant.I4, "bucket " + binB, 15, 16));
    }

    @Test
    void names_the_bucket_that_is_gone_while_its_ledger_is_not_at_zero() throws Exception {
        tamper("delete from wms.bucket where bucket_id = '" + binB + "'");

        assertThat(check()).containsExactly(finding(Invariant.I4, "bucket " + binB, 15, 0));
    }

    @Test
    void names_the_bucket_that_promises_more_than_its_reservations() throws Exception {
        tamper("update wms.bucket set reserved = reserved + 1 where bucket_id = '" + binA + "'");

        assertThat(check()).containsExactly(finding(Invariant.I5, "bucket " + binA, 10, 11));
    }

    @Test
    void names_the_bucket_of_a_reservation_that_was_changed() throws Exception {
        tamper(
                "update wms.reservation set quantity = 9 where reservation_id = '"
                        + promise.reservation()
                        + "'");

        assertThat(check())
                .containsExactly(
                        finding(Invariant.I5, "bucket " + binA, 9, 10),
                        promised(house.orderLine(), 9, 10));
    }

    @Test
    void finds_nothing_where_two_lines_are_promised_goods_of_one_bucket() throws Exception {
        anotherLineWith(4);

        assertThat(check()).isEmpty();
    }

    @Test
    void names_the_lines_of_reservations_that_were_changed_against_each_other() throws Exception {
        var other = anotherLineWith(4);
        tamper(
                """
                update wms.reservation
                   set quantity = quantity + case when demand_id = '%s' then -1 else 1 end
                 where holds = '%s'
                """
                        .formatted(other, binA));

        assertThat(check())
                .containsExactlyInAnyOrder(
                        promised(house.orderLine(), 11, 10), promised(other, 3, 4));
    }

    @Test
    void names_the_lines_whose_reservations_were_exchanged() throws Exception {
        var other = anotherLineWith(4);
        tamper(
                """
                update wms.reservation
                   set demand_id = cast(case when demand_id = '%1$s' then '%2$s' else '%1$s' end as uuid)
                 where holds = '%3$s'
                """
                        .formatted(other, house.orderLine(), binA));

        assertThat(check())
                .containsExactlyInAnyOrder(
                        promised(house.orderLine(), 4, 10), promised(other, 10, 4));
    }

    @Test
    void names_the_posting_and_the_bucket_of_a_movement_that_was_changed() throws Exception {
        tamper("update wms.movement set quantity = 14 where bucket_id = '" + binB + "'");
        var posting = posting("MOVE");

        assertThat(check())
                .containsExactly(
                        finding(Invariant.I3, "posting " + posting, 0, -1),
                        finding(Invariant.I4, "bucket " + binB, 14, 15));
    }

    @Test
    void names_the_posting_whose_other_side_is_missing() throws Exception {
        var posting = posting("RECEIPT");
        tamper(
                "delete from wms.movement where posting_id = '%s' and bucket_id is null"
                        .formatted(posting));

        assertThat(check()).containsExactly(finding(Invariant.I3, "posting " + posting, 0, 40));
    }

    @Test
    void names_the_bucket_that_holds_less_than_nothing_or_promises_what_it_has_not()
            throws Exception {
        tamper(
                "alter table wms.bucket drop constraint never_below_zero, drop constraint"
                        + " never_promised_twice;update wms.bucket set on_hand = -1 where bucket_id = '"
                        + binB
                        + "';"
                        + "update wms.bucket set on_hand = 9 where bucket_id = '"
                        + binA
                        + "'");

        assertThat(check())
                .containsExactlyInAnyOrder(
                        finding(Invariant.I1, "bucket " + binB, 0, -1),
                        finding(Invariant.I2, "bucket " + binB, -1, 0),
                        finding(Invariant.I4, "bucket " + binB, 15, -1),
                        finding(Invariant.I2, "bucket " + binA, 9, 10),
                        finding(Invariant.I4, "bucket " + binA, 25, 9));
    }

    @Test
    void names_the_reservation_of_a_bucket_or_a_line_that_is_not_there() throws Exception {
        tamper(
                "update wms.reservation set demand_id = gen_random_uuid() where reservation_id = '"
                        + promise.reservation()
                        + "'");

        assertThat(check())
                .containsExactly(
                        finding(Invariant.ORPHAN, "reservation " + promise.reservation(), 0, 10),
                        promised(house.orderLine(), 0, 10));
    }

    @Test
    void names_the_order_line_whose_parts_are_not_what_was_ordered() throws Exception {
        tamper(
                "alter table wms.outbound_order_line drop constraint nothing_is_lost;"
                        + "update wms.outbound_order_line set picked = 1 where order_line_id = '"
                        + house.orderLine()
                        + "'");

        assertThat(check())
                .containsExactly(
                        finding(Invariant.LINE, "order line " + house.orderLine(), 1000, 1001),
                        promised(house.orderLine(), 10, 11));
    }

    @Test
    void tells_each_finding_in_a_sentence() {
        assertThat(finding(Invariant.I4, "bucket " + binB, 15, 16))
                .hasToString(
                        "Tenant %s: bucket %s does not hold what its ledger says (I4): expected 15, found 16."
                                .formatted(house.tenant(), binB));
    }

    @Test
    void changes_nothing_and_sees_nothing_but_quantities() {
        try (var checker = Session.of(database, "fv_checker")) {
            assertThat(checker.refusal("update wms.bucket set on_hand = 0")).startsWith("25006");
            checker.rows("set transaction read write");
            assertThat(checker.refusal("update wms.bucket set on_hand = 0")).startsWith("42501");
            assertThat(checker.refusal("select location_id from wms.bucket")).startsWith("42501");
            assertThat(checker.refusal("select actor from wms.movement")).startsWith("42501");
            assertThat(checker.refusal("select sku from wms.item")).startsWith("42501");
            assertThat(checker.refusal("select name from wms.order_recipient")).startsWith("42501");
        }
    }

    private String posting(String kind) {
        return new Stock(database, house)
                .ask(
                        "select distinct posting_id from wms.movement where kind = ? and"
                                + " occurred_at = ?",
                        kind,
                        MORNING);
    }
}
