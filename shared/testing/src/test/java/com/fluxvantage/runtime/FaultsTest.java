package com.fluxvantage.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fluxvantage.runtime.House.Answered;
import com.fluxvantage.runtime.House.Sandbox;
import com.fluxvantage.runtime.Relay.Break;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What can happen to a database and to the line to it. Each time the caller hears 503 and when to
 * come back, within the time a function has; nothing is half done; and the same call with the same
 * key, on the same sandbox, has its one effect once the fault is over. Each is tried in a database
 * of its own and mostly waits, so some are tried at once.
 */
@Execution(ExecutionMode.CONCURRENT)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class FaultsTest {
    private static final String DONE_ONCE = "1 1 1 1";
    private static final String NOTHING = "0 0 0 0";

    private final House house = new House();
    private final CallerContext caller = house.openTenant();
    private final Relay relay = Relay.before(house.database().url(), false);
    private final Sandbox add =
            house.sandbox(
                    OwnerOperations.ADD,
                    new DatabaseSettings(
                            relay.through(house.database().url()), DatabaseSettings.Login.TRUSTED));

    @AfterEach
    void leave() {
        house.close();
        relay.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"insert into wms.owner", "wms.conclude", "wms.claim"})
    void a_line_cut_in_mid_transaction_is_replaced_and_the_work_done_once(String statement) {
        relay.breakAt(statement, Break.AFTER_IT_IS_DONE);

        assertThat(addUntilItIsFree().said()).isEqualTo("201");
        assertThat(house.traces(caller)).isEqualTo(DONE_ONCE);
    }

    /** Whether it was committed is not known: the key tells. */
    @ParameterizedTest
    @EnumSource(
            value = Break.class,
            names = {"BEFORE_IT_ARRIVES", "AFTER_IT_IS_DONE"})
    void a_line_cut_during_the_commit_leaves_one_effect(Break how) {
        relay.breakAt("COMMIT", how);

        var answer = addUntilItIsFree();

        assertThat(answer.said()).isEqualTo("201");
        assertThat(house.traces(caller)).isEqualTo(DONE_ONCE);
        assertThat(add().headers()).containsEntry("Idempotency-Replayed", "true");
        assertThat(add().json().path("owner_id")).isEqualTo(answer.json().path("owner_id"));
        assertThat(house.traces(caller)).isEqualTo(DONE_ONCE);
    }

    @Test
    void silence_on_the_line_ends_within_the_time_of_a_function() {
        relay.breakAt("insert into wms.owner", Break.SILENCE);

        assertBusy(timed(this::add));
        recovers();
    }

    @Test
    void silence_during_the_commit_is_told_as_busy_and_the_retry_hears_what_was_done() {
        relay.breakAt("COMMIT", Break.SILENCE);

        assertThat(timed(this::add).said()).isEqualTo("503 retry-later");
        assertThat(house.traces(caller)).isEqualTo(DONE_ONCE);

        assertThat(add().headers()).containsEntry("Idempotency-Replayed", "true");
        assertThat(house.traces(caller)).isEqualTo(DONE_ONCE);
    }

    @Test
    void a_strangers_lock_that_stays_is_waited_for_twice_and_no_longer() throws SQLException {
        house.execute(
                "create table wms.stranger (n int); grant update, select on wms.stranger to fv_api;"
                        + " insert into wms.stranger values (1)");
        var attempts = new AtomicInteger();
        OwnerOperations.INSIDE.set(call -> {
            attempts.incrementAndGet();
            call.sql()
                    .createQuery("select n from wms.stranger for update")
                    .mapTo(Integer.class)
                    .one();
        });
        try (var stranger = house.database().superuser();
                var statement = stranger.createStatement()) {
            stranger.setAutoCommit(false);
            statement.execute("lock table wms.stranger in access exclusive mode");

            assertBusy(timed(this::add));
            assertThat(attempts).hasValue(2);
            stranger.rollback();
        }
        recovers();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // beyond the limit of a statement
                "select pg_sleep(20)",
                // no statement beyond its limit, but all together beyond that of a transaction
                "select pg_sleep(2.5); select pg_sleep(2.5)"
            })
    void work_that_takes_too_long_is_ended_by_the_database(String slow) {
        var attempts = new AtomicInteger();
        OwnerOperations.INSIDE.set(call -> {
            attempts.incrementAndGet();
            for (String statement : slow.split("; ", -1)) {
                call.sql().createQuery(statement).mapTo(String.class).one();
            }
        });

        assertBusy(timed(this::add));
        assertThat(attempts).hasValue(1);
        recovers();
    }

    /** A real one, of a size that is soon full; to make it takes the right to mount. */
    @Test
    void a_full_disk_is_busy_until_there_is_room(@TempDir Path folder) throws InterruptedException {
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=2m", "tiny", folder.toString()),
                "no right to mount a small file system: a full disk was NOT tried");
        try {
            house.execute("create tablespace tiny location '" + folder + "'");
            house.execute("alter table wms.audit_entry set tablespace tiny");
            house.execute("create table wms.filler (t text storage plain) tablespace tiny");
            assertThatThrownBy(() ->
                            house.execute(
                                    "insert into wms.filler select repeat('x', 7000) from"
                                            + " generate_series(1, 1000)"))
                    .rootCause()
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> assertThat(e.getSQLState()).isEqualTo("53100"));

            assertBusy(timed(this::add));

            house.execute("drop table wms.filler");
            recovers();
            house.execute("alter table wms.audit_entry set tablespace pg_default");
            house.execute("drop tablespace tiny");
        } finally {
            run("umount", folder.toString());
        }
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
        } catch (IOException _) {
            return false; // There is no such program.
        }
    }

    @Test
    void a_server_with_no_connection_to_spare_is_busy() {
        alterDatabase("connection limit 0");

        assertBusy(timed(this::add));

        alterDatabase("connection limit -1");
        recovers();
    }

    /** After a failover the old writer is a reader: a new connection finds the new writer. */
    @Test
    void a_server_that_only_reads_is_busy_for_those_who_write() {
        alterWriters("set default_transaction_read_only = on");

        assertBusy(timed(this::add));

        alterWriters("reset default_transaction_read_only");
        recovers();
    }

    @Test
    void a_writer_that_becomes_a_reader_under_an_open_connection_is_left_for_another() {
        var attempts = new AtomicInteger();
        OwnerOperations.INSIDE.set(call -> {
            if (attempts.incrementAndGet() == 1) {
                call.sql().execute("do $$ begin set transaction read only; end $$");
                call.sql()
                        .execute(
                                "insert into wms.owner (owner_id, code) values (gen_random_uuid(),"
                                        + " 'X')");
            }
        });

        assertThat(add().said()).isEqualTo("201");
        assertThat(attempts).hasValue(2);
        assertThat(house.traces(caller)).isEqualTo(DONE_ONCE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "53000", "53100", "53200", "53300", "57014", "57P01", "57P02", "57P03", "25P03",
                "58030"
            })
    void a_server_in_need_is_busy_and_not_at_fault(String state) {
        OwnerOperations.INSIDE.set(call ->
                call.sql()
                        .execute(
                                "do $$ begin raise exception 'in need' using errcode = '"
                                        + state
                                        + "'; end $$"));

        assertBusy(timed(this::add));
        recovers();
    }

    private Answered add() {
        return add.call(House.add(House.caller(caller.tenant()), "key-0001", "A"));
    }

    /** What the server has not yet given up on the broken line still holds the key. */
    private Answered addUntilItIsFree() {
        long end = System.nanoTime() + OwnerOperations.ADD.timeLimit().toNanos();
        var answer = add();
        while (answer.code().equals("idempotency-in-progress") && System.nanoTime() < end) {
            answer = add();
        }
        return answer;
    }

    private void assertBusy(Answered answer) {
        assertThat(answer.said()).isEqualTo("503 retry-later");
        assertThat(answer.headers()).containsEntry("Retry-After", "1");
        assertThat(answer.json().path("retryable").asBoolean()).isTrue();
        assertThat(house.traces(caller)).isEqualTo(NOTHING);
    }

    /** The same call, the same key, the same sandbox: as if nothing had been. */
    private void recovers() {
        OwnerOperations.INSIDE.set(_ -> {});

        var answer = add();

        assertThat(answer.said()).isEqualTo("201");
        assertThat(answer.headers()).doesNotContainKey("Idempotency-Replayed");
        assertThat(house.traces(caller)).isEqualTo(DONE_ONCE);
    }

    private static Answered timed(java.util.function.Supplier<Answered> call) {
        long started = System.nanoTime();
        var answer = call.get();
        assertThat(Duration.ofNanos(System.nanoTime() - started))
                .isLessThan(OwnerOperations.ADD.timeLimit());
        return answer;
    }

    private void alterWriters(String change) {
        house.execute(
                "alter role fv_api in database "
                        + house.ask("select current_database()")
                        + " "
                        + change);
    }

    private void alterDatabase(String change) {
        house.execute("alter database " + house.ask("select current_database()") + " " + change);
    }
}
