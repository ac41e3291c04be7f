-- One table decides every change of a tenant's state, to its last.
--
-- The job that deletes wrote the tenant's state by itself, beside guard.tenant_step. Now each of its steps
-- is one of that table's, taken by guard.change_course like all others: what is not listed there does not
-- happen, whoever asks. Two steps were missing: a deletion that one of the platform's people stops, and one
-- that is planned anew because a migration has brought a table.
--
-- Behind the fence nothing is added to the tenant's own rows any more, or what was counted there would not
-- be what is there. Those steps are told by the evidence of the run alone.
--
-- A run says when it last got on, by the database's clock: by that a run is told that stands still.

set local role fv_guard;

alter table guard.tenant_step add column is_recorded boolean not null default true;
comment on column guard.tenant_step.is_recorded is 'False behind the fence of a deletion, where the evidence of its run tells of the step.';

insert into guard.tenant_step (event, from_state, to_state, turns, is_recorded)
values ('stop-deletion',   'deleting',  'deletion_scheduled', true,  true),
       ('replan-deletion', 'verifying', 'deleting',           false, false);

update guard.tenant_step
   set is_recorded = false
 where event in ('finish-deletion', 'find-residue', 'certify-deletion');

alter table guard.deletion_run add column moved_at timestamptz not null default clock_timestamp();

-- As before, but a step behind the fence leaves no row.
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
    if not step.is_recorded then
        return;
    end if;
    insert into wms.tenant_course (
        tenant_id, course_no, event, from_state, to_state, actor, at, generation, terminates_at, export_until, deletion_starts_at)
    values (p_tenant, moved.version, p_event, before.state, moved.state, fv.actor(), p_at, moved.generation,
            p_course.terminates_at, p_course.export_until, p_course.deletion_starts_at);
end
$$;

-- Why a deletion may not start; null where it may.
create function guard.start_obstacle(p_tenant uuid, p_standing guard.tenant_standing, p_at timestamptz) returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return case
        when p_standing.state is null or not guard.may_step('start-deletion', p_standing.state) then 'STATE'
        when coalesce(p_at < (p_standing.course).deletion_starts_at, true) then 'EARLY'
        when p_standing.hold_count > 0 then 'HELD'
        when (guard.export_standing(p_tenant)).standing = 'RUNNING' then 'EXPORT_RUNNING'
    end;
end
$$;

create or replace function guard.start_deletion(p_tenant uuid, p_at timestamptz) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    tenant constant guard.tenant_standing := guard.lock_tenant(p_tenant);
    obstacle constant text := guard.start_obstacle(p_tenant, tenant, p_at);
begin
    if obstacle is not null then
        return obstacle;
    end if;
    perform guard.change_course(p_tenant, 'start-deletion', p_at, tenant.course);
    return 'DONE';
end
$$;

-- With the step that a migration in mid-run makes.
create or replace function guard.pursue_deletion(p_tenant uuid, p_event text, p_at timestamptz) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    tenant constant guard.tenant_standing := guard.lock_tenant(p_tenant);
begin
    if p_event not in ('finish-deletion', 'find-residue', 'replan-deletion', 'certify-deletion') then
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

-- As before, and the tenant's step is start-deletion.
create or replace function guard.begin_deletion(p_tenant uuid, p_now timestamptz) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    standing constant guard.tenant_standing := guard.lock_tenant(p_tenant);
    obstacle constant text := guard.start_obstacle(p_tenant, standing, p_now);
    new_run constant uuid := fv.uuid7();
    problem text;
