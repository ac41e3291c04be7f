package com.fluxvantage.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.sql.SQLException;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What happens to a transaction that PostgreSQL did not let through, or whose connection went away.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class RestartTest {
    private final House house = new House();
    private final CallerContext caller = house.openTenant();
    private final AtomicInteger attempts = new AtomicInteger();

    @AfterEach
    void leave() {
        house.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"40001", "40P01", "55P03"})
    void starts_the_whole_transaction_again_after_contention(String state) {
        OwnerOperations.INSIDE.set(call -> {
            if (attempts.incrementAndGet() <= 2) {
                raise(call, state);
            }
        });

        var answer = house.sandbox(OwnerOperations.ADD).call(House.add(caller, "key-0001", "A"));

        assertThat(answer.status()).isEqualTo(201);
        assertThat(attempts).hasValue(3);
        assertThat(house.traces(caller)).isEqualTo("1 1 1 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"40001", "40P01", "55P03"})
    void gives_up_after_two_restarts_and_says_when_to_come_back(String state) {
        OwnerOperations.INSIDE.set(call -> {
            attempts.incrementAndGet();
            raise(call, state);
        });

        var answer = house.sandbox(OwnerOperations.ADD).call(House.add(caller, "key-0001", "A"));

        assertThat(answer.said()).isEqualTo("503 retry-later");
        assertThat(answer.headers()).containsEntry("Retry-After", "1");
        assertThat(answer.json().path("retryable").asBoolean()).isTrue();
        assertThat(attempts).hasValue(3);
        assertThat(house.traces(caller)).isEqualTo("0 0 0 0");
    }

    @Test
    void begins_no_attempt_that_could_outlive_the_function() {
        OwnerOperations.INSIDE.set(call -> {
            attempts.incrementAndGet();
            // Of six seconds less than the four are left that a transaction may take.
            call.sql().execute("select pg_sleep(2.1)");
            raise(call, "40001");
        });

        var answer = house.sandbox(OwnerOperations.ADD).call(House.add(caller, "key-0001", "A"));

        assertThat(answer.said()).isEqualTo("503 retry-later");
        assertThat(attempts).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"23505", "22003", "P0001", "XX000"})
    void does_not_start_again_after_a_fault_that_would_come_back(String state) {
        OwnerOperations.INSIDE.set(call -> {
            attempts.incrementAndGet();
            raise(call, state);
        });
        var sandbox = house.sandbox(OwnerOperations.ADD);

        var answer = sandbox.call(House.add(caller, "key-0001", "A"));

        assertThat(answer.said()).isEqualTo("500 internal");
        assertThat(answer.json().toString()).doesNotContain("Lovelace", state);
        assertThat(attempts).hasValue(1);
        assertThat(house.traces(caller)).isEqualTo("0 0 0 0");
        OwnerOperations.INSIDE.set(_ -> {});
        assertThat(sandbox.call(House.add(caller, "key-0001", "A")).status()).isEqualTo(201);
    }

    @Test
    void waits_for_a_lock_no_longer_than_its_limit_and_tries_again() throws SQLException {
        givenMembers();
        try (var blocker = house.database().superuser();
                var statement = blocker.createStatement()) {
            blocker.setAutoCommit(false);
            statement.execute("select from wms.member where subject = 'one' for update");
            OwnerOperations.INSIDE.set(call -> {
                if (attempts.incrementAndGet() == 2) {
                    release(blocker);
                }
                lock(call, "one");
            });

            var answer =
                    house.sandbox(OwnerOperations.ADD).call(House.add(caller, "key-0001", "A"));

            assertThat(answer.status()).isEqualTo(201);
            assertThat(attempts).hasValue(2);
            assertThat(house.traces(caller)).isEqualTo("1 1 1 1");
        }
    }

    @Test
    void lets_both_of_two_deadlocked_calls_through_in_the_end() {
        givenMembers();
        var meeting = new CyclicBarrier(2);
        OwnerOperations.INSIDE.set(call -> {
            boolean isFirst = codeOf(call).equals("FIRST");
            lock(call, isFirst ? "one" : "two");
            if (attempts.incrementAndGet() <= 2) {
                meet(meeting);
            }
            lock(call, isFirst ? "two" : "one");
        });

        var answers =
                Together.all(
                        2,
                        number ->
                                house.sandbox(OwnerOperations.ADD)
                                        .call(
                                                House.add(
                                                        caller,
                                                        "key-000" + number,
                                                        number == 0 ? "FIRST" : "SECOND")));

        assertThat(answers).extracting(House.Answered::status).containsExactly(201, 201);
        assertThat(attempts).hasValueGreaterThan(2);
        assertThat(house.traces(caller)).isEqualTo("2 2 2 2");
    }

    @Test
    void a_connection_killed_in_mid_transaction_is_replaced_and_the_work_done_once() {
        var backends = new AtomicLong();
        OwnerOperations.INSIDE.set(call -> {
            if (attempts.incrementAndGet() == 1) {
                backends.set(backend(call));
                house.kill(backends.get());
            } else {
                assertThat(backend(call)).isNotEqualTo(backends.get());
            }
        });

        var answer = house.sandbox(OwnerOperations.ADD).call(House.add(caller, "key-0001", "A"));

        assertThat(answer.status()).isEqualTo(201);
        assertThat(attempts).hasValue(2);
        assertThat(house.traces(caller)).isEqualTo("1 1 1 1");
    }

    @Test
    void a_connection_killed_each_time_ends_as_503_and_nothing_was_done() {
        OwnerOperations.INSIDE.set(call -> house.kill(backend(call)));

        var answer = house.sandbox(OwnerOperations.ADD).call(House.add(caller, "key-0001", "A"));

        assertThat(answer.said()).isEqualTo("503 retry-later");
        assertThat(house.traces(caller)).isEqualTo("0 0 0 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"count-owners", "add-owner"})
    void a_connection_killed_between_two_calls_is_replaced(String name) {
        var operation = OperationCatalog.load().named(name);
        var sandbox = house.sandbox(operation);
        var backend = new AtomicLong();
        OwnerOperations.INSIDE.set(call -> backend.set(backend(call)));
        assertThat(sandbox.call(event(operation, "key-0001", "A")).status()).isLessThan(300);
        house.kill(backend.get());

        assertThat(sandbox.call(event(operation, "key-0002", "B")).status()).isLessThan(300);
    }

    @Test
    void a_server_that_is_not_there_is_503_and_not_a_fault_of_ours() {
        var nowhere =
                new DatabaseSettings(
                        "jdbc:postgresql://127.0.0.1:1/nowhere", DatabaseSettings.Login.TRUSTED);

        var answer = house.sandbox(OwnerOperations.COUNT, nowhere).call(House.event(caller));

        assertThat(answer.said()).isEqualTo("503 retry-later");
    }

    @Test
    void a_login_that_the_server_refuses_is_a_fault_of_ours_and_not_of_the_caller() {
        var transaction =
                new TenantTransaction(
                        new GuardedConnection(
                                house.database().settings().opener("fv_owner", "test")));
        var function =
                new OperationFunction<>(
                        OwnerOperations.COUNT,
                        transaction,
                        House.SECRET,
                        java.time.Clock.systemUTC());

        assertThat(function.apply(House.event(caller)).getStatusCode()).isEqualTo(500);
    }

    private com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent event(
            Operation<?, ?> operation, String key, String code) {
        return operation == OwnerOperations.ADD
                ? House.add(caller, key, code)
                : House.event(caller);
    }

    private void givenMembers() {
        for (var subject : new String[] {"one", "two"}) {
            house.execute(
                    """
                    insert into wms.member (tenant_id, member_id, subject, email, display_name, roles, added_at)
                    values ('%s', gen_random_uuid(), '%s', 'a@example.org', 'A', '{CLERK}', now())
                    """
                            .formatted(caller.tenant().uuid(), subject));
        }
    }

    private static void raise(Call call, String state) {
        call.sql()
                .execute(
                        "do $$ begin raise exception 'Ada Lovelace' using errcode = '"
                                + state
                                + "'; end $$");
    }

    private static void lock(Call call, String subject) {
        call.sql()
                .createQuery("select subject from wms.member where subject = :subject for update")
                .bind("subject", subject)
                .mapTo(String.class)
                .one();
    }

    private static String codeOf(Call call) {
        return call.sql()
                .createQuery("select code from wms.owner where xmin = pg_current_xact_id()::xid")
                .mapTo(String.class)
                .one();
    }

    private static long backend(Call call) {
        return call.sql().createQuery("select pg_backend_pid()").mapTo(Long.class).one();
    }

    private static void release(java.sql.Connection blocker) {
        try {
            blocker.rollback();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void meet(CyclicBarrier meeting) {
        try {
            meeting.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException("both calls hold a lock by now", e);
        }
    }
}
