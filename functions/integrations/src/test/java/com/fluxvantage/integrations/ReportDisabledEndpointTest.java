package com.fluxvantage.integrations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.outside.Letter;
import com.fluxvantage.kernel.outside.MailTemplate;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** Who hears by mail that an endpoint is told nothing any more, how often, and of what. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ReportDisabledEndpointTest {
    private static final Duration A_MINUTE = Duration.ofMinutes(1);

    private final TestPlatform platform = TestPlatform.running("deliver-webhooks");
    private final Client mine = platform.openTenant();
    private final Receiver.Shop shop = new Receiver.Shop(mine);
    private final Jobs jobs = new Jobs(platform);

    @BeforeEach
    void begin_in_the_morning() {
        platform.openTenant();
        jobs.untilSeven();
    }

    @Test
    void who_answers_410_is_reported_to_its_tenants_administrators_and_to_nobody_else()
            throws SQLException {
        jobs.addMember("another", "ADMINISTRATOR", "ACTIVE", mine);
        jobs.addMember("gone", "ADMINISTRATOR", "REVOKED", mine);
        jobs.addMember("picker", "PICKER", "ACTIVE", mine);
        var receiver = Receiver.of(mine, "order.received");

        goes(receiver);
        jobs.later(A_MINUTE);

        assertThat(letters())
                .extracting(it -> it.address().sealed())
                .containsExactlyInAnyOrder(ownAdministrator(), "another@example.org");
        assertThat(letters())
                .allSatisfy(it -> {
                    assertThat(it.template()).isEqualTo(MailTemplate.WEBHOOK_DISABLED);
                    assertThat(it.parameters())
                            .containsEntry("endpoint", Identifiers.text(receiver.endpoint()))
                            .containsEntry(
                                    "disabled_on",
                                    platform.clock().instant().toString().substring(0, 10));
                    assertThat(it.parameters().toString()).doesNotContain("shop-", "://", "@");
                });
    }

    @Test
    void who_takes_nothing_for_three_days_is_reported_once() {
        var receiver = Receiver.of(mine, "order.received");
        receiver.answers(500);
        shop.order();
        for (int hour = 0; hour < 96; hour++) {
            jobs.later(Duration.ofHours(1));
        }

        assertThat(receiver.standing().disabledWhy()).contains(WebhookDisabledWhy.FAILING);
        assertThat(letters()).hasSize(1);
    }

    @Test
    void what_an_administrator_disables_is_not_reported() {
        var receiver = Receiver.of(mine, "order.received");

        receiver.enable(false);
        jobs.later(A_MINUTE);

        assertThat(letters()).isEmpty();
    }

    @Test
    void the_same_event_again_sends_nothing_and_the_next_disabling_does() throws SQLException {
        var receiver = Receiver.of(mine, "order.received");
        goes(receiver);
        jobs.change(
                "delete from wms.idempotency_record where tenant_id = ? and operation ="
                        + " 'report-disabled-endpoint'",
                mine);
        jobs.change(
                "update wms.outbox set sent_at = null, sendings = 2 where tenant_id = ? and type ="
                        + " 'webhook.disabled'",
                mine);
        jobs.later(A_MINUTE);
        assertThat(letters()).hasSize(1);

        receiver.enable(true);
        goes(receiver);

        assertThat(letters()).hasSize(2);
    }

    @Test
    void while_mail_cannot_be_sent_it_waits_and_one_that_is_enabled_by_then_needs_no_letter()
            throws SQLException {
        var waiting = Receiver.of(mine, "order.received");
        var mended = Receiver.of(mine, "order.received");
        mended.answers(410);
        platform.ports().mail().reachable(false);
        goes(waiting);
        assertThat(letters()).isEmpty();
        mended.enable(true);

        platform.ports().mail().reachable(true);
        theLeaseEnds();
        jobs.later(A_MINUTE);
        jobs.later(A_MINUTE);

        assertThat(letters())
                .extracting(it -> it.parameters().get("endpoint"))
                .containsExactly(Identifiers.text(waiting.endpoint()));
        assertThat(jobs.deadLetters(mine)).isEmpty();
    }

    @Test
    void an_address_that_is_refused_keeps_nobody_else_from_being_told() throws SQLException {
        jobs.addMember("another", "ADMINISTRATOR", "ACTIVE", mine);
        jobs.change(
                "update wms.member set email = 'no address' where subject like 'admin-%' and"
                        + " tenant_id = ?",
                mine);

        goes(Receiver.of(mine, "order.received"));

        assertThat(letters())
                .extracting(it -> it.address().sealed())
                .containsExactly("another@example.org");
        assertThat(jobs.result(ReportDisabledEndpoint.OPERATION.name(), mine))
                .isEqualTo("{\"sent\": 1}");
    }

    // What another run has in hand is left to it, until its lease has ended.
    @Test
    void what_another_run_holds_is_left_to_it() throws SQLException {
        var receiver = Receiver.of(mine, "order.received");
        jobs.change(
                "update wms.webhook_endpoint set telling_until = clock_timestamp() + interval '1"
                        + " hour', telling_fence = 7 where tenant_id = ?",
                mine);
        goes(receiver);
        assertThat(letters()).isEmpty();

        theLeaseEnds();
        jobs.later(A_MINUTE);
        jobs.later(A_MINUTE);

        assertThat(letters()).hasSize(1);
        assertThat(
                        jobs.rows(
                                "select telling_fence from wms.webhook_endpoint where tenant_id ="
                                        + " ?",
                                mine))
                .containsExactly("8");
    }

    @Test
    void no_address_stands_in_what_the_job_leaves() throws SQLException {
        goes(Receiver.of(mine, "order.received"));

        assertThat(letters()).hasSize(1);
        assertThat(letters().toString()).doesNotContain("@");
        for (var table :
                List.of("webhook_endpoint", "audit_entry", "idempotency_record", "outbox")) {
            assertThat(
                            jobs.rows(
                                            "select to_jsonb(t)::text from wms."
                                                    + table
                                                    + " as t where tenant_id = ?",
                                            mine)
                                    .toString())
                    .as(table)
                    .doesNotContain("admin-");
        }
    }

    private void goes(Receiver receiver) {
        receiver.answers(410);
        shop.order();
        jobs.later(A_MINUTE);
        assertThat(receiver.standing().disabledWhy()).contains(WebhookDisabledWhy.GONE);
    }

    private void theLeaseEnds() throws SQLException {
        jobs.change(
                "update wms.webhook_endpoint set telling_until = clock_timestamp() - interval '1 s'"
                        + " where telling_until is not null and tenant_id = ?",
                mine);
    }

    private List<Letter> letters() {
        return platform.ports().mail().letters();
    }

    private String ownAdministrator() throws SQLException {
        return jobs.rows(
                        "select email from wms.member where tenant_id = ? and subject like"
                                + " 'admin-%'",
                        mine)
                .getFirst();
    }
}
