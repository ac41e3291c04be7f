package com.fluxvantage.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class IdempotencyTest {
    private final House house = new House();
    private final CallerContext caller = house.openTenant();
    private final House.Sandbox sandbox = house.sandbox(OwnerOperations.ADD);

    @AfterEach
    void leave() {
        house.close();
    }

    @Test
    void the_same_request_again_hears_the_first_answer_and_has_no_second_effect() {
        var first = sandbox.call(House.add(caller, "key-0001", "A"));
        var again = sandbox.call(House.add(caller, "key-0001", "A"));

        assertThat(first.status()).isEqualTo(201);
        assertThat(first.headers()).doesNotContainKey("Idempotency-Replayed");
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.headers()).containsEntry("Idempotency-Replayed", "true");
        assertThat(again.headers().get("ETag")).isNotNull().isEqualTo(first.headers().get("ETag"));
        assertThat(again.json().toString()).isEqualTo(first.json().toString());
        assertThat(house.traces(caller)).isEqualTo("1 1 1 1");
    }

    @Test
    void spacing_and_quotes_do_not_make_another_request() {
        var first = sandbox.call(House.add(caller, "key-0001", "A"));
        var spaced =
                sandbox.call(House.add(caller, "key-0001", "A").withBody("\n{ \"code\":\"A\" }"));
        var quoted = sandbox.call(House.add(caller, "\"key-0001\"", "A"));

        assertThat(List.of(spaced.json(), quoted.json())).containsOnly(first.json());
        assertThat(house.traces(caller)).isEqualTo("1 1 1 1");
    }

    @Test
    void the_key_of_another_request_is_refused() {
        sandbox.call(House.add(caller, "key-0001", "A"));

        var other = sandbox.call(House.add(caller, "key-0001", "B"));

        assertThat(other.said()).isEqualTo("422 idempotency-key-reused");
        assertThat(house.traces(caller)).isEqualTo("1 1 1 1");
    }

    @Test
    void the_key_of_another_operation_is_refused() {
        sandbox.call(House.add(caller, "key-0001", "A"));

        var other =
                house.sandbox(OwnerOperations.ADD_TWIN).call(House.add(caller, "key-0001", "A"));

        assertThat(other.said()).isEqualTo("422 idempotency-key-reused");
    }

    @Test
    void the_same_request_while_the_first_is_running_is_told_so_at_once() throws Exception {
        var running = new CountDownLatch(1);
        var mayEnd = new CountDownLatch(1);
        OwnerOperations.INSIDE.set(_ -> {
            running.countDown();
            await(mayEnd);
        });
        var first =
                CompletableFuture.supplyAsync(
                        () -> sandbox.call(House.add(caller, "key-0001", "A")),
                        Thread::startVirtualThread);
        running.await();
        var other = house.sandbox(OwnerOperations.ADD);
        other.call(House.add(house.openTenant(), "short-key", "RESERVED"));

        long started = System.nanoTime();
        var second = other.call(House.add(caller, "key-0001", "A"));
        var took = Duration.ofNanos(System.nanoTime() - started);
        mayEnd.countDown();

        assertThat(second.said()).isEqualTo("409 idempotency-in-progress");
        assertThat(second.headers()).containsEntry("Retry-After", "1");
        assertThat(took).isLessThan(Duration.ofSeconds(1));
        assertThat(first.get().status()).isEqualTo(201);
        OwnerOperations.INSIDE.set(_ -> {});
        assertThat(other.call(House.add(caller, "key-0001", "A")).headers())
                .containsKey("Idempotency-Replayed");
        assertThat(house.traces(caller)).isEqualTo("1 1 1 1");
    }

    @Test
    void sixteen_callers_with_one_key_have_one_effect() {
        var answers =
                Together.all(
                        16,
                        _ ->
                                house.sandbox(OwnerOperations.ADD)
                                        .call(House.add(caller, "key-0001", "A")));

        assertThat(answers)
                .extracting(House.Answered::said)
                .isSubsetOf("201", "409 idempotency-in-progress");
        assertThat(answers)
                .filteredOn(it ->
                        it.status() == 201 && !it.headers().containsKey("Idempotency-Replayed"))
                .hasSize(1);
        assertThat(house.traces(caller)).isEqualTo("1 1 1 1");
    }

    @Test
    void another_tenants_key_is_another_key() {
        var other = house.openTenant();

        var mine = sandbox.call(House.add(caller, "key-0001", "A"));
        var theirs = sandbox.call(House.add(other, "key-0001", "B"));

        assertThat(theirs.status()).isEqualTo(201);
        assertThat(theirs.headers()).doesNotContainKey("Idempotency-Replayed");
        assertThat(theirs.json()).isNotEqualTo(mine.json());
        assertThat(house.traces(other)).isEqualTo("1 1 1 1");
    }

    @Test
    void another_tenant_is_not_held_up_by_a_key_in_use() {
        var other = house.openTenant();
        var inner = house.sandbox(OwnerOperations.ADD);
        var statuses = new java.util.ArrayList<Integer>();
        OwnerOperations.INSIDE.set(_ -> {
            OwnerOperations.INSIDE.set(_ -> {});
            statuses.add(inner.call(House.add(other, "key-0001", "A")).status());
        });

        sandbox.call(House.add(caller, "key-0001", "A"));

        assertThat(statuses).containsExactly(201);
    }

    @Test
    void a_refused_request_stores_nothing_and_its_key_serves_again() {
        var refused = sandbox.call(House.add(caller, "key-0001", "RESERVED-1"));

        assertThat(refused.said()).isEqualTo("409 runtime.code-reserved");
        assertThat(refused.json().path("facts").path("owners").asLong()).isEqualTo(7);
        assertThat(house.traces(caller)).isEqualTo("0 0 0 0");
        assertThat(sandbox.call(House.add(caller, "key-0001", "A")).status()).isEqualTo(201);
    }

    @Test
    void a_failed_request_stores_nothing_and_its_key_serves_again() {
        OwnerOperations.INSIDE.set(_ -> {
            throw new IllegalStateException("after the row was written");
        });
        var failed = sandbox.call(House.add(caller, "key-0001", "A"));

        assertThat(failed.said()).isEqualTo("500 internal");
        assertThat(house.traces(caller)).isEqualTo("0 0 0 0");
        OwnerOperations.INSIDE.set(_ -> {});
        assertThat(sandbox.call(House.add(caller, "key-0001", "A")).status()).isEqualTo(201);
    }

    @Test
    void a_write_without_a_key_is_refused() {
        var answer = sandbox.call(House.add(caller, "key-0001", "A").withHeaders(Map.of()));

        assertThat(answer.said()).isEqualTo("400 idempotency-key-required");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "short", "\"short\"", "key with spaces", "kéy-00001", "key-0001\n"})
    void a_key_of_other_than_8_to_255_visible_characters_is_refused(String key) {
        assertThat(sandbox.call(House.add(caller, key, "A")).said())
                .isEqualTo("400 idempotency-key-malformed");
        assertThat(sandbox.call(House.add(caller, "k".repeat(256), "A")).said())
                .isEqualTo("400 idempotency-key-malformed");
    }

    @Test
    void a_key_of_8_or_of_255_characters_is_taken() {
        assertThat(sandbox.call(House.add(caller, "k".repeat(8), "A")).status()).isEqualTo(201);
        assertThat(sandbox.call(House.add(caller, "k".repeat(255), "B")).status()).isEqualTo(201);
    }

    @Test
    void two_keys_in_one_request_are_refused() {
        var event =
                House.add(caller, "key-0001", "A")
                        .withMultiValueHeaders(
                                Map.of("Idempotency-Key", List.of("key-0001", "key-0002")));
        var twoCases =
                House.add(caller, "key-0001", "A")
                        .withMultiValueHeaders(
                                Map.of(
                                        "Idempotency-Key", List.of("key-0001"),
                                        "idempotency-key", List.of("key-0002")));

        assertThat(sandbox.call(event).said()).isEqualTo("400 repeated-header");
        assertThat(sandbox.call(twoCases).said()).isEqualTo("400 repeated-header");
        assertThat(house.traces(caller)).isEqualTo("0 0 0 0");
    }

    @Test
    void a_replay_asks_for_the_permission_again() {
        sandbox.call(House.add(caller, "key-0001", "A"));
        var less = java.util.Set.of(com.fluxvantage.kernel.operation.Permission.CATALOG_READ);
        var demoted =
                new CallerContext(
                        caller.tenant(),
                        House.ACTOR,
                        CallerContext.Audience.API,
                        less,
                        House.PROOFS.mint(
                                caller.tenant(), House.ACTOR, less, CallerContext.Audience.API));

        assertThat(sandbox.call(House.add(demoted, "key-0001", "A")).said())
                .isEqualTo("403 forbidden");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
