package com.fluxvantage.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Optional;

/** What a monitor hears, which has no token. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class HealthTest {
    @Test
    void is_well_with_its_database_and_says_that_it_is_not_without()
            throws IOException, InterruptedException {
        var postgres = LocalPostgres.throwAway(Path.of(System.getProperty("fv.build", "target")));
        try (var platform = LocalPlatform.start(postgres, DaySecret.of(Optional.empty()))) {
            assertThat(health(platform).statusCode()).isEqualTo(200);

            postgres.close();
            var answer = health(platform);

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Content-Type"))
                    .contains("application/problem+json");
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            assertThat(answer.body())
                    .contains("\"code\":\"retry-later\"")
                    .doesNotContain("127.0.0.1", "refused", "fv_api");
        } finally {
            postgres.close();
        }
    }

    private static HttpResponse<String> health(LocalPlatform platform)
            throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(platform.url().resolve("/v1/health")).build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}
