package com.fluxvantage.migrations;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

import java.io.IOException;
import java.io.StringWriter;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/**
 * Whoever can send any SQL as the application's own login gets no further than one tenant. Two
 * houses have the same codes; what one may do, it is seen to do; the same thing to the other's rows
 * fails.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(Lifecycle.PER_CLASS)
class ApplicationRoleIsPowerlessTest {
    private static final String DENIED = "42501";

    private Database database;
    private House mine;
    private House theirs;
    private Session api;

    @BeforeAll
    void migrate() {
        database = Database.entered();
        mine = House.openedIn(database);
        theirs = House.openedIn(database);
        for (var house : List.of(mine, theirs)) {
            var stock = new Stock(database, house);
            var bin = stock.receive(house.binA(), 12);
            stock.reserve(Stock.Promise.of(bin, house.orderLine(), 2));
            try (var session = Session.in(database, "fv_api", house.tenant())) {
                session.rows(
                        """
                        select wms.conclude('key', '\\x01', 'test', '{}', ?, now(), null, null, ?,
                                            '[{"stream": "00000000-0000-7000-8000-000000000009", "no": 1, "type": "t", "payload": {}}]')
                        """,
                        UUID.randomUUID(),
                        UUID.randomUUID());
                session.commit();
            }
        }
    }

    @BeforeEach
    void enter() {
        api = Session.in(database, "fv_api", mine.tenant());
    }

    @AfterEach
    void leave() {
        api.close();
    }

    private List<String> tables() {
        return tablesOf("postgres");
    }

    private List<String> tablesOf(String login) {
        try (var superuser = Session.of(database, "postgres")) {
            return superuser.rows(
                    """
                    select oid::regclass
                      from pg_class
                     where relnamespace = 'wms'::regnamespace
                       and relkind in ('r', 'p')
                       and not relispartition
                       and has_table_privilege(?, oid, 'select')
                     order by 1
                    """,
                    login);
        }
    }

    @Nested
    class Rows {
        @Test
        void of_every_table_are_of_one_tenant() {
            for (var table : tablesOf("fv_api")) {
                var tenants = api.rows("select distinct tenant_id from " + table);
                assertThat(tenants).as(table).isSubsetOf(mine.tenant().toString());
            }
            assertThat(tablesOf("fv_api")).hasSizeGreaterThan(20);
            assertThat(api.number("select count(*) from wms.item")).isEqualTo(2);
        }

        @Test
        void are_not_shown_to_whoever_has_entered_no_tenant() {
            api.commit();
            for (var table : tablesOf("fv_api")) {
                assertThat(api.refusal("select * from " + table)).as(table).startsWith("28000");
            }
        }

        @Test
        void are_not_shown_to_the_owner_of_the_tables_either() {
            try (var migrator = Session.of(database, "fv_migrator")) {
                for (var table : tables()) {
                    migrator.rows("set local role fv_owner");
                    assertThat(migrator.refusal("select count(*) from " + table))
                            .as(table)
                            .startsWith("28000");
                }
            }
        }

        @Test
        void of_another_tenant_cannot_be_added() {
            var insert = "insert into wms.owner (tenant_id, owner_id, code) values (?, ?, 'X')";
            assertThat(api.refusal(insert, theirs.tenant(), UUID.randomUUID()))
                    .startsWith(DENIED)
                    .contains("row-level security");

            api.enter(mine.tenant());
            assertThat(api.change(insert, mine.tenant(), UUID.randomUUID())).isEqualTo(1);
        }

        @Test
        void cannot_be_given_to_another_tenant() {
            assertThat(api.refusal("update wms.warehouse set tenant_id = ?", theirs.tenant()))
                    .startsWith(DENIED);
        }

        @Test
        void of_another_tenant_cannot_be_changed_or_removed_by_their_exact_id() {
            var rename = "update wms.warehouse set name = 'Mine' where warehouse_id = ?";
            assertThat(api.change(rename, theirs.warehouse())).isZero();
            assertThat(api.change(rename, mine.warehouse())).isEqualTo(1);

            try (var worker = Session.in(database, "fv_worker", mine.tenant())) {
                assertThat(worker.change("delete from wms.bucket where item_id = ?", theirs.tea()))
                        .isZero();
            }
        }

        @Test
        void with_the_keys_that_another_tenant_has_can_be_added() {
            var insert = "insert into wms.lot (lot_id, item_id, code) values (?, ?, 'SAME')";
            try (var other = Session.in(database, "fv_api", theirs.tenant())) {
                other.change(insert, UUID.randomUUID(), theirs.tea());
                other.commit();
            }
            assertThat(
                            api.change(
                                    insert + " on conflict do nothing",
                                    UUID.randomUUID(),
                                    mine.tea()))
                    .isEqualTo(1);
        }

        @Test
        void cannot_refer_to_another_tenants_rows() {
            var insert = "insert into wms.lot (lot_id, item_id, code) values (?, ?, 'FOREIGN')";
            assertThat(api.refusal(insert, UUID.randomUUID(), theirs.tea())).startsWith("23503");
            api.enter(mine.tenant());
            assertThat(api.refusal(insert, UUID.randomUUID(), UUID.randomUUID()))
                    .startsWith("23503");
        }

        @Test
        void of_another_tenant_are_not_found_by_tricks() {
            assertThat(
                            api.rows(
                                    "select * from wms.item where item_id = ? for update",
                                    theirs.tea()))
                    .isEmpty();
            assertThat(
                            api.rows(
                                    "select * from wms.item where tableoid = 'wms.item'::regclass"
                                            + " and tenant_id = ?",
                                    theirs.tenant()))
                    .isEmpty();
            assertThat(
                            api.rows(
                                    "select * from wms.item where ctid = any (array(select"
                                            + " format('(0,%s)', n)::tid from generate_series(1, 100)"
                                            + " as n)) and item_id = ?",
                                    theirs.tea()))
                    .isEmpty();
            assertThat(
                            api.change(
                                    """
                                    merge into wms.warehouse as target
                                    using (select cast(? as uuid) as id) as source
                                       on target.warehouse_id = source.id
                                     when matched then update set name = 'Mine'
                                    """,
                                    theirs.warehouse()))
                    .isZero();
            assertThat(
                            api.rows(
                                    "select sku from wms.item where 1 / (case when tenant_id <> ?"
                                            + " then 0 else 1 end) = 1",
                                    mine.tenant()))
                    .hasSize(2);
            assertThat(api.rows("select most_common_vals from pg_stats where schemaname = 'wms'"))
                    .isEmpty();
        }

        @Test
        void are_copied_out_of_one_tenant_alone() throws IOException, SQLException {
            var copier = api.connection().unwrap(PGConnection.class).getCopyAPI();
            for (var copy :
                    List.of(
                            "copy wms.item (tenant_id) to stdout",
                            "copy (select tenant_id from wms.item) to stdout",
                            "copy (select tenant_id from only wms.item) to stdout")) {
                var out = new StringWriter();
                copier.copyOut(copy, out);

                assertThat(out.toString().lines())
                        .containsExactly(mine.tenant().toString(), mine.tenant().toString());
            }
        }

        @Test
        void are_not_copied_in_past_the_policies() {
            assertThat(api.refusal("copy wms.lot (tenant_id, lot_id, item_id, code) from stdin"))
                    .startsWith("0A000");
        }

        @Test
        void are_this_tenants_in_a_parallel_plan_too() {
            api.rows("set local parallel_setup_cost = 0");
            api.rows("set local parallel_tuple_cost = 0");
            api.rows("set local min_parallel_table_scan_size = 0");
            api.rows("set local debug_parallel_query = on");

            assertThat(String.join("\n", api.rows("explain select count(*) from wms.item")))
                    .contains("Gather");
            assertThat(api.number("select count(*) from wms.item")).isEqualTo(2);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "'; drop table wms.item; --",
                    "x' or '1'='1",
                    "{{7*7}}",
                    "\\",
                    "%_",
                    "Ω\u202e",
                    "../../etc/passwd",
                    "<script>"
                })
        void keep_what_was_typed_to_the_letter(String text) {
            api.change(
                    "insert into wms.owner (owner_id, code) values (?, ?)",
                    UUID.randomUUID(),
                    text);

            assertThat(api.one("select code from wms.owner where code = ?", text)).isEqualTo(text);
        }
    }

    @Nested
    class The_login {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "select * from guard.hmac_key",
                    "select * from guard.state_work",
                    "select guard.seal(gen_random_uuid(), 'me')",
                    "select guard.install_key('k', 'seal', 'x', now(), now())",
                    "select fv.enter_backfill(gen_random_uuid())",
                    "select * from fv.tenants()",
                    "select * from fv.find_member(gen_random_uuid(), 'sam')",
                    "select fv.open_tenant(gen_random_uuid(), 'x', gen_random_uuid(),"
                            + " gen_random_uuid(), 'x', 'x', 'x', now())",
                    "select fv.enroll_operator(gen_random_uuid(), 'x', 'x', 'x', now())",
                    "select fv.install_proof_key('k', 'x', now(), now())",
                    "select wms.ensure_movement_partitions(1)",
                    "select * from wms.check_stock()",
                    "call wms.protect('wms.item')",
                    "call wms.backfill('select 1')"
                })
        void may_not_ask_for_what_is_not_its_business(String sql) {
            assertThat(api.refusal(sql)).startsWith(DENIED);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "fv_owner",
                    "fv_guard",
                    "fv_migrator",
                    "fv_worker",
                    "fv_platform",
                    "fv_checker",
                    "fv_dispatch",
                    "postgres"
                })
        void is_nobody_else(String role) {
            assertThat(api.refusal("set role " + role)).startsWith(DENIED);
            assertThat(api.refusal("set session authorization " + role)).startsWith(DENIED);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "alter table wms.item disable row level security",
                    "alter table wms.item no force row level security",
                    "create policy mine on wms.item using (true)",
                    "drop policy tenant_fence on wms.item",
                    "alter function fv.tenant() owner to fv_api",
                    "create table wms.mine (id int)",
                    "create table public.mine (id int)",
                    "create schema mine",
                    "create temporary table item (id int)",
                    "create function wms.mine() returns int language sql return 1",
                    "create extension pgcrypto",
                    "create role mine",
                    "truncate wms.item",
                    "lock table wms.item in access exclusive mode",
                    "comment on table wms.item is 'mine'",
                    "select pg_read_file('postgresql.conf')",
                    "select pg_ls_dir('.')",
                    "copy (select 1) to program 'id'",
                    "select * from pg_authid",
                    "select * from pg_statistic",
                    "select pg_reload_conf()"
                })
        void may_not_change_what_it_stands_on(String sql) {
            assertThat(api.refusal(sql)).startsWith(DENIED);
        }

        @Test
        void may_not_give_away_what_it_was_given() {
            // PostgreSQL answers such a grant with a warning and grants nothing.
            api.rows("grant select on wms.item to public");

            assertThat(api.one("select has_table_privilege('public', 'wms.item', 'select')"))
                    .isEqualTo("f");
        }

        @Test
        void is_refused_and_not_shown_everything_when_it_turns_row_security_off() {
            api.rows("set local row_security = off");

            assertThat(api.refusal("select * from wms.item"))
                    .startsWith(DENIED)
                    .contains("row-level security");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "delete from wms.item",
                    "delete from wms.bucket",
                    "delete from wms.movement",
                    "update wms.movement set quantity = 1",
                    "delete from wms.audit_entry",
                    "update wms.audit_entry set actor = 'nobody'",
                    "insert into wms.audit_entry (audit_id, at, actor, action, request_id, digest,"
                            + " recorded_at) values (gen_random_uuid(), now(), 'x', 'x',"
                            + " gen_random_uuid(), 'x', now())",
                    "update wms.idempotency_record set result = '{}'",
                    "update wms.outbox set sent_at = now()",
                    "update wms.tenant set state = 'active'",
                    "insert into wms.tenant (tenant_id, name, state, opened_at) values"
                            + " (gen_random_uuid(), 'x', 'active', now())",
                    "update wms.item set sku = 'X'",
                    "update wms.bucket set item_id = gen_random_uuid()",
                    "update wms.reservation set bucket_id = gen_random_uuid()",
                    "update wms.member set subject = 'x'"
                })
        void may_not_rewrite_history_or_keys(String sql) {
            assertThat(api.refusal(sql)).startsWith(DENIED);
        }

        @Test
        void reads_no_partition_directly() {
            try (var superuser = Session.of(database, "postgres")) {
                var partitions =
                        superuser.rows(
                                "select inhrelid::regclass from pg_inherits where inhparent ="
                                        + " 'wms.movement'::regclass");
                assertThat(partitions).hasSize(24);
                for (var partition : partitions) {
                    api.enter(mine.tenant());
                    assertThat(api.refusal("select * from " + partition)).startsWith(DENIED);
                }
            }
            api.enter(mine.tenant());
            assertThat(api.number("select count(*) from wms.movement")).isEqualTo(2);
        }

        @Test
        void of_reads_writes_nothing_even_after_it_allows_itself_to() {
            try (var reader = Session.in(database, "fv_api_ro", mine.tenant())) {
                assertThat(reader.refusal("update wms.warehouse set name = 'x'"))
                        .startsWith("25006");
                reader.rows("set transaction read write");
                reader.enter(mine.tenant());
                assertThat(reader.refusal("update wms.warehouse set name = 'x'"))
                        .startsWith(DENIED);
                reader.enter(mine.tenant());
                assertThat(reader.refusal("select name from wms.order_recipient"))
                        .startsWith(DENIED);
                reader.enter(mine.tenant());
                assertThat(reader.rows("select name from wms.warehouse")).hasSize(1);
            }
            assertThat(api.rows("select name from wms.order_recipient"))
                    .containsExactly("Kim Buyer");
        }
    }

    @Nested
    class The_platforms_login {
        private static final UUID PLATFORM =
                UUID.fromString("00000000-0000-7000-8000-000000000001");
        private static final String OPEN =
                "select fv.open_tenant(?, 'Northwind', ?, ?, 'ann', 'ann@example.org', 'Ann',"
                        + " now())";

        @Test
        void opens_a_tenant_with_its_house_owner_and_administrator() {
            var tenant = UUID.randomUUID();
            try (var platform = Session.in(database, "fv_platform", PLATFORM)) {
                platform.rows(OPEN, tenant, UUID.randomUUID(), UUID.randomUUID());
                platform.commit();
            }

            try (var opened = Session.in(database, "fv_api", tenant)) {
                assertThat(opened.one("select name, state, version from wms.tenant"))
                        .isEqualTo("Northwind active 1");
                assertThat(opened.one("select code, house from wms.owner")).isEqualTo("HOUSE t");
                assertThat(opened.one("select subject, roles, state from wms.member"))
                        .isEqualTo("ann {ADMINISTRATOR} ACTIVE");
            }
        }

        @Test
        void opens_none_from_nowhere_or_from_the_tenant_for_priming() {
            try (var platform = Session.of(database, "fv_platform")) {
                assertThat(
                                platform.refusal(
                                        OPEN,
                                        UUID.randomUUID(),
                                        UUID.randomUUID(),
                                        UUID.randomUUID()))
                        .startsWith("28000");
                platform.rows("select fv.prime()");
                assertThat(
                                platform.refusal(
                                        OPEN,
                                        UUID.randomUUID(),
                                        UUID.randomUUID(),
                                        UUID.randomUUID()))
                        .startsWith(DENIED);
            }
        }

        @Test
        void leaves_its_own_trail_and_sees_no_tenants_tables() {
            try (var platform = Session.in(database, "fv_platform", PLATFORM)) {
                assertThat(platform.one("select outcome from wms.claim('open-1', '\\x01')"))
                        .isEqualTo("NEW");
                platform.rows(
                        "select wms.conclude('open-1', '\\x01', 'open-tenant', '{}', ?, now(),"
                                + " null, null, ?, '[]')",
                        UUID.randomUUID(),
                        UUID.randomUUID());
                platform.commit();
            }
            for (var table : tables()) {
                if (!List.of("wms.audit_entry", "wms.idempotency_record").contains(table)) {
                    try (var platform = Session.in(database, "fv_platform", PLATFORM)) {
                        assertThat(platform.refusal("select * from " + table))
                                .as(table)
                                .startsWith(DENIED);
                    }
                }
            }
        }
    }

    @Nested
    class The_authorizers_login {
        @Test
        void finds_a_member_and_nothing_else() {
            try (var authorizer = Session.of(database, "fv_authorizer")) {
                assertThat(
                                authorizer.one(
                                        "select member_id, roles, member_state, tenant_state from"
                                                + " fv.find_member(?, 'sam')",
                                        mine.tenant()))
                        .isEqualTo(mine.member() + " {PICKER} ACTIVE active");
                assertThat(
                                authorizer.rows(
                                        "select * from fv.find_member(?, 'nobody')", mine.tenant()))
                        .isEmpty();
                for (var table : tables()) {
                    assertThat(authorizer.refusal("select * from " + table)).startsWith(DENIED);
                }
                assertThat(authorizer.refusal("select fv.enter('x', 'read')")).startsWith(DENIED);
            }
        }
    }

    @Nested
    class The_relays_login {
        @Test
        void sees_the_events_of_all_tenants_and_marks_them_sent_and_nothing_else() {
            try (var relay = Session.of(database, "fv_dispatch")) {
                assertThat(relay.number("select count(*) from wms.outbox")).isEqualTo(2);
                assertThat(relay.change("update wms.outbox set sent_at = now()")).isEqualTo(2);
                assertThat(relay.refusal("update wms.outbox set payload = '{}'"))
                        .startsWith(DENIED);
                assertThat(relay.refusal("delete from wms.outbox")).startsWith(DENIED);
                assertThat(relay.refusal("select * from wms.item")).startsWith(DENIED);
                assertThat(relay.refusal("select payload from wms.outbox")).startsWith(DENIED);
            }
        }

        @Test
        void sees_which_events_endpoints_want_and_neither_where_they_are_nor_what_they_sign_with() {
            try (var relay = Session.of(database, "fv_dispatch")) {
                assertThat(
                                relay.number(
                                        "select count(*) from wms.webhook_endpoint where"
                                                + " cardinality(event_types) > 0 and state <> ''"))
                        .isNotNegative();
                assertThat(
                                relay.one(
                                        "select wms.wanted_by(?, 'nothing.of.the.kind')",
                                        mine.tenant()))
                        .isEqualTo("{}");
                for (String column : List.of("url", "failures", "version")) {
                    assertThat(relay.refusal("select " + column + " from wms.webhook_endpoint"))
                            .startsWith(DENIED);
                }
                assertThat(relay.refusal("select * from wms.webhook_secret")).startsWith(DENIED);
                assertThat(relay.refusal("select * from wms.stored_secret")).startsWith(DENIED);
            }
        }
    }

    @Nested
    class The_public {
        @ParameterizedTest
        @ValueSource(strings = {"temporary", "connect", "create"})
        void has_no_right_on_the_database(String right) {
            var fresh = Database.empty();
            Migrate.run(fresh.deployer());
            try (var superuser = Session.of(fresh, "postgres")) {
                assertThat(
                                superuser.one(
                                        "select has_database_privilege('public',"
                                                + " current_database(), ?)",
                                        right))
                        .isEqualTo("f");
            }
        }

        @ParameterizedTest
        @CsvSource({"fv_api,1500ms,3s,4s", "fv_api_ro,1500ms,3s,4s", "fv_worker,1500ms,10s,30s"})
        void waits_no_longer_than_its_limits(
                String login, String lock, String statement, String transaction) {
            try (var session = Session.of(database, login)) {
                assertThat(
                                session.one(
                                        "select current_setting('lock_timeout'),"
                                                + " current_setting('statement_timeout'),"
                                                + " current_setting('transaction_timeout')"))
                        .isEqualTo(lock + " " + statement + " " + transaction);
            }
        }
    }

    @Nested
    class The_audit_trail {
        @Test
        void says_who_it_was_whatever_the_caller_says() {
            api.rows(
                    "select wms.record_audit(?, now(), 'test-audit', 'item', ?, ?)",
                    UUID.randomUUID(),
                    mine.tea(),
                    UUID.randomUUID());

            assertThat(
                            api.one(
                                    "select actor, action, subject_type, subject_id from"
                                            + " wms.audit_entry where action = 'test-audit'"))
                    .isEqualTo(Proof.ACTOR + " test-audit item " + mine.tea());
        }

        @Test
        void has_a_digest_that_tells_every_changed_column() {
            var digest =
                    "select distinct entry.digest = wms.audit_digest(entry) from wms.audit_entry as"
                            + " entry";
            assertThat(api.one(digest)).isEqualTo("t");

            try (var superuser = Session.of(database, "postgres")) {
                for (var change : columnsOfADigest()) {
                    superuser.rows("update wms.audit_entry set " + change);
                    assertThat(superuser.one(digest)).as(change).isEqualTo("f");
                    superuser.rollback();
                }
            }
        }

        private static List<String> columnsOfADigest() {
            return List.of(
                    "tenant_id = gen_random_uuid()",
                    "audit_id = gen_random_uuid()",
                    "at = at + interval '1 microsecond'",
                    "actor = actor || 'x'",
                    "action = action || 'x'",
                    "subject_type = coalesce(subject_type, '') || 'x'",
                    "subject_type = ''",
                    "subject_id = gen_random_uuid()",
                    "request_id = gen_random_uuid()",
                    "recorded_at = recorded_at + interval '1 microsecond'");
        }
    }

    @ParameterizedTest
    @MethodSource("logins")
    void every_login_but_the_owners_is_refused_the_keys(String login) {
        try (var session = Session.of(database, login)) {
            assertThat(session.refusal("select * from guard.hmac_key")).startsWith(DENIED);
        }
    }

    static List<String> logins() {
        return List.of(
                "fv_migrator",
                "fv_api",
                "fv_api_ro",
                "fv_platform",
                "fv_authorizer",
                "fv_worker",
                "fv_dispatch",
                "fv_checker");
    }
}
