package com.fluxvantage.migrations;

/**
 * Kinds of fault that a database could have. Each is a query of the catalogue that answers one
 * statement a fault, so that a new table, role, key or function brings its own. {@code @mine}
 * stands for a tenant that has rows.
 */
enum Mutation {
    row_security_is_off(
            """
            select format('alter table %s disable row level security', oid::regclass)
              from pg_class
             where relnamespace = 'wms'::regnamespace
               and relkind in ('r', 'p')
            """),
    row_security_spares_the_owner(
            """
            select format('alter table %s no force row level security', oid::regclass)
              from pg_class
             where relnamespace = 'wms'::regnamespace
               and relkind in ('r', 'p')
            """),
    both_policies_let_everything_through(
            """
            select format('alter policy tenant_isolation on %1$s using (true) with check (true);'
                          ' alter policy tenant_fence on %1$s using (true) with check (true)', oid::regclass)
              from pg_class
             where relnamespace = 'wms'::regnamespace
               and relkind in ('r', 'p')
               and not relispartition
            """),
    a_policy_is_dropped(
            """
            select format('drop policy %I on %s', polname, polrelid::regclass)
              from pg_policy
            """),
    a_policy_shows_everything(
            """
            select format('alter policy %I on %s using (true)', polname, polrelid::regclass)
              from pg_policy
             where pg_get_expr(polqual, polrelid) <> 'true'
            """),
    a_policy_takes_everything(
            """
            select format('alter policy %I on %s with check (true)', polname, polrelid::regclass)
              from pg_policy
             where pg_get_expr(polwithcheck, polrelid) <> 'true'
            """),
    a_policy_is_for_everybody(
            """
            select format('alter policy %I on %s to public', polname, polrelid::regclass)
              from pg_policy
            """),
    there_is_a_careless_policy(
            """
            select format('create policy careless on %s using (true)', oid::regclass)
              from pg_class
             where relnamespace = 'wms'::regnamespace
               and relkind in ('r', 'p')
            """),
    rows_may_be_nobodys(
            """
            select format('alter table %s drop constraint %I cascade; alter table %1$s alter tenant_id drop not null',
                          conrelid::regclass, conname)
              from pg_constraint
              join pg_class on pg_class.oid = conrelid
             where connamespace = 'wms'::regnamespace
               and contype = 'p'
               and not relispartition
            """),
    a_unique_key_has_no_tenant(
            """
            select format('set local session_replication_role = replica; delete from %1$s where tenant_id <> ''@mine'';'
                          ' create unique index mutant on %1$s (%2$s) %3$s %4$s',
                          indrelid::regclass,
                          (select string_agg(quote_ident(attname), ', ' order by place)
                             from unnest(indkey::int2[]) with ordinality as part (attnum, place)
                             join pg_attribute on attrelid = indrelid and pg_attribute.attnum = part.attnum
                            where attname <> 'tenant_id'),
                          case when indnullsnotdistinct then 'nulls not distinct' end,
                          'where ' || pg_get_expr(indpred, indrelid))
              from pg_index
              join pg_class on pg_class.oid = indrelid
             where relnamespace = 'wms'::regnamespace
               and indisunique
               and indnatts > 1
               and not relispartition
            """),
    a_foreign_key_has_no_tenant(
            """
            select format('create unique index mutant on %1$s (%2$s); alter table %3$s drop constraint %4$I;'
                          ' alter table %3$s add constraint %4$I foreign key (%5$s) references %1$s (%2$s)',
                          confrelid::regclass,
                          (select string_agg(quote_ident(attname), ', ' order by place)
                             from unnest(confkey) with ordinality as part (attnum, place)
                             join pg_attribute on attrelid = confrelid and pg_attribute.attnum = part.attnum
                            where place > 1),
                          conrelid::regclass,
                          conname,
                          (select string_agg(quote_ident(attname), ', ' order by place)
                             from unnest(conkey) with ordinality as part (attnum, place)
                             join pg_attribute on attrelid = conrelid and pg_attribute.attnum = part.attnum
                            where place > 1))
              from pg_constraint
             where connamespace = 'wms'::regnamespace
               and contype = 'f'
               and conparentid = 0
               and cardinality(conkey) > 1
            """),
    a_foreign_key_is_dropped(
            """
            select format('alter table %s drop constraint %I', conrelid::regclass, conname)
              from pg_constraint
             where connamespace = 'wms'::regnamespace
               and contype = 'f'
               and conparentid = 0
            """),
    a_foreign_key_cascades(
            """
            select format('alter table %1$s drop constraint %2$I; alter table %1$s add constraint %2$I %3$s on delete cascade',
                          conrelid::regclass, conname, pg_get_constraintdef(oid))
              from pg_constraint
             where connamespace = 'wms'::regnamespace
               and contype = 'f'
               and conparentid = 0
            """),
    a_view_shows_what_its_owner_sees(
            """
            select format('create view wms.mutant as select tenant_id from %s', oid::regclass)
              from pg_class
             where relnamespace = 'wms'::regnamespace
               and relkind in ('r', 'p')
               and not relispartition
            """),
    rows_are_kept_a_second_time(
            """
            select format('create materialized view wms.mutant as select tenant_id from %s', oid::regclass)
              from pg_class
             where relnamespace = 'wms'::regnamespace
               and relkind in ('r', 'p')
               and not relispartition
            """),
    something_happens_behind_an_insert(
            """
            select format('create rule mutant as on insert to %s do also nothing', oid::regclass)
              from pg_class
             where relnamespace = 'wms'::regnamespace
               and relkind in ('r', 'p')
            """),
    a_table_has_another_owner(
            """
            select format('alter table %s owner to fv_api', oid::regclass)
              from pg_class
             where relnamespace in ('wms'::regnamespace, 'guard'::regnamespace)
               and relkind in ('r', 'p')
            """),
    a_role_may_do_more_with_a_table(
            """
            select format('grant %s on %s to %s', privilege, pg_class.oid::regclass, role_name)
              from pg_class
             cross join (select oid, rolname::text as role_name from pg_roles where rolname like 'fv\\_%' union all select 0, 'public') as roles
             cross join unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'trigger']) as privilege
             where relnamespace in ('wms'::regnamespace, 'guard'::regnamespace)
               and relkind in ('r', 'p')
               and (not relispartition or privilege = 'select')
               and roles.oid <> relowner
               and not has_table_privilege(roles.oid, pg_class.oid, privilege)
            """),
    a_role_may_call_more(
            """
            select format('grant execute on routine %s to %s', pg_proc.oid::regprocedure, role_name)
              from pg_proc
             cross join (select oid, rolname::text as role_name from pg_roles where rolname like 'fv\\_%' union all select 0, 'public') as roles
             where pronamespace in ('wms'::regnamespace, 'fv'::regnamespace, 'guard'::regnamespace)
               and not has_function_privilege(roles.oid, pg_proc.oid, 'execute')
            """),
    a_role_may_do_more_in_a_schema(
            """
            select format('grant %s on schema %I to %s', privilege, nspname, role_name)
              from pg_namespace
             cross join (select oid, rolname::text as role_name from pg_roles where rolname like 'fv\\_%' union all select 0, 'public') as roles
             cross join unnest(array['usage', 'create']) as privilege
             where nspname in ('wms', 'fv', 'guard', 'public')
               and not has_schema_privilege(roles.oid, pg_namespace.oid, privilege)
            """),
    a_role_may_do_more_in_the_database(
            """
            select format('grant %s on database %I to %s', privilege, current_database(), role_name)
              from (select oid, rolname::text as role_name from pg_roles where rolname like 'fv\\_%' union all select 0, 'public') as roles
             cross join unnest(array['create', 'temporary', 'connect']) as privilege
             where not has_database_privilege(roles.oid, current_database(), privilege)
               and (privilege <> 'connect' or role_name = 'public')
            """),
    a_role_is_more_than_it_was(
            """
            select format('alter role %I %s', rolname, attribute)
              from pg_roles
             cross join lateral (
                    values (rolsuper, 'superuser'), (rolbypassrls, 'bypassrls'), (rolcreatedb, 'createdb'),
                           (rolcreaterole, 'createrole'), (rolreplication, 'replication'), (rolinherit, 'inherit'),
                           (rolcanlogin, 'login')) as attributes (is_held, attribute)
             where rolname like 'fv\\_%'
               and not is_held
            """),
    a_role_belongs_to_another(
            """
            select format('grant %I to %I', joined.rolname, member.rolname)
              from pg_roles as joined
             cross join pg_roles as member
             where member.rolname like 'fv\\_%'
               and (joined.rolname like 'fv\\_%' or joined.rolname like 'pg\\_%' and joined.rolname <> 'pg_database_owner')
               and not pg_has_role(joined.oid, member.oid, 'member')
               and not exists (select from pg_auth_members where roleid = joined.oid and pg_auth_members.member = member.oid)
            """),
    a_limit_of_a_role_is_gone(
            """
            select format('alter role %s reset %s', setrole::regrole, split_part(setting, '=', 1))
              from pg_db_role_setting
             cross join lateral unnest(setconfig) as setting
            """),
    a_role_brings_its_own_tenant(
            """
            select format('alter role %I set fv.ctx = ''anything''', rolname)
              from pg_roles
             where rolname like 'fv\\_%'
            """),
    a_function_looks_for_names_anywhere(
            """
            select format('alter routine %s reset search_path', oid::regprocedure)
              from pg_proc
             where pronamespace in ('wms'::regnamespace, 'fv'::regnamespace, 'guard'::regnamespace)
            """),
    a_function_acts_as_the_other(
            """
            select format('alter routine %s security %s', oid::regprocedure, case when prosecdef then 'invoker' else 'definer' end)
              from pg_proc
             where pronamespace in ('wms'::regnamespace, 'fv'::regnamespace, 'guard'::regnamespace)
            """),
    a_function_has_another_owner(
            """
            select format('alter routine %s owner to postgres', oid::regprocedure)
              from pg_proc
             where pronamespace in ('wms'::regnamespace, 'fv'::regnamespace, 'guard'::regnamespace)
            """),
    a_login_takes_proofs_for_another(
            """
            select format('insert into guard.role_audience (role_name, audience) values (%L, %L)', rolname, audience)
              from pg_roles
             cross join unnest(array['api', 'job', 'staff', 'platform']) as audiences (audience)
             where rolname like 'fv\\_%'
               and has_function_privilege(oid, 'fv.enter(text, text)', 'execute')
               and rolname not in ('fv_owner', 'fv_guard')
               and not exists (select from guard.role_audience as door where door.role_name = rolname and door.audience = audiences.audience)
            """),
    a_state_allows_more(
            """
            select format('insert into guard.state_work (state, work) values (%L, %L)', state, work)
              from (select distinct unnest(regexp_matches(pg_get_constraintdef(oid), '''(\\w+)''', 'g')) as state
                      from pg_constraint
                     where conname = 'tenant_state_check') as states
             cross join unnest(array['write', 'read', 'export', 'privacy', 'deletion']) as works (work)
             where not exists (select from guard.state_work as allowed where allowed.state = states.state and allowed.work = works.work)
            """),
    a_state_allows_less(
            """
            select format('delete from guard.state_work where state = %L and work = %L', state, work)
              from guard.state_work
            """);

    final String query;

    Mutation(String query) {
        this.query = query;
    }

    @Override
    public String toString() {
        return name().replace('_', ' ');
    }
}
