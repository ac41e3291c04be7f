package com.fluxvantage.lifecycle;

import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.TestPlatform;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Whose work each change of a row is. Every table of the tenants has a trigger that writes down the
 * digest of the row before and after, the tenant that the transaction had entered, and its login. A
 * table's checksum is the sum of its rows' digests: so what it was, with what the tenant itself has
 * changed, is what it has to be. A change that no trigger saw differs from that as well.
 */
final class OwnWork {
    /** Where the data map does not look. */
    private static final String SEEN = "information_schema.seen_change";

    private static final String TABLES =
            """
            select place.oid::regclass
              from pg_class as place
              join pg_attribute as part on part.attrelid = place.oid and part.attname = 'tenant_id'
             where place.relnamespace = 'wms'::regnamespace
               and place.relkind in ('r', 'p')
               and not place.relispartition
             order by 1
            """;

    private final TestPlatform platform;
    private final List<String> tables;

    private OwnWork(TestPlatform platform) throws SQLException {
        this.platform = platform;
        this.tables = ask(TABLES);
    }

    /** From now on everything is written down. */
    static OwnWork seen(TestPlatform platform) throws SQLException {
        var work = new OwnWork(platform);
        work.watch();
        return work;
    }

    private void watch() throws SQLException {
        execute(
                """
                create function information_schema.digest(p_row text) returns numeric
                language sql immutable
                as $$ select ('x' || substr(md5(p_row), 1, 15))::bit(60)::bigint::numeric $$;

                create table information_schema.seen_change (
                    place text not null,
                    tenant_id uuid not null,
                    was numeric not null,
                    is_now numeric not null,
                    entered text,
                    login text not null);

                create function information_schema.see_change() returns trigger
                language plpgsql security definer
                as $$
                begin
                    insert into information_schema.seen_change
                    values (tg_argv[0],
                            coalesce(new.tenant_id, old.tenant_id),
                            case when tg_op = 'INSERT' then 0 else information_schema.digest(old::text) end,
                            case when tg_op = 'DELETE' then 0 else information_schema.digest(new::text) end,
                            guard.entered(),
                            session_user);
                    return null;
                end
                $$;

                create table information_schema.begun_with as
                select ''::text as place, null::uuid as tenant_id, 0::numeric as total where false;
                """);
        for (var table : tables) {
            execute(
                    """
                    create trigger seen after insert or update or delete on %1$s
                       for each row execute function information_schema.see_change('%1$s');
                    insert into information_schema.begun_with
                    select '%1$s', tenant_id, sum(information_schema.digest(it::text)) from %1$s as it group by tenant_id;
                    """
                            .formatted(table));
        }
    }

    /** The tables of these that are not what their own work has made of them. */
    List<String> differences(List<Client> tenants) throws SQLException {
        var now =
                tables.stream()
                        .map(it ->
                                "select '%1$s' as place, tenant_id, sum(information_schema.digest(it::text)) as total from %1$s as it group by tenant_id"
                                        .formatted(it))
                        .collect(Collectors.joining(" union all "));
        return ask(
                """
                with sums as (
                    select place, tenant_id, total from information_schema.begun_with
                     union all
                    select place, tenant_id, is_now - was from %1$s where %3$s
                     union all
                    select place, tenant_id, -total from (%2$s) as by_now)
                select place || ' of ' || tenant_id
                  from sums
                 where tenant_id in (%4$s)
                 group by place, tenant_id
                having sum(total) <> 0
                 order by 1
                """
                        .formatted(SEEN, now, isOwn(), ids(tenants)));
    }

    /** What others have changed of theirs. */
    List<String> intrusions(List<Client> tenants) throws SQLException {
        return ask(
                "select place || ' of ' || tenant_id || ' by ' || login || ' of ' || coalesce(entered, 'nobody') from "
                        + SEEN
                        + " where tenant_id in ("
                        + ids(tenants)
                        + ") and not "
                        + isOwn());
    }

    /** How many rows it has changed by its own work. */
    long changed(Client tenant) throws SQLException {
        return Long.parseLong(
                ask("select count(*) from "
                                + SEEN
                                + " where tenant_id in ("
                                + ids(List.of(tenant))
                                + ") and "
                                + isOwn())
                        .getFirst());
    }

    private static String isOwn() {
        return "(entered = tenant_id::text and login in ('fv_api', 'fv_api_ro'))";
    }

    private static String ids(List<Client> tenants) {
        return tenants.stream()
                .map(it -> "'" + it.tenant().uuid() + "'")
                .collect(Collectors.joining(", "));
    }

    private List<String> ask(String sql) throws SQLException {
        try (var connection = platform.database().superuser();
                var rows = connection.createStatement().executeQuery(sql)) {
            var found = new ArrayList<String>();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            return found;
        }
    }

    private void execute(String sql) throws SQLException {
        try (var connection = platform.database().superuser();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
