package com.fluxvantage.packaged;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Skips each test, with the reason, where no zips have been made or they are not of this code. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsZips.Condition.class)
public @interface NeedsZips {
    /** Judges the class, before anything is started for one of its tests. */
    final class Condition implements ExecutionCondition {
        private static final String FAULT = Cloud.ZIPS.fault();

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (FAULT.isEmpty()) {
                return ConditionEvaluationResult.enabled("");
            }
            return ConditionEvaluationResult.disabled(FAULT);
        }
    }
}
