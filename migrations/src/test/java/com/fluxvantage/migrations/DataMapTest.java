package com.fluxvantage.migrations;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import java.util.LinkedHashMap;
import java.util.Map;

/** The gate: a column that nobody has classified fails the build by its name. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(Lifecycle.PER_CLASS)
class DataMapTest {
    private final DataMap map = DataMap.read();
    private Session session;

    @BeforeAll
    void migrate() {
        session = Session.of(Database.migrated(), "postgres");
    }

    @AfterEach
    void undo() {
        session.rollback();
    }

    @AfterAll
    void close() {
        session.close();
    }

    /** The map with one column's entry changed. */
    private DataMap with(String table, String column, Map<String, Object> entry) {
        var tables = new LinkedHashMap<>(map.tables());
        var changed = new LinkedHashMap<>(tables.get(table));
        @SuppressWarnings("unchecked") // as the file has it
        var columns = new LinkedHashMap<>((Map<String, Object>) changed.get("columns"));
        columns.put(column, entry);
        changed.put("columns", columns);
        tables.put(table, changed);
        return new DataMap(map.vocabulary(), tables);
    }

    @Test
    void every_table_and_column_is_in_the_map_and_the_other_way_round() {
        assertThat(map.unmapped(session)).isEmpty();
    }

    @Test
    void a_new_column_is_named() {
        session.rows("alter table wms.item add column colour text");

        assertThat(map.unmapped(session))
                .containsExactly("The column wms.item.colour is not in the data map.");
    }

    @Test
    void a_new_table_is_named() {
        session.rows("create table wms.pallet (tenant_id uuid)");

        assertThat(map.unmapped(session))
                .containsExactly("The table wms.pallet is not in the data map.");
    }

    @Test
    void a_column_and_a_table_that_are_gone_are_named() {
        session.rows("alter table wms.item drop column gtin");
        session.rows("drop table wms.scan_event");

        assertThat(map.unmapped(session))
                .containsExactly(
                        "The data map has a column wms.item.gtin that the database has not.",
                        "The data map has a table wms.scan_event that the database has not.");
    }

    @Test
    void every_word_is_from_the_vocabulary() {
        assertThat(map.unknownWords()).isEmpty();
        assertThat(
                        with(
                                        "wms.item",
                                        "sku",
                                        Map.of(
                                                "class",
                                                "whatever",
                                                "export",
                                                "none",
                                                "why",
                                                "because"))
                                .unknownWords())
                .containsExactly(
                        "wms.item.sku has a class that the vocabulary has not: whatever",
                        "wms.item.sku has a why that the vocabulary has not: because");
    }

    @Test
    void personal_data_say_how_they_are_given_out_and_erased() {
        assertThat(map.unreasoned()).isEmpty();
        assertThat(
                        with(
                                        "wms.order_recipient",
                                        "email",
                                        Map.of("class", "contact", "export", "none"))
                                .unreasoned())
                .containsExactly(
                        "wms.order_recipient.email is not exported and does not say why.",
                        "wms.order_recipient.email is personal and does not say how it is erased.",
                        "wms.order_recipient.email is personal and is not given to the person it is"
                                + " about.");
    }

    @Test
    void what_looks_personal_is_not_called_otherwise_without_a_review() {
        assertThat(map.suspicious(session)).isEmpty();
        assertThat(
                        with("wms.order_recipient", "phone", Map.of("class", "business"))
                                .suspicious(session))
                .containsExactly(
                        "wms.order_recipient.phone looks personal and is called business without a"
                                + " review.");
        assertThat(with("wms.outbox", "payload", Map.of("class", "business")).suspicious(session))
                .containsExactly(
                        "wms.outbox.payload looks personal and is called business without a"
                                + " review.");
    }

    /**
     * What the published policy says that we collect; one column more is a change of the policy.
     */
    @Test
    void people_stand_in_these_columns_and_in_no_others() {
        assertThat(map.people("account"))
                .containsExactlyInAnyOrder(
                        "wms.member.subject", "wms.member.email", "wms.member.display_name");
        assertThat(map.people("operational"))
                .hasSize(10)
                // What a shop has sent of a recipient, until its order is made.
                .contains("wms.channel_delivery.body")
                .allMatch(it ->
                        it.startsWith("wms.order_recipient.")
                                || it.equals("wms.channel_delivery.body"));
        assertThat(map.people("usage")).isEmpty();
        assertThat(with("wms.tenant", "name", Map.of("class", "direct_id")).people("account"))
                .contains("wms.tenant.name");
    }

    @Test
    void whose_a_table_is_is_as_the_policy_says() {
        assertThat(map.wronglyOwned()).isEmpty();

        var tables = new LinkedHashMap<>(map.tables());
        var item = new LinkedHashMap<>(tables.get("wms.item"));
        item.put("role", "controller");
        tables.put("wms.item", item);
        assertThat(new DataMap(map.vocabulary(), tables).wronglyOwned())
                .containsExactly("wms.item holds operational data and is not the processor's.");
    }

    @Test
    void exactly_the_tables_that_are_called_fenced_are() {
        assertThat(map.wronglyFenced(session)).isEmpty();

        session.rows("alter table wms.lot no force row level security");
        assertThat(map.wronglyFenced(session))
                .containsExactly("wms.lot is called fenced and is not.");
    }

    @Test
    void a_tenants_rows_can_be_walked_along_a_unique_index() {
        assertThat(map.unwalkable(session)).isEmpty();

        session.rows("alter table wms.scan_event drop constraint scan_event_pkey");
        assertThat(map.unwalkable(session))
                .containsExactly(
                        "wms.scan_event cannot be walked along tenant_id,client_event_id.");
    }

    @Test
    void tables_refer_to_each_other_in_no_circle() {
        assertThat(DataMap.inACircle(session)).isEmpty();

        session.rows("alter table wms.item add column home uuid");
        session.rows(
                "alter table wms.item add foreign key (tenant_id, home) references wms.location");
        assertThat(DataMap.inACircle(session))
                .contains("wms.item wms.location", "wms.location wms.item");
    }

    @Test
    void every_erasure_can_be_done() {
        assertThat(map.unerasable(session)).isEmpty();
        assertThat(
                        with(
                                        "wms.order_recipient",
                                        "name",
                                        Map.of("class", "direct_id", "erase", Map.of("null", true)))
                                .unerasable(session))
                .containsExactly(
                        "wms.order_recipient.name is never null and is to be erased by null.");
    }

    @Test
    void a_recipient_is_erased_and_two_of_them_leave_no_trace() {
        var database = Database.migrated();
        House.openedIn(database);
        House.openedIn(database);
        try (var superuser = Session.of(database, "postgres")) {
            assertThat(
                            superuser.change(
                                    """
                                    update wms.order_recipient
                                       set name = '(erased)',
                                           company = null,
                                           street = '(erased)',
                                           city = '(erased)',
                                           region = null,
                                           postcode = left(postcode, 2),
                                           phone = null,
                                           email = null
                                    """))
                    .isEqualTo(2);
            assertThat(
                            superuser.rows(
                                    "select distinct name, street, city, postcode, country from"
                                            + " wms.order_recipient"))
                    .containsExactly("(erased) (erased) (erased) 12 US");
        }
    }
}
