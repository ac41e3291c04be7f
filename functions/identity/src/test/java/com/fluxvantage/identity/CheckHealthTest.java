package com.fluxvantage.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.Map;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CheckHealthTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    @Test
    void anybody_hears_the_versions_of_code_and_schema_and_nothing_else() throws SQLException {
        var answer = PLATFORM.anybody("check-health", Map.of());

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().propertyNames()).containsExactlyInAnyOrder("version", "schema");
        assertThat(answer.text("version")).isNotEmpty();
        assertThat(answer.text("schema")).isEqualTo(newestMigration());
    }

    @Test
    void a_parameter_is_refused_as_everywhere() {
        var answer = PLATFORM.anybody("check-health", Map.of("tenant", "other"));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("unknown-parameter");
    }

    private static String newestMigration() throws SQLException {
        try (var connection = PLATFORM.database().superuser();
                var statement = connection.createStatement();
                var row =
                        statement.executeQuery(
                                "select version from flyway.flyway_schema_history"
                                        + " order by installed_rank desc limit 1")) {
            row.next();
            return row.getString(1);
        }
    }
}
