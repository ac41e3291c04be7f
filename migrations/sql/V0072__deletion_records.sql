-- What is recorded of the deletion of a tenant.
--
-- Why here and not among the tenant's own tables: this outlives the tenant. It holds ids, counts,
-- dates and names of tables, and nothing of what the tenant kept. No login looks at it; the functions
-- of the next migrations do, each for one purpose.
--
-- There is no transaction across a database, a store of objects and a signing key, so a deletion is a
-- persisted plan. Each step is repeated until what it should have brought about is seen to be so.

set local role fv_guard;

-- The switch that stops all deletions at once, and how many may start in a day: whoever has scheduled
-- the wrong tenants needs the time to notice.
create table guard.deletion_switch (
    one boolean primary key default true check (one),
    is_paused boolean not null,
    most_a_day int not null check (most_a_day between 1 and 1000),
    days_between_looks int not null check (days_between_looks between 0 and 30),
    changed_at timestamptz not null
);
comment on table guard.deletion_switch is 'Stops all deletions at once; how many may start in a day; how long lies between the two looks at what is gone.';

insert into guard.deletion_switch (is_paused, most_a_day, days_between_looks, changed_at)
values (false, 10, 1, now());

create table guard.deletion_run (
    run_id uuid primary key,
    tenant_id uuid not null,
    generation bigint not null,
    map_version text not null,
    phase text not null check (phase in (
        'FENCING', 'SIGHTING', 'COMPARING', 'DELETING', 'VERIFYING', 'CERTIFYING', 'DONE', 'CANCELLED')),
    problem text,
    opened_at timestamptz not null,
    terminated_at timestamptz,
    window_ended_at timestamptz,
    begun_at timestamptz not null,
    fence_xid xid8 not null,
    fence_waits text[],
    fenced_at timestamptz,
    no_return_at timestamptz,
    looked_once_at timestamptz,
    looked_twice_at timestamptz,
    ended_at timestamptz,
    residues int not null default 0,
    holds_seen int not null default 0,
    is_held boolean not null default false,
    fence bigint not null default 0,
    leased_until timestamptz,
    certificate_no bigint unique,
    certificate text,
    signed_by text,
    algorithm text,
    signature bytea,
    constraint signed_when_done check ((phase = 'DONE') = (signature is not null))
);
comment on table guard.deletion_run is 'The deletion of one tenant: where it stands, when it passed what, and the certificate at its end.';
create unique index one_open_run on guard.deletion_run (tenant_id) where phase not in ('DONE', 'CANCELLED');
create index deletion_run_by_begin on guard.deletion_run (begun_at);

create table guard.deletion_step (
    run_id uuid not null references guard.deletion_run,
    target text not null,
    kind text not null check (kind in ('DELETE', 'RETAIN', 'REDUCE', 'OBJECTS')),
    category text not null,
    place int not null,
    key_columns text[] not null,
    key_types text[] not null,
    kept_days int,
    is_compared boolean not null default false,
    is_done boolean not null default false,
    pass int not null default 1,
    pass_deleted bigint not null default 0,
    cursor_key text[],
    batch int not null default 1000,
    before bigint,
    late bigint not null default 0,
    deleted bigint not null default 0,
    after bigint,
    primary key (run_id, target)
);
comment on table guard.deletion_step is 'One table, or one place of objects, in the plan of a deletion: how far it is and how many rows it was.';

create table guard.deletion_evidence (
    run_id uuid not null references guard.deletion_run,
    no bigint not null,
    target text not null,
    kind text not null check (kind in (
        'BEFORE', 'COMPARED', 'EMPTIED', 'FIRST_LOOK', 'SECOND_LOOK', 'RESIDUE', 'FENCED', 'NO_RETURN', 'REPLANNED', 'HELD', 'RELEASED')),
    observer text not null,
    question text,
    value bigint not null,
    observed_at timestamptz not null,
    primary key (run_id, no)
);
comment on table guard.deletion_evidence is 'What was seen during a deletion, by whom, by which question: append only.';

