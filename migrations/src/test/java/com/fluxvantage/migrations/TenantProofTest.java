package com.fluxvantage.migrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(Lifecycle.PER_CLASS)
class TenantProofTest {
    private static final String ENTER = "select tenant from fv.enter(?, 'read')";
    private static final UUID PLATFORM = UUID.fromString("00000000-0000-7000-8000-000000000001");
    private static final UUID SYNTHETIC = UUID.fromString("00000000-0000-7000-8000-000000000000");

    private Database database;
    private House mine;
    private House theirs;
    private Session api;

    @BeforeAll
    void migrate() {
        database = Database.entered();
        mine = House.openedIn(database);
        theirs = House.openedIn(database);
    }

    @BeforeEach
    void connect() {
        api = Session.of(database, "fv_api");
    }

    @AfterEach
    void disconnect() {
        api.close();
    }

    private Proof proof() {
        return Proof.of(mine.tenant());
    }

    @Nested
    class A_proof {
        @Test
        void opens_its_tenant_and_tells_who_acts_with_which_permissions() {
            assertThat(
                            api.one(
                                    "select tenant, actor, permissions, audience from fv.enter(?,"
                                            + " 'write')",
                                    proof().text()))
                    .isEqualTo(
                            mine.tenant() + " " + Proof.ACTOR + " " + Proof.PERMISSIONS + " api");
            assertThat(api.one("select fv.tenant(), fv.actor()"))
                    .isEqualTo(mine.tenant() + " " + Proof.ACTOR);
        }

        @Test
        void opens_nothing_once_its_time_is_over() {
            assertThat(api.refusal(ENTER, proof().expiringAt(Instant.now().minusSeconds(1)).text()))
                    .startsWith("28000")
                    .contains("proof expired");
            assertThat(api.one(ENTER, proof().expiringAt(Instant.now().plusSeconds(30)).text()))
                    .isEqualTo(mine.tenant().toString());
        }

        @Test
        void opens_nothing_for_longer_than_a_call_takes() {
            assertThat(
                            api.refusal(
                                    ENTER,
                                    proof().expiringAt(Instant.now().plusSeconds(400)).text()))
                    .startsWith("28000")
                    .contains("proof lives too long");
        }

        @Test
        void is_refused_when_any_character_of_it_is_another() {
            var text = proof().text();
            for (int at = 3; at < text.length(); at++) {
                char flipped = text.charAt(at) == '0' ? '1' : '0';
                var forged = text.substring(0, at) + flipped + text.substring(at + 1);
                assertThat(api.refusal(ENTER, forged))
                        .startsWith("28000")
                        .doesNotContain("expired");
            }
        }

        @Test
        void is_refused_when_it_is_cut_or_has_grown() {
            var text = proof().text();
            for (int length = 0; length < text.length(); length++) {
                assertThat(api.refusal(ENTER, text.substring(0, length))).startsWith("28000");
            }
            assertThat(api.refusal(ENTER, text + "0")).contains("proof refused");
            assertThat(api.refusal(ENTER, text + ".0")).contains("proof malformed");
            assertThat(api.refusal(ENTER, "0".repeat(1_001))).contains("proof malformed");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "v1", "..........", "v1..........", "v2.a.b.c.d.e.f.g.h.i.j"})
        void is_refused_when_it_is_none(String text) {
            assertThat(api.refusal(ENTER, text)).startsWith("28000");
        }

        @Test
        void is_refused_when_it_is_null() {
            assertThat(api.refusal(ENTER, (Object) null))
                    .startsWith("28000")
                    .contains("proof malformed");
        }

        @Test
        void is_refused_under_another_tenants_name_with_its_own_code() {
            var text = proof().text();
            var code = text.substring(text.lastIndexOf('.'));
            assertThat(api.refusal(ENTER, Proof.of(theirs.tenant()).fields() + code))
                    .contains("proof refused");
        }

        @Test
        void is_refused_in_one_sentence_for_an_unknown_key_and_for_a_wrong_code() {
            var unknown = api.refusal(ENTER, proof().withKeyId("k2").text());
            var wrong =
                    api.refusal(
                            ENTER,
                            proof().signedWith("another secret of more than 32 bytes").text());
            var seal = api.refusal(ENTER, proof().withKeyId("s1").text());

            assertThat(unknown)
                    .isEqualTo(wrong)
                    .isEqualTo(seal)
                    .contains("28000 ERROR: proof refused");
        }

