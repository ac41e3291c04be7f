package com.fluxvantage.templates;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

/** CloudFormation takes 500 resources and a megabyte; a stack that comes near is to be split. */
@ReadsTemplates
class StackBudgetTest {
    private static final int RESOURCES = 400;
    private static final int CHARACTERS = 800_000;

    @Test
    void every_stack_has_room_to_grow() {
        assertThat(findings(RESOURCES, CHARACTERS)).isEmpty();
    }

    @Test
    void finds_stacks_that_are_full() {
        assertThat(findings(10, CHARACTERS)).contains("fv-production-inbound is nearly full");
        assertThat(findings(RESOURCES, 10_000)).contains("fv-production-inbound is nearly full");
    }

    private static List<String> findings(int resources, int characters) {
        return Cloud.synthesised().templates().entrySet().stream()
                .filter(stack ->
                        stack.getValue().path("Resources").size() > resources
                                || stack.getValue().toString().length() > characters)
                .map(stack -> stack.getKey() + " is nearly full")
                .toList();
    }
}
