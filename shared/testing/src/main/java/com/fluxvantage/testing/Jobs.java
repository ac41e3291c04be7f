package com.fluxvantage.testing;

import com.fluxvantage.kernel.operation.Timing;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The night on a test's platform, and what its jobs have left. */
public final class Jobs {
    /** Completed by an action: the actors of a tenant's audit entries. */
    public static final String WHO_DID =
            "select actor from wms.audit_entry where tenant_id = ? and action = ";

    private final TestPlatform platform;

    public Jobs(TestPlatform platform) {
        this.platform = platform;
    }

    /** Goes on to four in the morning, when every nightly job has been due once. */
    public void untilMorning() {
        var now = platform.clock().instant();
        later(Duration.between(now, Timing.daily("04:00").after(now)));
    }

    /**
     * Goes on to seven in the morning. Days that pass from there are over no job's deadline; from
     * the hour at which the test happens to run, they may be.
     */
    public void untilSeven() {
        var now = platform.clock().instant();
        later(Duration.between(now, Timing.daily("07:00").after(now)));
    }

    public void later(Duration time) {
        platform.clock().move(time);
        platform.clockwork().turn();
    }

    /** How many rows of the table are the tenant's. */
    public long count(String table, Client tenant) throws SQLException {
        return Long.parseLong(
                rows("select count(*) from " + table + " where tenant_id = ?", tenant).getFirst());
    }

    /** What the job's last run for the tenant has answered. */
    public String result(String job, Client tenant) throws SQLException {
        return rows(
                        "select result from wms.idempotency_record where tenant_id = ? and"
                                + " operation = '%s' order by made_at desc limit 1".formatted(job),
                        tenant)
                .getFirst();
    }

    /** {@code consumer reason state} of what was given up. */
    public List<String> deadLetters(Client tenant) throws SQLException {
        return rows(
                "select consumer || ' ' || reason || ' ' || state from wms.dead_letter where"
                        + " tenant_id = ? order by 1",
                tenant);
    }

    /** Brings about what time or a fault would; the statement's one argument is the tenant. */
    public void change(String sql, Client tenant) throws SQLException {
        try (var connection = platform.database().superuser();
                var statement = connection.prepareStatement(sql)) {
            statement.setObject(1, tenant.tenant().uuid());
            statement.executeUpdate();
        }
    }

    /** A person of the tenant, with an address of that name at example.org. */
    public void addMember(String subject, String role, String state, Client tenant)
            throws SQLException {
        change(
                """
                insert into wms.member (tenant_id, member_id, subject, email, display_name, roles, state, added_at, revoked_at)
                select ?, gen_random_uuid(), '%1$s', '%1$s@example.org', 'X', array['%2$s'], '%3$s', now(),
                       case '%3$s' when 'REVOKED' then now() end\
                """
                        .formatted(subject, role, state),
                tenant);
    }

    /** As the superuser; the statement's one argument is the tenant. */
    public List<String> rows(String sql, Client tenant) throws SQLException {
        try (var connection = platform.database().superuser();
                var statement = connection.prepareStatement(sql)) {
            statement.setObject(1, tenant.tenant().uuid());
            try (var rows = statement.executeQuery()) {
                var found = new ArrayList<String>();
                while (rows.next()) {
                    found.add(String.valueOf(rows.getString(1)));
                }
                return found;
            }
        }
    }
}
