-- The data map, where those that act on it can read it.
--
-- An export takes along what the map says, a deletion removes what it says. The map is a file of the
-- repository, the catalogue is what a database really has. A job that trusted a list of its own would
-- miss the table that came last month. So the step that migrates also stores the map that it came with,
-- and every job that goes through a tenant's tables first compares the two and refuses to run on any
-- difference.

set local role fv_guard;

create table guard.data_map (
    one boolean primary key default true check (one),
    version text not null check (version ~ '^[0-9a-f]{64}$'),
    map jsonb not null,
    stored_at timestamptz not null
);
comment on table guard.data_map is 'The data map of the release that migrated this database: one row.';

-- Stores the map of a release. The version is the digest of exactly the text that comes with it.
create function fv.store_data_map(p_version text, p_canonical text) returns void
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
end
$$;

create function fv.data_map_version() returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (select version from guard.data_map);
end
$$;

-- The tables of the map. What a retention class is in days is null where a class lasts as long as the
-- subscription does.
create function fv.mapped_tables()
returns table (table_name text, module text, category text, is_fenced boolean, at_end text, batch_key text[], hold text[],
               retention text, retention_days int, anchor text, expiry text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select entry.key,
           entry.value ->> 'module',
           entry.value ->> 'category',
           entry.value ->> 'isolation' = 'rls_forced',
           entry.value ->> 'at_end',
           array(select jsonb_array_elements_text(coalesce(entry.value -> 'batch_key', '[]'))),
           array(select jsonb_array_elements_text(coalesce(entry.value -> 'hold', '[]'))),
           entry.value #>> '{retention,class}',
           (stored.map #>> array['vocabulary', 'retention_classes', entry.value #>> '{retention,class}', 'days'])::int,
           entry.value #>> '{retention,anchor}',
           entry.value #>> '{retention,expiry}'
      from guard.data_map as stored
     cross join lateral jsonb_each(stored.map -> 'tables') as entry
     order by entry.key;
end
$$;

-- The columns of the map, in the order of their names. exported_to is empty where the column is not
-- exported; erase is null where an erasure leaves it alone.
create function fv.mapped_columns()
returns table (table_name text, column_name text, class text, is_personal boolean, exported_to text[], erase jsonb, why text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select entry.key,
           part.key,
           part.value ->> 'class',
           coalesce((stored.map #>> array['vocabulary', 'column_class', part.value ->> 'class', 'personal'])::boolean, true),
           case jsonb_typeof(part.value -> 'export')
               when 'array' then array(select jsonb_array_elements_text(part.value -> 'export'))
               else array[]::text[]
           end,
           part.value -> 'erase',
           part.value ->> 'why'
      from guard.data_map as stored
     cross join lateral jsonb_each(stored.map -> 'tables') as entry
     cross join lateral jsonb_each(entry.value -> 'columns') as part
     order by entry.key, part.key;
end
$$;

-- How the map and the live catalogue differ: a sentence each, and none where they agree. Partitions
-- are their parent's.
create function fv.data_map_differences() returns setof text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from guard.data_map) then
        return next 'There is no data map.';
        return;
    end if;
    return query
    with live_table as (
        select oid, oid::regclass::text as name, relkind in ('r', 'p') and relrowsecurity and relforcerowsecurity as is_fenced
          from pg_class
         where relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'pg_toast'::regnamespace)
           and relkind in ('r', 'p', 'v', 'm', 'f')
           and relpersistence <> 't'
           and not relispartition),
    live_column as (
        select live_table.name as table_name, attname::text as name
          from live_table
          join pg_attribute on attrelid = live_table.oid
         where attnum > 0
           and not attisdropped),
    mapped_table as materialized (
        select table_name as name, mapped.is_fenced
          from fv.mapped_tables() as mapped),
    mapped_column as materialized (
        select mapped.table_name, column_name as name
          from fv.mapped_columns() as mapped)
    select format('The table %s is not in the data map.', name)
      from live_table
     where name not in (select mapped_table.name from mapped_table)
     union all
    select format('The data map has a table %s that the database has not.', name)
      from mapped_table
     where name not in (select live_table.name from live_table)
     union all
    select format('The table %s is %s.', name, case when mapped_table.is_fenced then 'called fenced and is not' else 'fenced and is not called so' end)
      from mapped_table
      join live_table using (name)
     where mapped_table.is_fenced <> live_table.is_fenced
     union all
    select format('The column %s.%s is not in the data map.', table_name, name)
      from live_column
     where (table_name, name) not in (select mapped_column.table_name, mapped_column.name from mapped_column)
       and table_name in (select mapped_table.name from mapped_table)
     union all
    select format('The data map has a column %s.%s that the database has not.', table_name, name)
      from mapped_column
     where (table_name, name) not in (select live_column.table_name, live_column.name from live_column)
       and table_name in (select live_table.name from live_table)
     order by 1;
end
$$;

-- For jobs: goes on where the map is what the database has, and raises where it is not.
create function fv.require_data_map() returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    differences constant text[] := array(select fv.data_map_differences());
begin
    if cardinality(differences) > 0 then
        raise exception 'the data map is not what the database has: %', array_to_string(differences[1:5], ' ')
              using errcode = 'FV500';
    end if;
    return (select version from guard.data_map);
end
$$;

grant execute on function fv.store_data_map(text, text) to fv_migrator;
grant execute on function
      fv.data_map_version(),
      fv.mapped_tables(),
      fv.mapped_columns(),
      fv.data_map_differences(),
      fv.require_data_map()
   to fv_worker;
