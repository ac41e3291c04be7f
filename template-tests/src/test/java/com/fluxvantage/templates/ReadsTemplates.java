package com.fluxvantage.templates;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A test of the synthesised templates. CDK runs on Node: without it each test is reported as
 * skipped, with the reason; {@code FV_REQUIRE_NODE=1} makes that an error.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@ExtendWith(ReadsTemplates.OnNode.class)
@interface ReadsTemplates {
    /** Asks once whether there is a Node to run. */
    final class OnNode implements ExecutionCondition {
        private static final boolean FOUND = runs();

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return FOUND || "1".equals(System.getenv("FV_REQUIRE_NODE"))
                    ? ConditionEvaluationResult.enabled("there is a node")
                    : ConditionEvaluationResult.disabled(
                            "no node on the path: the templates were not looked at");
        }

        private static boolean runs() {
            try {
                var node =
                        new ProcessBuilder("node", "--version")
                                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                .redirectError(ProcessBuilder.Redirect.DISCARD)
                                .start();
                return node.waitFor() == 0;
            } catch (IOException _) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }
}
