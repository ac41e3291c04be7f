-- What a tenant takes along: an export of all its data, derived from the data map.
--
-- An export is read table by table and piece by piece, each piece in a transaction of its own, since no
-- snapshot outlives a function. What is not there when the export is planned is not in it: the plan
-- notes the greatest key of each table, and reading stops there, so a busy table does not make it
-- endless. One run at a time holds an export, by a lease of the database's clock; whoever records has to
-- show the lease's number, so of two runs that both believe to hold it only the later one records.

set local role fv_owner;

create table wms.export (
    tenant_id uuid not null default fv.tenant() references wms.tenant,
    export_id uuid not null,
    state text not null default 'REQUESTED' check (state in (
        'REQUESTED', 'RUNNING', 'PACKAGING', 'READY', 'EXPIRED', 'PURGED', 'FAILED', 'CANCELLED')),
    requested_at timestamptz not null,
    requested_by text not null,
    -- No foreign key: the older of two goes first when all of them go.
    previous_export_id uuid,
    -- The plan.
    as_of timestamptz,
    map_version text,
    schema_version text,
    frozen boolean,
    tenant_generation bigint,
    -- The run.
    fence bigint not null default 0,
    leased_until timestamptz,
    -- When it last came on, by the database's clock: what has not for long is stuck.
    moved_at timestamptz not null,
    restarts int not null default 0,
    -- What came of it.
    file_count bigint not null default 0,
    row_count bigint not null default 0,
    byte_count bigint not null default 0,
    manifest_sha256 bytea check (length(manifest_sha256) = 32),
    ready_at timestamptz,
    expires_at timestamptz,
    ended_at timestamptz,
    purged_at timestamptz,
    version bigint not null default 1,
    primary key (tenant_id, export_id),
    constraint planned_before_it_runs check (
        state in ('REQUESTED', 'FAILED', 'CANCELLED')
        or (as_of is not null and map_version is not null and schema_version is not null
            and frozen is not null and tenant_generation is not null)),
    constraint ready_means_signed check (
        state not in ('READY', 'EXPIRED', 'PURGED')
        or (ready_at is not null and expires_at > ready_at and manifest_sha256 is not null))
);
comment on table wms.export is 'An export of all of a tenant''s data: what was asked for, how far it has come, until when it can be fetched.';
-- The rule that there is one at a time; a search for the one that runs finds it here too.
create unique index one_export_at_a_time on wms.export (tenant_id) where state in ('REQUESTED', 'RUNNING', 'PACKAGING');

create table wms.export_table (
    tenant_id uuid not null default fv.tenant(),
    export_id uuid not null,
    table_no int not null check (table_no > 0),
    name text not null,
    columns jsonb not null,
    key_columns text[] not null,
    key_types text[] not null,
    -- The greatest key when the export was planned; null where there was no row.
    watermark text[],
    -- The last key that was taken; null before the first.
    taken_to text[],
    is_done boolean not null,
    piece_count int not null default 0,
    row_count bigint not null default 0,
    read_from timestamptz,
    read_until timestamptz,
    primary key (tenant_id, export_id, table_no),
    foreign key (tenant_id, export_id) references wms.export
);
comment on table wms.export_table is 'The plan of an export: which columns of which table, and how far it has been read.';

create table wms.export_file (
    tenant_id uuid not null default fv.tenant(),
    file_id uuid not null,
    export_id uuid not null,
    path text collate "C" not null check (length(path) between 1 and 200),
    kind text not null check (kind in ('ROWS', 'SCHEMA', 'INDEX', 'MANIFEST', 'SIGNATURE', 'KEY')),
    content_type text not null,
    table_no int,
    row_count bigint not null check (row_count >= 0),
    byte_count bigint not null check (byte_count >= 0),
    sha256 bytea not null check (length(sha256) = 32),
    -- Of the lease under which it was put: a part of the object's key.
    fence bigint not null,
    made_at timestamptz not null,
    primary key (tenant_id, file_id),
    constraint one_file_per_path unique (tenant_id, export_id, path),
    foreign key (tenant_id, export_id) references wms.export
);
comment on table wms.export_file is 'The files of an export. Their bytes are in the bucket of exports.';

call wms.protect('wms.export');
call wms.protect('wms.export_table');
call wms.protect('wms.export_file');

grant select on wms.export, wms.export_file to fv_api, fv_api_ro, fv_worker;
grant select on wms.export_table to fv_api_ro, fv_worker;
grant insert on wms.export to fv_api;
grant insert on wms.export_table, wms.export_file to fv_worker;
grant update (state, ended_at, version) on wms.export to fv_api;
grant update (
          state, as_of, map_version, schema_version, frozen, tenant_generation, fence, leased_until, moved_at, restarts,
          file_count, row_count, byte_count, manifest_sha256, ready_at, expires_at, ended_at, purged_at, version)
   on wms.export to fv_worker;
grant update (taken_to, is_done, piece_count, row_count, read_from, read_until) on wms.export_table to fv_worker;
-- A plan that was made by another map is thrown away and made again.
grant delete on wms.export_table, wms.export_file to fv_worker;

