-- What the clock does to a tenant that ends: the notices that it is due, and the steps that nobody takes.
--
-- A window closes only on a tenant that has its data, does not want them, or was told twice to take them.
-- Where it is our own fault that it has not, the window waits, at most twice; after that it stays open,
-- with an alarm, until somebody has looked.

set local role fv_owner;

create table wms.tenant_notice (
    tenant_id uuid not null default fv.tenant(),
    notice text not null check (notice in ('WINDOW_ENDS', 'DELETION_SCHEDULED', 'SUSPENSION_EXPIRES')),
    about_at timestamptz not null,
    days_before int not null,
    member_id uuid not null,
    state text not null default 'SENDING' check (state in ('SENDING', 'SENT')),
    fence int not null default 1,
    leased_until timestamptz not null,
    sent_at timestamptz,
    primary key (tenant_id, notice, about_at, days_before, member_id),
    constraint sent_means_when check ((state = 'SENT') = (sent_at is not null)),
    foreign key (tenant_id, member_id) references wms.member
);
comment on table wms.tenant_notice is 'Which notice of its end went to which member when. The address is the member''s and is not kept here.';
create index tenant_notice_of_member on wms.tenant_notice (tenant_id, member_id);

call wms.protect('wms.tenant_notice');
grant select, insert on wms.tenant_notice to fv_worker;
grant update (state, fence, leased_until, sent_at) on wms.tenant_notice to fv_worker;
grant select on wms.tenant_notice to fv_api_ro;

create policy guard_reads on wms.tenant_notice for select to fv_guard using (true);
grant select (tenant_id, notice, about_at, days_before, sent_at) on wms.tenant_notice to fv_guard;

-- Which notice the tenant is due now, if any. Of several reminders that are due the last is enough: a
-- job that stood still does not send them all at once. Each is due half a day early: a job that runs once
-- a day would else be a minute too early for the last one, and a day later too late.
create function wms.due_notice(p_at timestamptz, out notice text, out about_at timestamptz, out days_before int)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    mine wms.tenant;
    left_days numeric;
begin
    select * into strict mine from wms.tenant;
    if mine.state = 'wind_down' and p_at < mine.export_until then
        left_days := extract(epoch from mine.export_until - p_at) / 86400;
        select min(days) into days_before from unnest(array[30, 14, 7, 1]) as days where left_days <= days + 0.5;
        if days_before is not null then
            notice := 'WINDOW_ENDS';
            about_at := mine.export_until;
        end if;
    elsif mine.state = 'deletion_scheduled' and p_at < mine.deletion_starts_at then
        notice := 'DELETION_SCHEDULED';
        about_at := mine.deletion_starts_at;
        days_before := 0;
    elsif mine.state = 'suspended' and p_at >= mine.suspended_at + interval '46 days' then
        notice := 'SUSPENSION_EXPIRES';
        about_at := mine.suspended_at + interval '60 days';
        days_before := 14;
    end if;
end
$$;

-- Takes the notice that is due, for each administrator who has not had it and to whom nobody is sending
-- it. The lease is by the database's clock; a later taker has a higher fence.
create function wms.take_notices(p_at timestamptz, p_most int)
returns table (notice text, about_at timestamptz, days_before int, member_id uuid, email text, fence int)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    due record;
begin
    select * into due from wms.due_notice(p_at);
    if due.notice is null then
        return;
    end if;
    return query
    with taken as (
        insert into wms.tenant_notice as sending (notice, about_at, days_before, member_id, leased_until)
        select due.notice, due.about_at, due.days_before, told.member_id, clock_timestamp() + interval '5 minutes'
          from wms.member as told
         where told.state = 'ACTIVE'
           and 'ADMINISTRATOR' = any (told.roles)
           and not exists (
                   select
                     from wms.tenant_notice as had
                    where had.notice = due.notice
                      and had.about_at = due.about_at
                      and had.days_before = due.days_before
                      and had.member_id = told.member_id
                      and (had.state = 'SENT' or had.leased_until >= clock_timestamp()))
         order by told.member_id
         limit p_most
            on conflict on constraint tenant_notice_pkey do update
           set fence = sending.fence + 1,
               leased_until = excluded.leased_until
         where sending.state = 'SENDING'
           and sending.leased_until < clock_timestamp()
        returning sending.notice, sending.about_at, sending.days_before, sending.member_id, sending.fence)
    select taken.notice, taken.about_at, taken.days_before, taken.member_id, told.email, taken.fence
      from taken
      join wms.member as told on told.member_id = taken.member_id
     order by taken.member_id;
end
$$;

-- Keeps that a notice was sent, unless somebody else has taken it over meanwhile. Answers whether it did.
create function wms.keep_notice(
    p_notice text, p_about_at timestamptz, p_days_before int, p_member uuid, p_fence int, p_at timestamptz)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    update wms.tenant_notice as sending
       set state = 'SENT',
           sent_at = p_at
     where sending.notice = p_notice
       and sending.about_at = p_about_at
       and sending.days_before = p_days_before
       and sending.member_id = p_member
       and sending.fence = p_fence
       and sending.state = 'SENDING';
    return found;
end
$$;

grant execute on function
      wms.due_notice(timestamptz),
      wms.take_notices(timestamptz, int),
      wms.keep_notice(text, timestamptz, int, uuid, int, timestamptz)
   to fv_worker;

set local role fv_guard;