        @ParameterizedTest
        @CsvSource({"fv_api,job", "fv_api,platform", "fv_api_ro,job", "fv_platform,api"})
        void opens_nothing_for_a_login_it_is_not_for(String login, String audience) {
            try (var session = Session.of(database, login)) {
                assertThat(session.refusal(ENTER, proof().forAudience(audience).text()))
                        .startsWith("28000")
                        .contains("another audience");
            }
        }

        @Test
        void of_the_platform_opens_the_platforms_tenant_and_no_other() {
            try (var platform = Session.of(database, "fv_platform")) {
                assertThat(platform.refusal(ENTER, proof().forAudience("platform").text()))
                        .contains("another audience");
                assertThat(platform.one(ENTER, Proof.of(PLATFORM).forAudience("platform").text()))
                        .isEqualTo(PLATFORM.toString());
            }
        }

        @Test
        void of_another_tenant_does_not_change_a_transaction_that_has_one() {
            api.enter(mine.tenant());

            assertThat(api.refusal(ENTER, Proof.of(theirs.tenant()).text())).startsWith("25001");
        }

        @Test
        void may_be_shown_twice_in_one_transaction() {
            api.enter(mine.tenant()).enter(mine.tenant());

            assertThat(api.one("select fv.tenant()")).isEqualTo(mine.tenant().toString());
        }

        @ParameterizedTest
        @CsvSource({
            "active, write read export privacy, deletion",
            "trial, write read export privacy, deletion",
            "past_due, write read export privacy, deletion",
            "suspended, read export privacy, write deletion",
            "wind_down, read export privacy, write deletion",
            "deletion_scheduled, read export privacy deletion, write",
            "deleting, deletion, write read export privacy",
            "verifying, deletion, write read export privacy",
            "provisioning, write, read export privacy deletion",
            "deleted, '', write read export privacy deletion"
        })
        void opens_a_tenant_for_what_its_state_allows(
                String state, String allowed, String refused) {
            var house = House.openedIn(database);
            database.run(
                    "update wms.tenant set state = '%s' where tenant_id = '%s'"
                            .formatted(state, house.tenant()));
            var proof = Proof.of(house.tenant()).text();

            for (var work : allowed.split(" ", -1)) {
                if (!work.isEmpty()) {
                    assertThat(api.rows("select tenant from fv.enter(?, ?)", proof, work))
                            .hasSize(1);
                    api.rollback();
                }
            }
            for (var work : refused.split(" ", -1)) {
                assertThat(api.refusal("select tenant from fv.enter(?, ?)", proof, work))
                        .startsWith("FV403");
            }
        }

