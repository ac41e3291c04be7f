-- A restored database has the tenants that were deleted since. They are deleted again.
--
-- What says which they were lies outside the database: their certificates, each of which names its tenant
-- by a digest. Whoever restores gives the digests, before any login is let in; the tenant's window and
-- notice were over long ago, so its deletion is due at once. Holds bind as ever. No login may call this:
-- it is for whoever owns the database, and no operation leads here.

set local role fv_guard;

insert into guard.tenant_step (event, from_state, to_state, turns)
select 'replay-deletion', state, 'deletion_scheduled', true
  from unnest(array['active', 'past_due', 'suspended', 'wind_down', 'deletion_scheduled']) as state;

-- As before; what was deleted once is due again at once.
create or replace function guard.change_course(p_tenant uuid, p_event text, p_at timestamptz, p_course guard.course) returns void
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
    if p_event not in ('delete-now', 'replay-deletion') and p_course.deletion_starts_at < (before.course).deletion_starts_at then
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
    if not step.is_recorded then
        return;
    end if;
    insert into wms.tenant_course (
        tenant_id, course_no, event, from_state, to_state, actor, at, generation, terminates_at, export_until, deletion_starts_at)
    values (p_tenant, moved.version, p_event, before.state, moved.state, fv.actor(), p_at, moved.generation,
            p_course.terminates_at, p_course.export_until, p_course.deletion_starts_at);
end
$$;

-- Of each digest what came of it: UNKNOWN where the backup has no such tenant, DELETED where it is deleted
-- there already, RUNNING where its deletion goes on by itself, DUE where it will begin with the next tick.
create function guard.replay_deletions(p_digests text[], p_at timestamptz)
returns table (digest text, outcome text)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    leaving uuid;
    tenant guard.tenant_standing;
    course guard.course;
begin
    perform guard.seal(guard.platform_tenant(), 'job:00000000-0000-7000-8001-000000000070');
    foreach digest in array p_digests loop
        leaving := (
            select known.tenant_id
              from wms.tenant as known
             where guard.hex_digest(known.tenant_id::text) = digest);
        tenant := guard.lock_tenant(leaving);
        if leaving is null then
            outcome := 'UNKNOWN';
        elsif tenant.state = 'deleted' then
            outcome := 'DELETED';
        elsif not guard.may_step('replay-deletion', tenant.state) then
            outcome := 'RUNNING';
        else
            course := tenant.course;
            course.terminates_at := least(course.terminates_at, p_at);
            course.deletion_starts_at := p_at;
            perform guard.change_course(leaving, 'replay-deletion', p_at, course);
            outcome := 'DUE';
        end if;
        return next;
    end loop;
end
$$;
