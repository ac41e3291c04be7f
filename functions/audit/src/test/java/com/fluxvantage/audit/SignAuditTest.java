package com.fluxvantage.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.outside.SigningPurpose;
import com.fluxvantage.testing.Client;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SignAuditTest {
    private static final String CHECKPOINTS =
            "select count(*) from wms.audit_checkpoint where tenant_id = ? and signature is not"
                    + " null";

    private final Trail trail = new Trail();
    private final Client mine = trail.platform().openTenant();
    private final Client theirs = trail.platform().openTenant();

    @Test
    void signs_one_root_an_hour_over_the_heads_of_all() throws SQLException {
        trail.act(mine, 2);
        trail.act(theirs, 2);
        trail.signed();

        assertThat(trail.ask(CHECKPOINTS, mine)).isEqualTo("1");
        assertThat(trail.ask(CHECKPOINTS, theirs)).isEqualTo("1");
        assertThat(
                        trail.ask(
                                "select count(distinct root) from wms.audit_checkpoint where ?::uuid"
                                        + " is not null",
                                mine))
                .isEqualTo("1");
        assertThat(trail.verified(mine)).isEmpty();
    }

    @Test
    void leaves_alone_a_chain_that_has_not_moved() throws SQLException {
        trail.act(mine, 2);
        trail.act(theirs, 2);
        trail.signed();
        trail.act(mine, 1);
        trail.signed();
        trail.jobs().later(Duration.ofHours(1));

        assertThat(trail.ask(CHECKPOINTS, mine)).isEqualTo("2");
        assertThat(trail.ask(CHECKPOINTS, theirs)).isEqualTo("1");
    }

    /** Trees of one head to nine: every shape of a path up to four steps. */
    @Test
    void proves_each_head_by_its_path_however_many_there_are() {
        for (int tenants = 3; tenants <= 9; tenants++) {
            var another = trail.platform().openTenant();
            trail.act(another, 1);
            trail.signed();
            assertThat(trail.verified(another)).as("%d heads", tenants).isEmpty();
        }
    }

    @Test
    void signs_a_segment_that_was_closed() throws SQLException {
        trail.act(mine, 3);
        trail.chained();
        trail.monthsPass(mine);
        trail.signed();

        assertThat(
                        trail.ask(
                                "select signature is not null from wms.audit_segment where"
                                        + " segment_no = 1 and tenant_id = ?",
                                mine))
                .isEqualTo("t");
        assertThat(trail.verified(mine)).isEmpty();
    }

    @Test
    void is_verified_with_the_key_that_signed_after_the_key_was_changed() throws SQLException {
        trail.act(mine, 2);
        trail.signed();
        trail.platform().ports().signer().change(SigningPurpose.AUDIT_SEAL);
        trail.act(mine, 2);
        trail.signed();

        assertThat(
                        trail.ask(
                                "select count(distinct key_id) from wms.audit_checkpoint where"
                                        + " tenant_id = ?",
                                mine))
                .isEqualTo("2");
        assertThat(trail.verified(mine)).isEmpty();
        assertThat(trail.offline(trail.lines(mine)))
                .as("with the new key alone the old signature is nobody's")
                .startsWith("1\nSIGNATURE: ");
    }

    @Test
    void takes_up_what_a_run_that_died_has_left() throws SQLException {
        trail.act(mine, 2);
        trail.chained();
        leased("now() - interval '1 second'");

        trail.jobs().later(Duration.ofHours(1));

        assertThat(trail.ask(CHECKPOINTS, mine)).isEqualTo("1");
    }

    @Test
    void waits_for_a_run_that_may_be_alive() throws SQLException {
        trail.act(mine, 2);
        trail.chained();
        leased("now() + interval '6 minutes'");

        trail.jobs().later(Duration.ofHours(1));

        assertThat(trail.ask(CHECKPOINTS, mine)).isEqualTo("0");
    }

    // A root that somebody has taken and not signed, and every head as it is under it.
    private void leased(String until) throws SQLException {
        try (var owner = trail.platform().database().superuser();
                var statement = owner.createStatement()) {
            statement.execute("set role fv_guard");
            statement.execute("select guard.make_audit_root('2020-01-01T00:00:00Z')");
            statement.execute("update guard.audit_root set fence = 1, leased_until = " + until);
        }
    }
}
