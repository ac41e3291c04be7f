package com.fluxvantage.lifecycle;

import com.fluxvantage.kernel.outside.DatabaseLogin;
import com.fluxvantage.kernel.outside.Transactions;
import com.fluxvantage.runtime.DatabaseLogins;
import com.fluxvantage.testing.TestPlatform;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;

/**
 * Runs deletions step by step, as the jobs do and without the clock: for tests that stop, kill and
 * hold them between two steps.
 */
final class Drive implements AutoCloseable {
    private static final String PLATFORM = "00000000-0000-7000-8000-000000000001";
    static final Duration ENOUGH = Duration.ofMinutes(2);

    private final TestPlatform platform;
    private final DatabaseLogins logins;
    private Transactions.Logins used;
    private Duration ahead = Duration.ZERO;

    Drive(TestPlatform platform) {
        this.platform = platform;
        this.logins = new DatabaseLogins(platform.database().settings(), "test");
        this.used = logins;
    }

    /** From now on everything is done through these, such as those that die. */
    void through(Transactions.Logins other) {
        this.used = other;
    }

    DatabaseLogins logins() {
        return logins;
    }

    /** The time of the business goes on. */
    void later(Duration time) {
        ahead = ahead.plus(time);
    }

    /** The platform's clock comes to where this one is. */
    void catchUp() {
        platform.clock().move(ahead);
        ahead = Duration.ZERO;
    }

    Instant now() {
        return platform.clock().instant().plus(ahead);
    }

    /** What came of it for each tenant that is due, in one line. */
    @Nullable String begin() throws SQLException {
        return worker(
                "select string_agg(outcome, ', ') from fv.begin_due_deletions(?)",
                statement -> statement.setObject(1, now().atOffset(ZoneOffset.UTC)));
    }

    /** A lease, as if the one before had ended. */
    Optional<DeletionLease> lease(String... phases) throws SQLException {
        superuser("update guard.deletion_run set leased_until = null");
        return leaseUnlessHeld(phases);
    }

    Optional<DeletionLease> leaseUnlessHeld(String... phases) throws SQLException {
        var leased =
                worker(
                        "select run || ' ' || fence from fv.lease_deletion(?, 60, ?)",
                        statement -> {
                            statement.setArray(
                                    1, statement.getConnection().createArrayOf("text", phases));
                            statement.setObject(2, now().atOffset(ZoneOffset.UTC));
                        });
        if (leased == null) {
            return Optional.empty();
        }
        var part = leased.split(" ", 2);
        return Optional.of(
                new DeletionLease(UUID.fromString(part[0]), Long.parseLong(part[1]), now()));
    }

    /**
     * Waits for the fence: whatever else runs in this server's databases, its own vacuum among it,
     * is waited for.
     */
    Erasing.Progress fence() throws SQLException {
        long end = System.nanoTime() + ENOUGH.toNanos();
        var progress = erase();
        while (progress.ending().equals("WAIT") && System.nanoTime() < end) {
            progress = erase();
        }
        return progress;
    }

    /** Each phase in its turn, until nothing moves any more. */
    void work() throws SQLException {
        do {
            workUncertified();
        } while ("DONE".equals(certify()));
    }

    /** As above, and what is proved gone waits for its certificate. */
    void workUncertified() throws SQLException {
        boolean moves = true;
        while (moves) {
            var erased = fence();
            if (erased.ending().equals("BLIND")) {
                return;
            }
            moves = erased.steps() > 0;
            moves |= look().hasMore();
        }
    }

    Erasing.Progress erase() throws SQLException {
        var lease = lease("FENCING", "COMPARING", "DELETING");
        return lease.isEmpty()
                ? new Erasing.Progress(0, 0, "NOTHING")
                : new Erasing(used.as(DatabaseLogin.ERASER), lease.get()).workFor(ENOUGH);
    }

    Looking.Progress look() throws SQLException {
        var lease = lease("SIGHTING", "VERIFYING");
        return lease.isEmpty()
                ? new Looking.Progress(0, "NOTHING")
                : new Looking(used.as(DatabaseLogin.VERIFIER), lease.get()).workFor(ENOUGH);
    }

    @Nullable String certify() throws SQLException {
        var lease = lease("CERTIFYING");
        if (lease.isEmpty()) {
            return "NOTHING";
        }
        var draft = draft(lease.get());
        return draft == null ? "NOTHING" : certify(lease.get(), draft);
    }

    @Nullable String draft(DeletionLease lease) throws SQLException {
        return worker(
                "select fv.draft_certificate(?, ?, ?)",
                statement -> {
                    statement.setObject(1, lease.run());
                    statement.setLong(2, lease.fence());
                    statement.setObject(3, lease.now().atOffset(ZoneOffset.UTC));
                });
    }

    @Nullable String certify(DeletionLease lease, String draft) throws SQLException {
        return worker(
                "select fv.certify_deletion(?, ?, encode(sha256(?), 'hex'), 'test', 'none', ?, ?)",
                statement -> {
                    statement.setObject(1, lease.run());
                    statement.setLong(2, lease.fence());
                    statement.setBytes(3, draft.getBytes(StandardCharsets.UTF_8));
                    statement.setBytes(4, new byte[] {1});
                    statement.setObject(5, lease.now().atOffset(ZoneOffset.UTC));
                });
    }

    void superuser(String sql) throws SQLException {
        try (var connection = platform.database().superuser();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() {
        logins.close();
    }

    @FunctionalInterface
    interface Binding {
        void on(PreparedStatement statement) throws SQLException;
    }

    @Nullable String worker(String sql, Binding binding) throws SQLException {
        try (var connection = platform.database().as("fv_worker")) {
            connection.setAutoCommit(false);
            enter(connection);
            try (var statement = connection.prepareStatement(sql)) {
                binding.on(statement);
                String answer;
                try (var row = statement.executeQuery()) {
                    answer = row.next() ? row.getString(1) : null;
                }
                connection.commit();
                return answer;
            }
        }
    }

    private static void enter(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("select fv.delegate_job('delete-tenants', '%s')".formatted(PLATFORM));
        }
    }
}
