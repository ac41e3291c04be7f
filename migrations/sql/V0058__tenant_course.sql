-- How a tenant ends, one step at a time, and how it may turn back.
--
-- Why here: the steps are taken by members, by the platform's own people and by the clock, and what one
-- allows another must not undo. No login may change wms.tenant. Each step locks the tenant's row, looks up
-- its state and the event in one table, and changes the row as a whole or not at all; so of two that come
-- at once the second sees what the first has done.
--
-- Three promises are kept in guard.change_course, which is the only writer: the window in which a tenant
-- may take its data away never gets shorter; deletion is never brought forward but by the tenant itself;
-- every date that was ever shown stands in the tenant's course.

set local role fv_owner;

alter table wms.tenant
    -- Where the tenant stood before it was wound down. It goes back there and to no better place: whoever
    -- is suspended does not get rid of that by leaving and coming back.
    add column returns_to text check (returns_to in ('active', 'past_due', 'suspended')),
    add column suspended_at timestamptz,
    -- How often the window was lengthened because it was our fault.
    add column window_extensions int not null default 0 check (window_extensions between 0 and 2),
    add column export_waived_at timestamptz;

create table wms.tenant_course (
    tenant_id uuid not null default fv.tenant(),
    course_no bigint not null,
    event text not null check (length(event) between 1 and 64),
    from_state text not null,
    to_state text not null,
    actor text not null,
    at timestamptz not null,
    generation bigint not null,
    terminates_at timestamptz,
    export_until timestamptz,
    deletion_starts_at timestamptz,
    primary key (tenant_id, course_no)
);
comment on table wms.tenant_course is 'The steps of a tenant''s life: what happened, by whom, and the dates that have held since. Append only.';

call wms.protect('wms.tenant_course');
grant select on wms.tenant_course to fv_api_ro, fv_worker;

create policy guard_moves on wms.tenant for update to fv_guard using (true) with check (true);
create policy guard_records on wms.tenant_course for insert to fv_guard with check (true);
grant select (name, version, generation, hold_count, terminates_at, window_days, export_until, deletion_starts_at, returns_to,
              suspended_at, window_extensions, export_waived_at),
      update (state, version, generation, hold_count, terminates_at, window_days, export_until, deletion_starts_at,
              returns_to, suspended_at, window_extensions, export_waived_at)
   on wms.tenant to fv_guard;
grant insert on wms.tenant_course to fv_guard;

set local role fv_guard;

create table guard.tenant_step (
    event text not null,
    from_state text not null,
    -- Null: back to where the tenant stood before it was wound down.
    to_state text,
    -- Whatever was queued before does nothing more.
    turns boolean not null default false,
    primary key (event, from_state)
);
comment on table guard.tenant_step is 'Which event leads a tenant from which state to which. What is not listed does not happen.';

insert into guard.tenant_step (event, from_state, to_state, turns)
values ('terminate',         'active',             'active',             false),
       ('terminate',         'past_due',           'past_due',           false),
       ('terminate',         'suspended',          'suspended',          false),
       ('wind-down',         'active',             'wind_down',          true),
       ('wind-down',         'past_due',           'wind_down',          true),
       ('wind-down',         'suspended',          'wind_down',          true),
       ('expire-suspension', 'suspended',          'wind_down',          true),
       -- Before its date a termination is taken back; after it the tenant comes back.
       ('reactivate',        'active',             'active',             true),
       ('reactivate',        'past_due',           'past_due',           true),
       ('reactivate',        'suspended',          'suspended',          true),
       ('reactivate',        'wind_down',          null,                 true),
       ('reactivate',        'deletion_scheduled', null,                 true),
       ('waive-export',      'wind_down',          'wind_down',          false),
       ('lengthen-window',   'active',             'active',             false),
       ('lengthen-window',   'past_due',           'past_due',           false),
       ('lengthen-window',   'suspended',          'suspended',          false),
       ('lengthen-window',   'wind_down',          'wind_down',          false),
       ('wait-for-export',   'wind_down',          'wind_down',          false),
       ('close-window',      'wind_down',          'deletion_scheduled', false),
       ('delete-now',        'wind_down',          'deletion_scheduled', false),
       ('cancel-deletion',   'deletion_scheduled', 'wind_down',          false),
       ('suspend',           'active',             'suspended',          false),
       ('suspend',           'past_due',           'suspended',          false),
       ('lift-suspension',   'suspended',          'active',             false),
       ('start-deletion',    'deletion_scheduled', 'deleting',           true),
       ('finish-deletion',   'deleting',           'verifying',          false),
       ('find-residue',      'verifying',          'deleting',           false),
       ('certify-deletion',  'verifying',          'deleted',            false);

