package com.fluxvantage.migrations;

import java.util.ArrayList;
import java.util.List;

/** What is tried on the rows of tenants, by whoever has a login. */
enum AttackOnRows implements Attack {
    a_login_sees_the_rows_of_its_tenant_and_no_others {
        @Override
        public void on(Scene scene) {
            for (var login : Scene.CLIENTS) {
                var tables = scene.tables(login, "select");
                var rows =
                        String.join(
                                " union all ",
                                tables.stream()
                                        .map(it ->
                                                "select '%s' as source, tenant_id from %s group by 2"
                                                        .formatted(it, it))
                                        .toList());
                var expected =
                        tables.stream()
                                .sorted()
                                .map(it -> it + " " + scene.mine().tenant())
                                .toList();
                scene.expect(
                        login,
                        "allowed " + String.join("\n", expected),
                        scene.entered(login, rows + " order by 1"));
            }
        }
    },
    rows_are_shown_to_nobody_without_a_tenant {
        @Override
        public void on(Scene scene) {
            for (var login :
                    List.of("fv_api", "fv_api_ro", "fv_worker", "fv_platform", "fv_owner")) {
                for (var table : scene.tables(login, "select")) {
                    scene.expect(
                            login + " " + table,
                            "28000 ERROR: no tenant context",
                            scene.suspect().attempt(login, "select count(*) from " + table).said());
                }
            }
        }
    },
    the_owner_sees_the_tenant_that_it_names_and_no_other {
        @Override
        public void on(Scene scene) {
            for (var table : scene.tables("fv_owner", "select")) {
                scene.expect(
                        table,
                        "allowed " + scene.mine().tenant(),
                        scene.suspect()
                                .attempt(
                                        "fv_owner",
                                        "select fv.enter_backfill('%s')"
                                                .formatted(scene.mine().tenant()),
                                        "select distinct tenant_id from " + table)
                                .said());
            }
        }
    },
    rows_of_another_tenant_cannot_be_added {
        @Override
        public void on(Scene scene) {
            for (var table : scene.tables("fv_api", "insert")) {
                scene.expect(
                        table,
                        "42501 ERROR: new row violates row-level security policy",
                        scene.entered("fv_api", scene.copyOfARow(table, scene.theirs().tenant())));
            }
            scene.expect(
                    "its own",
                    "allowed",
                    scene.entered(
                            "fv_api",
                            "insert into wms.owner (owner_id, code) values (gen_random_uuid(),"
                                    + " 'NEW')"));
        }
    },
    rows_of_another_tenant_cannot_be_changed_or_removed {
        @Override
        public void on(Scene scene) {
            for (var column : scene.updatable("fv_api")) {
                var part = column.split(" ", -1);
                var update =
                        "with changed as (update %s set %s = %s where tenant_id = '%s' returning 1)"
                                + " select count(*) > 0 from changed";
                scene.expect(
                        column,
                        "allowed f",
                        scene.entered(
                                "fv_api",
                                update.formatted(
                                        part[0], part[1], part[1], scene.theirs().tenant())));
                scene.expect(
                        "its own " + column,
                        "allowed t",
                        scene.entered(
                                "fv_api",
                                update.formatted(
                                        part[0], part[1], part[1], scene.mine().tenant())));
            }
            scene.expect(
                    "the sweep",
                    "allowed 0",
                    scene.entered(
                            "fv_worker",
                            "with gone as (delete from wms.bucket where tenant_id = '%s' returning 1) select count(*) from gone"
                                    .formatted(scene.theirs().tenant())));
        }
    },
    a_backfill_goes_through_every_tenant_and_leaves_none_entered {
        @Override
        public void on(Scene scene) {
            var backfill = "call wms.backfill('update wms.warehouse set version = version + 1')";
            scene.expect(
                    "all changed",
                    "allowed t",
                    scene.suspect()
                            .attempt(
                                    "fv_owner",
                                    backfill,
                                    "set local session authorization postgres",
                                    "select bool_and(version = 2) from wms.warehouse")
                            .said());
            scene.expect(
                    "none entered",
                    "28000 ERROR: no tenant context",
                    scene.suspect()
                            .attempt("fv_owner", backfill, "select count(*) from wms.item")
                            .said());
        }
    },
    a_new_table_and_a_new_month_are_fenced_as_the_others_are {
        @Override
        public void on(Scene scene) {
            var findings =
                    "set local session authorization postgres; "
                            + Lint.every_table_has_row_security_that_binds_its_owner_too.query
                            + " union all ("
                            + Lint.every_table_has_the_three_policies_of_the_template.query
                            + ")";
            scene.expectExactly(
                    "a table",
                    "allowed",
                    scene.suspect()
                            .attempt(
                                    "fv_owner",
                                    "create table wms.fresh (tenant_id uuid not null, fresh_id"
                                            + " uuid, primary key (tenant_id, fresh_id))",
                                    "call wms.protect('wms.fresh')",
                                    findings)
                            .said());
            scene.expectExactly(
                    "a month",
                    "allowed",
                    scene.suspect()
                            .attempt(
                                    "fv_worker",
                                    "select wms.ensure_movement_partitions(25)",
                                    findings)
                            .said());
            var ahead = "select wms.ensure_movement_partitions(%s)";
            scene.expect(
                    "two months more",
                    "allowed 2",
                    scene.suspect().attempt("fv_worker", ahead.formatted(25)).said());
            scene.expect(
                    "none that is there",
                    "allowed 0",
                    scene.suspect().attempt("fv_worker", ahead.formatted(23)).said());
            for (var wrong : List.of("null", "-1", "61")) {
                scene.expect(
                        wrong + " months",
                        "22023",
                        scene.suspect().attempt("fv_worker", ahead.formatted(wrong)).said());
            }
        }
    },
    the_audit_trail_says_who_it_was {
        @Override
        public void on(Scene scene) {
            scene.expect(
                    "an entry",
                    "allowed %s %s probe t".formatted(scene.mine().tenant(), Proof.ACTOR),
                    scene.entered(
                            "fv_api",
                            "select wms.record_audit(gen_random_uuid(), now(), 'probe', null, null,"
                                    + " gen_random_uuid()); select tenant_id, actor, action, digest ="
                                    + " wms.audit_digest(entry) from wms.audit_entry as entry where"
                                    + " action = 'probe'"));
        }
    },
    relay_and_checker_see_all_tenants_and_what_they_need {
        @Override
        public void on(Scene scene) {
            scene.expect(
                    "relay",
                    "allowed t",
                    scene.suspect()
                            .attempt(
                                    "fv_dispatch",
                                    "with sent as (update wms.outbox set sent_at = now() returning"
                                            + " tenant_id) select count(distinct tenant_id) = 2 from"
                                            + " sent")
                            .said());
            scene.expect(
                    "the relay's leases",
                    "allowed t",
                    scene.suspect()
                            .attempt(
                                    "fv_dispatch",
                                    "with gone as (delete from wms.stream_lease returning"
                                            + " tenant_id) select count(distinct tenant_id) = 2"
                                            + " from gone")
                            .said());
            for (var table :
                    List.of(
                            "wms.bucket",
                            "wms.reservation",
                            "wms.movement",
                            "wms.outbound_order_line")) {
                scene.expect(
                        "checker " + table,
                        "allowed t",
                        scene.suspect()
                                .attempt(
                                        "fv_checker",
                                        "select count(distinct tenant_id) = 2 from " + table)
                                .said());
            }
        }
    },
    whoever_asks_hears_the_schemas_version_and_nothing_else_of_its_history {
        @Override
        public void on(Scene scene) {
            var newest =
                    scene.suspect()
                            .rows(
                                    "select version from flyway.flyway_schema_history order by"
                                            + " installed_rank desc limit 1")
                            .getFirst();
            scene.expect(
                    "the version",
                    "allowed " + newest,
                    scene.suspect().attempt("fv_api_ro", "select fv.schema_version()").said());
            scene.expect(
                    "the history",
                    "42501",
                    scene.suspect()
                            .attempt("fv_api_ro", "select * from flyway.flyway_schema_history")
                            .said());
        }
    },
    nobody_looks_at_the_keys_or_becomes_another {
        @Override
        public void on(Scene scene) {
            var logins = new ArrayList<>(Scene.CLIENTS);
            logins.addAll(List.of("fv_platform", "fv_authorizer", "fv_dispatch", "fv_checker"));
            for (var login : logins) {
                scene.expect(
                        login + " and the keys",
                        "42501",
                        scene.suspect().attempt(login, "select * from guard.hmac_key").said());
                for (var other : List.of("fv_owner", "fv_guard", "fv_migrator", "postgres")) {
                    scene.expect(
                            login + " as " + other,
                            "42501",
                            scene.suspect().attempt(login, "set role " + other).said());
                }
            }
            scene.expect(
                    "the migrator as the owner",
                    "allowed",
                    scene.suspect().attempt("fv_migrator", "set role fv_owner").said());
        }
    }
}
