package com.fluxvantage.migrations;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What is tried at the door where a proof lets somebody in for a tenant. */
enum AttackOnProofs implements Attack {
    a_proof_opens_its_tenant_to_the_logins_it_is_for_and_only_while_it_is_good {
        @Override
        public void on(Scene scene) {
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
        public void on(Scene scene) {
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
        public void on(Scene scene) {
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
        public void on(Scene scene) {
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
        public void on(Scene scene) {
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
        public void on(Scene scene) {
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
        public void on(Scene scene) {
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
    the_age_of_the_proof_key_is_that_of_the_newest_in_use {
        @Override
        public void on(Scene scene) {
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
    }
}