-- What has been promised to a tenant about its end.
create type guard.course as (
    terminates_at timestamptz,
    window_days int,
    export_until timestamptz,
    deletion_starts_at timestamptz
);

create type guard.tenant_standing as (
    name text,
    state text,
    version bigint,
    hold_count int,
    course guard.course,
    suspended_at timestamptz,
    window_extensions int,
    export_waived_at timestamptz
);

-- Locks the tenant's row and says how the tenant stands; null where there is none. Rows that refer to the
-- tenant may come meanwhile; what shares the row to delete under it waits.
create function guard.lock_tenant(p_tenant uuid) returns guard.tenant_standing
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    standing guard.tenant_standing;
begin
    select tenant.name, tenant.state, tenant.version, tenant.hold_count,
           row(tenant.terminates_at, tenant.window_days, tenant.export_until, tenant.deletion_starts_at)::guard.course,
           tenant.suspended_at, tenant.window_extensions, tenant.export_waived_at
      into standing
      from wms.tenant as tenant
     where tenant.tenant_id = p_tenant
       for no key update;
    return standing;
end
$$;

create function guard.may_step(p_event text, p_state text) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return exists (
        select
          from guard.tenant_step as step
         where step.event = p_event
           and step.from_state = p_state);
end
$$;

-- The only writer of where a tenant stands. Whoever calls it has decided; it refuses what no caller may
-- decide. Raises 23514 where a promise would be broken and FV409 where the state knows no such event.
create function guard.change_course(p_tenant uuid, p_event text, p_at timestamptz, p_course guard.course) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    before constant guard.tenant_standing := guard.lock_tenant(p_tenant);
    step guard.tenant_step;
    becomes text;
    moved record;
begin
    if p_tenant in (guard.platform_tenant(), guard.synthetic_tenant()) then
        raise exception 'this tenant has no end' using errcode = '42501';
    end if;
    select *
      into step
      from guard.tenant_step as known
     where known.event = p_event
       and known.from_state = before.state;
    if step.event is null then
        raise exception 'the tenant''s state knows no such event' using errcode = 'FV409';
    end if;
    if p_course.export_until < (before.course).export_until then
        raise exception 'a window is never shortened' using errcode = '23514';
    end if;
    if p_event <> 'delete-now' and p_course.deletion_starts_at < (before.course).deletion_starts_at then
        raise exception 'a deletion is never brought forward' using errcode = '23514';
    end if;
    update wms.tenant as tenant
       set state = coalesce(step.to_state, tenant.returns_to, 'active'),
           version = tenant.version + 1,
           generation = tenant.generation + step.turns::int,
           terminates_at = p_course.terminates_at,
           window_days = p_course.window_days,
           export_until = p_course.export_until,
           deletion_starts_at = p_course.deletion_starts_at,
           returns_to = case
                            when step.to_state = 'wind_down' and tenant.state in ('active', 'past_due', 'suspended')
                            then tenant.state
                            when p_event = 'reactivate'
                            then null
                            else tenant.returns_to
                        end,
           suspended_at = case
                              when p_event = 'suspend' or (p_event = 'reactivate' and tenant.returns_to = 'suspended')
                              then p_at
                              when p_event = 'lift-suspension'
                              then null
                              else tenant.suspended_at
                          end,
           window_extensions = case
                                   when p_event = 'reactivate' then 0
                                   when p_event = 'wait-for-export' then tenant.window_extensions + 1
                                   else tenant.window_extensions
                               end,
           export_waived_at = case
                                  when p_event = 'reactivate' then null
                                  when p_event = 'waive-export' then p_at
                                  else tenant.export_waived_at
                              end
     where tenant.tenant_id = p_tenant
    returning tenant.state, tenant.version, tenant.generation
      into moved;
    insert into wms.tenant_course (
        tenant_id, course_no, event, from_state, to_state, actor, at, generation, terminates_at, export_until, deletion_starts_at)
    values (p_tenant, moved.version, p_event, before.state, moved.state, fv.actor(), p_at, moved.generation,
            p_course.terminates_at, p_course.export_until, p_course.deletion_starts_at);
