-- Two logins for the end of a tenant: one that removes rows, one that looks whether they are gone.
--
-- Why two: whoever removes cannot be the witness. The eraser reads and deletes what the data map says
-- and can neither insert nor change a tenant's row. The verifier reads and can do nothing else. Row
-- policies bind both like every other client, so each sees the one tenant that it was let into.
--
-- Their rights follow the data map and are given by the step that stores it: a table that a later
-- migration adds is erased and looked at without anybody remembering to say so.

do $roles$
declare
    wanted record;
begin
    for wanted in
        select role_name, lock_limit, statement_limit, transaction_limit
          from (values
                -- removes a tenant's rows in batches; waits for no lock, since a hold goes first
                ('fv_eraser',   '500ms',  '5s',    '10s'),
                -- counts what is there before and after; a count of many rows takes its time
                ('fv_verifier', '1500ms', '4min',  '270s')
               ) as role (role_name, lock_limit, statement_limit, transaction_limit)
    loop
        if not exists (select from pg_roles where rolname = wanted.role_name) then
            execute format('create role %I noinherit nocreatedb nocreaterole login', wanted.role_name);
        end if;
        execute format('alter role %I set search_path = pg_catalog', wanted.role_name);
        execute format('alter role %I set timezone = %L', wanted.role_name, 'UTC');
        execute format('alter role %I set idle_in_transaction_session_timeout = %L', wanted.role_name, '10s');
        execute format('alter role %I set lock_timeout = %L', wanted.role_name, wanted.lock_limit);
        execute format('alter role %I set statement_timeout = %L', wanted.role_name, wanted.statement_limit);
        execute format('alter role %I set transaction_timeout = %L', wanted.role_name, wanted.transaction_limit);
    end loop;
    execute format('grant connect on database %I to fv_eraser, fv_verifier', current_database());
end
$roles$;

set local role fv_owner;

-- As before, with the two among the clients.
create or replace procedure wms.protect(p_table regclass)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    clients constant text := 'fv_api, fv_api_ro, fv_platform, fv_worker, fv_eraser, fv_verifier';
    mine constant text := '(tenant_id = (select fv.tenant()))';
begin
    execute format('alter table %s enable row level security', p_table);
    execute format('alter table %s force row level security', p_table);
    execute format('create policy tenant_isolation on %s to %s using %s with check %s', p_table, clients, mine, mine);
    execute format('create policy tenant_fence on %s as restrictive to %s using %s with check %s', p_table, clients, mine, mine);
    execute format('create policy owner_names_tenant on %s to fv_owner using %s with check %s', p_table, mine, mine);
end
$$;

do $policies$
declare
    policy record;
begin
    for policy in
        select polname, polrelid::regclass as table_name
          from pg_policy
          join pg_class on pg_class.oid = polrelid
         where relnamespace = 'wms'::regnamespace
           and polname in ('tenant_isolation', 'tenant_fence')
    loop
        execute format(
            'alter policy %I on %s to fv_api, fv_api_ro, fv_platform, fv_worker, fv_eraser, fv_verifier',
            policy.polname, policy.table_name);
    end loop;
end
$policies$;

grant usage on schema wms to fv_eraser, fv_verifier;

-- Gives the two exactly what the map says: the verifier and the eraser see every fenced table, and the
-- eraser removes from those that end with their tenant.
create function wms.follow_data_map() returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    mapped record;
begin
    for mapped in
        select to_regclass(each_table.table_name) as place, each_table.at_end
          from fv.mapped_tables() as each_table
         where each_table.is_fenced
           and to_regclass(each_table.table_name) is not null
    loop
        execute format('revoke all on %s from fv_eraser, fv_verifier', mapped.place);
        execute format('grant select on %s to fv_eraser, fv_verifier', mapped.place);
        if mapped.at_end = 'delete' then
            execute format('grant delete on %s to fv_eraser', mapped.place);
        end if;
    end loop;
end
$$;

grant execute on function wms.follow_data_map() to fv_guard;

set local role fv_guard;

grant usage on schema fv to fv_eraser, fv_verifier;
grant execute on function fv.tenant(), fv.actor() to fv_eraser, fv_verifier;
grant execute on function fv.mapped_tables() to fv_owner;

create or replace function fv.store_data_map(p_version text, p_canonical text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_version is distinct from encode(sha256(convert_to(p_canonical, 'UTF8')), 'hex') then
        raise exception 'the version is not the digest of the map' using errcode = '22023';
    end if;
    insert into guard.data_map as stored (version, map, stored_at)
    values (p_version, p_canonical::jsonb, clock_timestamp())
        on conflict on constraint data_map_pkey do update
       set version = excluded.version,
           map = excluded.map,
           stored_at = excluded.stored_at
     where stored.version <> excluded.version;
    perform wms.follow_data_map();
end
$$;
