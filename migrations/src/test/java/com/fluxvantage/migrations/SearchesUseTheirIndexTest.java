package com.fluxvantage.migrations;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * Under a row policy only a leakproof operator reaches an index: others are asked row by row, of
 * all of the tenant's rows. Planned, and where it matters played, as the application's login,
 * policies and all, beside another tenant whose rows nobody comes upon.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(Lifecycle.PER_CLASS)
class SearchesUseTheirIndexTest {
    // The next month too is opened in the last hour of a month.
    private static final String ALL_MONTHS_BUT_THIS = "Subplans Removed: 2[23]";

    private Database database;
    private House house;

    @BeforeAll
    void many_items_in_many_places() {
        database = Database.entered();
        house = House.openedIn(database);
        database.run(
                """
                insert into wms.item (tenant_id, item_id, sku, description, registered_at)
                select '%1$s', gen_random_uuid(), 'SKU-' || number, 'An item', now()
                  from generate_series(1, 20000) as number;
                insert into wms.location (tenant_id, location_id, warehouse_id, code, kind)
                select '%1$s', gen_random_uuid(), '%2$s', 'B-' || number, 'BIN'
                  from generate_series(1, 5000) as number;
                insert into wms.bucket (
                    tenant_id, bucket_id, warehouse_id, location_id, item_id, owner_id, on_hand, reserved, fifo_at, pick_seq)
                select tenant_id, gen_random_uuid(), warehouse_id, location_id, '%3$s', '%4$s', 10, 1, now(), pick_seq
                  from wms.location
                 where tenant_id = '%1$s'
                   and kind = 'BIN';
                analyze wms.item, wms.location, wms.bucket
                """
                        .formatted(house.tenant(), house.warehouse(), house.tea(), house.owner()));
        manyDocumentsOf(house, 5_000);
        manyDocumentsOf(House.openedIn(database), 1_000);
        database.run("analyze wms.outbound_order, wms.outbound_order_line, wms.asn, wms.movement");
    }

    // Nearly all are of the past, and half of what moved is in another place.
    private void manyDocumentsOf(House of, int count) {
        database.run(
                """
                insert into wms.outbound_order (
                    tenant_id, order_id, warehouse_id, owner_id, reference, state, accepted_at, updated_at)
                select '%1$s', gen_random_uuid(), '%2$s', '%3$s', 'MANY-' || number,
                       case when number %% 100 = 0 then 'ACCEPTED' else 'SHIPPED' end,
                       now(), now() - number * interval '1 minute'
                  from generate_series(1, %8$d) as number;
                insert into wms.outbound_order_line (
                    tenant_id, order_line_id, order_id, line_no, item_id, ordered, unallocated)
                select tenant_id, gen_random_uuid(), order_id, 1, '%4$s', 1, 1
                  from wms.outbound_order
                 where tenant_id = '%1$s'
                   and reference like 'MANY-%%';
                insert into wms.asn (
                    tenant_id, asn_id, warehouse_id, reference, state, expected_on, announced_at, updated_at)
                select '%1$s', gen_random_uuid(), '%2$s', 'MANY-' || number,
                       case when number %% 100 = 0 then 'EXPECTED' else 'RECEIVED' end,
                       case when number %% 3 > 0 then current_date - number / 10 end, now(), now()
                  from generate_series(1, %8$d) as number;
                insert into wms.movement (
                    tenant_id, posting_id, leg, posted_at, occurred_at, bucket_id, warehouse_id, location_id, item_id,
                    owner_id, status, quantity, kind, actor)
                select '%1$s', gen_random_uuid(), 1, now() + number * interval '1 millisecond', now(),
                       case when number %% 2 = 0 then '%1$s' else '%2$s' end::uuid, '%2$s',
                       case when number %% 2 = 0 then '%5$s' else '%6$s' end::uuid,
                       case when number %% 4 < 2 then '%4$s' else '%7$s' end::uuid, '%3$s', 'AVAILABLE', 1, 'MOVE', 'member:x'
                  from generate_series(1, %8$d) as number
                """
                        .formatted(
                                of.tenant(),
                                of.warehouse(),
                                of.owner(),
                                of.tea(),
                                of.binA(),
                                of.binB(),
                                of.coffee(),
                                count));
    }

    private String plan(String sql) {
        try (var session = Session.in(database, "fv_api_ro", house.tenant())) {
            return String.join("\n", session.rows("explain (costs off) " + sql));
        }
    }

    private String played(String sql) {
        try (var session = Session.in(database, "fv_api_ro", house.tenant())) {
            return String.join(
                    "\n",
                    session.rows(
                            "explain (analyze, costs off, timing off, summary off, buffers off) "
                                    + sql));
        }
    }

