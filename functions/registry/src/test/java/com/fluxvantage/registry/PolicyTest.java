package com.fluxvantage.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.runtime.OperationCatalog;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What the policy promises has an entry, and what the entry says is so. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PolicyTest {
    @Test
    void every_sentence_has_its_entry_and_every_entry_its_proof() throws IOException {
        var operations =
                OperationCatalog.load().all().stream()
                        .map(Operation::name)
                        .collect(Collectors.toSet());
        var tests = NamedTests.of(Path.of(System.getProperty("fv.root")));

        assertThat(Policy.read().faults(Policy.published(), tests, operations)).isEmpty();
        assertThat(Policy.read().promises()).hasSize(41);
    }

    @Test
    void the_policy_is_read_sentence_by_sentence() {
        assertThat(Policy.sentences(Policy.published()))
                .contains(
                        "Overview",
                        "A current list of subprocessors is available on request.",
                        "Meet legal, accounting, and audit obligations.",
                        "We will respond promptly and route the request to the right team.")
                .hasSize(47);
    }

    /** One page with one promise, and what is wrong with it after a change. */
    @Nested
    class Is_told {
        private static final String TEXT = "Doors\nWe lock the door. We are nice.";
        private static final String ENTRIES =
                """
                - heading: Doors
                - sentence: We lock the door.
                  promises:
                    - id: D1
                      promise: The door is locked.
                      state: kept
                      tests: [DoorTest.is_locked]
                      operations: [lock-door]
                - sentence: We are nice.
                  promises_nothing: a matter of taste
                """;
        private static final NamedTests TESTS =
                new NamedTests(
                        Map.of(
                                "DoorTest",
                                "@Test void is_locked() { turn(); } private void turn() {}",
                                "DoorTemplateTest",
                                "@Test\n @Order(1) void has_a_lock() {}"),
                        Set.of("DoorTemplateTest"));

        private List<String> faults(String of, String becomes) {
            assertThat(ENTRIES).contains(of);
            return Policy.of(ENTRIES.replace(of, becomes)).faults(TEXT, TESTS, Set.of("lock-door"));
        }

        @Test
        void nothing_where_all_is_well() {
            assertThat(faults("D1", "D1")).isEmpty();
        }

        @Test
        void a_sentence_without_an_entry() {
            assertThat(Policy.of(ENTRIES).faults(TEXT + " We sleep.", TESTS, Set.of("lock-door")))
                    .containsExactly("No entry for the sentence: We sleep.");
        }

        @Test
        void an_entry_whose_sentence_is_not_in_the_policy() {
            assertThat(faults("We are nice.", "We are kind."))
                    .containsExactly(
                            "No entry for the sentence: We are nice.",
                            "The policy does not say once more: We are kind.");
            assertThat(faults("- heading: Doors\n", "- heading: Doors\n- heading: Doors\n"))
                    .containsExactly("The policy does not say once more: Doors");
        }

        @Test
        void entries_in_another_order() {
            assertThat(
                            faults(
                                    ENTRIES,
                                    ENTRIES.replace("- heading: Doors\n", "")
                                            + "- heading: Doors\n"))
                    .containsExactly("The entries are not in the order of the policy.");
        }

        @Test
        void a_sentence_that_neither_promises_nor_says_why_not() {
            assertThat(faults("  promises_nothing: a matter of taste\n", ""))
                    .containsExactly(
                            "Either it promises something, or why does it not: We are nice.");
            assertThat(faults("  promises:", "  promises_nothing: we do not care\n  promises:"))
                    .containsExactly(
                            "Either it promises something, or why does it not: We lock the door.");
        }

        @Test
        void a_sentence_that_hides_as_a_heading() {
            assertThat(
                            faults(
                                    """
                                    - sentence: We are nice.
                                      promises_nothing: a matter of taste
                                    """,
                                    "- heading: We are nice."))
                    .containsExactly("This is more than a heading: We are nice.");
        }

        @Test
        void a_test_that_is_not_there() {
            assertThat(faults("DoorTest.is_locked", "DoorTest.is_bolted"))
                    .containsExactly("D1: there is no test DoorTest.is_bolted.");
            assertThat(faults("DoorTest.is_locked", "GateTest.is_locked"))
                    .containsExactly("D1: there is no test class GateTest.");
        }

        @Test
        void a_method_that_is_no_test() {
            assertThat(faults("DoorTest.is_locked", "DoorTest.turn"))
                    .containsExactly("D1: there is no test DoorTest.turn.");
        }

        @Test
        void a_whole_class_where_one_test_is_asked_for() {
            assertThat(faults("DoorTest.is_locked", "DoorTest"))
                    .containsExactly("D1: which test of DoorTest?");
        }

        @Test
        void an_operation_that_is_not_there() {
            assertThat(faults("lock-door", "bolt-door"))
                    .containsExactly("D1: there is no operation bolt-door.");
        }

        @Test
        void a_promise_that_is_kept_without_a_test() {
            assertThat(faults("      tests: [DoorTest.is_locked]\n", ""))
                    .containsExactly("D1 is called kept, and no test of what runs shows it.");
        }

        @Test
        void a_promise_that_is_kept_in_a_template_alone() {
            assertThat(faults("DoorTest.is_locked", "DoorTemplateTest.has_a_lock"))
                    .containsExactly("D1 is called kept, and no test of what runs shows it.");
        }

        @Test
        void a_promise_that_is_partly_kept_without_a_proof_or_a_word_on_the_rest() {
            assertThat(faults("state: kept", "state: partly"))
                    .containsExactly(
                            "D1 says what is missing if it is partly kept, and only then.");
            assertThat(
                            faults(
                                    """
                                    kept
                                          tests: [DoorTest.is_locked]
                                          operations: [lock-door]
                                    """,
                                    "partly\n      missing: the lock\n"))
                    .containsExactly("D1 is called partly kept, and nothing shows it.");
        }

        @Test
        void a_promise_that_is_not_kept_yet_and_has_a_proof_or_no_prospect() {
            assertThat(faults("state: kept", "state: not yet"))
                    .containsExactly(
                            "D1 is not kept yet, and has a proof.",
                            "D1 says what will keep it if nothing does, and only then.");
        }

        @Test
        void a_promise_that_is_kept_but_for_something() {
            assertThat(faults("state: kept", "state: kept\n      missing: the lock"))
                    .containsExactly(
                            "D1 says what is missing if it is partly kept, and only then.");
        }

        @Test
        void an_id_that_is_used_twice() {
            assertThat(
                            faults(
                                    "promises_nothing: a matter of taste",
                                    "promises: [{id: D1, promise: p, state: kept, tests:"
                                            + " [DoorTest.is_locked]}]"))
                    .containsExactly("D1 is promised twice.");
        }

        @Test
        void a_field_and_a_state_that_nobody_knows() {
            assertThatThrownBy(() -> faults("state: kept", "state: kept\n      vow: x"))
                    .hasMessageContaining("vow");
            assertThatThrownBy(() -> faults("state: kept", "state: nearly"))
                    .hasMessageContaining("nearly");
        }
    }
}
