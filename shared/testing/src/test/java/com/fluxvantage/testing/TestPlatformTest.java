package com.fluxvantage.testing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/** A test whose job had another name would wait for nothing and find nothing wrong. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TestPlatformTest {
    @Test
    void a_job_that_is_none_is_refused() {
        assertThatThrownBy(() -> TestPlatform.running("no-such-job"))
                .hasMessageContaining("no-such-job");
    }
}
