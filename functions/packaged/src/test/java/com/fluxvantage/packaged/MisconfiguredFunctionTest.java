package com.fluxvantage.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fluxvantage.local.lambda.LambdaFunction;
import com.fluxvantage.local.lambda.LambdaSandbox.InitFailed;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.util.Map;

/** A function that does not know what it is does not start: no caller ever chooses for it. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@NeedsZips
final class MisconfiguredFunctionTest {
    private final Cloud cloud = new Cloud();

    @Test
    void a_misspelt_name_ends_it_with_an_init_error() {
        mustNotStart(cloud.function("catalog", "register-itme", Map.of()));
    }

    @Test
    void an_operation_of_another_domain_is_not_in_its_zip() {
        mustNotStart(
                cloud.function(
                        "catalog",
                        "receive-line",
                        Map.of("SPRING_CLOUD_FUNCTION_DEFINITION", "register-item")));
    }

    private static void mustNotStart(LambdaFunction function) {
        var failed = catchThrowableOfType(InitFailed.class, function::start);

        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.report())
                .contains("there is no operation of the configured name in this function")
                .doesNotContain(
                        function.environment().get("FV_PLATFORM_SECRET"),
                        function.environment().get("FV_PROOF_KEY"));
    }
}
