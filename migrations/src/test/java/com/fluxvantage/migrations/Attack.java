package com.fluxvantage.migrations;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What is tried on a database, each with the twin that has to succeed: a door that lets nobody in
 * is no fence. An attack says what it found wrong; a sound database gives it nothing to say.
 */
enum Attack {
    a_login_sees_the_rows_of_its_tenant_and_no_others {
        @Override
        void on(Scene scene) {
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
        void on(Scene scene) {
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
        void on(Scene scene) {
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
        void on(Scene scene) {
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
        void on(Scene scene) {
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
    a_proof_opens_its_tenant_to_the_logins_it_is_for_and_only_while_it_is_good {
        @Override
        void on(Scene scene) {
            var proof = Proof.of(scene.mine().tenant());
            var said =
                    "allowed %s %s %s api"
                            .formatted(scene.mine().tenant(), Proof.ACTOR, Proof.PERMISSIONS);
            scene.expect("good", said, scene.show("fv_api", proof.text()));
            scene.expect("good for reads", said, scene.show("fv_api_ro", proof.text()));
            scene.expect(
                    "just over",
                    "28000 ERROR: proof expired",
                    scene.show("fv_api", proof.expiringAt(Instant.now().minusSeconds(1)).text()));
            scene.expect(
                    "the same second",
                    "28000 ERROR: proof expired",
                    scene.show("fv_api", proof.expiringAt(Instant.now()).text()));
            scene.expect(
                    "five minutes at the most",
                    said,
                    scene.show("fv_api", proof.expiringAt(Instant.now().plusSeconds(299)).text()));
            scene.expect(
                    "longer than a call",
                    "28000 ERROR: proof lives too long",
                    scene.show("fv_api", proof.expiringAt(Instant.now().plusSeconds(302)).text()));
            scene.expect(
                    "wrong code",
                    "28000 ERROR: proof refused",
                    scene.show(
                            "fv_api",
                            proof.signedWith("another secret of more than 32 bytes").text()));
            scene.expect(
                    "unknown key",
                    "28000 ERROR: proof refused",
                    scene.show("fv_api", proof.withKeyId("k0").text()));
            scene.expect(
                    "signed with the seal key",
                    "28000 ERROR: proof refused",
                    scene.enterSignedInside("s1", proof.withKeyId("s1").fields()));
            scene.expect(
                    "signed inside", said, scene.enterSignedInside(Proof.KEY_ID, proof.fields()));
            for (var validity :
                    List.of(
                            "now() - interval '2 h', now() - interval '1 h'",
                            "now() + interval '1 h', 'infinity'")) {
                scene.expect(
                        "a key valid at " + validity,
                        "28000 ERROR: proof refused",
                        scene.suspect()
                                .attempt(
                                        "postgres",
                                        "select guard.install_key('k0', 'proof', convert_to('%s', 'UTF8'), %s)"
                                                .formatted(Proof.SECRET, validity),
                                        "set local session authorization fv_api",
                                        Scene.enter(proof.withKeyId("k0").text(), "read"))
                                .said());
            }
        }
    },
    a_proof_has_eleven_fields_of_the_first_version {
        @Override
        void on(Scene scene) {
            var fields = Proof.of(scene.mine().tenant()).fields();
            for (var malformed :
                    List.of(
                            "",
                            "v1",
                            "v1..........",
                            fields,
                            Proof.signed(fields + ".0", Proof.SECRET),
                            Proof.signed(fields.replaceFirst("^v1", "v2"), Proof.SECRET),
                            Proof.signed(
                                    fields.replace(".member.", ".member" + "x".repeat(1_000) + "."),
                                    Proof.SECRET))) {
                scene.expect(
                        malformed,
                        malformed.equals("v1..........")
                                ? "28000 ERROR: proof refused"
                                : "28000 ERROR: proof malformed",
                        scene.show("fv_api", malformed));
            }
            scene.expect(
                    "null",
                    "28000 ERROR: proof malformed",
                    scene.suspect().attempt("fv_api", "select fv.enter(null, 'read')").said());
        }
    },
    a_proof_is_for_one_audience {
        @Override
        void on(Scene scene) {
            var opens =
                    Map.of(
                            "fv_api", "api",
                            "fv_api_ro", "api",
                            "fv_platform", "platform");
            for (var login : opens.keySet()) {
                for (var audience : List.of("api", "job", "staff", "platform")) {
                    var tenant =
                            audience.equals("platform") ? Scene.PLATFORM : scene.mine().tenant();
                    scene.expect(
                            login + " with " + audience,
                            audience.equals(opens.get(login))
                                    ? "allowed " + tenant
                                    : "28000 ERROR: proof is for another audience",
                            scene.show(login, Proof.of(tenant).forAudience(audience).text()));
                }
            }
            scene.expect(
                    "another tenant with the platform's",
                    "28000 ERROR: proof is for another audience",
                    scene.show(
                            "fv_platform",
                            Proof.of(scene.mine().tenant()).forAudience("platform").text()));
        }
    },
    a_state_of_a_tenant_allows_its_work_and_no_other {
        @Override
        void on(Scene scene) {
            var proof = Proof.of(scene.mine().tenant()).text();
            for (var state : Scene.STATES.entrySet()) {
                for (var work : List.of("write", "read", "export", "privacy", "deletion")) {
                    scene.expect(
                            state.getKey() + " " + work,
                            List.of(state.getValue().split(" ")).contains(work)
                                    ? "allowed " + scene.mine().tenant()
                                    : "FV403 ERROR: tenant state refuses this work",
                            scene.suspect()
                                    .attempt(
                                            "postgres",
                                            "update wms.tenant set state = '%s' where tenant_id = '%s'"
                                                    .formatted(
                                                            state.getKey(), scene.mine().tenant()),
                                            "set local session authorization fv_api",
                                            Scene.enter(proof, work))
                                    .said());
                }
            }
            scene.expect(
                    "unknown work",
                    "FV403",
                    scene.suspect().attempt("fv_api", Scene.enter(proof, "everything")).said());
            scene.expect(
                    "a tenant that is not there",
                    "FV403",
                    scene.show("fv_api", Proof.of(new UUID(0, 1)).text()));
        }
    },
    a_transaction_has_one_tenant {
        @Override
        void on(Scene scene) {
            var mine = Scene.enter(Proof.of(scene.mine().tenant()).text(), "read");
            var theirs = Scene.enter(Proof.of(scene.theirs().tenant()).text(), "read");
            var prime = "select fv.prime()";
            var suspect = scene.suspect();
            var refused = "25001 ERROR: tenant already set";
            scene.expect("another", refused, suspect.attempt("fv_api", mine, theirs).said());
            scene.expect("priming", refused, suspect.attempt("fv_api", mine, prime).said());
            scene.expect("from priming", refused, suspect.attempt("fv_api", prime, mine).said());
            scene.expect("the same", "allowed", suspect.attempt("fv_api", mine, mine).said());
            scene.expect(
                    "priming twice",
                    "allowed " + Scene.SYNTHETIC,
                    suspect.attempt("fv_api", prime, prime).said());
            scene.expect(
                    "nothing to see in priming",
                    "allowed 0",
                    suspect.attempt("fv_api", prime, "select count(*) from wms.item").said());
            for (var leftOver : List.of(scene.body(1, 0, "fv_api"), scene.body(0, 1, "fv_api"))) {
                scene.expect(
                        "after what another transaction left",
                        "allowed " + scene.mine().tenant(),
                        suspect.attempt(
                                        "fv_api",
                                        Scene.set("'" + scene.sealed("s1", leftOver) + "'"),
                                        mine)
                                .said());
            }
        }
    },
    a_context_is_good_in_its_transaction_backend_and_login_alone {
        @Override
        void on(Scene scene) {
            var own = scene.body(0, 0, "fv_api");
            scene.context("its own", "allowed " + scene.theirs().tenant(), scene.sealed("s1", own));
            var stale = "28000 ERROR: tenant context is stale";
            scene.context("of another time", stale, scene.sealed("s1", scene.body(1, 0, "fv_api")));
            scene.context(
                    "of another backend", stale, scene.sealed("s1", scene.body(0, 1, "fv_api")));
            scene.context(
                    "of another login", stale, scene.sealed("s1", scene.body(0, 0, "fv_worker")));
            var forged = "28000 ERROR: tenant context is forged";
            scene.context("without a code", forged, own);
            scene.context("with an empty code", forged, own + "|");
            scene.context("with a code of its own", forged, own + "|" + "0".repeat(64));
            scene.context(
                    "with an unknown key",
                    forged,
                    own.replace("|s1", "|s9") + "|" + "0".repeat(64));
            scene.context(
                    "with a proof key",
                    forged,
                    scene.sealed(Proof.KEY_ID, own.replace("|s1", "|" + Proof.KEY_ID)));
            scene.context("with a part more", forged, scene.sealed("s1", own + "|") + "|");
            scene.context("of rubbish", forged, "x");
            scene.context("that is empty", "28000 ERROR: no tenant context", "");
            scene.expect(
                    "an actor without a context",
                    "28000",
                    scene.suspect()
                            .attempt(
                                    "fv_api",
                                    Scene.set("'" + own + "|" + "0".repeat(64) + "'"),
                                    "select fv.actor()")
                            .said());
            scene.expect(
                    "its actor",
                    "allowed " + Proof.ACTOR,
                    scene.entered("fv_api", "select fv.actor()"));
            scene.expect(
                    "a seal by the newest key",
                    "allowed " + scene.mine().tenant(),
                    scene.suspect()
                            .attempt(
                                    "postgres",
                                    "select guard.install_key('s2', 'seal', sha256('2'), now(),"
                                            + " 'infinity')",
                                    "set local session authorization fv_api",
                                    Scene.enter(Proof.of(scene.mine().tenant()).text(), "read"),
                                    "select fv.tenant()")
                            .said());
            scene.expect(
                    "a seal by the key that is valid",
                    "allowed s1",
                    scene.suspect()
                            .attempt(
                                    "postgres",
                                    "select guard.install_key('s2', 'seal', sha256('2'), now() +"
                                            + " interval '1 h', 'infinity')",
                                    "set local session authorization fv_api",
                                    Scene.enter(Proof.of(scene.mine().tenant()).text(), "read"),
                                    "select split_part(current_setting('fv.ctx'), '|', 6)")
                            .said());
        }
    },
    a_proof_key_is_added_by_its_own_name_and_two_stay_valid {
        @Override
        void on(Scene scene) {
            var install = "select fv.install_proof_key('%s', sha256('%s'), %s, 'infinity')";
            var first = install.formatted("a", "a", "now() + interval '1 second'");
            var second = install.formatted("b", "b", "now() + interval '2 seconds'");
            var valid =
                    "set local session authorization postgres; select string_agg(key_id, ' ' order"
                            + " by key_id) from guard.hmac_key where not_after > now()";
            var suspect = scene.suspect();
            scene.expect(
                    "one more",
                    "allowed a k1 s1",
                    suspect.attempt("fv_migrator", first, valid).said());
            scene.expect(
                    "two more, a newer seal key beside them",
                    "allowed a b s1 s2",
                    suspect.attempt(
                                    "postgres",
                                    "select guard.install_key('s2', 'seal', sha256('2'), now() +"
                                            + " interval '9 seconds', 'infinity')",
                                    "set local session authorization fv_migrator",
                                    first,
                                    second,
                                    valid)
                            .said());
            scene.expect(
                    "the same twice",
                    "allowed a k1 s1",
                    suspect.attempt("fv_migrator", first, first, valid).said());
            scene.expect(
                    "another under a name that is taken",
                    "22023 ERROR: another key has this id",
                    suspect.attempt(
                                    "fv_migrator",
                                    first,
                                    first.replace("sha256('a')", "sha256('x')"))
                            .said());
            scene.expect(
                    "under the seal key's name",
                    "23505",
                    suspect.attempt("fv_migrator", install.formatted("s1", "a", "now()")).said());
            for (var weak : List.of("decode(repeat('00', 31), 'hex')", "null")) {
                scene.expect(
                        "a short one",
                        "22023 ERROR: a key has at least 32 bytes",
                        suspect.attempt("fv_migrator", first.replace("sha256('a')", weak)).said());
            }
            scene.expect(
                    "what has ended stays ended",
                    "allowed t",
                    suspect.attempt(
                                    "postgres",
                                    "select guard.install_key('old', 'proof', sha256('o'), now() -"
                                            + " interval '2 h', now() - interval '1 h')",
                                    "set local session authorization fv_migrator",
                                    first,
                                    second,
                                    "set local session authorization postgres",
                                    "select not_after < now() from guard.hmac_key where key_id ="
                                            + " 'old'")
                            .said());
        }
    },
    the_authorizer_finds_one_member_of_one_tenant {
        @Override
        void on(Scene scene) {
            var find =
                    "select member_id, roles, member_state, tenant_state from fv.find_member('%s',"
                            + " '%s')";
            scene.expectExactly(
                    "sam",
                    "allowed " + scene.mine().member() + " {PICKER} ACTIVE active",
                    scene.suspect()
                            .attempt(
                                    "postgres",
                                    "insert into wms.member (tenant_id, member_id, subject, email,"
                                            + " display_name, roles, added_at)"
                                            + " values ('%s', gen_random_uuid(), 'kim', 'k', 'k', '{PICKER}', now())"
                                                    .formatted(scene.mine().tenant()),
                                    "set local session authorization fv_authorizer",
                                    find.formatted(scene.mine().tenant(), "sam"))
                            .said());
            scene.expectExactly(
                    "a stranger",
                    "allowed",
                    scene.suspect()
                            .attempt(
                                    "fv_authorizer",
                                    find.formatted(scene.mine().tenant(), "nobody"))
                            .said());
        }
    },
    tenants_are_opened_from_the_platform_alone {
        @Override
        void on(Scene scene) {
            var open =
                    "select fv.open_tenant('%s', 'New', gen_random_uuid(), gen_random_uuid(), 'ann', 'a', 'Ann', now())"
                            .formatted(new UUID(7, 7));
            scene.expect(
                    "from priming",
                    "42501 ERROR: tenants are opened",
                    scene.suspect().attempt("fv_platform", "select fv.prime()", open).said());
            scene.expect(
                    "from nowhere", "28000", scene.suspect().attempt("fv_platform", open).said());
            scene.expect(
                    "with all that belongs to it",
                    "allowed active HOUSE ann {ADMINISTRATOR}",
                    scene.suspect()
                            .attempt(
                                    "fv_platform",
                                    Scene.enter(
                                            Proof.of(Scene.PLATFORM).forAudience("platform").text(),
                                            "write"),
                                    open,
                                    "set local session authorization postgres",
                                    "select tenant.state, code, subject, roles from wms.tenant join"
                                            + " wms.owner using (tenant_id)"
                                            + " join wms.member using (tenant_id) where tenant_id = '%s'"
                                                    .formatted(new UUID(7, 7)))
                            .said());
            var enroll = "select fv.enroll_operator('%s', '%s', 'o', 'O', now())";
            var one = new UUID(8, 8);
            scene.expect(
                    "an operator, once",
                    "allowed " + one,
                    scene.suspect()
                            .attempt(
                                    "fv_migrator",
                                    enroll.formatted(new UUID(9, 9), "lee"),
                                    enroll.formatted(one, "sam"),
                                    enroll.formatted(UUID.randomUUID(), "sam"))
                            .said());
        }
    },
    a_tenant_ends_by_the_steps_that_are_listed_and_no_other {
        @Override
        void on(Scene scene) {
            var lives = new Lives(scene);
            lives.eachEventInEachState();
            lives.theWholeWay();
            lives.terminationIsConfirmedAndNotInThePast();
            lives.reactivationLeadsBackToWhereTheTenantStood();
            lives.whoeverIsStillInTheWindowMayComeBack();
            lives.theTenantMayHurryAndThinkBetterOfIt();
            lives.windowsAreLengthened();
            lives.promisesAreKept();
            lives.deletionWaitsForHoldsAndExports();
        }
    },
    the_clock_ends_a_tenant_when_it_is_time_and_not_before {
        @Override
        void on(Scene scene) {
            var lives = new LivesByTheClock(scene);
            lives.aWindowClosesOnWhoeverHasTheDataOrWasToldTwice();
            lives.aWindowWaitsForWhatIsOurFaultAndNotForever();
            lives.aSuspensionExpiresTwoWeeksAfterItWasSaidThatItWould();
            lives.theClockTakesSoManyTenantsAtOnceAndLeavesTheOthers();
            lives.theClockLeavesAloneWhoeverIsNotDue();
            lives.whoeverWaitsForUsIsCounted();
        }
    },
    two_of_the_platforms_people_suspend_and_hold_and_one_does_not {
        @Override
        void on(Scene scene) {
            var lives = new LivesOfTwoPersons(scene);
            lives.whatThePlatformDoesIsDoneFromItsOwnTenant();
            lives.oneProposesAndAnotherSuspends();
            lives.aProposalLastsAWeek();
            lives.oneWritesAHoldDownAndAnotherPlacesIt();
            lives.aHoldNamesTablesThatThereAre();
            lives.whatIsHeldIsHeldByItsScopeAlone();
            lives.holdsAreFoundAndCounted();
            lives.theTenantSeesNoSealedHold();
        }
    },
    a_backfill_goes_through_every_tenant_and_leaves_none_entered {
        @Override
        void on(Scene scene) {
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
        void on(Scene scene) {
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
        void on(Scene scene) {
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
    chains_are_made_of_every_tenants_entries_and_from_the_platforms_tenant_alone {
        @Override
        void on(Scene scene) {
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
        void on(Scene scene) {
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
        void on(Scene scene) {
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
        void on(Scene scene) {
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
        void on(Scene scene) {
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
    },
    the_age_of_the_proof_key_is_that_of_the_newest_in_use {
        @Override
        void on(Scene scene) {
            scene.expectExactly(
                    "in days",
                    "allowed 3",
                    scene.suspect()
                            .attempt(
                                    "postgres",
                                    "update guard.hmac_key set not_before = now() - interval '10"
                                            + " days' where purpose = 'proof'",
                                    "select guard.install_key('n1', 'proof', sha256('1'), now() -"
                                            + " interval '3 days', 'infinity')",
                                    "select guard.install_key('n2', 'proof', sha256('2'), now() +"
                                            + " interval '1 day', 'infinity')",
                                    "select guard.install_key('n3', 'seal', sha256('3'), now() -"
                                            + " interval '1 hour', 'infinity')",
                                    "set local session authorization fv_worker",
                                    Scene.delegate("sweep-empty-buckets", scene.mine().tenant()),
                                    "select extract(day from fv.proof_key_age())::int")
                            .said());
            scene.expect(
                    "for a caller",
                    "42501",
                    scene.suspect().attempt("fv_api", "select fv.proof_key_age()").said());
        }
    },
    relay_and_checker_see_all_tenants_and_what_they_need {
        @Override
        void on(Scene scene) {
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
        void on(Scene scene) {
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
        void on(Scene scene) {
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
    };

    abstract void on(Scene scene);

    /** What is wrong, one sentence each. */
    List<String> breaches(Suspect suspect, House mine, House theirs) {
        var scene = new Scene(suspect, mine, theirs, new ArrayList<>());
        on(scene);
        return scene.breaches();
    }

    @Override
    public String toString() {
        return name().replace('_', ' ');
    }

    /** Two houses with the same codes, of which the attacker has a proof for one. */
    record Scene(Suspect suspect, House mine, House theirs, List<String> breaches) {
        static final List<String> CLIENTS = List.of("fv_api", "fv_api_ro", "fv_worker");
        static final UUID PLATFORM = UUID.fromString("00000000-0000-7000-8000-000000000001");
        static final UUID SYNTHETIC = UUID.fromString("00000000-0000-7000-8000-000000000000");
        static final Map<String, String> STATES =
                Map.of(
                        "provisioning", "write",
                        "trial", "write read export privacy",
                        "active", "write read export privacy",
                        "past_due", "write read export privacy",
                        "suspended", "read export privacy",
                        "wind_down", "read export privacy",
                        "deletion_scheduled", "read export privacy deletion",
                        "deleting", "deletion",
                        "verifying", "deletion",
                        "deleted", "");

        void expect(String what, String start, String found) {
            if (!found.startsWith(start)) {
                breaches.add(what + ": " + found);
            }
        }

        void expectExactly(String what, String expected, String found) {
            if (!found.equals(expected)) {
                breaches.add(what + ": " + found);
            }
        }

        static String enter(String proof, String work) {
            return "select tenant, actor, permissions, audience from fv.enter('%s', '%s')"
                    .formatted(proof, work);
        }

        static String delegate(String job, UUID tenant) {
            return "select tenant, actor from fv.delegate_job('%s', '%s')".formatted(job, tenant);
        }

        static String set(String context) {
            return "select set_config('fv.ctx', " + context + ", true)";
        }

        String show(String login, String proof) {
            return suspect.attempt(login, enter(proof, "read")).said();
        }

        /** With a proof for the attacker's own tenant. */
        String entered(String login, String sql) {
            return suspect.attempt(
                            login,
                            login.equals("fv_worker")
                                    ? delegate("sweep-empty-buckets", mine.tenant())
                                    : enter(Proof.of(mine.tenant()).text(), "read"),
                            sql)
                    .said();
        }

        /** What {@code fv.tenant()} says to a context, which names the other house. */
        void context(String what, String expected, String context) {
            expect(
                    what,
                    expected,
                    suspect.attempt("fv_api", set("'" + context + "'"), "select fv.tenant()")
                            .said());
        }

        /** All of a context but its code, moved by so many microseconds and backends. */
        String body(int micros, int backends, String login) {
            return suspect.one(
                    "select concat_ws('|', '%s', '%s', (extract(epoch from now()) * 1000000)::bigint + %d, pg_backend_pid() + %d, '%s', 's1')"
                            .formatted(theirs.tenant(), Proof.ACTOR, micros, backends, login));
        }

        String sealed(String key, String body) {
            return body + "|" + code(key, body);
        }

        String enterSignedInside(String key, String fields) {
            return show("fv_api", fields + "." + code(key, fields));
        }

        private String code(String key, String text) {
            return suspect.one(
                    "select encode(sha256(outer_block || sha256(inner_block || convert_to('%s', 'UTF8'))), 'hex') from guard.hmac_key where key_id = '%s'"
                            .formatted(text, key));
        }

        List<String> tables(String role, String privilege) {
            return suspect.rows(
                    """
                    select oid::regclass
                      from pg_class
                     where relnamespace = 'wms'::regnamespace
                       and relkind in ('r', 'p')
                       and not relispartition
                       and has_table_privilege('%s', oid, '%s')
                     order by oid::regclass::text collate "C"
                    """
                            .formatted(role, privilege));
        }

        /** A table and one of its columns that the login may update, one a line. */
        List<String> updatable(String role) {
            return suspect.rows(
                    """
                    select attrelid::regclass, min(attname)
                      from pg_attribute
                      join pg_class on pg_class.oid = attrelid
                     where relnamespace = 'wms'::regnamespace
                       and relkind in ('r', 'p')
                       and not relispartition
                       and attnum > 0
                       and attgenerated = ''
                       and has_column_privilege('%s', attrelid, attnum, 'update')
                     group by attrelid
                    """
                            .formatted(role));
        }

        /** An insert of one of the attacker's own rows under another tenant's name. */
        String copyOfARow(String table, UUID tenant) {
            var columns =
                    suspect.one(
                            """
                            select string_agg(attname, ', ' order by attnum)
                              from pg_attribute
                             where attrelid = '%s'::regclass
                               and attnum > 0
                               and attgenerated = ''
                               and attname <> 'tenant_id'
                            """
                                    .formatted(table));
            return "insert into %1$s (tenant_id, %2$s) select '%3$s', %2$s from %1$s limit 1"
                    .formatted(table, columns, tenant);
        }
    }
}
