package com.fluxvantage.migrations;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What is tried where work is let in by its name, and where the platform hears of it. */
enum AttackOnJobs implements Attack {
    chains_are_made_of_every_tenants_entries_and_from_the_platforms_tenant_alone {
        @Override
        public void on(Scene scene) {
            var suspect = scene.suspect();
            var sealer = Scene.delegate("chain-audit", Scene.PLATFORM);
            var chain = "select entries > 1 from fv.chain_audit(100)";
            scene.expect(
                    "entries of both houses",
                    "allowed t",
                    suspect.attempt("fv_worker", sealer, chain).said());
            scene.expect(
                    "nothing a second time",
                    "allowed 0",
                    suspect.attempt(
                                    "fv_worker",
                                    sealer,
                                    chain,
                                    "select entries from fv.chain_audit(100)")
                            .said());
            scene.expect(
                    "a root, and the seals of segments of another period",
                    "allowed ROOT SEAL",
                    suspect.attempt(
                                    "fv_worker",
                                    sealer,
                                    chain,
                                    "select string_agg(distinct kind, ' ' order by kind) from"
                                            + " fv.take_audit_signing(now(), 10, interval '1 minute')")
                            .said());
            var retiring = Scene.delegate("retire-audit-segments", scene.mine().tenant());
            scene.expect(
                    "nothing to retire, under a right that the job has not",
                    "allowed 0 0",
                    suspect.attempt(
                                    "fv_worker",
                                    retiring,
                                    "select retired, purged from wms.retire_audit(now(), 10)")
                            .said());
            for (var call :
                    List.of(
                            chain,
                            "select fv.unsigned_audit()",
                            "select fv.take_audit_signing(now(), 10, interval '1 minute')",
                            "select fv.record_audit_signature('ROOT', fv.tenant(), 1, 1, 'k', '')")) {
                scene.expect(
                        call,
                        "42501 ERROR: chains are",
                        suspect.attempt("fv_worker", retiring, call).said());
            }
        }
    },
    a_job_is_let_in_by_its_name_where_its_work_is_allowed {
        @Override
        public void on(Scene scene) {
            var suspect = scene.suspect();
            var tenant = scene.mine().tenant();
            var sweep = Scene.delegate("sweep-empty-buckets", tenant);
            scene.expect(
                    "into its tenant, under its name, with its limits, and recorded",
                    "allowed %s job:00000000-0000-7000-8001-000000000002 30s 1min sweep-empty-buckets"
                            .formatted(tenant),
                    suspect.attempt(
                                    "fv_worker",
                                    sweep,
                                    "select fv.tenant(), fv.actor(),"
                                            + " current_setting('statement_timeout'),"
                                            + " current_setting('transaction_timeout'), action from"
                                            + " wms.audit_entry where actor = fv.actor()")
                            .said());
            Map.of(
                            "deliver-webhooks", "wms.webhook_endpoint",
                            "pull-orders", "wms.channel_connection",
                            "tend-labels", "wms.carrier")
                    .forEach((job, table) -> expectTicksOnlyWith(table, job, scene));
            scene.expect(
                    "an unknown job",
                    "28000 ERROR: job unknown",
                    suspect.attempt("fv_worker", Scene.delegate("anything", tenant)).said());
            scene.expect(
                    "no job",
                    "28000 ERROR: job unknown",
                    suspect.attempt("fv_worker", "select fv.delegate_job(null, '" + tenant + "')")
                            .said());
            scene.expect(
                    "an unknown tenant",
                    "28000 ERROR: tenant unknown",
                    suspect.attempt(
                                    "fv_worker",
                                    Scene.delegate("sweep-empty-buckets", new UUID(0, 1)))
                            .said());
            scene.expect(
                    "no tenant",
                    "28000 ERROR: tenant unknown",
                    suspect.attempt(
                                    "fv_worker",
                                    "select fv.delegate_job('sweep-empty-buckets', null)")
                            .said());
            scene.expect(
                    "a tenant's job in the platform's tenant",
                    "28000 ERROR: job is not for this tenant",
                    suspect.attempt(
                                    "fv_worker",
                                    Scene.delegate("sweep-empty-buckets", Scene.PLATFORM))
                            .said());
            scene.expect(
                    "the platform's job in a tenant",
                    "28000 ERROR: job is not for this tenant",
                    suspect.attempt("fv_worker", Scene.delegate("extend-ledger-partitions", tenant))
                            .said());
            scene.expect(
                    "the platform's job in its own",
                    "allowed " + Scene.PLATFORM,
                    suspect.attempt(
                                    "fv_worker",
                                    Scene.delegate("extend-ledger-partitions", Scene.PLATFORM))
                            .said());
            scene.expect(
                    "a job of everywhere in a tenant",
                    "allowed " + tenant,
                    suspect.attempt("fv_worker", Scene.delegate("check-audit", tenant)).said());
            scene.expect(
                    "a job of everywhere in the platform's tenant",
                    "allowed " + Scene.PLATFORM,
                    suspect.attempt("fv_worker", Scene.delegate("check-audit", Scene.PLATFORM))
                            .said());
            var theirs = Scene.delegate("sweep-empty-buckets", scene.theirs().tenant());
            scene.expect(
                    "two tenants",
                    "25001 ERROR: tenant already set",
                    suspect.attempt("fv_worker", sweep, theirs).said());
            scene.expect("one twice", "allowed", suspect.attempt("fv_worker", sweep, sweep).said());
            for (var state : Scene.STATES.entrySet()) {
                for (var job :
                        Map.of(
                                        "sweep-empty-buckets", "write",
                                        "check-stock", "read",
                                        "apply-retention", "privacy")
                                .entrySet()) {
                    scene.expect(
                            job.getKey() + " when " + state.getKey(),
                            List.of(state.getValue().split(" ")).contains(job.getValue())
                                    ? "allowed " + tenant
                                    : "FV403 ERROR: tenant state refuses this work",
                            suspect.attempt(
                                            "postgres",
                                            "update wms.tenant set state = '%s' where tenant_id = '%s'"
                                                    .formatted(state.getKey(), tenant),
                                            "set local session authorization fv_worker",
                                            Scene.delegate(job.getKey(), tenant))
                                    .said());
                }
            }
            for (var login :
                    List.of(
                            "fv_api",
                            "fv_api_ro",
                            "fv_platform",
                            "fv_authorizer",
                            "fv_dispatch",
                            "fv_checker")) {
                scene.expect("as " + login, "42501", suspect.attempt(login, sweep).said());
            }
            scene.expect(
                    "by a proof",
                    "42501",
                    suspect.attempt(
                                    "fv_worker",
                                    Scene.enter(Proof.of(tenant).forAudience("job").text(), "read"))
                            .said());
        }
    },
    the_relay_plans_a_tick_where_a_jobs_work_is_allowed {
        @Override
        public void on(Scene scene) {
            var at = "timestamptz '2026-11-24 02:10:00Z'";
            var ticks =
                    "set local session authorization postgres; select tenant_id, stream_id,"
                            + " stream_no, type, payload ->> 'scheduled_at' from wms.outbox where"
                            + " type ^@ 'tick.' order by 1";
            var plan = "select fv.plan_job('%s', %s)";
            var said =
                    "%s 00000000-0000-7000-8001-00000000000%d 1795486200 tick.%s"
                            + " 2026-11-24T02:10:00Z";
            var both =
                    List.of(scene.mine().tenant().toString(), scene.theirs().tenant().toString())
                            .stream()
                            .sorted()
                            .map(it -> said.formatted(it, 2, "sweep-empty-buckets"))
                            .toList();
            scene.expectExactly(
                    "each tenant once",
                    "allowed " + String.join("\n", both),
                    scene.suspect()
                            .attempt(
                                    "fv_dispatch",
                                    plan.formatted("sweep-empty-buckets", at),
                                    plan.formatted("sweep-empty-buckets", at),
                                    ticks)
                            .said());
            scene.expectExactly(
                    "the platform alone",
                    "allowed " + said.formatted(Scene.PLATFORM, 1, "extend-ledger-partitions"),
                    scene.suspect()
                            .attempt(
                                    "fv_dispatch",
                                    plan.formatted("extend-ledger-partitions", at),
                                    ticks)
                            .said());
            scene.expectExactly(
                    "the tenants and the platform",
                    "allowed 3",
                    scene.suspect()
                            .attempt("fv_dispatch", plan.formatted("check-audit", at))
                            .said());
            scene.expectExactly(
                    "none whose state forbids it",
                    "allowed " + said.formatted(scene.theirs().tenant(), 2, "sweep-empty-buckets"),
                    scene.suspect()
                            .attempt(
                                    "postgres",
                                    "update wms.tenant set state = 'suspended' where tenant_id = '%s'"
                                            .formatted(scene.mine().tenant()),
                                    "set local session authorization fv_dispatch",
                                    plan.formatted("sweep-empty-buckets", at),
                                    ticks)
                            .said());
            scene.expect(
                    "an unknown job",
                    "28000 ERROR: job unknown",
                    scene.suspect().attempt("fv_dispatch", plan.formatted("anything", at)).said());
            scene.expect(
                    "as a job",
                    "42501",
                    scene.suspect()
                            .attempt("fv_worker", plan.formatted("sweep-empty-buckets", at))
                            .said());
        }
    },
    what_was_given_up_is_sent_again_from_the_platform_alone {
        @Override
        public void on(Scene scene) {
            var suspect = scene.suspect();
            var platform =
                    Scene.enter(Proof.of(Scene.PLATFORM).forAudience("platform").text(), "write");
            var replay =
                    "select fv.replay_dead_letters('%s', 'follow', %%d)"
                            .formatted(scene.mine().tenant());
            // Beside the one that is wanted: one that is done, one of another consumer, one whose
            // event is gone, and in the same house an event that nobody has given up.
            var more =
                    """
                    update wms.outbox set sent_at = now();
                    insert into wms.outbox (tenant_id, stream_id, stream_no, type, payload, made_at, sent_at)
                    select '@mine', '00000000-0000-7000-8000-000000000009', no, 't', '{}', now(), now() from generate_series(2, 5) as no;
                    insert into wms.outbox (tenant_id, stream_id, stream_no, type, payload, made_at, sent_at)
                    values ('@mine', '00000000-0000-7000-8000-00000000000a', 1, 't', '{}', now(), now());
                    insert into wms.dead_letter (tenant_id, consumer, stream_id, stream_no, reason, attempts, died_at, state)
                    values ('@mine', 'follow', '00000000-0000-7000-8000-000000000009', 2, 'x', 1, now(), 'DONE'),
                           ('@mine', 'other', '00000000-0000-7000-8000-000000000009', 1, 'x', 1, now(), 'DEAD'),
                           ('@mine', 'other', '00000000-0000-7000-8000-000000000009', 3, 'x', 1, now(), 'DEAD'),
                           ('@mine', 'follow', '00000000-0000-7000-8000-000000000009', 4, 'x', 1, now(), 'DEAD'),
                           ('@mine', 'follow', '00000000-0000-7000-8000-00000000000b', 1, 'x', 1, now(), 'DEAD'),
                           ('@theirs', 'follow', '00000000-0000-7000-8000-000000000009', 4, 'x', 1, now(), 'DEAD')\
                    """
                            .replace("@mine", scene.mine().tenant().toString())
                            .replace("@theirs", scene.theirs().tenant().toString());
            var sent =
                    "set local session authorization postgres; select string_agg(stream_no || '/'"
                            + " || sendings, ' ' order by stream_no) from wms.outbox where sent_at"
                            + " is null";
            var replaying =
                    "set local session authorization postgres; select string_agg(consumer || '/'"
                            + " || stream_no, ' ' order by stream_no) from wms.dead_letter where"
                            + " state = 'REPLAYING'";
            for (var expected : Map.of(10, "1/2 4/2", 1, "1/2").entrySet()) {
                scene.expectExactly(
                        "sent again of " + expected.getKey(),
                        "allowed " + expected.getValue(),
                        suspect.attempt(
                                        "postgres",
                                        more,
                                        "set local session authorization fv_platform",
                                        platform,
                                        replay.formatted(expected.getKey()),
                                        sent)
                                .said());
            }
            scene.expectExactly(
                    "known to be",
                    "allowed follow/1 follow/4",
                    suspect.attempt(
                                    "postgres",
                                    more,
                                    "set local session authorization fv_platform",
                                    platform,
                                    replay.formatted(10),
                                    replaying)
                            .said());
            scene.expect(
                    "from priming",
                    "42501 ERROR: dead letters are replayed",
                    suspect.attempt("fv_platform", "select fv.prime()", replay.formatted(10))
                            .said());
            scene.expect(
                    "as a job",
                    "42501",
                    suspect.attempt(
                                    "fv_worker",
                                    Scene.delegate("sweep-empty-buckets", scene.mine().tenant()),
                                    replay.formatted(10))
                            .said());
        }
    },
    what_was_given_up_is_listed_for_the_platform_alone {
        @Override
        public void on(Scene scene) {
            var suspect = scene.suspect();
            String mine = scene.mine().tenant().toString();
            var more =
                    """
                    insert into wms.dead_letter (tenant_id, consumer, stream_id, stream_no, reason, attempts, died_at, state)
                    values ('@mine', 'a-list', '00000000-0000-7000-8000-00000000000c', 1, 'x', 1, now(), 'DEAD'),
                           ('@mine', 'a-list', '00000000-0000-7000-8000-00000000000c', 2, 'x', 1, now(), 'REPLAYING'),
                           ('@mine', 'a-list', '00000000-0000-7000-8000-00000000000c', 3, 'x', 1, now(), 'DONE'),
                           ('@mine', 'b-list', '00000000-0000-7000-8000-00000000000c', 4, 'x', 1, now(), 'DEAD'),
                           ('@theirs', 'a-list', '00000000-0000-7000-8000-00000000000c', 5, 'x', 1, now(), 'DEAD')\
                    """
                            .replace("@mine", mine)
                            .replace("@theirs", scene.theirs().tenant().toString());
            var start =
                    "'00000000-0000-0000-0000-000000000000', '', '00000000-0000-0000-0000-000000000000', 0";
            var after = "'" + mine + "', 'a-list', '00000000-0000-7000-8000-00000000000c', 1";
            var list =
                    "select string_agg(no::text, ' ' order by no) from fv.find_dead_letters(%s)"
                            + " where stream = '00000000-0000-7000-8000-00000000000c'";
            var platform =
                    Scene.enter(Proof.of(Scene.PLATFORM).forAudience("platform").text(), "read");
            for (var expected :
                    Map.of(
                                    "null, null, " + start + ", 100", "1 2 4 5",
                                    "'" + mine + "', null, " + start + ", 100", "1 2 4",
                                    "null, 'a-list', " + start + ", 100", "1 2 5",
                                    "'" + mine + "', null, " + after + ", 100", "2 4",
                                    "'" + mine + "', 'a-list', " + start + ", 1", "1")
                            .entrySet()) {
                scene.expectExactly(
                        "listed of " + expected.getKey(),
                        "allowed " + expected.getValue(),
                        suspect.attempt(
                                        "postgres",
                                        more,
                                        "set local session authorization fv_platform",
                                        platform,
                                        list.formatted(expected.getKey()))
                                .said());
            }
            var all = list.formatted("null, null, " + start + ", 100");
            scene.expect(
                    "from priming",
                    "42501 ERROR: dead letters are listed",
                    suspect.attempt("fv_platform", "select fv.prime()", all).said());
            scene.expect(
                    "as a job",
                    "42501",
                    suspect.attempt(
                                    "fv_worker",
                                    Scene.delegate("sweep-empty-buckets", scene.mine().tenant()),
                                    all)
                            .said());
        }
    };

    /** A house that connects nothing is left in peace. */
    private static void expectTicksOnlyWith(String table, String job, Scene scene) {
        scene.expectExactly(
                job + " with " + table + " alone",
                "allowed " + scene.mine().tenant(),
                scene.suspect()
                        .attempt(
                                "postgres",
                                "set local session_replication_role = replica",
                                "delete from %s where tenant_id = '%s'"
                                        .formatted(table, scene.theirs().tenant()),
                                "set local session_replication_role = origin",
                                "set local session authorization fv_dispatch",
                                "select fv.plan_job('%s', timestamptz '2026-11-24 02:10:00Z')"
                                        .formatted(job),
                                "set local session authorization postgres; select tenant_id from"
                                        + " wms.outbox where type = 'tick.%s'".formatted(job))
                        .said());
    }
}
