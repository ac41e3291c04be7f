package com.fluxvantage.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.util.Map;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class NeedsEmulatorTest {
    private static final String ENDPOINT = "FV_AWS_ENDPOINT";
    private static final String REQUIRED = "FV_REQUIRE_AWS";
    private static final String HERE = "http://127.0.0.1:4566";

    @Test
    void a_named_emulator_is_tested_and_not_asked_whether_it_is_there() {
        assertThat(reason(Map.of(ENDPOINT, HERE), false, "")).isEmpty();
    }

    @Test
    void without_an_emulator_the_reason_says_how_to_start_one() {
        assertThat(reason(Map.of(), true, "")).contains(ENDPOINT, ".ci/layer-localstack");
    }

    @Test
    void a_container_is_started_where_docker_is_and_it_is_asked_for() {
        assertThat(reason(Map.of(ENDPOINT, "docker"), true, "")).isEmpty();
        assertThat(reason(Map.of(ENDPOINT, "docker"), false, "")).contains("no Docker answers");
    }

    @Test
    void without_zips_there_is_nothing_to_deploy() {
        assertThat(reason(Map.of(ENDPOINT, HERE), false, "run mvn verify"))
                .isEqualTo("run mvn verify");
    }

    @Test
    void whoever_requires_it_is_never_skipped() {
        assertThat(reason(Map.of(REQUIRED, "1"), false, "")).isEmpty();
        assertThat(reason(Map.of(REQUIRED, "1", ENDPOINT, "docker"), false, "")).isEmpty();
        assertThat(reason(Map.of(REQUIRED, "1", ENDPOINT, HERE), false, "run mvn verify"))
                .isEmpty();
    }

    private static String reason(Map<String, String> environment, boolean docker, String fault) {
        return NeedsEmulator.Condition.reason(environment, () -> docker, () -> fault);
    }
}
