package com.fluxvantage.registry;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whose doing each row is. A row bears the number of the transaction that wrote it last, and each
 * write leaves an audit entry with its request's id in the same transaction. So a row of a
 * transaction without an entry, or with the entry of a request that was refused or of another
 * tenant, is a change that nobody was told about. Costs one statement for any number of calls.
 */
final class Changes implements AutoCloseable {
    private static final String PLATFORM = "00000000-0000-7000-8000-000000000001";

    private record Entry(String request, String tenant) {}

    private final Connection superuser;
    private final String rows;
    private final Set<String> done = new HashSet<>();
    private long since;

    Changes(Connection superuser) throws SQLException {
        this.superuser = superuser;
        var parts = new ArrayList<String>();
        try (var statement = superuser.createStatement();
                var tables =
                        statement.executeQuery(
                                """
                                select c.relname
                                  from pg_class as c
                                  join pg_attribute as a on a.attrelid = c.oid and a.attname = 'tenant_id'
                                 where c.relnamespace = 'wms'::regnamespace
                                   and c.relkind in ('r', 'p')
                                   and not c.relispartition
                                """)) {
            while (tables.next()) {
                parts.add(
                        "select '%1$s', xmin::text::bigint, tenant_id::text, count(*) from wms.%1$s where xmin::text::bigint >= ? group by 2, 3"
                                .formatted(tables.getString(1)));
            }
        }
        this.rows = String.join("\nunion all ", parts);
        startHere();
    }

    /** What has been written so far is of no interest. */
    void startHere() throws SQLException {
        try (var statement = superuser.createStatement();
                var row = statement.executeQuery("select pg_current_xact_id()::text::bigint")) {
            row.next();
            since = row.getLong(1);
        }
        done.clear();
    }

    /** This request was answered with a success. */
    void done(String requestId) {
        done.add(requestId);
    }

    /** Rows that no request with a success has written. */
    List<String> unaccounted() throws SQLException {
        var entries = entries();
        var found = new ArrayList<String>();
        try (var statement = superuser.prepareStatement(rows)) {
            for (int at = 1; at <= statement.getParameterMetaData().getParameterCount(); at++) {
                statement.setLong(at, since);
            }
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    var by = entries.get(row.getLong(2));
                    boolean isAccounted =
                            by != null
                                    && done.contains(by.request)
                                    && (by.tenant.equals(row.getString(3))
                                            || by.tenant.equals(PLATFORM));
                    if (!isAccounted) {
                        found.add(row.getString(4) + " rows of " + row.getString(1) + " by " + by);
                    }
                }
            }
        }
        return found;
    }

    private Map<Long, Entry> entries() throws SQLException {
        var entries = new HashMap<Long, Entry>();
        try (var statement =
                superuser.prepareStatement(
                        """
                        select xmin::text::bigint, request_id::text, tenant_id::text
                          from wms.audit_entry
                         where xmin::text::bigint >= ?
                        """)) {
            statement.setLong(1, since);
            try (var row = statement.executeQuery()) {
                while (row.next()) {
                    entries.put(row.getLong(1), new Entry(row.getString(2), row.getString(3)));
                }
            }
        }
        return entries;
    }

    @Override
    public void close() throws SQLException {
        superuser.close();
    }
}