begin
    if obstacle is not null then
        return obstacle;
    end if;
    if (select is_paused from guard.deletion_switch) then
        return 'PAUSED';
    end if;
    if exists (
            select
              from wms.export as made
             where made.tenant_id = p_tenant
               and made.purged_at is null) then
        return 'FILES_LEFT';
    end if;
    if (select count(*) from guard.deletion_run where begun_at > p_now - interval '1 day')
       >= (select most_a_day from guard.deletion_switch) then
        return 'ENOUGH_TODAY';
    end if;
    insert into guard.deletion_run (
        run_id, tenant_id, generation, map_version, phase, opened_at, terminated_at, window_ended_at, begun_at, fence_xid)
    select new_run, p_tenant, leaving.generation + 1, '', 'FENCING', leaving.opened_at, leaving.terminates_at,
           leaving.export_until, p_now, pg_current_xact_id()
      from wms.tenant as leaving
     where leaving.tenant_id = p_tenant;
    problem := guard.plan_deletion(new_run);
    if problem is not null then
        delete from guard.deletion_step where run_id = new_run;
        delete from guard.deletion_run where run_id = new_run;
        return problem;
    end if;
    perform guard.change_course(p_tenant, 'start-deletion', p_now, standing.course);
    return 'BEGUN';
end
$$;

