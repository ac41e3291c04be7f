-- What keeps data from being deleted, whoever would delete it: the legal hold.
--
-- A hold binds by a lock and not by a filter. To place one locks the tenant's row; whatever deletes
-- shares that row, in the transaction of each batch, and then looks whether it may. So a batch that runs
-- is waited for, and none commits after the hold. Whoever read the holds once, at the start of a run,
-- would go on deleting under a hold that came later.
--
-- Two of the platform's people place a hold and two lift it; the table's constraints say so. A hold's
-- scope is never changed: a wider one is a new hold. Holds that were lifted are kept.

set local role fv_owner;

create table wms.legal_hold (
    tenant_id uuid not null default fv.tenant(),
    hold_id uuid not null,
    matter text not null check (length(matter) between 1 and 64),
    basis text not null check (basis in ('LITIGATION', 'INVESTIGATION', 'REGULATOR', 'TAX')),
    scope text not null check (scope in ('TENANT', 'SUBJECT', 'TABLES')),
    subject_id uuid,
    tables text[],
    rows_from timestamptz,
    rows_until timestamptz,
    sealed boolean not null,
    review_at timestamptz not null,
    state text not null default 'DRAFT' check (state in ('DRAFT', 'ACTIVE', 'RELEASED', 'DISCARDED')),
    placed_by text not null,
    placed_at timestamptz not null,
    approved_by text,
    approved_at timestamptz,
    lift_proposed_by text,
    lift_proposed_at timestamptz,
    released_by text,
    released_at timestamptz,
    discarded_by text,
    discarded_at timestamptz,
    primary key (tenant_id, hold_id),
    constraint subject_means_whom check ((scope = 'SUBJECT') = (subject_id is not null)),
    constraint tables_means_which check ((scope = 'TABLES') = (tables is not null)),
    constraint has_a_table check (cardinality(tables) between 1 and 64),
    constraint dates_are_of_tables check (scope = 'TABLES' or (rows_from is null and rows_until is null)),
    constraint dates_in_order check (rows_from < rows_until),
    constraint reviewed_within_180_days check (review_at <= placed_at + interval '180 days'),
    constraint two_persons_place check (approved_by <> placed_by),
    constraint two_persons_release check (released_by <> lift_proposed_by),
    constraint active_by_two check (
        (state in ('ACTIVE', 'RELEASED')) = (approved_by is not null and approved_at is not null)),
    constraint released_by_two check (
        (state = 'RELEASED') = (lift_proposed_by is not null and released_by is not null and released_at is not null)),
    constraint discarded_means_by_whom check ((state = 'DISCARDED') = (discarded_by is not null and discarded_at is not null))
);
comment on table wms.legal_hold is 'What may not be deleted, for which matter, and which two of the platform''s people decided it. Kept when it is lifted.';

call wms.protect('wms.legal_hold');
-- What is sealed, the tenant is not told of; nor of a hold that one person alone has in mind.
create policy unsealed on wms.legal_hold as restrictive for select to fv_api, fv_api_ro
    using (not sealed and state in ('ACTIVE', 'RELEASED'));
grant select (hold_id, matter, basis, scope, tables, rows_from, rows_until, state, approved_at, released_at)
   on wms.legal_hold to fv_api_ro;

create policy guard_keeps on wms.legal_hold to fv_guard using (true) with check (true);
grant select, insert on wms.legal_hold to fv_guard;
-- Not the scope: nobody can change it, this role's functions included.
grant update (state, approved_by, approved_at, lift_proposed_by, lift_proposed_at, released_by, released_at,
              discarded_by, discarded_at)
   on wms.legal_hold to fv_guard;

-- The times whose rows of a table are held in the entered tenant, whose rows are all that the owner's
-- policy shows it here; empty where none are. Everything that
-- deletes asks this in the transaction in which it deletes: from here to its end it shares the tenant's
-- row, and no hold comes in between. A hold on one person holds what is about that person; whoever
-- deletes by age, without saying about whom, is held by it altogether.
--
-- Two statements on purpose: only a snapshot taken after the lock is held sees the hold that held it.
create function wms.held(p_table text, p_subject uuid default null) returns tstzmultirange
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    held tstzmultirange;
begin
    perform
       from wms.tenant
        for share;
    select range_agg(tstzrange(hold.rows_from, hold.rows_until))
      into held
      from wms.legal_hold as hold
     where hold.state = 'ACTIVE'
       and (hold.scope = 'TENANT'
            or p_table = any (hold.tables)
            or (hold.scope = 'SUBJECT' and (p_subject is null or p_subject = hold.subject_id)));
    return coalesce(held, '{}');
