-- Which schema a database has, for whoever asks whether the service is well.
--
-- Flyway's history belongs to the login that migrates; the door to it is one function that tells the
-- newest version and nothing else. It names no tenant, so it may be called before one is entered. A
-- migration that fails leaves no row, since each is a transaction.

grant usage on schema flyway to fv_guard;
grant select (installed_rank, version) on flyway.flyway_schema_history to fv_guard;

set local role fv_guard;

create function fv.schema_version() returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select version
      from flyway.flyway_schema_history
     order by installed_rank desc
     limit 1
$$;

grant execute on function fv.schema_version() to fv_api_ro;
