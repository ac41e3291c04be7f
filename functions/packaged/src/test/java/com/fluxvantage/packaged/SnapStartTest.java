package com.fluxvantage.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fluxvantage.local.lambda.LambdaSandbox.InitFailed;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.Map;

/**
 * The life of a function around its snapshot, by the runtime client's own hooks, and with the login
 * that it has in the cloud: the AWS wrapper signs a token, here of credentials that are good for
 * nothing and for a server that asks for none.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@NeedsZips
final class SnapStartTest {
    private static final String OPERATION = "register-item";

    private final Cloud cloud = new Cloud();

    @Test
    void rehearses_a_call_that_leaves_nothing_closes_its_connection_and_opens_another()
            throws SQLException {
        var function = cloud.function(OPERATION, inTheCloud(cloud.platform().database().url()));
        try (var sandbox = function.startUntilCheckpoint()) {
            var rehearsal = Cloud.calls(sandbox.log());
            assertThat(rehearsal).hasSize(1);
            assertThat(rehearsal.getFirst().path("outcome").asString()).isEqualTo("primed");
            assertThat(rehearsal.getFirst().path("status").asInt()).isEqualTo(201);
            assertThat(count("select count(*) from pg_stat_activity where application_name = ?"))
                    .isZero();
            assertThat(count("select count(*) from wms.item where ? is not null")).isZero();
            assertThat(count("select count(*) from wms.idempotency_record where ? is not null"))
                    .isZero();

            sandbox.restore();

            assertThat(count("select count(*) from pg_stat_activity where application_name = ?"))
                    .isOne();
            var client = cloud.platform().openTenant();
            var event =
                    cloud.write(
                            client,
                            OPERATION,
                            "{\"sku\": \"TEA\", \"description\": \"Black tea\"}",
                            Map.of("Idempotency-Key", "key-0001"));
            assertThat(Cloud.answer(sandbox.invoke(event.toString())).status()).isEqualTo(201);
            assertThat(sandbox.log()).doesNotContain("X-Amz-Signature", "a-secret-access-key");
        }
    }

    @Test
    void a_version_that_cannot_reach_its_database_is_not_published() {
        var function =
                cloud.function(OPERATION, inTheCloud("jdbc:postgresql://127.0.0.1:1/nowhere"));

        var failed = catchThrowableOfType(InitFailed.class, function::startUntilCheckpoint);

        assertThat(failed.exitCode()).isEqualTo(64);
        assertThat(failed.report()).contains("BeforeCheckpoint");
    }

    private static Map<String, String> inTheCloud(String url) {
        return Map.of(
                "FV_DATABASE_LOGIN", "IAM",
                // The embedded server speaks no TLS: only here is it switched off.
                "FV_DATABASE_URL", url + "?iamRegion=eu-west-1&sslmode=disable",
                "AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE",
                "AWS_SECRET_ACCESS_KEY", "a-secret-access-key");
    }

    private long count(String sql) throws SQLException {
        try (var connection = cloud.platform().database().superuser();
                var statement = connection.prepareStatement(sql)) {
            statement.setString(1, "fv-" + OPERATION);
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }
}