-- Why the window of a tenant may not close yet; null where it may.
create function guard.window_obstacle(p_tenant uuid, p_standing guard.tenant_standing) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    export text := (guard.export_standing(p_tenant)).standing;
    told int;
begin
    if p_standing.hold_count > 0 then
        return 'HELD';
    end if;
    if export in ('RUNNING', 'FAILED') then
        return export;
    end if;
    if export = 'SUCCEEDED' or p_standing.export_waived_at is not null then
        return null;
    end if;
    select count(distinct (notice.about_at, notice.days_before))
      into told
      from wms.tenant_notice as notice
     where notice.tenant_id = p_tenant
       and notice.notice = 'WINDOW_ENDS'
       and notice.sent_at >= (p_standing.course).terminates_at;
    return case when told < 2 then 'NOT_TOLD' end;
end
$$;

-- By how much a window waits: the time that was lost, at least a day, at most a week.
create function guard.lost_time(p_tenant uuid, p_obstacle text, p_at timestamptz) returns interval
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    since timestamptz := (guard.export_standing(p_tenant)).since;
begin
    if p_obstacle = 'NOT_TOLD' or since is null then
        return interval '7 days';
    end if;
    return least(interval '7 days', greatest(interval '1 day', p_at - since));
end
$$;

-- Takes the one step of a tenant that is due by the clock, if any, and answers which it was.
create function guard.advance_tenant(p_tenant uuid, p_at timestamptz) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    tenant constant guard.tenant_standing := guard.lock_tenant(p_tenant);
    course guard.course := tenant.course;
    obstacle text;
    event text;
begin
    if tenant.state in ('active', 'past_due', 'suspended') and course.terminates_at <= p_at then
        event := 'wind-down';
    elsif tenant.state = 'suspended' and exists (
            select
              from wms.tenant_notice as notice
             where notice.tenant_id = p_tenant
               and notice.notice = 'SUSPENSION_EXPIRES'
               and notice.about_at = tenant.suspended_at + interval '60 days'
               and notice.about_at <= p_at
               and notice.sent_at <= p_at - interval '14 days') then
        event := 'expire-suspension';
        course.terminates_at := p_at;
        course.window_days := coalesce(course.window_days, 30);
        course.export_until := greatest(course.export_until, p_at + course.window_days * interval '24 hours');
        course.deletion_starts_at := greatest(course.deletion_starts_at, course.export_until + guard.notice_time());
    elsif tenant.state = 'wind_down' and course.export_until <= p_at then
        obstacle := guard.window_obstacle(p_tenant, tenant);
        if obstacle is null then
            event := 'close-window';
            course.deletion_starts_at := greatest(course.deletion_starts_at, p_at + guard.notice_time());
        elsif obstacle <> 'HELD' and tenant.window_extensions < 2 then
            event := 'wait-for-export';
            course.export_until := greatest(course.export_until, p_at) + guard.lost_time(p_tenant, obstacle, p_at);
            course.deletion_starts_at := greatest(course.deletion_starts_at, course.export_until + guard.notice_time());
        end if;
    end if;
    if event is not null then
        perform guard.change_course(p_tenant, event, p_at, course);
    end if;
    return event;
end
$$;

-- Takes the steps that are due, of at most so many tenants, and answers of how many. A tenant that
-- somebody works on at this moment has its turn with the next run.
create function fv.advance_tenants(p_at timestamptz, p_most int) returns int
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    due uuid;
    advanced int := 0;
begin
    if fv.tenant() <> guard.platform_tenant() then
        raise exception 'tenants are advanced from the platform tenant' using errcode = '42501';
    end if;
    for due in
        select tenant.tenant_id
          from wms.tenant as tenant
         where (tenant.state in ('active', 'past_due', 'suspended') and tenant.terminates_at <= p_at)
            or (tenant.state = 'suspended' and tenant.suspended_at <= p_at - interval '60 days')
            or (tenant.state = 'wind_down' and tenant.export_until <= p_at)
         order by tenant.tenant_id
           for no key update skip locked
    loop
        if guard.advance_tenant(due, p_at) is not null then
            advanced := advanced + 1;
            exit when advanced = p_most;
        end if;
    end loop;
    return advanced;
end
$$;

-- How many tenants wait for us: their window was lengthened for a fault of ours that still stands, or a
-- step of theirs has been due for more than an hour and nothing but that fault keeps it.
create function fv.count_waiting_tenants(p_at timestamptz) returns int
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    waiting int;
begin
    if fv.tenant() <> guard.platform_tenant() then
        raise exception 'tenants are counted from the platform tenant' using errcode = '42501';
    end if;
    select count(*)
      into waiting
      from wms.tenant as tenant
     where (tenant.state in ('active', 'past_due', 'suspended') and tenant.terminates_at <= p_at - interval '1 hour')
        or (tenant.state = 'wind_down'
            and tenant.hold_count = 0
            and (tenant.window_extensions > 0 and (guard.export_standing(tenant.tenant_id)).standing = 'FAILED'
                 or tenant.export_until <= p_at - interval '1 hour'));
    return waiting;
end
$$;

grant execute on function
      fv.advance_tenants(timestamptz, int),
      fv.count_waiting_tenants(timestamptz)
   to fv_worker;

insert into guard.job (name, actor_id, scope, work, statement_seconds, transaction_seconds)
values ('advance-tenants', '00000000-0000-7000-8001-000000005901', 'platform', 'privacy', 30, 60),
       ('check-windows',   '00000000-0000-7000-8001-000000005902', 'platform', 'read',    30, 60);
