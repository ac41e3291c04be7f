package com.fluxvantage.migrations;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** The rights that a database gives, and the list of those that it should. */
final class Grants {
    static final String HELD =
            """
            select case grantee when 0 then 'everybody' else grantee::regrole::text end || ' ' || lower(privilege_type) || ' ' || thing
              from (select relacl as acl, relowner as owner, oid::regclass::text as thing
                      from pg_class
                     where relnamespace in ('wms'::regnamespace, 'guard'::regnamespace)
                       and relkind in ('r', 'p')
                     union all
                    select attacl, relowner, attrelid::regclass || '.' || attname
                      from pg_attribute
                      join pg_class on pg_class.oid = attrelid
                     where relnamespace in ('wms'::regnamespace, 'guard'::regnamespace)
                     union all
                    select proacl, proowner, oid::regproc::text
                      from pg_proc
                     where pronamespace in ('wms'::regnamespace, 'fv'::regnamespace, 'guard'::regnamespace)
                     union all
                    select nspacl, nspowner, 'schema ' || nspname
                      from pg_namespace
                     where nspname in ('wms', 'fv', 'guard', 'public')) as things
             cross join lateral aclexplode(acl)
             where grantee <> owner
               and grantee <> 'pg_database_owner'::regrole
               -- What the eraser and the verifier may follows the data map, and stands in no list.
               and not exists (
                       select
                         from fv.mapped_tables()
                        where table_name = thing
                          and is_fenced
                          and (grantee in ('fv_eraser'::regrole, 'fv_verifier'::regrole) and privilege_type = 'SELECT'
                               or grantee = 'fv_eraser'::regrole and privilege_type = 'DELETE' and at_end = 'delete'))
             union all
            select login || ' lacks ' || privilege || ' ' || table_name
              from fv.mapped_tables()
             cross join (values ('fv_eraser', 'select'), ('fv_verifier', 'select'), ('fv_eraser', 'delete')) as due (login, privilege)
             where is_fenced
               and (privilege = 'select' or at_end = 'delete')
               and not has_table_privilege(login, table_name, privilege)
             order by 1
            """;

    private Grants() {}

    static List<String> listed() {
        return Listed.RIGHTS;
    }

    /** What is given beyond the list, and what is on the list and not given. */
    static List<String> differences(Suspect suspect) {
        var missing = new HashSet<>(listed());
        var differences = new ArrayList<String>();
        for (var right : suspect.rows(HELD)) {
            if (!missing.remove(right)) {
                differences.add(right);
            }
        }
        differences.addAll(missing);
        return differences;
    }

    /** Read once: some thousands of faults are compared with it. */
    private static final class Listed {
        private static final List<String> RIGHTS = read();

        private static List<String> read() {
            try (var list = Grants.class.getResourceAsStream("/grants.txt")) {
                if (list == null) {
                    throw new AssertionError("the list of rights is among the test resources");
                }
                return new String(list.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
