package com.fluxvantage.local;

import com.fluxvantage.kernel.tenancy.TenantId;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a tenant has in each table, as the machine's owner counts it: how many rows, and a sum of
 * their hashes that any change to any of them would change.
 */
record TenantRows(Map<String, Sum> tables) {
    // Partitions are counted with the table that they are of.
    private static final String TABLES =
            """
            select quote_ident(nspname) || '.' || quote_ident(relname)
              from pg_class
              join pg_namespace on pg_namespace.oid = relnamespace
             where nspname in ('wms', 'guard')
               and relkind in ('r', 'p')
               and not relispartition
               and exists (
                       select
                         from pg_attribute
                        where attrelid = pg_class.oid
                          and attname = 'tenant_id')
             order by 1
            """;

    record Sum(long rows, BigDecimal hashes) {}

    static TenantRows of(Connection owner, TenantId tenant) throws SQLException {
        var sums = new TreeMap<String, Sum>();
        for (String table : tables(owner)) {
            try (var statement =
                    owner.prepareStatement(
                            "select count(*), coalesce(sum(hashtextextended(one::text, 0)), 0)"
                                    + " from %s as one where tenant_id = ?".formatted(table))) {
                statement.setObject(1, tenant.uuid());
                try (var row = statement.executeQuery()) {
                    row.next();
                    sums.put(table, new Sum(row.getLong(1), row.getBigDecimal(2)));
                }
            }
        }
        return new TenantRows(sums);
    }

    private static List<String> tables(Connection owner) throws SQLException {
        try (var statement = owner.createStatement();
                var row = statement.executeQuery(TABLES)) {
            var tables = new ArrayList<String>();
            while (row.next()) {
                tables.add(row.getString(1));
            }
            return tables;
        }
    }

    long rows(String table) {
        return tables.getOrDefault(table, new Sum(0, BigDecimal.ZERO)).rows;
    }

    long total() {
        return tables.values().stream().mapToLong(Sum::rows).sum();
    }

    /** The tables in which anything is not as it was. */
    Set<String> changedSince(TenantRows before) {
        var changed = new TreeSet<String>();
        tables.forEach((table, sum) -> {
            if (!sum.equals(before.tables.get(table))) {
                changed.add(table);
            }
        });
        return changed;
    }
}
