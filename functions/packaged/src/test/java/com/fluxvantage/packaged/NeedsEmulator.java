package com.fluxvantage.packaged;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A test of what is deployed. {@code FV_AWS_ENDPOINT} names an emulator that holds nothing yet;
 * {@code docker} starts one in a container. Without it each test is reported as skipped, with the
 * reason; {@code FV_REQUIRE_AWS=1} makes that an error.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@ExtendWith(NeedsEmulator.Condition.class)
public @interface NeedsEmulator {
    /** Judges the class, before anything is started for one of its tests. */
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            String reason = reason(System.getenv(), EmulatorContainer::canStart, Cloud.ZIPS::fault);
            return reason.isEmpty()
                    ? ConditionEvaluationResult.enabled("")
                    : ConditionEvaluationResult.disabled(reason);
        }

        /** Why there is nothing to test, or nothing. Whoever requires it sees it fail instead. */
        static String reason(
                Map<String, String> environment,
                BooleanSupplier hasDocker,
                Supplier<String> fault) {
            if ("1".equals(environment.get("FV_REQUIRE_AWS"))) {
                return "";
            }
            String endpoint = environment.getOrDefault("FV_AWS_ENDPOINT", "");
            if (endpoint.isEmpty()) {
                return "FV_AWS_ENDPOINT names no emulator: .ci/layer-localstack starts one";
            }
            if (endpoint.equals(EmulatorContainer.ASKED_FOR) && !hasDocker.getAsBoolean()) {
                return "FV_AWS_ENDPOINT asks for a container, and no Docker answers";
            }
            return fault.get();
        }
    }
}
