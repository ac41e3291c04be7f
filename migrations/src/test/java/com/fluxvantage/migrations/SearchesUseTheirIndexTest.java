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
 * all of the tenant's rows. Planned as the application's login, policies and all.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(Lifecycle.PER_CLASS)
class SearchesUseTheirIndexTest {
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
    }

    private String plan(String sql) {
        try (var session = Session.in(database, "fv_api_ro", house.tenant())) {
            return String.join("\n", session.rows("explain (costs off) " + sql));
        }
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
