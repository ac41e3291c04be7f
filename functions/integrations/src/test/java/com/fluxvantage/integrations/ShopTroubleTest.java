package com.fluxvantage.integrations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.outside.Credential;
import com.fluxvantage.kernel.outside.Letter;
import com.fluxvantage.kernel.outside.MailTemplate;
import com.fluxvantage.kernel.outside.Shops.Reply;
import com.fluxvantage.kernel.outside.Shops.Trouble;
import com.fluxvantage.runtime.LocalShop;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What goes wrong with a shop and is not over by itself reaches a person, and once. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ShopTroubleTest {
    private static final Duration A_MINUTE = Duration.ofMinutes(1);
    private static final String ANOTHER_KEY = "another-key-of-an-admin-api-0002";

    private final TestPlatform platform =
            TestPlatform.running(
                    "pull-orders", "push-stock", "report-shipments", "reconcile-channel");
    private final ConnectedShop mine = new ConnectedShop(platform);

    @BeforeEach
    void begin_in_the_morning() {
        new ConnectedShop(platform);
        mine.jobs().untilSeven();
        mine.item("TEA", 100);
    }

    @Test
    void a_credential_that_is_refused_is_told_the_administrators_once_and_nobody_else()
            throws SQLException {
        mine.jobs().addMember("another", "ADMINISTRATOR", "ACTIVE", mine.client());
        mine.jobs().addMember("gone", "ADMINISTRATOR", "REVOKED", mine.client());
        mine.jobs().addMember("picker", "PICKER", "ACTIVE", mine.client());
        mine.shop().credential(ANOTHER_KEY);

        mine.tick();
        mine.jobs().later(Duration.ofHours(5));
        mine.tick();

        assertThat(letters())
                .extracting(it -> it.address().sealed())
                .containsExactlyInAnyOrder(ownAdministrator(), "another@example.org");
        assertThat(letters())
                .allSatisfy(it -> {
                    assertThat(it.template()).isEqualTo(MailTemplate.CONNECTION_TROUBLED);
                    assertThat(it.parameters())
                            .containsEntry("connection", Identifiers.text(mine.connection()))
                            .containsEntry("trouble", "CREDENTIAL_REFUSED");
                    assertThat(it.parameters().toString()).doesNotContain("://", "@", "-key-");
                });
    }

    @Test
    void another_credential_that_is_refused_as_well_is_told_again_and_a_good_one_is_the_end()
            throws SQLException {
        mine.shop().credential(ANOTHER_KEY);
        mine.tick();
        replace("a-key-that-is-none-either-0003");
        mine.tick();
        assertThat(letters()).hasSize(2);

        replace(ANOTHER_KEY);
        mine.tick();

        assertThat(letters()).hasSize(2);
        assertThat(open()).isEmpty();
    }

    @Test
    void a_shop_that_stays_silent_is_told_after_ten_calls_and_a_short_fault_is_not()
            throws SQLException {
        platform.ports().shops().close(mine.host());
        for (int i = 0; i < 4; i++) {
            mine.tick();
        }
        assertThat(letters()).as("it may be well in a minute").isEmpty();

        inVain(9);
        mine.jobs().later(Duration.ofMinutes(75));
        assertThat(letters())
                .singleElement()
                .satisfies(it -> assertThat(it.parameters()).containsEntry("trouble", "NO_ANSWER"));
        mine.jobs().later(Duration.ofMinutes(75));
        assertThat(letters()).as("once").hasSize(1);

        platform.ports().shops().open(mine.host(), mine.shop());
        mine.rested();
        mine.jobs().later(Duration.ofMinutes(80));
        assertThat(open()).isEmpty();
        platform.ports().shops().close(mine.host());
        inVain(9);
        mine.jobs().later(Duration.ofMinutes(80));
        assertThat(letters()).as("another incident").hasSize(2);
    }

    @Test
    void of_stock_that_stopped_a_person_is_told_and_of_a_little_drift_nobody() {
        mine.jobs().later(A_MINUTE);
        mine.shop().item("TEA", 77);
        mine.jobs().untilMorning();
        assertThat(letters()).isEmpty();
        mine.jobs().later(A_MINUTE);

        mine.client()
                .done(SetDriftLimit.OPERATION, new SetDriftLimit.Request(mine.connection(), 0));
        mine.shop().item("TEA", 78);
        mine.jobs().untilMorning();
        mine.shop().item("TEA", 79);
        mine.jobs().untilMorning();
        assertThat(letters())
                .singleElement()
                .satisfies(it ->
                        assertThat(it.parameters()).containsEntry("trouble", "STOCK_STOPPED"));

        mine.client().done(AcceptDrift.OPERATION, new AcceptDrift.Request(mine.connection()));
        mine.jobs().later(A_MINUTE);
        mine.shop().item("TEA", 80);
        mine.jobs().untilMorning();
        assertThat(letters()).as("another night, another incident").hasSize(2);
    }

    @Test
    void what_is_over_before_mail_can_be_sent_needs_no_letter_and_what_is_not_gets_its_own()
            throws SQLException {
        platform.ports().mail().reachable(false);
        mine.shop().credential(ANOTHER_KEY);
        mine.tick();
        replace(ANOTHER_KEY);
        theLeaseEnds();
        platform.ports().mail().reachable(true);
        mine.tick();
        mine.tick();
        assertThat(letters()).isEmpty();

        mine.shop().credential("a-third-key-of-an-admin-api-0004");
        mine.rested();
        mine.tick();

        assertThat(letters()).hasSize(1);
        assertThat(mine.jobs().deadLetters(mine.client())).isEmpty();
    }

    @Test
    void what_another_run_holds_is_left_to_it_and_told_once_all_the_same() throws SQLException {
        platform.ports().mail().reachable(false);
        mine.shop().credential(ANOTHER_KEY);
        mine.tick();
        platform.ports().mail().reachable(true);
        mine.jobs()
                .change(
                        "update wms.connection_incident set fence = 7, leased_until ="
                                + " clock_timestamp() + interval '1 h' where tenant_id = ?",
                        mine.client());
        mine.jobs().later(A_MINUTE);
        assertThat(letters()).isEmpty();

        theLeaseEnds();
        mine.jobs().later(A_MINUTE);
        mine.jobs().later(A_MINUTE);

        assertThat(letters()).hasSize(1);
        assertThat(
                        mine.jobs()
                                .rows(
                                        "select fence from wms.connection_incident where tenant_id"
                                                + " = ?",
                                        mine.client()))
                .containsExactly("8");
    }

    @Test
    void with_the_connection_what_was_wrong_with_it_ends() throws SQLException {
        platform.ports().mail().reachable(false);
        mine.shop().credential(ANOTHER_KEY);
        mine.tick();
        assertThat(open()).containsExactly("CREDENTIAL_REFUSED");

        mine.client()
                .done(
                        DisconnectChannel.OPERATION,
                        new DisconnectChannel.Request(mine.connection()));
        platform.ports().mail().reachable(true);
        theLeaseEnds();
        mine.jobs().later(A_MINUTE);

        assertThat(open()).isEmpty();
        assertThat(letters()).isEmpty();
        assertThat(mine.jobs().deadLetters(mine.client())).isEmpty();
    }

    @Test
    void no_address_stands_in_what_the_job_leaves() throws SQLException {
        mine.shop().credential(ANOTHER_KEY);
        mine.tick();

        assertThat(letters()).hasSize(1);
        for (var table :
                List.of("connection_incident", "audit_entry", "idempotency_record", "outbox")) {
            assertThat(
                            mine.jobs()
                                    .rows(
                                            "select to_jsonb(t)::text from wms."
                                                    + table
                                                    + " as t where tenant_id = ?",
                                            mine.client())
                                    .toString())
                    .as(table)
                    .doesNotContain("admin-", "@example.org");
        }
    }

    @Test
    void a_shipment_that_the_shop_was_not_told_of_is_seen_and_told_once_it_is_mended_there()
            throws SQLException {
        mine.sell("V-1", "TEA", 3);
        mine.tick();
        var failed = failed();

        assertThat(failed.reference().value()).isEqualTo("V-1");
        assertThat(failed.outcome()).isEqualTo(ShopOutcome.REFUSED);
        assertThat(failed.attempts()).isEqualTo(ShopReport.MOST_ATTEMPTS);
        var retry = new RetryFailedReport.Request(failed.shipmentId());
        var attack = new ConnectedShop(platform).client();
        assertThat(attack.call(RetryFailedReport.OPERATION, retry).status()).isEqualTo(404);
        assertThat(attack.done(SearchFailedReports.OPERATION, everything()).items()).isEmpty();

        mine.shop().between(refusing(false));
        mine.jobs().later(Duration.ofMinutes(10));
        assertThat(mine.shop().heard()).as("given up until somebody asks").isEmpty();
        mine.client().done(RetryFailedReport.OPERATION, retry);
        assertThat(mine.client().call(RetryFailedReport.OPERATION, retry).code())
                .isEqualTo("integrations.report-not-failed");
        mine.jobs().later(A_MINUTE);

        assertThat(mine.shop().heard()).hasSize(1);
        assertThat(mine.reports()).containsExactly("TOLD 1 DONE");
        assertThat(mine.client().done(SearchFailedReports.OPERATION, everything()).items())
                .isEmpty();
    }

    private SearchFailedReports.Failed failed() throws SQLException {
        mine.shop().between(refusing(true));
        mine.send("V-1", "TEA", 3, "EX1");
        mine.jobs().later(A_MINUTE);
        mine.jobs()
                .change(
                        "update wms.shop_report set attempts = 79 where tenant_id = ?",
                        mine.client());
        mine.jobs().later(Duration.ofMinutes(5));
        return mine.client().done(SearchFailedReports.OPERATION, everything()).items().getFirst();
    }

    private static SearchFailedReports.Request everything() {
        return new SearchFailedReports.Request(
                Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static LocalShop.Between refusing(boolean ships) {
        return new LocalShop.Between() {
            @Override
            public <T> Reply<T> call(String what, Supplier<Reply<T>> shop) {
                return ships && what.equals("ship") ? Reply.failed(Trouble.REFUSED) : shop.get();
            }
        };
    }

    private void replace(String key) {
        mine.client()
                .done(
                        ReplaceShopCredential.OPERATION,
                        new ReplaceShopCredential.Request(mine.connection(), new Credential(key)));
    }

    // The clock of the database is moved by nobody: the calls in vain are written down instead.
    private void inVain(int calls) throws SQLException {
        mine.jobs()
                .change(
                        "update wms.connection_pace set failures = "
                                + calls
                                + ", failure = 'UNKNOWN_NAME', failed_at = clock_timestamp(),"
                                + " rests_until = clock_timestamp(), tokens = 20000 where"
                                + " tenant_id = ?",
                        mine.client());
    }

    private void theLeaseEnds() throws SQLException {
        mine.jobs()
                .change(
                        "update wms.connection_incident set leased_until = clock_timestamp() -"
                                + " interval '1 s' where leased_until is not null and tenant_id ="
                                + " ?",
                        mine.client());
    }

    private List<String> open() throws SQLException {
        return mine.jobs()
                .rows(
                        "select trouble from wms.connection_incident where ended_at is null and"
                                + " tenant_id = ?",
                        mine.client());
    }

    private List<Letter> letters() {
        return platform.ports().mail().letters();
    }

    private String ownAdministrator() throws SQLException {
        return mine.jobs()
                .rows(
                        "select email from wms.member where tenant_id = ? and subject like"
                                + " 'admin-%'",
                        mine.client())
                .getFirst();
    }
}