-- Writes the plan: every exportable column of every table that holds tenants' rows, as the map says and
-- as the catalogue has it. Raises where the two differ. Secrets are never in it, whatever the map says of
-- their export.
create function wms.plan_export(p_export uuid, out map_version text, out tables int)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    planned record;
    greatest_key text[];
begin
    map_version := fv.require_data_map();
    tables := 0;
    for planned in
        with exported as (
            select mapped.table_name,
                   jsonb_agg(
                       jsonb_build_object(
                           'name', attname,
                           'type', format_type(atttypid, atttypmod),
                           'nullable', not attnotnull,
                           'personal', mapped.is_personal)
                       order by attnum) as columns
              from fv.mapped_columns() as mapped
              join pg_attribute on attrelid = mapped.table_name::regclass and attname = mapped.column_name
             where 'tenant' = any (mapped.exported_to)
               and mapped.class not in ('secret', 'credential')
             group by mapped.table_name)
        select exported.table_name as name,
               exported.columns,
               array_agg(key.name order by key.place) filter (where key.name is not null) as key_columns,
               array_agg(format_type(atttypid, atttypmod) order by key.place) filter (where key.name is not null) as key_types
          from exported
          join fv.mapped_tables() as mapped using (table_name)
          left join lateral unnest(mapped.batch_key) with ordinality as key (name, place) on key.name <> 'tenant_id'
          left join pg_attribute on attrelid = exported.table_name::regclass and attname = key.name
         where mapped.is_fenced
         group by exported.table_name, exported.columns
         order by exported.table_name
    loop
        tables := tables + 1;
        greatest_key := null;
        if planned.key_columns is null then
            -- The tenant's own row: there is one, and its key is the tenant.
            greatest_key := '{}';
        else
            execute format(
                'select array[%s] from %s as exported order by %s limit 1',
                (select string_agg(format('exported.%I::text', name), ', ' order by place)
                   from unnest(planned.key_columns) with ordinality as key (name, place)),
                planned.name,
                (select string_agg(format('exported.%I desc', name), ', ' order by place)
                   from unnest(planned.key_columns) with ordinality as key (name, place)))
               into greatest_key;
        end if;
        insert into wms.export_table (tenant_id, export_id, table_no, name, columns, key_columns, key_types, watermark, is_done)
        values (
            fv.tenant(), p_export, plan_export.tables, planned.name, planned.columns, coalesce(planned.key_columns, '{}'),
            coalesce(planned.key_types, '{}'), greatest_key, greatest_key is null);
    end loop;
end
$$;

-- The next rows of a table of the plan, each as a line of JSON and with its key, in the order of the
-- keys: so many at most, and no more than one beyond so many bytes.
create function wms.export_rows(p_export uuid, p_table_no int, p_most_rows int, p_most_bytes bigint)
returns table (line text, key text[])
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    planned wms.export_table;
    keys text;
    after text;
    until text;
    bytes bigint := 0;
begin
    select *
      into strict planned
      from wms.export_table as reading
     where reading.export_id = p_export
       and reading.table_no = p_table_no;
    if planned.is_done then
        return;
    end if;
    select string_agg(format('exported.%I', name), ', ' order by place),
           string_agg(format('$1[%s]::%s', place, type), ', ' order by place),
           string_agg(format('$2[%s]::%s', place, type), ', ' order by place)
      into keys, after, until
      from unnest(planned.key_columns, planned.key_types) with ordinality as part (name, type, place);
    for line, key in
        execute format(
            'select (select row_to_json(taken)::text from (select %1$s) as taken), array[%2$s]::text[]
               from %3$s as exported %4$s limit %5$s',
            (select string_agg(format('exported.%I', part.value ->> 'name'), ', ' order by part.ordinality)
               from jsonb_array_elements(planned.columns) with ordinality as part),
            coalesce((select string_agg(format('exported.%I::text', name), ', ' order by place)
                        from unnest(planned.key_columns) with ordinality as part (name, place)), ''),
            planned.name,
            case
                when keys is null then ''
                when planned.taken_to is null then format('where (%1$s) <= (%2$s) order by %1$s', keys, until)
                else format('where (%1$s) > (%2$s) and (%1$s) <= (%3$s) order by %1$s', keys, after, until)
            end,
            p_most_rows)
          using planned.taken_to, planned.watermark
    loop
        return next;
        bytes := bytes + octet_length(line) + 1;
        exit when bytes >= p_most_bytes;
    end loop;
end
$$;

grant execute on function wms.plan_export(uuid), wms.export_rows(uuid, int, int, bigint) to fv_worker;

set local role fv_guard;

grant execute on function fv.schema_version() to fv_worker;

insert into guard.job (name, actor_id, scope, work, statement_seconds, transaction_seconds)
values ('run-export',    '00000000-0000-7000-8001-000000000080', 'tenant', 'export', 60, 120),
       ('tend-exports',  '00000000-0000-7000-8001-000000000081', 'tenant', 'export', 10, 30),
       ('purge-exports', '00000000-0000-7000-8001-000000000082', 'tenant', 'export', 10, 30);