-- As before; what is seen is also how a run gets on.
create or replace function guard.attest(p_run uuid, p_target text, p_kind text, p_value bigint, p_question text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into guard.deletion_evidence (run_id, no, target, kind, observer, question, value, observed_at)
    select p_run, coalesce(max(no), 0) + 1, p_target, p_kind, session_user,
           encode(sha256(convert_to(p_question, 'UTF8')), 'hex'), p_value, clock_timestamp()
      from guard.deletion_evidence
     where run_id = p_run;
    update guard.deletion_run
       set moved_at = clock_timestamp()
     where run_id = p_run;
end
$$;

-- As before; planning anew is a step of the tenant's.
create or replace function guard.obstacle(p_run uuid, p_fence bigint) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    leaving record;
    run guard.deletion_run;
    problem_found text;
begin
    select tenant.generation, tenant.hold_count, tenant.state
      into leaving
      from wms.tenant as tenant
     where tenant.tenant_id = fv.tenant()
       for share;
    select *
      into run
      from guard.deletion_run as known
     where known.run_id = p_run
       and known.tenant_id = fv.tenant()
       for update;
    if run.run_id is null
       or run.fence <> p_fence
       or run.generation <> leaving.generation
       or run.phase in ('DONE', 'CANCELLED')
       or leaving.state not in ('deleting', 'verifying') then
        return 'STALE';
    end if;
    if (select is_paused from guard.deletion_switch) then
        return 'PAUSED';
    end if;
    if leaving.hold_count > 0 then
        if not run.is_held then
            update guard.deletion_run set is_held = true, holds_seen = holds_seen + 1 where run_id = p_run;
            perform guard.attest(p_run, 'wms.tenant', 'HELD', leaving.hold_count, null);
        end if;
        return 'HELD';
    end if;
    if run.is_held then
        update guard.deletion_run set is_held = false where run_id = p_run;
        perform guard.attest(p_run, 'wms.tenant', 'RELEASED', 0, null);
    end if;
    -- A migration has come in between: its tables join the plan and are counted before they are emptied.
    if run.map_version <> fv.data_map_version() then
        problem_found := guard.plan_deletion(p_run);
        update guard.deletion_run
           set problem = problem_found,
               phase = case
                           when problem_found is null and phase not in ('FENCING', 'SIGHTING') then 'SIGHTING'
                           else phase
                       end,
               looked_once_at = null,
               looked_twice_at = null
         where run_id = p_run;
        if problem_found is not null then
            return 'BLOCKED';
        end if;
        update guard.deletion_step set after = null where run_id = p_run;
        if leaving.state = 'verifying' then
            -- No date of the business hangs on it.
            perform guard.pursue_deletion(fv.tenant(), 'replan-deletion', clock_timestamp());
        end if;
        perform guard.attest(p_run, 'wms.tenant', 'REPLANNED', 0, fv.data_map_version());
        return 'REPLANNED';
    end if;
    return null;
end
$$;

create or replace function fv.next_erasure(
    p_run uuid, p_fence bigint,
    out outcome text, out target text, out key_columns text[], out key_types text[], out cursor_key text[], out batch int)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    stands text;
begin
    outcome := guard.obstacle(p_run, p_fence);
    if outcome is not null then
        return;
    end if;
    select run.phase
      into stands
      from guard.deletion_run as run
     where run.run_id = p_run;
    if stands = 'FENCING' then
        outcome := guard.raise_fence(p_run);
    elsif stands = 'COMPARING' then
        select step.target
          into target
          from guard.deletion_step as step
         where step.run_id = p_run
           and step.kind <> 'OBJECTS'
           and not step.is_compared
         order by step.place
         limit 1;
        if target is not null then
            outcome := 'COMPARE';
            return;
        end if;
        -- Committed before the first row goes, and told in the certificate.
        update guard.deletion_run
           set phase = 'DELETING',
               problem = null,
               no_return_at = coalesce(no_return_at, clock_timestamp())
         where run_id = p_run;
        perform guard.attest(p_run, 'wms.tenant', 'NO_RETURN', 0, null);
        outcome := 'NO_RETURN';
    elsif stands = 'DELETING' then
        select step.target, step.key_columns, step.key_types, step.cursor_key, step.batch
          into target, key_columns, key_types, cursor_key, batch
          from guard.deletion_step as step
         where step.run_id = p_run
           and step.kind = 'DELETE'
           and not step.is_done
         order by step.place
         limit 1;
        if target is not null then
            outcome := 'BATCH';
            return;
        end if;
        update guard.deletion_run set phase = 'VERIFYING' where run_id = p_run;
        perform guard.pursue_deletion(fv.tenant(), 'finish-deletion', clock_timestamp());
        outcome := 'EMPTIED';
    else
        outcome := 'ELSEWHERE';
    end if;
end
$$;

-- As before; a batch is progress.
create or replace function fv.close_batch(p_run uuid, p_fence bigint, p_target text, p_deleted bigint, p_bound text[], p_millis int) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    worked guard.deletion_step;
    is_last constant boolean := p_bound is null;
begin
    select step.*
      into strict worked
      from guard.deletion_step as step
      join guard.deletion_run as run on run.run_id = step.run_id
     where step.run_id = p_run
       and step.target = p_target
       and step.kind = 'DELETE'
       and run.fence = p_fence
       and run.phase = 'DELETING'
       and run.tenant_id = fv.tenant();
    update guard.deletion_step as step
       set deleted = step.deleted + p_deleted,
           is_done = is_last and step.pass_deleted + p_deleted = 0,
           pass = step.pass + is_last::int,
           pass_deleted = case when is_last then 0 else step.pass_deleted + p_deleted end,
           cursor_key = p_bound,
           batch = case
                       when p_millis > 250 then greatest(step.batch / 2, 100)
                       when p_millis < 100 and not is_last then least(step.batch * 2, 20000)
                       else step.batch
                   end
     where step.run_id = p_run
       and step.target = p_target;
    update guard.deletion_run
       set moved_at = clock_timestamp()
     where run_id = p_run;
    if is_last and worked.pass_deleted + p_deleted = 0 then
        perform guard.attest(p_run, p_target, 'EMPTIED', worked.deleted, null);
    end if;
    return 'BATCH';
end
$$;

create or replace function fv.witness(p_run uuid, p_fence bigint, p_target text, p_kind text, p_value bigint, p_question text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    seen guard.deletion_step;
begin
    if session_user <> 'fv_verifier' then
        raise exception 'only the verifier is a witness' using errcode = '42501';
    end if;
    select step.*
      into strict seen
      from guard.deletion_step as step
      join guard.deletion_run as run on run.run_id = step.run_id
     where step.run_id = p_run
       and step.target = p_target
       and run.fence = p_fence
       and run.phase = case p_kind when 'BEFORE' then 'SIGHTING' else 'VERIFYING' end
       and run.tenant_id = fv.tenant();
    perform guard.attest(p_run, p_target, p_kind, p_value, p_question);
    if p_kind = 'BEFORE' then
        update guard.deletion_step set before = p_value where run_id = p_run and target = p_target;
        return 'SEEN';
    end if;
    if p_value = 0 or seen.kind <> 'DELETE' then
        update guard.deletion_step set after = p_value where run_id = p_run and target = p_target;
        return 'SEEN';
    end if;
    perform guard.attest(p_run, p_target, 'RESIDUE', p_value, p_question);
    update guard.deletion_step
       set is_done = false,
           pass = 1,
           pass_deleted = 0,
           cursor_key = null,
           late = late + p_value
     where run_id = p_run
       and target = p_target;
    update guard.deletion_step set after = null where run_id = p_run;
    update guard.deletion_run
       set phase = 'DELETING',
           residues = residues + 1,
           looked_once_at = null,
           problem = format('RESIDUE: %s rows in %s after its end.', p_value, p_target)
     where run_id = p_run;
    perform guard.pursue_deletion(fv.tenant(), 'find-residue', clock_timestamp());
    return 'RESIDUE';
end
$$;

-- As before, and not under a hold.
create or replace function fv.draft_certificate(p_run uuid, p_fence bigint, p_now timestamptz) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    run guard.deletion_run;
    last_one record;
    drafted text;
begin
    perform guard.require_platform();
    -- Certificates form a chain, so they are drafted one after the other.
    perform from guard.deletion_switch for no key update;
    select *
      into run
      from guard.deletion_run as known
     where known.run_id = p_run
       and known.fence = p_fence
       and known.phase = 'CERTIFYING'
       for update;
    if run.run_id is null then
        return null;
    end if;
    -- While the tenant is held nothing is certified; the next turn after its release goes on.
    if exists (select from wms.tenant as leaving where leaving.tenant_id = run.tenant_id and leaving.hold_count > 0) then
        return null;
    end if;
    if run.certificate is not null then
        return run.certificate;
    end if;
    if exists (select from fv.data_map_differences()) or run.map_version <> fv.data_map_version() then
        -- To be looked at once more, under the map that is true now.
        update guard.deletion_step set after = null where run_id = p_run;
        update guard.deletion_run set phase = 'VERIFYING', looked_once_at = null, looked_twice_at = null where run_id = p_run;
        return null;
    end if;
    select certificate_no, guard.hex_digest(certificate) as digest
      into last_one
      from guard.deletion_run
     where certificate_no is not null
     order by certificate_no desc
     limit 1;
    drafted := guard.canonical_json(guard.certificate_of(p_run, p_now, last_one.digest));
    update guard.deletion_run
       set certificate = drafted,
           certificate_no = coalesce(last_one.certificate_no, 0) + 1
     where run_id = p_run;
    return drafted;
end
$$;

create or replace function fv.certify_deletion(
    p_run uuid, p_fence bigint, p_certificate_digest text, p_signed_by text, p_algorithm text, p_signature bytea, p_now timestamptz)
returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    run guard.deletion_run;
    answer text;
begin
    perform guard.require_platform();
    perform
       from wms.tenant as leaving
       join guard.deletion_run as leased on leased.tenant_id = leaving.tenant_id
      where leased.run_id = p_run
        for no key update of leaving;
    select *
      into run
      from guard.deletion_run as known
     where known.run_id = p_run
       for update;
    if run.phase = 'DONE' then
        return 'DONE';
    end if;
    if run.run_id is null
       or run.fence <> p_fence
       or run.phase <> 'CERTIFYING'
       or guard.hex_digest(run.certificate) is distinct from p_certificate_digest
       or coalesce(length(p_signature), 0) = 0 then
        return 'STALE';
    end if;
    answer := guard.pursue_deletion(run.tenant_id, 'certify-deletion', p_now);
    if answer <> 'DONE' then
        return answer;
    end if;
    update guard.deletion_run
       set phase = 'DONE',
           ended_at = p_now,
           signed_by = p_signed_by,
           algorithm = p_algorithm,
           signature = p_signature,
           problem = null
     where run_id = p_run;
    update wms.tenant
       set name = 'sha256:' || guard.hex_digest(name)
     where tenant_id = run.tenant_id;
    return 'DONE';
end
$$;

-- Stops a deletion before its first row has gone. The tenant is scheduled again, for a time in which it
-- reads of it and may come back: if it kept its date, the next turn of the clock would begin anew. Before
-- this the function bore the name of the tenant's own step.
drop function fv.cancel_deletion(uuid);

create function fv.stop_deletion(p_tenant uuid, p_at timestamptz) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    tenant guard.tenant_standing;
    course guard.course;
    run guard.deletion_run;
begin
    perform guard.require_platform();
    tenant := guard.lock_tenant(p_tenant);
    if tenant.state is null then
        return 'UNKNOWN';
    end if;
    if not guard.may_step('stop-deletion', tenant.state) then
        return case when tenant.state in ('verifying', 'deleted') then 'TOO_LATE' else 'STATE' end;
    end if;
    update guard.deletion_run as stopped
       set phase = 'CANCELLED',
           fence = stopped.fence + 1,
           moved_at = clock_timestamp()
     where stopped.tenant_id = p_tenant
       and stopped.phase in ('FENCING', 'SIGHTING', 'COMPARING')
       and stopped.no_return_at is null
    returning *
      into run;
    if run.run_id is null then
        return 'TOO_LATE';
    end if;
    course := tenant.course;
    course.deletion_starts_at := greatest(course.deletion_starts_at, p_at + guard.notice_time());
    perform guard.change_course(p_tenant, 'stop-deletion', p_at, course);
    return 'DONE';
end
$$;

-- The deletions that are not over, in the order in which they began.
create function fv.search_deletions(p_after uuid, p_fetch int)
returns table (run_id uuid, tenant uuid, phase text, problem text, is_held boolean, begun_at timestamptz,
               no_return_at timestamptz, moved_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform guard.require_platform();
    return query
    select run.run_id, run.tenant_id, run.phase, run.problem, run.is_held, run.begun_at, run.no_return_at, run.moved_at
      from guard.deletion_run as run
     where run.phase not in ('DONE', 'CANCELLED')
       and run.run_id > p_after
     order by run.run_id
     limit p_fetch;
end
$$;

create function fv.are_deletions_paused() returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform guard.require_platform();
    return (select is_paused from guard.deletion_switch);
end
$$;

-- How many deletions do not get on, and nobody wants them to stand: a run says what keeps it, or has not
-- moved for an hour, or has not had its second look six hours after its time; or a tenant whose time has
-- come three days ago was not begun, since files of an export may take two nights to go. A hold is wanted,
-- and so is a pause for a day.
create function fv.count_stuck_deletions(p_at timestamptz) returns int
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    switch guard.deletion_switch;
begin
    perform guard.require_platform();
    select * into strict switch from guard.deletion_switch;
    if switch.is_paused and switch.changed_at > clock_timestamp() - interval '1 day' then
        return 0;
    end if;
    return (
        select count(*)
          from guard.deletion_run as run
          join wms.tenant as leaving on leaving.tenant_id = run.tenant_id
         where run.phase not in ('DONE', 'CANCELLED')
           and leaving.hold_count = 0
           and (run.problem is not null
                or case
                       when run.phase = 'VERIFYING' and run.looked_once_at is not null
                       then run.looked_once_at + switch.days_between_looks * interval '1 day' < p_at - interval '6 hours'
                       else run.moved_at < clock_timestamp() - interval '1 hour'
                   end))
        + (select count(*)
             from wms.tenant as waiting
            where waiting.state = 'deletion_scheduled'
              and waiting.hold_count = 0
              and waiting.deletion_starts_at < p_at - interval '3 days');
end
$$;

grant execute on function fv.stop_deletion(uuid, timestamptz), fv.search_deletions(uuid, int), fv.are_deletions_paused() to fv_platform;
grant execute on function fv.count_stuck_deletions(timestamptz) to fv_worker;

insert into guard.job (name, actor_id, scope, work, statement_seconds, transaction_seconds)
values ('check-deletions', '00000000-0000-7000-8001-000000010301', 'platform', 'read', 30, 60);