end
$$;

-- From the end of the window to the first deletion: the time in which the final notice is read.
create function guard.notice_time() returns interval
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    return interval '7 days';
end
$$;

-- How far the tenant's taking its data away has come: NONE, RUNNING, FAILED (for a fault of ours),
-- SUCCEEDED (all of it, since the tenant was terminated); and since when. Until exports are recorded
-- there is none. Whoever records them replaces this function.
create function guard.export_standing(p_tenant uuid, out standing text, out since timestamptz)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    standing := 'NONE';
end
$$;

-- The tenant ends at a date of its choice, now or later. From that date on nothing is written; for the
-- window after it everything may be read and taken away.
create function fv.terminate_tenant(p_effective timestamptz, p_window_days int, p_confirmation text, p_at timestamptz)
returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    mine constant uuid := fv.tenant();
    tenant constant guard.tenant_standing := guard.lock_tenant(mine);
    course guard.course;
begin
    if not guard.may_step('terminate', tenant.state) then
        return 'STATE';
    end if;
    if (tenant.course).terminates_at is not null then
        return 'TERMINATED';
    end if;
    if p_confirmation <> tenant.name then
        return 'UNCONFIRMED';
    end if;
    if p_effective < p_at then
        return 'PAST';
    end if;
    course.terminates_at := p_effective;
    course.window_days := p_window_days;
    course.export_until := p_effective + p_window_days * interval '24 hours';
    course.deletion_starts_at := course.export_until + guard.notice_time();
    perform guard.change_course(mine, 'terminate', p_at, course);
    return 'DONE';
end
$$;

-- The tenant stays, or comes back, as long as its deletion has not begun.
create function fv.reactivate_tenant(p_at timestamptz) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    mine constant uuid := fv.tenant();
    tenant constant guard.tenant_standing := guard.lock_tenant(mine);
    none guard.course;
begin
    if not guard.may_step('reactivate', tenant.state) then
        return 'STATE';
    end if;
    if (tenant.course).terminates_at is null then
        return 'NOT_TERMINATED';
    end if;
    if tenant.state = 'deletion_scheduled' and p_at >= (tenant.course).deletion_starts_at then
        return 'TOO_LATE';
    end if;
    perform guard.change_course(mine, 'reactivate', p_at, none);
    return 'DONE';
end
$$;

-- The tenant does not want its data any more and says so.
create function fv.waive_export(p_confirmation text, p_at timestamptz) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    mine constant uuid := fv.tenant();
    tenant constant guard.tenant_standing := guard.lock_tenant(mine);
begin
    if not guard.may_step('waive-export', tenant.state) then
        return 'STATE';
    end if;
    if p_confirmation <> tenant.name then
        return 'UNCONFIRMED';
    end if;
    perform guard.change_course(mine, 'waive-export', p_at, tenant.course);
    return 'DONE';
end
$$;

-- The tenant does not wait for the end of its window. It has three days to think better of it.
create function fv.delete_tenant_now(p_confirmation text, p_at timestamptz) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    mine constant uuid := fv.tenant();
    tenant constant guard.tenant_standing := guard.lock_tenant(mine);
    course guard.course := tenant.course;
begin
    if not guard.may_step('delete-now', tenant.state) then
        return 'STATE';
    end if;
    if p_confirmation <> tenant.name then
        return 'UNCONFIRMED';
    end if;
    if tenant.hold_count > 0 then
        return 'HELD';
    end if;
    if (guard.export_standing(mine)).standing = 'RUNNING' then
        return 'EXPORT_RUNNING';
    end if;
    course.deletion_starts_at := p_at + interval '72 hours';
    perform guard.change_course(mine, 'delete-now', p_at, course);
    return 'DONE';
