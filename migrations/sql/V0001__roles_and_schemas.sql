-- Who may log in, and where things live.
--
-- Why first: every later migration acts as one of these roles, and every row policy names them.
--
-- Roles belong to the whole cluster, so they are made only where they are missing. None inherits: a
-- login that is a member of another role has to say `set role` and cannot use its rights by accident.
-- Runs as a login with CREATEROLE that owns the database; no superuser is needed.

do $roles$
declare
    wanted record;
begin
    for wanted in
        select role_name, can_login, lock_limit, statement_limit, transaction_limit, is_read_only
          from (values
                -- owns the tables; nobody logs in as it
                ('fv_owner',      false, null,     null,    null,    false),
                -- owns the keys and the doors to a tenant; nobody logs in as it
                ('fv_guard',      false, null,     null,    null,    false),
                -- runs migrations, installs proof keys, enrols operators
                ('fv_migrator',   true,  null,     null,    null,    false),
                -- operations that write; reads that have to be recorded
                ('fv_api',        true,  '1500ms', '3s',    '4s',    false),
                -- operations that only read
                ('fv_api_ro',     true,  '1500ms', '3s',    '4s',    true),
                -- the platform's own people: opens tenants, sees no tenant's data
                ('fv_platform',   true,  '1500ms', '3s',    '4s',    false),
                -- finds the member behind a token, and nothing else
                ('fv_authorizer', true,  '1500ms', '3s',    '4s',    true),
                -- scheduled and queued work; longer, since nobody waits for the answer
                ('fv_worker',     true,  '1500ms', '10s',   '30s',   false),
                -- carries events out of the outbox
                ('fv_dispatch',   true,  '1500ms', '10s',   '30s',   false),
                -- compares stock with its ledger over all tenants, read only
                ('fv_checker',    true,  '1500ms', '10min', '15min', true)
               ) as role (role_name, can_login, lock_limit, statement_limit, transaction_limit, is_read_only)
    loop
        if not exists (select from pg_roles where rolname = wanted.role_name) then
            execute format(
                'create role %I noinherit nocreatedb nocreaterole %s',
                wanted.role_name,
                case when wanted.can_login then 'login' else 'nologin' end);
        end if;
        -- Set with the role and not by each session, since SET in a session pins a pooled connection.
        execute format('alter role %I set search_path = pg_catalog', wanted.role_name);
        execute format('alter role %I set timezone = %L', wanted.role_name, 'UTC');
        execute format('alter role %I set idle_in_transaction_session_timeout = %L', wanted.role_name, '10s');
        if wanted.is_read_only then
            execute format('alter role %I set default_transaction_read_only = on', wanted.role_name);
        end if;
        -- Limits nest, so that the innermost one speaks: lock < statement < transaction.
        if wanted.lock_limit is not null then
            execute format('alter role %I set lock_timeout = %L', wanted.role_name, wanted.lock_limit);
            execute format('alter role %I set statement_timeout = %L', wanted.role_name, wanted.statement_limit);
            execute format('alter role %I set transaction_timeout = %L', wanted.role_name, wanted.transaction_limit);
        end if;
    end loop;
end
$roles$;

-- Whoever runs the migrations acts as the owners of what they make.
grant fv_owner, fv_guard, fv_migrator
   to current_user
 with inherit false, set true;

grant fv_owner, fv_guard
   to fv_migrator
 with inherit false, set true;

-- The public may neither connect nor make temporary tables: those survive in a pooled session and can
-- stand before a real table's name.
do $database$
begin
    execute format('revoke all on database %I from public', current_database());
    execute format(
        'grant connect on database %I to fv_migrator, fv_api, fv_api_ro, fv_platform, fv_authorizer, fv_worker, fv_dispatch, fv_checker',
        current_database());
end
$database$;

revoke all on schema public from public;

-- Three schemas: keys that nobody else may look at; the doors to a tenant; the tables and what works on them.
create schema guard authorization fv_guard;
create schema fv authorization fv_guard;
create schema wms authorization fv_owner;

-- A new function is for nobody until a migration says for whom.
set local role fv_guard;
comment on schema guard is 'Keys. No role but its owner may look in.';
comment on schema fv is 'The doors to a tenant: functions that verify a proof or the context made from it.';
alter default privileges revoke execute on functions from public;
grant usage on schema fv to fv_owner, fv_migrator, fv_api, fv_api_ro, fv_platform, fv_authorizer, fv_worker;

set local role fv_owner;
comment on schema wms is 'The tables of the warehouse and the functions that work on them.';
alter default privileges revoke execute on functions from public;
grant usage on schema wms to fv_guard, fv_api, fv_api_ro, fv_platform, fv_worker, fv_dispatch, fv_checker;