-- Evidence is numbered by its run, whose row is locked by whoever writes it.
create function guard.attest(p_run uuid, p_target text, p_kind text, p_value bigint, p_question text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into guard.deletion_evidence (run_id, no, target, kind, observer, question, value, observed_at)
    select p_run, coalesce(max(no), 0) + 1, p_target, p_kind, session_user,
           encode(sha256(convert_to(p_question, 'UTF8')), 'hex'), p_value, clock_timestamp()
      from guard.deletion_evidence
     where run_id = p_run;
end
$$;

-- Writes the plan of a run from the data map and the live catalogue, children before the tables that
-- they refer to, and answers what keeps it from being written. A plan that is written again keeps the
-- counts of what it has; tables that came since join it.
create function guard.plan_deletion(p_run uuid) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    found text[];
    children text[];
    parents text[];
    remaining text[];
    leaves text[];
    next_place int := 0;
begin
    found := array(select fv.data_map_differences());
    if cardinality(found) > 0 then
        return 'MAP: ' || array_to_string(found[1:5], ' ');
    end if;
    -- A batch moves along a unique key that leads with the tenant and is never null.
    found := array(
        select mapped.table_name
          from fv.mapped_tables() as mapped
         where mapped.is_fenced
           and mapped.at_end = 'delete'
           and not exists (
                   select
                     from pg_index
                    cross join lateral (
                          select array_agg(attname::text order by place) as names, bool_and(attnotnull) as is_required
                            from unnest(indkey::int2[]) with ordinality as part (attnum, place)
                            join pg_attribute on attrelid = indrelid and pg_attribute.attnum = part.attnum
                           where place <= cardinality(mapped.batch_key)) as key
                    where indrelid = to_regclass(mapped.table_name)
                      and indisunique
                      and indisvalid
                      and indpred is null
                      and key.names = mapped.batch_key
                      and key.is_required
                      and mapped.batch_key[1] = 'tenant_id'));
    if cardinality(found) > 0 then
        return 'KEY: no unique key to move along in ' || array_to_string(found, ', ');
    end if;
    -- A login that is missing from a policy would see nothing and call it gone.
    found := array(
        select mapped.table_name
          from fv.mapped_tables() as mapped
         where mapped.is_fenced
           and not exists (
                   select
                     from pg_policy
                    where polrelid = to_regclass(mapped.table_name)
                      and polname = 'tenant_isolation'
                      and polroles @> array['fv_eraser'::regrole::oid, 'fv_verifier'::regrole::oid]));
    if cardinality(found) > 0 then
        return 'SIGHT: the eraser or the verifier sees nothing of ' || array_to_string(found, ', ');
    end if;
    -- What is kept names nobody.
    found := array(
        select distinct mapped.table_name
          from fv.mapped_tables() as mapped
          join fv.mapped_columns() as part on part.table_name = mapped.table_name
         where mapped.is_fenced
           and mapped.at_end = 'retain'
           and part.is_personal);
    if cardinality(found) > 0 then
        return 'PERSONAL: people stand in what is kept: ' || array_to_string(found, ', ');
    end if;
    select array_agg(conrelid::regclass::text), array_agg(confrelid::regclass::text)
      into children, parents
      from pg_constraint
     where contype = 'f'
       and conparentid = 0;
    remaining := array(
        select mapped.table_name
          from fv.mapped_tables() as mapped
         where mapped.is_fenced
           and mapped.at_end = 'delete'
         order by mapped.table_name);
    found := array(
        select distinct edge.child
          from unnest(children, parents) as edge (child, parent)
         where edge.parent = any (remaining)
           and edge.child <> all (remaining));
    if cardinality(found) > 0 then
        return 'REFERENCE: kept rows refer to rows that go, in ' || array_to_string(found, ', ');
    end if;
    while cardinality(remaining) > 0 loop
        -- Those that none of the remaining refers to; a table that refers to itself is its own circle.
        leaves := array(
            select leaf
              from unnest(remaining) as leaf
             where not exists (
                       select
                         from unnest(children, parents) as edge (child, parent)
                        where edge.parent = leaf
                          and edge.child = any (remaining))
             order by leaf);
        if cardinality(leaves) = 0 then
            return 'CIRCLE: tables refer to each other: ' || array_to_string(remaining, ', ');
        end if;
        insert into guard.deletion_step as step (run_id, target, kind, category, place, key_columns, key_types)
        select p_run, leaf, 'DELETE', mapped.category, next_place + row_number() over (order by leaf), key.names, key.types
          from unnest(leaves) as leaf
          join fv.mapped_tables() as mapped on mapped.table_name = leaf
         cross join lateral (
               select coalesce(array_agg(attname::text order by part.place), '{}') as names,
                      coalesce(array_agg(format_type(atttypid, null) order by part.place), '{}') as types
                 from unnest(mapped.batch_key) with ordinality as part (name, place)
                 join pg_attribute on attrelid = to_regclass(leaf) and attname = part.name
                where part.place > 1) as key
            on conflict on constraint deletion_step_pkey do update
           set place = excluded.place,
               key_columns = excluded.key_columns,
               key_types = excluded.key_types,
               -- Another key is another walk.
               cursor_key = case when step.key_columns = excluded.key_columns then step.cursor_key end;
        next_place := next_place + cardinality(leaves);
        remaining := array(select rest from unnest(remaining) as rest where rest <> all (leaves));
    end loop;
    insert into guard.deletion_step (run_id, target, kind, category, place, key_columns, key_types, kept_days)
    select p_run, mapped.table_name, upper(mapped.at_end), mapped.category, 10000 + row_number() over (order by mapped.table_name),
           '{}', '{}', least(mapped.retention_days, 400)
      from fv.mapped_tables() as mapped
     where mapped.is_fenced
       and mapped.at_end in ('retain', 'reduce')
        on conflict do nothing;
    -- What has left the database since has nothing to be removed from.
    delete from guard.deletion_step as step
     where step.run_id = p_run
       and step.kind <> 'OBJECTS'
       and step.target not in (select mapped.table_name from fv.mapped_tables() as mapped);
    update guard.deletion_run
       set map_version = fv.data_map_version()
     where run_id = p_run;
    return null;
end
$$;