end
$$;

-- Back into the window. Where the window is over, it opens once more for as long as the notice takes:
-- otherwise the clock would schedule the deletion again at once.
create function fv.cancel_deletion(p_at timestamptz) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    mine constant uuid := fv.tenant();
    tenant constant guard.tenant_standing := guard.lock_tenant(mine);
    course guard.course := tenant.course;
begin
    if not guard.may_step('cancel-deletion', tenant.state) then
        return 'STATE';
    end if;
    if p_at >= course.deletion_starts_at then
        return 'TOO_LATE';
    end if;
    course.export_until := greatest(course.export_until, p_at + guard.notice_time());
    course.deletion_starts_at := greatest(course.deletion_starts_at, course.export_until + guard.notice_time());
    perform guard.change_course(mine, 'cancel-deletion', p_at, course);
    return 'DONE';
end
$$;

-- One of the platform's people gives a tenant more time. There is no way to give it less.
create function fv.lengthen_window(p_tenant uuid, p_days int, p_at timestamptz) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    tenant guard.tenant_standing;
    course guard.course;
begin
    if fv.tenant() <> guard.platform_tenant() then
        raise exception 'windows are lengthened from the platform tenant' using errcode = '42501';
    end if;
    if p_days < 1 then
        raise exception 'a window is never shortened' using errcode = '23514';
    end if;
    tenant := guard.lock_tenant(p_tenant);
    if tenant.state is null then
        return 'UNKNOWN';
    end if;
    if not guard.may_step('lengthen-window', tenant.state) then
        return 'STATE';
    end if;
    course := tenant.course;
    if course.terminates_at is null then
        return 'NOT_TERMINATED';
    end if;
    if course.window_days + p_days > 365 then
        return 'TOO_LONG';
    end if;
    course.window_days := course.window_days + p_days;
    course.export_until := course.export_until + p_days * interval '24 hours';
    course.deletion_starts_at := course.deletion_starts_at + p_days * interval '24 hours';
    perform guard.change_course(p_tenant, 'lengthen-window', p_at, course);
    return 'DONE';
end
$$;

grant execute on function
      fv.terminate_tenant(timestamptz, int, text, timestamptz),
      fv.reactivate_tenant(timestamptz),
      fv.waive_export(text, timestamptz),
      fv.delete_tenant_now(text, timestamptz),
      fv.cancel_deletion(timestamptz)
   to fv_api;
grant execute on function fv.lengthen_window(uuid, int, timestamptz) to fv_platform;

-- For the job that deletes: the point after which nobody turns back. It calls this in the transaction
-- in which it makes its run.
create function guard.start_deletion(p_tenant uuid, p_at timestamptz) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    tenant constant guard.tenant_standing := guard.lock_tenant(p_tenant);
begin
    if not guard.may_step('start-deletion', tenant.state) then
        return 'STATE';
    end if;
    if p_at < (tenant.course).deletion_starts_at then
        return 'EARLY';
    end if;
    if tenant.hold_count > 0 then
        return 'HELD';
    end if;
    if (guard.export_standing(p_tenant)).standing = 'RUNNING' then
        return 'EXPORT_RUNNING';
    end if;
    perform guard.change_course(p_tenant, 'start-deletion', p_at, tenant.course);
    return 'DONE';
end
$$;

-- The job's further steps: finish-deletion, find-residue, certify-deletion.
create function guard.pursue_deletion(p_tenant uuid, p_event text, p_at timestamptz) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    tenant constant guard.tenant_standing := guard.lock_tenant(p_tenant);
begin
    if p_event not in ('finish-deletion', 'find-residue', 'certify-deletion') then
        raise exception 'no step of a deletion' using errcode = '22023';
    end if;
    if not guard.may_step(p_event, tenant.state) then
        return 'STATE';
    end if;
    if tenant.hold_count > 0 and p_event = 'certify-deletion' then
        return 'HELD';
    end if;
    perform guard.change_course(p_tenant, p_event, p_at, tenant.course);
    return 'DONE';
end
$$;