        @Test
        void opens_nothing_for_work_that_nobody_knows_or_a_tenant_that_is_not_there() {
            assertThat(api.refusal("select fv.enter(?, 'everything')", proof().text()))
                    .startsWith("FV403");
            assertThat(api.refusal("select fv.enter(?, null)", proof().text())).startsWith("FV403");
            assertThat(api.refusal(ENTER, Proof.of(UUID.randomUUID()).text())).startsWith("FV403");
        }
    }

    @Nested
    class A_context {
        private static final String SET = "select set_config('fv.ctx', ?, true)";

        private String context() {
            return api.one("select current_setting('fv.ctx')");
        }

        @Test
        void is_asked_for_before_any_row_is_shown() {
            assertThat(api.refusal("select count(*) from wms.item"))
                    .startsWith("28000")
                    .contains("no tenant context");
        }

        @Test
        void ends_with_its_transaction() {
            api.enter(mine.tenant());
            assertThat(api.number("select count(*) from wms.item")).isEqualTo(2);
            api.commit();

            assertThat(api.refusal("select count(*) from wms.item"))
                    .startsWith("28000")
                    .contains("no tenant context");
        }

        @Test
        void cannot_be_made_up() {
            api.enter(mine.tenant());
            var changed = context().replace(mine.tenant().toString(), theirs.tenant().toString());
            api.rows(SET, changed);

            assertThat(api.refusal("select count(*) from wms.item"))
                    .startsWith("28000")
                    .contains("forged");
        }

        @Test
        void cannot_name_another_actor() {
            api.enter(mine.tenant());
            var changed = context().replace(Proof.ACTOR, "member:" + theirs.member());
            api.rows(SET, changed);

            assertThat(api.refusal("select fv.actor()")).startsWith("28000").contains("forged");
        }

        @ParameterizedTest
        @ValueSource(strings = {"x", "||||||", "a|b|c|d|e|s1|f", "a|b|c|d|e|k1|f", "|"})
        void of_rubbish_is_forged(String rubbish) {
            api.rows(SET, rubbish);

            assertThat(api.refusal("select count(*) from wms.item"))
                    .startsWith("28000")
                    .contains("forged");
        }

        @Test
        void that_was_made_to_outlive_its_transaction_is_stale() {
            api.enter(mine.tenant());
            api.rows("select set_config('fv.ctx', current_setting('fv.ctx'), false)");
            api.commit();

            assertThat(api.refusal("select count(*) from wms.item"))
                    .startsWith("28000")
                    .contains("stale");
        }

        @Test
        void that_is_left_over_does_not_keep_the_next_tenant_out() {
            api.enter(mine.tenant());
            api.rows("select set_config('fv.ctx', current_setting('fv.ctx'), false)");
            api.commit();

            api.enter(theirs.tenant());
            assertThat(api.one("select fv.tenant()")).isEqualTo(theirs.tenant().toString());
        }

        @Test
        void of_another_session_is_stale() {
            api.enter(mine.tenant());
            var copied = context();

            try (var thief = Session.of(database, "fv_api")) {
                thief.rows(SET, copied);
                assertThat(thief.refusal("select count(*) from wms.item"))
                        .startsWith("28000")
                        .contains("stale");
            }
        }

        @Test
        void for_priming_needs_no_proof_and_shows_nothing() {
            assertThat(api.one("select fv.prime()")).isEqualTo(SYNTHETIC.toString());
            assertThat(api.number("select count(*) from wms.item")).isZero();
            assertThat(api.refusal(ENTER, proof().text())).startsWith("25001");
        }

        @Test
        void cannot_be_left_for_priming() {
            api.enter(mine.tenant());

            assertThat(api.refusal("select fv.prime()")).startsWith("25001");
        }
    }

    @Nested
    @TestInstance(Lifecycle.PER_CLASS)
    class A_proof_key {
        private final Database own = Database.migrated();
        private final House house = House.openedIn(own);

        private void install(String keyId, String secret) {
            Migrate.installProofKey(
                    own.deployer(),
                    keyId,
                    secret.getBytes(StandardCharsets.UTF_8),
                    Duration.ofHours(1));
        }

        private static String secret(String keyId) {
            return "the secret of the proof key called " + keyId;
        }

        private String answer(String keyId) {
            try (var session = Session.of(own, "fv_api")) {
                return session.one(
                        ENTER,
                        Proof.of(house.tenant()).withKeyId(keyId).signedWith(secret(keyId)).text());
            } catch (Session.Refused refused) {
                return refused.state();
            }
        }

        @Test
        void ends_when_two_newer_ones_are_there() {
            install("first", secret("first"));
            install("second", secret("second"));
            assertThat(answer("first")).isEqualTo(house.tenant().toString());
            assertThat(answer("second")).isEqualTo(house.tenant().toString());

            install("third", secret("third"));
            assertThat(answer("first")).isEqualTo("28000");
            assertThat(answer("second")).isEqualTo(house.tenant().toString());
            assertThat(answer("third")).isEqualTo(house.tenant().toString());
        }

        @Test
        void may_be_installed_twice_but_not_replaced_under_its_name() {
            install("again", secret("again"));
            install("again", secret("again"));

            assertThatThrownBy(() -> install("again", secret("other")))
                    .rootCause()
                    .hasMessageContaining("another key has this id");
            assertThat(answer("again")).isEqualTo(house.tenant().toString());
        }

        @Test
        void has_at_least_32_bytes() {
            assertThatThrownBy(() -> install("short", "x".repeat(31)))
                    .rootCause()
                    .hasMessageContaining("at least 32 bytes");
            install("long-enough", "x".repeat(32));
            install("longer-than-a-block", "x".repeat(65));

            try (var session = Session.of(own, "fv_api")) {
                var proof =
                        Proof.of(house.tenant())
                                .withKeyId("longer-than-a-block")
                                .signedWith("x".repeat(65));
                assertThat(session.one(ENTER, proof.text())).isEqualTo(house.tenant().toString());
            }
        }

        @Test
        void is_installed_by_the_migrator_alone() {
            for (var login :
                    new String[] {
                        "fv_api", "fv_api_ro", "fv_platform", "fv_worker", "fv_authorizer"
                    }) {
                try (var session = Session.of(own, login)) {
                    assertThat(
                                    session.refusal(
                                            "select fv.install_proof_key('mine', ?, now(), now() +"
                                                    + " interval '1 day')",
                                            (Object) new byte[32]))
                            .startsWith("42501");
                }
            }
        }
    }
}