end
$$;

create or replace function wms.purge_idempotency_records(p_before timestamptz, p_most int) returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    held constant tstzmultirange := wms.held('idempotency_record');
    purged int;
begin
    delete from wms.idempotency_record
     where key in (
               select record.key
                 from wms.idempotency_record as record
                where record.made_at < p_before
                  and not record.made_at <@ held
                order by record.made_at
                limit p_most);
    get diagnostics purged = row_count;
    return purged;
end
$$;

create or replace function wms.purge_scan_events(p_before timestamptz, p_most int) returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    held constant tstzmultirange := wms.held('scan_event');
    purged int;
begin
    delete from wms.scan_event
     where client_event_id in (
               select scan.client_event_id
                 from wms.scan_event as scan
                where scan.made_at < p_before
                  and not scan.made_at <@ held
                order by scan.made_at
                limit p_most);
    get diagnostics purged = row_count;
    return purged;
end
$$;

-- An empty bucket has no date to tell whether a hold means it: while one does, all stay.
create or replace function wms.sweep_empty_buckets(p_limit int) returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    swept int;
begin
    if not isempty(wms.held('bucket')) then
        return 0;
    end if;
    delete from wms.bucket
     where bucket_id in (
               select stock.bucket_id
                 from wms.bucket as stock
                where stock.on_hand = 0
                  and stock.reserved = 0
                order by stock.bucket_id
                limit p_limit
                  for update skip locked);
    get diagnostics swept = row_count;
    return swept;
end
$$;

grant execute on function wms.held(text, uuid) to fv_worker;

set local role fv_guard;

-- What is written down first: nothing is held by it yet.
create function fv.place_legal_hold(
    p_tenant uuid, p_hold uuid, p_matter text, p_basis text, p_scope text, p_subject uuid, p_tables text[],
    p_rows_from timestamptz, p_rows_until timestamptz, p_sealed boolean, p_review_at timestamptz, p_at timestamptz)
returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    tenant guard.tenant_standing;
begin
    if fv.tenant() <> guard.platform_tenant() then
        raise exception 'holds are placed from the platform tenant' using errcode = '42501';
    end if;
    tenant := guard.lock_tenant(p_tenant);
    if tenant.state is null then
        return 'UNKNOWN';
    end if;
    if tenant.state = 'deleted' then
        return 'TOO_LATE';
    end if;
    if exists (
            select
              from unnest(p_tables) as wanted (name)
             where not exists (
                       select
                         from pg_class as known
                        where known.relnamespace = 'wms'::regnamespace
                          and known.relkind in ('r', 'p')
                          and not known.relispartition
                          and known.relname = wanted.name)) then
        return 'UNKNOWN_TABLE';
    end if;
    insert into wms.legal_hold (
        tenant_id, hold_id, matter, basis, scope, subject_id, tables, rows_from, rows_until, sealed, review_at,
        placed_by, placed_at)
    values (p_tenant, p_hold, p_matter, p_basis, p_scope, p_subject, p_tables, p_rows_from, p_rows_until, p_sealed,
            p_review_at, fv.actor(), p_at);
    return 'DONE';
end
$$;

-- The second person's word, and the moment from which the hold binds. It waits for a batch of a deletion
-- that runs, at most as long as a lock may take; from its commit on no further batch commits.
create function fv.approve_legal_hold(p_tenant uuid, p_hold uuid, p_at timestamptz) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    tenant guard.tenant_standing;
    hold wms.legal_hold;
begin
    if fv.tenant() <> guard.platform_tenant() then
        raise exception 'holds are placed from the platform tenant' using errcode = '42501';
    end if;
    tenant := guard.lock_tenant(p_tenant);
    select *
      into hold
      from wms.legal_hold as drafted
     where drafted.tenant_id = p_tenant
       and drafted.hold_id = p_hold
       for update;
    if hold.hold_id is null then
        return 'UNKNOWN';
    end if;
    if hold.state <> 'DRAFT' then
        return 'STATE';
    end if;
    if hold.placed_by = fv.actor() then
        return 'SAME_PERSON';
    end if;
    if tenant.state = 'deleted' then
        return 'TOO_LATE';
    end if;
    update wms.legal_hold as drafted
       set state = 'ACTIVE',
           approved_by = fv.actor(),
           approved_at = p_at
     where drafted.tenant_id = p_tenant
       and drafted.hold_id = p_hold;
    -- The version stays: a tenant must not see by it that something is sealed.
    update wms.tenant as held
       set hold_count = held.hold_count + 1
     where held.tenant_id = p_tenant;
    return 'DONE';
