package com.fluxvantage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.operation.Caller;
import com.fluxvantage.kernel.operation.Mode;
import com.fluxvantage.kernel.operation.Names;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Refusal;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.kernel.outside.Credential;
import com.fluxvantage.kernel.privacy.PersonalData;
import com.fluxvantage.runtime.KernelJson;
import com.fluxvantage.runtime.OperationCatalog;
import com.fluxvantage.runtime.Routes;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/** What every descriptor has to keep, whatever the operation does. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class OperationRulesTest {
    private static final OperationCatalog CATALOG = OperationCatalog.load();

    static Stream<Operation<?, ?>> operations() {
        return CATALOG.all().stream();
    }

    static Stream<Operation<?, ?>> overHttp() {
        return operations().filter(it -> it.trigger() instanceof Trigger.Http);
    }

    @ParameterizedTest
    @MethodSource("operations")
    void its_name_is_its_files_name(Operation<?, ?> operation) throws ReflectiveOperationException {
        var file = operation.requestType().getEnclosingClass();
        if (file == null) {
            assertThat(operation.name())
                    .as("only the authorizer's request is a kernel type")
                    .isEqualTo("authorize-call");
            return;
        }
        assertThat(operation.name()).isEqualTo(Names.kebab(file.getSimpleName()));
        var field = file.getDeclaredField("OPERATION");
        field.setAccessible(true);
        assertThat(field.get(null)).isSameAs(operation);
    }

    @ParameterizedTest
    @MethodSource("operations")
    void it_has_a_summary(Operation<?, ?> operation) {
        assertThat(operation.summary()).endsWith(".").hasSizeBetween(20, 120);
    }

    @ParameterizedTest
    @MethodSource("overHttp")
    void it_ends_before_the_gateway_gives_up(Operation<?, ?> operation) {
        assertThat(operation.timeLimit()).isLessThan(Duration.ofSeconds(29));
    }

    @ParameterizedTest
    @MethodSource("overHttp")
    void a_get_reads_and_a_post_writes(Operation<?, ?> operation) {
        var method = ((Trigger.Http) operation.trigger()).method();
        assertThat(operation.mode())
                .isIn(
                        method == Trigger.Method.GET
                                ? Set.of(Mode.READS, Mode.READS_AUDITED)
                                : Set.of(Mode.WRITES, Mode.READS_AUDITED));
    }

    @ParameterizedTest
    @MethodSource("overHttp")
    void path_variables_are_fields_of_the_request(Operation<?, ?> operation) {
        var fields =
                Stream.of(operation.requestType().getRecordComponents())
                        .map(it -> Names.snake(it.getName()));
        assertThat(fields.toList()).containsAll(Routes.pathVariables(operation));
    }

    @ParameterizedTest
    @MethodSource("operations")
    void its_example_decodes_to_itself(Operation<?, ?> operation) {
        var json = KernelJson.revealing();
        var tree = json.valueToTree(operation.example());
        assertThat(json.treeToValue(tree, operation.requestType())).isEqualTo(operation.example());
    }

    @ParameterizedTest
    @MethodSource("operations")
    void a_request_has_no_plain_texts(Operation<?, ?> operation) {
        assertThat(leaves(operation.requestType(), new HashSet<>()))
                .doesNotContain(
                        String.class, Object.class, double.class, float.class, Double.class);
    }

    @ParameterizedTest
    @MethodSource("operations")
    void a_result_holds_nothing_personal_and_nothing_floating(Operation<?, ?> operation) {
        var leaves = leaves(operation.resultType(), new HashSet<>());
        assertThat(leaves)
                .doesNotContain(
                        double.class, float.class, Double.class, Object.class, Credential.class);
        if (operation.mode() != Mode.READS_AUDITED) {
            assertThat(leaves).doesNotContain(PersonalData.class);
        }
    }

    @ParameterizedTest
    @MethodSource("operations")
    void its_refusals_have_a_title_and_a_domain_of_their_own(Operation<?, ?> operation) {
        String domain = operation.requestType().getPackageName();
        for (var refusal : operation.refuses()) {
            assertThat(Refusal.traits(refusal).title()).endsWith(".");
            assertThat(refusal.getPackageName())
                    .isIn(domain, "com.fluxvantage.kernel.operation", "com.fluxvantage.identity");
        }
    }

    @Test
    void every_code_means_one_thing() {
        var owners = new HashMap<String, Class<?>>();
        for (var operation : CATALOG.all()) {
            for (var refusal : operation.refuses()) {
                assertThat(owners.getOrDefault(Refusal.code(refusal), refusal)).isEqualTo(refusal);
                owners.put(Refusal.code(refusal), refusal);
            }
        }
    }

    @Test
    void every_event_has_a_public_name_of_its_own() {
        var names = new HashMap<String, Class<?>>();
        for (var operation : CATALOG.all()) {
            for (var event : operation.announces()) {
                String name = DomainEvent.publicName(event);
                assertThat(names.getOrDefault(name, event)).isEqualTo(event);
                assertThat(leaves(event, new HashSet<>()))
                        .doesNotContain(PersonalData.class, Credential.class);
                names.put(name, event);
            }
        }
    }

    @Test
    void no_two_operations_share_a_route() {
        var routes =
                overHttp()
                        .map(it -> it.trigger().toString().replaceAll("\\{[a-z_]+}", "{}"))
                        .toList();
        assertThat(routes).doesNotHaveDuplicates();
    }

    /** Reviewed by name: who does not come through the authorizer as a member. */
    @Test
    void every_operation_but_these_is_for_members_with_a_permission() {
        var others =
                operations()
                        .filter(it -> !isJob(it) && !(it.caller() instanceof Caller.Member))
                        .map(Operation::name)
                        .toList();
        assertThat(others)
                .containsExactlyInAnyOrder(
                        "open-tenant",
                        "replay-dead-letters",
                        "search-dead-letters",
                        "get-deletion",
                        "get-deletion-certificate",
                        "search-deletions",
                        "pause-deletions",
                        "resume-deletions",
                        "stop-deletion",
                        "lengthen-window",
                        "suspend-tenant",
                        "lift-suspension",
                        "place-legal-hold",
                        "approve-legal-hold",
                        "discard-legal-hold",
                        "lift-legal-hold",
                        "search-holds",
                        "authorize-call",
                        "receive-channel-delivery",
                        "receive-carrier-event",
                        "check-health");
        assertThat(
                        operations()
                                .filter(it -> !isJob(it) && it.permission().isEmpty())
                                .map(Operation::name))
                .containsExactlyInAnyOrder(
                        "authorize-call",
                        "receive-channel-delivery",
                        "receive-carrier-event",
                        "check-health");
    }

    private static boolean isJob(Operation<?, ?> operation) {
        return operation.caller() instanceof Caller.Job;
    }

    private static Set<Class<?>> leaves(Type type, Set<Type> seen) {
        var leaves = new HashSet<Class<?>>();
        if (!seen.add(type)) {
            return leaves;
        }
        switch (type) {
            case ParameterizedType generic -> {
                for (Type argument : generic.getActualTypeArguments()) {
                    leaves.addAll(leaves(argument, seen));
                }
                if (generic.getRawType() instanceof Class<?> raw && raw.isRecord()) {
                    leaves.addAll(leaves(raw, seen));
                }
            }
            case Class<?> raw when raw.isRecord() && !isValue(raw) -> {
                for (RecordComponent component : raw.getRecordComponents()) {
                    leaves.addAll(leaves(component.getGenericType(), seen));
                }
            }
            case Class<?> raw -> leaves.add(raw);
            default -> {}
        }
        return leaves;
    }

    private static boolean isValue(Class<?> type) {
        return type == PersonalData.class
                || type == Credential.class
                || com.fluxvantage.kernel.text.TextValue.class.isAssignableFrom(type)
                || com.fluxvantage.kernel.id.Identifier.class.isAssignableFrom(type);
    }
}