    private static String orders(String further) {
        return """
        select stretch.order_id, total.ordered
          from (select stretch.order_id, stretch.updated_at
                  from wms.warehouse
                 cross join unnest(array['ACCEPTED', 'PICKING', 'SHIPPED']) as wanted (state)
                 cross join lateral (
                       select order_id, updated_at
                         from wms.outbound_order
                        where outbound_order.warehouse_id = warehouse.warehouse_id
                          and outbound_order.state = wanted.state
                          and (updated_at, order_id) > (now() - interval '7 days', '00000000-0000-0000-0000-000000000000')
                          %s
                        order by updated_at, order_id
                        limit 51) as stretch
                 order by stretch.updated_at, stretch.order_id
                 limit 51) as stretch
         cross join lateral (
               select sum(ordered) as ordered
                 from wms.outbound_order_line
                where outbound_order_line.order_id = stretch.order_id) as total
        """
                .formatted(further);
    }

    @Test
    void orders_of_several_states_by_the_time_of_their_change() {
        assertThat(played(orders("")))
                .contains("using order_by_change on outbound_order (actual rows=34" + " loops=3)")
                .contains("(warehouse_id = warehouse.warehouse_id) AND (state = wanted.state)")
                .contains("ROW(updated_at, order_id) > ROW(")
                .contains("one_order_line_per_number")
                .doesNotContain("Seq Scan on outbound_order")
                .doesNotContain("Rows Removed by Filter");
    }

    @Test
    void an_order_by_its_reference() {
        assertThat(played(orders("and reference = 'MANY-77'")))
                .contains("one_order_per_reference")
                .doesNotContain("Seq Scan on outbound_order");
    }

    @Test
    void announcements_by_the_day_on_which_they_are_expected() {
        assertThat(
                        played(
                                """
                                select stretch.asn_id
                                  from wms.warehouse
                                 cross join unnest(array['EXPECTED', 'RECEIVED']) as wanted (state)
                                 cross join lateral (
                                       select asn_id, due_on
                                         from wms.asn
                                        where asn.warehouse_id = warehouse.warehouse_id
                                          and asn.state = wanted.state
                                          and (due_on, asn_id) > (coalesce(cast(null as date), cast('-infinity' as date)), '00000000-0000-0000-0000-000000000000')
                                          and due_on <= coalesce(cast(null as date), 'infinity')
                                        order by due_on, asn_id
                                        limit 51) as stretch
                                 order by stretch.due_on, stretch.asn_id
                                 limit 51
                                """))
                .contains("asn_by_due_day on asn")
                .contains("(state = wanted.state)")
                .contains("ROW(due_on, asn_id) > ROW(")
                .contains("due_on <= ")
                .doesNotContain("Seq Scan on asn")
                .doesNotContain("Rows Removed by Filter");
    }

    private String movements(String which) {
        return """
        select posting_id
          from wms.movement
         where warehouse_id = '%s'
           and bucket_id is not null
           and %s
           and posted_at >= now() - interval '31 days'
           and posted_at < now() + interval '1 hour'
           and posted_at <= '9999-12-31'
           and (posted_at, posting_id, leg) < ('9999-12-31', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 0)
         order by posted_at desc, posting_id desc, leg desc
         limit 51
        """
                .formatted(house.warehouse(), which);
    }

    @Test
    void movements_of_an_item_newest_first_in_the_months_of_the_time_alone() {
        assertThat(played(movements("item_id = '" + house.tea() + "'")))
                .contains("Index Scan Backward")
                .contains("tenant_id_item_id_posted_at_idx")
                .containsPattern(ALL_MONTHS_BUT_THIS)
                .doesNotContain("Seq Scan")
                .doesNotContain("Rows Removed by Filter");
    }

    @Test
    void movements_of_an_item_in_a_place_read_no_others() {
        assertThat(
                        played(
                                movements(
                                        "item_id = '%s' and location_id = '%s'"
                                                .formatted(house.coffee(), house.binB()))))
                .contains("tenant_id_location_id_item_id_posted_at_idx")
                .containsPattern(ALL_MONTHS_BUT_THIS)
                .doesNotContain("Rows Removed by Filter");
    }

    @Test
    void movements_of_a_bucket_after_a_time_read_no_earlier_ones() {
        assertThat(
                        played(
                                """
                                select sum(quantity)
                                  from wms.movement
                                 where bucket_id = '%s'
                                   and posted_at > now() + interval '1 second'
                                   and posted_at < now() + interval '1 hour'
                                """
                                        .formatted(house.tenant())))
                .contains("tenant_id_bucket_id_posted_at_idx")
                .doesNotContain("Seq Scan")
                .doesNotContain("Rows Removed by Filter");
    }

    @Test
    void members_along_their_ids() {
        assertThat(
                        plan(
                                "select member_id from wms.member where state = 'ACTIVE' and"
                                        + " member_id > '00000000-0000-0000-0000-000000000000' order by"
                                        + " member_id limit 51"))
                .contains("tenant_id = (InitPlan 1).col1");
    }

