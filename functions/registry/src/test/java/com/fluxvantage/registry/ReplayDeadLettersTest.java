package com.fluxvantage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ReplayDeadLettersTest {
    private static final String JOB = "apply-retention";

    private final TestPlatform platform = TestPlatform.start();
    private final Client mine = platform.openTenant();
    private final Client theirs = platform.openTenant();
    private final Jobs jobs = new Jobs(platform);

    /** The machine was off all night: the runs come too late. */
    @BeforeEach
    void two_tenants_have_a_dead_letter_each() throws SQLException {
        var now = platform.clock().instant();
        jobs.later(Duration.between(now, Timing.daily("02:10").after(now)).plusHours(13));
        for (var tenant : new Client[] {mine, theirs}) {
            jobs.change(
                    "delete from wms.dead_letter where tenant_id = ? and consumer <> '" + JOB + "'",
                    tenant);
        }
        assertThat(jobs.deadLetters(mine)).containsExactly(JOB + " too-late DEAD");
    }

    @Test
    void runs_what_was_given_up_whatever_the_hour_in_that_tenant_alone() throws SQLException {
        assertThat(replay(platform.operator(), mine).number("replayed")).isEqualTo(1);

        platform.clockwork().turn();

        assertThat(jobs.deadLetters(mine)).containsExactly(JOB + " too-late DONE");
        assertThat(jobs.count("wms.retention_run", mine)).isPositive();
        assertThat(jobs.count("wms.retention_run", theirs)).isZero();
        assertThat(jobs.deadLetters(theirs)).containsExactly(JOB + " too-late DEAD");
    }

    @Test
    void a_second_replay_finds_nothing_more() throws SQLException {
        replay(platform.operator(), mine);
        platform.clockwork().turn();

        assertThat(replay(platform.operator(), mine).number("replayed")).isZero();
    }

    @Test
    void is_for_the_platforms_people_with_the_permission_alone() {
        assertThat(replay(mine, mine).status()).isEqualTo(403);
        assertThat(replay(platform.operator().with(Permission.PLATFORM_TENANTS), mine).status())
                .isEqualTo(403);
    }

    private static Answer replay(Client caller, Client tenant) {
        return caller.post(
                "replay-dead-letters",
                Map.of(),
                """
                {"tenant_id": "%s", "consumer": "%s"}
                """
                        .formatted(Identifiers.text(tenant.tenant()), JOB));
    }
}
