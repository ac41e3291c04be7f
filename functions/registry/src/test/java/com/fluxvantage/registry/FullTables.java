package com.fluxvantage.registry;

import com.fluxvantage.testing.TestDatabase;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;

/**
 * Makes a small test database as full as a busy one: every row of every tenant table some thousand
 * times, half for the tenant whose row it is and half for twenty others. A copy's ids are derived
 * from the row's own, so that copies belong together as their originals do. On tables of three rows
 * the planner is right to read them whole, and no plan would say anything.
 */
final class FullTables {
    private static final int ROWS = 3_000;

    private static final String TABLES =
            """
            select c.relname,
                   string_agg(quote_ident(a.attname), ', ' order by a.attnum),
                   string_agg(
                       case
                           when a.attname = 'tenant_id'
                               then 'case when n % 2 = 0 then it.tenant_id else md5(''tenant'' || n % 20)::uuid end'
                           when a.atttypid = 'uuid'::regtype
                               then format('md5(it.%1$I::text || n)::uuid', a.attname)
                           when not tells.apart then format('it.%1$I', a.attname)
                           when not a.attnotnull then 'null'
                           else format('it.%1$I || ''-'' || n', a.attname)
                       end,
                       ', ' order by a.attnum)
              from pg_class as c
              join pg_attribute as a on a.attrelid = c.oid
             cross join lateral (
                   select a.atttypid = 'text'::regtype and exists (
                              select
                                from pg_index as i
                               where i.indrelid = c.oid
                                 and i.indisunique
                                 and a.attnum = any (i.indkey)
                                 and not exists (
                                         select
                                           from pg_attribute as other
                                          where other.attrelid = c.oid
                                            and other.attnum = any (i.indkey)
                                            and other.attname <> 'tenant_id'
                                            and other.atttypid = 'uuid'::regtype)) as apart) as tells
             where c.relnamespace = 'wms'::regnamespace
               and c.relkind in ('r', 'p')
               and not c.relispartition
               and a.attnum > 0
               and not a.attisdropped
               and a.attgenerated = ''
             group by c.relname
            having bool_or(a.attname = 'tenant_id')
            """;

    private FullTables() {}

    static void fill(TestDatabase database) throws SQLException {
        try (var connection = database.superuser();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("set local session_replication_role = replica");
            for (String copy : copies(statement)) {
                statement.execute(copy);
            }
            connection.commit();
            connection.setAutoCommit(true);
            statement.execute("analyze");
        }
    }

    private static Iterable<String> copies(Statement statement) throws SQLException {
        var copies = new ArrayList<String>();
        try (var table = statement.executeQuery(TABLES)) {
            while (table.next()) {
                copies.add(
                        """
                        insert into wms.%1$s (%2$s)
                        select %3$s
                          from wms.%1$s as it
                         cross join generate_series(
                                   1, %4$s / greatest((select count(*) from wms.%1$s), 1)) as n
                            on conflict do nothing
                        """
                                .formatted(
                                        table.getString(1),
                                        table.getString(2),
                                        table.getString(3),
                                        ROWS));
            }
        }
        return copies;
    }
}