    @Test
    void items_by_the_start_of_their_sku() {
        assertThat(plan("select item_id from wms.item where sku ^@ 'SKU-77' order by sku limit 50"))
                .contains("one_item_per_sku")
                .contains("Index Cond: ((tenant_id = (InitPlan 1).col1)")
                .contains("sku >= 'SKU-77'")
                .contains("sku < 'SKU-78'")
                .doesNotContain("Sort");
    }

    @Test
    void a_pattern_of_like_would_read_all_items() {
        assertThat(plan("select item_id from wms.item where sku like 'SKU-77%'"))
                .doesNotContain("sku >= ");
    }

    @Test
    void items_after_the_last_one_of_a_page() {
        assertThat(
                        plan(
                                "select item_id from wms.item where (sku, item_id) > ('SKU-77',"
                                        + " '00000000-0000-0000-0000-000000000000') order by sku,"
                                        + " item_id limit 50"))
                .contains("Index Cond")
                .contains("sku >= 'SKU-77'");
    }

    @Test
    void many_items_by_their_skus_at_once() {
        assertThat(
                        plan(
                                "select item_id from wms.item where sku = any (array['SKU-1',"
                                        + " 'SKU-2', 'SKU-3'])"))
                .contains("one_item_per_sku")
                .contains("sku = ANY");
    }

    @Test
    void places_of_a_warehouse_by_the_start_of_their_code() {
        assertThat(
                        plan(
                                "select location_id from wms.location where warehouse_id = '%s' and code ^@ 'B-77' order by code limit 50"
                                        .formatted(house.warehouse())))
                .contains("one_location_per_code")
                .contains("code >= 'B-77'")
                .doesNotContain("Sort");
    }

    @Test
    void promised_goods_in_the_order_of_the_walk_after_the_last_place_of_a_page() {
        assertThat(
                        plan(
                                """
                                select bucket_id
                                  from wms.bucket
                                 where warehouse_id = '%s'
                                   and lpn_id is null
                                   and reserved > 0
                                   and (pick_seq, location_id, bucket_id) >= (0, '%s', '%s')
                                   and (select location.kind <> 'STAGE'
                                          from wms.location
                                         where location.location_id = bucket.location_id)
                                 order by pick_seq, location_id, bucket_id
                                 limit 51
                                """
                                        .formatted(house.warehouse(), house.binA(), house.binB())))
                .contains("bucket_in_walk")
                .contains("pick_seq, location_id, bucket_id) >= ROW(0, ")
                .doesNotContain("Sort")
                .doesNotContain("Seq Scan");
    }

    @Test
    void lines_that_still_wait_for_stock_or_goods_without_those_that_are_done() {
        assertThat(
                        plan(
                                """
                                select sum(unallocated)
                                  from wms.outbound_order_line
                                 where item_id = '%s'
                                   and unallocated > 0
                                """
                                        .formatted(house.tea())))
                .contains("order_line_waiting_for_stock")
                .contains("item_id = ");
        assertThat(
                        plan(
                                """
                                select sum(expected)
                                  from wms.asn_line
                                 where item_id = '%s'
                                   and state in ('OPEN', 'PARTIAL')
                                """
                                        .formatted(house.tea())))
                .contains("asn_line_to_come")
                .contains("item_id = ");
    }

    @Test
    void the_item_of_a_scan_by_whichever_of_its_two_names() {
        assertThat(
                        plan(
                                """
                                select description
                                  from wms.item
                                 where item_id = (select by_sku.item_id from wms.item as by_sku where by_sku.sku = null
                                                   union all
                                                  select by_gtin.item_id from wms.item as by_gtin where by_gtin.gtin = '04006381333931')
                                """))
                .contains("one_item_per_gtin")
                .contains("item_pkey")
                .doesNotContain("Seq Scan");
        assertThat(
                        plan(
                                """
                                select description
                                  from wms.item
                                 where item_id = (select by_sku.item_id from wms.item as by_sku where by_sku.sku = 'SKU-77'
                                                   union all
                                                  select by_gtin.item_id from wms.item as by_gtin where by_gtin.gtin = null)
                                """))
                .contains("one_item_per_sku")
                .contains("item_pkey")
                .doesNotContain("Seq Scan");
    }

    @Test
    void the_last_scan_of_a_person_without_those_of_others() {
        assertThat(
                        plan(
                                """
                                select client_event_id, posting_id
                                  from wms.scan_event
                                 where subject_id = '%s'
                                   and actor = 'member:1'
                                 order by made_at desc, posting_id desc
                                 limit 1
                                """
                                        .formatted(house.tea())))
                .contains("Index Scan Backward using scan_of_subject")
                .contains("actor = ");
    }
}
