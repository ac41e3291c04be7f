package com.fluxvantage.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.runtime.AuthorizerFunction;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class WatchProofKeyTest {
    private static final String JOB = "watch-proof-key";

    private final TestPlatform platform = TestPlatform.start();
    private final Client operators = platform.member(AuthorizerFunction.PLATFORM, Set.of());
    private final Jobs jobs = new Jobs(platform);

    @BeforeEach
    void begin_in_the_morning() {
        jobs.untilSeven();
    }

    @Test
    void a_key_of_this_month_is_as_it_should_be() throws SQLException {
        age("35 days 12 hours");

        jobs.later(Duration.ofDays(1));

        assertThat(jobs.deadLetters(operators)).isEmpty();
        assertThat(jobs.result(JOB, operators)).isEqualTo("{\"days\": 35}");
    }

    @Test
    void an_older_one_is_given_up_to_a_person_until_there_is_a_new_one() throws SQLException {
        age("36 days 12 hours");
        jobs.later(Duration.ofDays(1));
        assertThat(jobs.deadLetters(operators))
                .containsExactly(JOB + " identity.proof-key-too-old DEAD");

        install();
        jobs.later(Duration.ofDays(1));

        assertThat(jobs.deadLetters(operators)).hasSize(1);
        assertThat(jobs.result(JOB, operators)).isEqualTo("{\"days\": 0}");
    }

    private void age(String by) throws SQLException {
        execute(
                "update guard.hmac_key set not_before = now() - interval '%s' where purpose ="
                        + " 'proof'",
                by);
    }

    private void install() throws SQLException {
        execute("select fv.install_proof_key('%s', sha256('new'), now(), 'infinity')", "new");
    }

    private void execute(String sql, String argument) throws SQLException {
        try (var connection = platform.database().superuser();
                var statement = connection.createStatement()) {
            statement.execute(sql.formatted(argument));
        }
    }
}
