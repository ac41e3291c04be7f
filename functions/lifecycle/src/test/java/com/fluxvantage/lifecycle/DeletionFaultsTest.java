package com.fluxvantage.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.outside.DatabaseLogin;
import com.fluxvantage.kernel.outside.Transactions;
import com.fluxvantage.kernel.outside.Unreachable;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** Whatever dies wherever: what is recorded is what has happened, and the end is the same. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DeletionFaultsTest {
    private final TestPlatform platform = GivenEnding.platform();
    private final GivenEnding given = new GivenEnding(platform);
    private final Jobs jobs = new Jobs(platform);
    private final Drive drive = new Drive(platform);

    @AfterEach
    void close() {
        drive.close();
    }

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Each transaction dies before it begins, then when all is done but the commit, then when it is
     * committed and nobody hears of it, and then is let through.
     */
    private static final class EveryWay implements Transactions {
        private final Transactions sound;
        private int turn;
        private int deaths;

        private EveryWay(Transactions sound) {
            this.sound = sound;
        }

        @Override
        public <T> T once(Function<Handle, T> work) {
            switch (turn++ % 4) {
                case 0 -> throw dead();
                case 1 ->
                        sound.once(handle -> {
                            var _ = work.apply(handle);
                            throw dead();
                        });
                case 2 -> {
                    sound.once(work);
                    throw dead();
                }
                default -> {
                    return sound.once(work);
                }
            }
            throw new AssertionError();
        }

        private Killed dead() {
            deaths++;
            return new Killed();
        }
    }

    @Test
    void dies_before_within_and_after_every_transaction_and_comes_to_the_same_end()
            throws SQLException {
        var staying = given.working();
        var leaving = given.due();
        var theirs = given.checksums(staying);
        assertThat(drive.begin()).isEqualTo("BEGUN");
        var before = given.rows(leaving);
        var eraser = new EveryWay(drive.logins().as(DatabaseLogin.ERASER));
        var verifier = new EveryWay(drive.logins().as(DatabaseLogin.VERIFIER));
        drive.through(login -> login == DatabaseLogin.ERASER ? eraser : verifier);

        for (int run = 0; run < 2_000 && !given.phase(leaving).equals("CERTIFYING"); run++) {
            try {
                drive.workUncertified();
                drive.later(Duration.ofDays(1));
            } catch (Killed _) {
                assertAgrees(leaving, before);
            }
        }

        assertThat(given.phase(leaving)).as(given.problem(leaving)).isEqualTo("CERTIFYING");
        assertThat(eraser.deaths).isGreaterThan(80);
        assertThat(verifier.deaths).isGreaterThan(80);
        // The same for the three ways in which the certificate may be lost.
        var first = drive.lease("CERTIFYING").orElseThrow();
        var draft = Objects.requireNonNull(drive.draft(first));
        var second = drive.lease("CERTIFYING").orElseThrow();
        assertThat(drive.draft(second)).isEqualTo(draft);
        assertThat(drive.certify(first, draft)).isEqualTo("STALE");
        assertThat(drive.certify(second, draft + " ")).isEqualTo("STALE");
        assertThat(drive.certify(second, draft)).isEqualTo("DONE");
        assertThat(drive.certify(second, draft)).isEqualTo("DONE");
        assertEnded(leaving);
        assertThat(given.checksums(staying)).isEqualTo(theirs);
        // Over is over.
        assertThat(drive.begin()).isNull();
        assertThat(drive.lease("FENCING", "DELETING", "VERIFYING", "CERTIFYING")).isEmpty();
    }

    /** Of every table: what was there before is what is gone by now and what is still there. */
    private void assertAgrees(Client leaving, Map<String, Long> before) throws SQLException {
        var deleted = given.deleted(leaving);
        var left = given.rows(leaving);
        before.forEach((table, rows) ->
                assertThat(deleted.getOrDefault(table, 0L) + left.getOrDefault(table, 0L))
                        .as(table)
                        .isEqualTo(rows));
    }

    private void assertEnded(Client leaving) throws SQLException {
        assertThat(given.state(leaving)).isEqualTo("deleted");
        assertThat(given.rows(leaving)).containsOnlyKeys(GivenEnding.KEPT.toArray(String[]::new));
        assertThat(
                        jobs.rows(
                                """
                                select target
                                  from guard.deletion_step
                                  join guard.deletion_run using (run_id)
                                 where tenant_id = ?
                                   and (before + late <> deleted + after
                                        or kind = 'DELETE' and (after <> 0 or not is_done))
                                """,
                                leaving))
                .isEmpty();
        // No table was done without a witness before, a second one, and two looks after.
        assertThat(
                        jobs.rows(
                                """
                                select target
                                  from guard.deletion_step as step
                                  join guard.deletion_run using (run_id)
                                 where tenant_id = ?
                                   and not (select array_agg(distinct kind) from guard.deletion_evidence as seen
                                             where seen.run_id = step.run_id and seen.target = step.target)
                                           @> array['BEFORE', 'COMPARED', 'FIRST_LOOK', 'SECOND_LOOK']
                                """,
                                leaving))
                .isEmpty();
        // The point of no return was committed before the first row went.
        assertThat(
                        given.only(
                                """
                                select min(no) filter (where kind = 'NO_RETURN') < min(no) filter (where kind = 'EMPTIED')
                                  from guard.deletion_evidence
                                  join guard.deletion_run using (run_id)
                                 where tenant_id = ?
                                """,
                                leaving))
                .isEqualTo("t");
    }

    @Test
    void no_batch_is_committed_under_a_lease_that_is_over() throws SQLException {
        var leaving = given.due();
        drive.begin();
        drive.fence();
        drive.look();
        var old = drive.lease("COMPARING").orElseThrow();
        var eraser = drive.logins().as(DatabaseLogin.ERASER);
        var before = given.rows(leaving);

        var newer = drive.lease("COMPARING").orElseThrow();
        assertThat(new Erasing(eraser, old).workFor(Drive.ENOUGH))
                .isEqualTo(new Erasing.Progress(0, 0, "STALE"));
        assertThat(given.rows(leaving)).isEqualTo(before);

        assertThat(new Erasing(eraser, newer).workFor(Drive.ENOUGH).rows()).isPositive();
    }

    @Test
    void a_lease_that_lasts_is_given_to_nobody_else() throws SQLException {
        given.due();
        drive.begin();

        assertThat(drive.leaseUnlessHeld("FENCING")).isPresent();
        assertThat(drive.leaseUnlessHeld("FENCING")).isEmpty();
    }

    @Test
    void comes_again_with_fewer_rows_when_a_batch_takes_too_long() throws SQLException {
        given.due();
        drive.begin();
        drive.fence();
        drive.look();
        var lease = drive.lease("COMPARING").orElseThrow();
        var sound = drive.logins().as(DatabaseLogin.ERASER);
        var failures = new int[1];
        Transactions slow =
                new Transactions() {
                    @Override
                    public <T> T once(Function<Handle, T> work) {
                        if (failures[0]++ % 5 < 4) {
                            throw new Unreachable("the database", new SQLException());
                        }
                        return sound.once(work);
                    }
                };

        assertThat(new Erasing(slow, lease).workFor(Drive.ENOUGH).ending()).isEqualTo("EMPTIED");
    }

    @Test
    void gives_up_for_now_when_the_database_stays_busy() throws SQLException {
        given.due();
        drive.begin();
        var lease = drive.lease("FENCING").orElseThrow();
        Transactions busy =
                new Transactions() {
                    @Override
                    public <T> T once(Function<Handle, T> work) {
                        throw new Unreachable("the database", new SQLException());
                    }
                };

        assertThat(new Erasing(busy, lease).workFor(Drive.ENOUGH).ending()).isEqualTo("BUSY");
    }
}