end
$$;

create function fv.discard_legal_hold(p_tenant uuid, p_hold uuid, p_at timestamptz) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    hold wms.legal_hold;
begin
    if fv.tenant() <> guard.platform_tenant() then
        raise exception 'holds are placed from the platform tenant' using errcode = '42501';
    end if;
    select *
      into hold
      from wms.legal_hold as drafted
     where drafted.tenant_id = p_tenant
       and drafted.hold_id = p_hold
       for update;
    if hold.hold_id is null then
        return 'UNKNOWN';
    end if;
    if hold.state <> 'DRAFT' then
        return 'STATE';
    end if;
    update wms.legal_hold as drafted
       set state = 'DISCARDED',
           discarded_by = fv.actor(),
           discarded_at = p_at
     where drafted.tenant_id = p_tenant
       and drafted.hold_id = p_hold;
    return 'DONE';
end
$$;

-- The first of two proposes, the second lifts. What was due by the clock meanwhile is done with its next
-- turn.
create function fv.lift_legal_hold(p_tenant uuid, p_hold uuid, p_at timestamptz) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    hold wms.legal_hold;
begin
    if fv.tenant() <> guard.platform_tenant() then
        raise exception 'holds are lifted from the platform tenant' using errcode = '42501';
    end if;
    perform guard.lock_tenant(p_tenant);
    select *
      into hold
      from wms.legal_hold as binding
     where binding.tenant_id = p_tenant
       and binding.hold_id = p_hold
       for update;
    if hold.hold_id is null then
        return 'UNKNOWN';
    end if;
    if hold.state <> 'ACTIVE' then
        return 'STATE';
    end if;
    if hold.lift_proposed_at is null or hold.lift_proposed_at <= p_at - guard.proposal_lasts() then
        update wms.legal_hold as binding
           set lift_proposed_by = fv.actor(),
               lift_proposed_at = p_at
         where binding.tenant_id = p_tenant
           and binding.hold_id = p_hold;
        return 'PROPOSED';
    end if;
    if hold.lift_proposed_by = fv.actor() then
        return 'SAME_PERSON';
    end if;
    update wms.legal_hold as binding
       set state = 'RELEASED',
           released_by = fv.actor(),
           released_at = p_at
     where binding.tenant_id = p_tenant
       and binding.hold_id = p_hold;
    update wms.tenant as held
       set hold_count = held.hold_count - 1
     where held.tenant_id = p_tenant;
    return 'DONE';
end
$$;

-- The holds of a tenant in the order in which they were placed, the sealed ones among them.
create function fv.search_legal_holds(p_tenant uuid, p_state text, p_after uuid, p_fetch int)
returns setof wms.legal_hold
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if fv.tenant() <> guard.platform_tenant() then
        raise exception 'holds are searched from the platform tenant' using errcode = '42501';
    end if;
    return query
    select hold.*
      from wms.legal_hold as hold
     where hold.tenant_id = p_tenant
       and (p_state is null or hold.state = p_state)
       and hold.hold_id > p_after
     order by hold.hold_id
     limit p_fetch;
end
$$;

-- How many holds bind whose review is due. They go on binding.
create function fv.count_unreviewed_holds(p_at timestamptz) returns int
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    unreviewed int;
begin
    if fv.tenant() <> guard.platform_tenant() then
        raise exception 'holds are counted from the platform tenant' using errcode = '42501';
    end if;
    select count(*)
      into unreviewed
      from wms.legal_hold as hold
     where hold.state = 'ACTIVE'
       and hold.review_at <= p_at;
    return unreviewed;
end
$$;

grant execute on function
      fv.place_legal_hold(uuid, uuid, text, text, text, uuid, text[], timestamptz, timestamptz, boolean, timestamptz, timestamptz),
      fv.approve_legal_hold(uuid, uuid, timestamptz),
      fv.discard_legal_hold(uuid, uuid, timestamptz),
      fv.lift_legal_hold(uuid, uuid, timestamptz),
      fv.search_legal_holds(uuid, text, uuid, int)
   to fv_platform;
grant execute on function fv.count_unreviewed_holds(timestamptz) to fv_worker;

insert into guard.job (name, actor_id, scope, work, statement_seconds, transaction_seconds)
values ('check-holds', '00000000-0000-7000-8001-000000006101', 'platform', 'read', 30, 60);
