-- How a tenant is deleted, transaction by transaction.
--
-- A run goes through its phases: FENCING waits until nothing that began before is still running,
-- SIGHTING lets the verifier count what is there, COMPARING lets the eraser count the same, DELETING
-- removes it in batches, VERIFYING lets the verifier look twice, CERTIFYING waits for a signature.
-- Nothing is removed before two logins have seen the same rows, for a count of nothing proves nothing
-- under row policies: a role that is missing from one sees nothing and no error.
--
-- Whoever works on a run holds a lease with a number that only rises. Every transaction first shares
-- the tenant's row, which a legal hold locks alone, and then locks the run, whose number it compares.
-- So no batch commits after a hold, after another course of the tenant, or under a lease that is over.

set local role fv_owner;

create policy guard_deletes on wms.tenant for update to fv_guard using (true) with check (true);
grant select (name, opened_at, version, generation, hold_count, terminates_at, export_until, deletion_starts_at)
   on wms.tenant to fv_guard;
grant update (name, state, generation, version) on wms.tenant to fv_guard;

set local role fv_guard;

-- Those who start, lease and certify stand in the platform's tenant.
create function guard.require_platform() returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if fv.tenant() <> guard.platform_tenant() then
        raise exception 'deletions are run from the platform tenant' using errcode = '42501';
    end if;
end
$$;

-- The preflight and the fence, in one transaction: from its commit on the door refuses all other work.
create function guard.begin_deletion(p_tenant uuid, p_now timestamptz) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    leaving record;
    new_run constant uuid := fv.uuid7();
    problem text;
begin
    select tenant_id, state, generation, hold_count, opened_at, terminates_at, export_until, deletion_starts_at
      into leaving
      from wms.tenant
     where tenant_id = p_tenant
       for no key update;
    if leaving.tenant_id is null
       or leaving.state <> 'deletion_scheduled'
       or coalesce(leaving.deletion_starts_at > p_now, true)
       or p_tenant in (guard.platform_tenant(), guard.synthetic_tenant()) then
        return 'NOT_DUE';
    end if;
    if leaving.hold_count > 0 then
        return 'HELD';
    end if;
    if (select is_paused from guard.deletion_switch) then
        return 'PAUSED';
    end if;
    if (select count(*) from guard.deletion_run where begun_at > p_now - interval '1 day')
       >= (select most_a_day from guard.deletion_switch) then
        return 'ENOUGH_TODAY';
    end if;
    insert into guard.deletion_run (
        run_id, tenant_id, generation, map_version, phase, opened_at, terminated_at, window_ended_at, begun_at, fence_xid)
    values (
        new_run, p_tenant, leaving.generation + 1, '', 'FENCING', leaving.opened_at, leaving.terminates_at,
        leaving.export_until, p_now, pg_current_xact_id());
    problem := guard.plan_deletion(new_run);
    if problem is not null then
        delete from guard.deletion_step where run_id = new_run;
        delete from guard.deletion_run where run_id = new_run;
        return problem;
    end if;
    update wms.tenant
       set state = 'deleting',
           generation = generation + 1,
           version = version + 1
     where tenant_id = p_tenant;
    return 'BEGUN';
end
$$;

-- Begins what is due, and says of each tenant that is what came of it.
create function fv.begin_due_deletions(p_now timestamptz)
returns table (tenant uuid, outcome text)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform guard.require_platform();
    for tenant in
        select due.tenant_id
          from wms.tenant as due
         where due.state = 'deletion_scheduled'
           and due.deletion_starts_at <= p_now
         order by due.deletion_starts_at, due.tenant_id
         limit 100
    loop
        outcome := guard.begin_deletion(tenant, p_now);
        return next;
    end loop;
end
$$;

-- Takes the run that has waited longest in one of these phases, for so many seconds by the database's
-- clock. Null where there is none. The number of the lease is compared by every later transaction.
create function fv.lease_deletion(p_phases text[], p_seconds int, p_now timestamptz, out run uuid, out fence bigint, out phase text)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform guard.require_platform();
    if (select is_paused from guard.deletion_switch) then
        return;
    end if;
    update guard.deletion_run as leased
       set fence = leased.fence + 1,
           leased_until = clock_timestamp() + p_seconds * interval '1 second'
     where leased.run_id = (
               select waiting.run_id
                 from guard.deletion_run as waiting
                where waiting.phase = any (p_phases)
                  and coalesce(waiting.leased_until < clock_timestamp(), true)
                  and (waiting.phase <> 'VERIFYING'
                       or waiting.looked_once_at is null
                       or waiting.looked_once_at + (select days_between_looks from guard.deletion_switch) * interval '1 day' <= p_now)
                order by waiting.leased_until nulls first, waiting.run_id
                limit 1
                  for update skip locked)
    returning leased.run_id, leased.fence, leased.phase
      into run, fence, phase;
end
$$;

-- Ends a lease; the run is left alone for so many seconds.
create function fv.release_deletion(p_run uuid, p_fence bigint, p_seconds int) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    stands text;
begin
    perform guard.require_platform();
    update guard.deletion_run
       set leased_until = clock_timestamp() + p_seconds * interval '1 second'
     where run_id = p_run
       and fence = p_fence
    returning phase
      into stands;
    return stands;
end
$$;

-- The door of the eraser and the verifier. They name a run and never a tenant, so neither can enter a
-- tenant that is not being deleted.
create function fv.enter_deletion(p_run uuid) returns uuid
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    leaving record;
begin
    select run.tenant_id, tenant.state
      into leaving
      from guard.deletion_run as run
      join wms.tenant as tenant on tenant.tenant_id = run.tenant_id
     where run.run_id = p_run
       and run.phase not in ('DONE', 'CANCELLED');
    if leaving.tenant_id is null then
        raise exception 'deletion unknown' using errcode = '28000';
    end if;
    if guard.entered() <> leaving.tenant_id::text then
        raise exception 'tenant already set in this transaction' using errcode = '25001';
    end if;
    if not exists (
            select
              from guard.state_work as allowed
             where allowed.state = leaving.state
               and allowed.work = 'deletion') then
        raise exception 'tenant state refuses this work' using errcode = 'FV403';
    end if;
    perform guard.seal(leaving.tenant_id, 'job:00000000-0000-7000-8001-000000000070');
    return leaving.tenant_id;
end
$$;

-- What every transaction of a run begins with: shares the tenant's row, locks the run, and says whether
-- the caller may go on. Null means that it may.
create function guard.obstacle(p_run uuid, p_fence bigint) returns text
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
        update wms.tenant set state = 'deleting', version = version + 1 where tenant_id = fv.tenant() and state = 'verifying';
        perform guard.attest(p_run, 'wms.tenant', 'REPLANNED', 0, fv.data_map_version());
        return 'REPLANNED';
    end if;
    return null;
end
$$;

-- The fence is up when every transaction that ran beside the one that began the deletion has ended.
-- The oldest running transaction id does not show those that have written nothing yet and so have none;
-- each running transaction holds a lock on its own virtual id, and those are written down and awaited.
create function guard.raise_fence(p_run uuid) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    run guard.deletion_run;
begin
    select *
      into strict run
      from guard.deletion_run as known
     where known.run_id = p_run;
    if run.fence_waits is null then
        update guard.deletion_run
           set fence_waits = array(
                   select virtualtransaction
                     from pg_locks
                    where locktype = 'virtualxid'
                      and granted
                      and pid <> pg_backend_pid()
                      and virtualtransaction = virtualxid)
         where run_id = p_run;
        return 'WAIT';
    end if;
    if pg_snapshot_xmin(pg_current_snapshot()) <= run.fence_xid
       or exists (
               select
                 from pg_locks
                where locktype = 'virtualxid'
                  and granted
                  and virtualtransaction = virtualxid
                  and virtualtransaction = any (run.fence_waits)) then
        return 'WAIT';
    end if;
    update guard.deletion_run
       set phase = 'SIGHTING',
           fenced_at = clock_timestamp()
     where run_id = p_run;
    perform guard.attest(p_run, 'wms.tenant', 'FENCED', cardinality(run.fence_waits), null);
    return 'FENCED';
end
$$;

-- What the eraser does next.
create function fv.next_erasure(
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
        update wms.tenant set state = 'verifying', version = version + 1 where tenant_id = fv.tenant();
        outcome := 'EMPTIED';
    else
        outcome := 'ELSEWHERE';
    end if;
end
$$;

-- The eraser has counted too. It goes on when it sees what the verifier has seen; if not, one of them is
-- blind, and nothing is removed until both have counted again and agree.
create function fv.compare_sight(p_run uuid, p_fence bigint, p_target text, p_value bigint, p_question text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    seen guard.deletion_step;
begin
    select step.*
      into strict seen
      from guard.deletion_step as step
      join guard.deletion_run as run on run.run_id = step.run_id
     where step.run_id = p_run
       and step.target = p_target
       and run.fence = p_fence
       and run.phase = 'COMPARING'
       and run.tenant_id = fv.tenant();
    perform guard.attest(p_run, p_target, 'COMPARED', p_value, p_question);
    if seen.before = p_value and (seen.kind <> 'REDUCE' or p_value = 1) then
        update guard.deletion_step set is_compared = true where run_id = p_run and target = p_target;
        return 'COMPARED';
    end if;
    update guard.deletion_step set before = null where run_id = p_run and target = p_target;
    update guard.deletion_run
       set phase = 'SIGHTING',
           problem = format('BLIND: of %s the verifier sees %s and the eraser %s.', p_target, seen.before, p_value)
     where run_id = p_run;
    return 'BLIND';
end
$$;

-- The end of a batch, in the transaction of its delete: the cursor moves with the rows or not at all. A
-- pass without a bound is at its end; passes go on until one has found nothing. Sizes aim at 100 to 250 ms.
create function fv.close_batch(p_run uuid, p_fence bigint, p_target text, p_deleted bigint, p_bound text[], p_millis int) returns text
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
    if is_last and worked.pass_deleted + p_deleted = 0 then
        perform guard.attest(p_run, p_target, 'EMPTIED', worked.deleted, null);
    end if;
    return 'BATCH';
end
$$;

-- What the verifier looks at next. A hold does not keep it from looking.
create function fv.next_look(p_run uuid, p_fence bigint, p_now timestamptz, out outcome text, out target text, out kind text)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    run guard.deletion_run;
begin
    outcome := guard.obstacle(p_run, p_fence);
    if outcome is not null then
        return;
    end if;
    select *
      into strict run
      from guard.deletion_run as known
     where known.run_id = p_run;
    if run.phase = 'SIGHTING' then
        kind := 'BEFORE';
        select step.target
          into target
          from guard.deletion_step as step
         where step.run_id = p_run
           and step.kind <> 'OBJECTS'
           and step.before is null
         order by step.place
         limit 1;
        if target is not null then
            outcome := 'LOOK';
            return;
        end if;
        update guard.deletion_run set phase = 'COMPARING' where run_id = p_run;
        outcome := 'SIGHTED';
    elsif run.phase = 'VERIFYING' then
        if run.looked_once_at + (select days_between_looks from guard.deletion_switch) * interval '1 day' > p_now then
            outcome := 'WAIT';
            return;
        end if;
        kind := case when run.looked_once_at is null then 'FIRST_LOOK' else 'SECOND_LOOK' end;
        select step.target
          into target
          from guard.deletion_step as step
         where step.run_id = p_run
           and step.kind <> 'OBJECTS'
           and step.after is null
         order by step.place
         limit 1;
        if target is not null then
            outcome := 'LOOK';
            return;
        end if;
        -- What came into the catalogue while the run looked has not been looked at.
        if exists (select from fv.data_map_differences()) then
            update guard.deletion_run set problem = 'MAP: the catalogue has moved on' where run_id = p_run;
            outcome := 'BLOCKED';
        elsif run.looked_once_at is null then
            update guard.deletion_step set after = null where run_id = p_run;
            update guard.deletion_run set looked_once_at = p_now, problem = null where run_id = p_run;
            outcome := 'LOOKED_ONCE';
        else
            update guard.deletion_run set looked_twice_at = p_now, problem = null, phase = 'CERTIFYING' where run_id = p_run;
            outcome := 'LOOKED_TWICE';
        end if;
    else
        outcome := 'ELSEWHERE';
    end if;
end
$$;

-- What the verifier has seen. Rows where there should be none send the run back to work.
create function fv.witness(p_run uuid, p_fence bigint, p_target text, p_kind text, p_value bigint, p_question text) returns text
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
    update wms.tenant set state = 'deleting', version = version + 1 where tenant_id = fv.tenant();
    return 'RESIDUE';
end
$$;

-- Takes a deletion back before its first row has gone: the tenant is scheduled again, as it was.
create function fv.cancel_deletion(p_tenant uuid) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    cancelled uuid;
begin
    perform guard.require_platform();
    perform from wms.tenant where tenant_id = p_tenant for no key update;
    update guard.deletion_run
       set phase = 'CANCELLED',
           fence = fence + 1
     where tenant_id = p_tenant
       and phase in ('FENCING', 'SIGHTING', 'COMPARING')
       and no_return_at is null
    returning run_id
      into cancelled;
    if cancelled is null then
        return 'TOO_LATE';
    end if;
    update wms.tenant
       set state = 'deletion_scheduled',
           generation = generation + 1,
           version = version + 1
     where tenant_id = p_tenant;
    return 'CANCELLED';
end
$$;

create function fv.pause_deletions(p_paused boolean) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform guard.require_platform();
    update guard.deletion_switch
       set is_paused = p_paused,
           changed_at = clock_timestamp();
end
$$;

grant execute on function
      fv.begin_due_deletions(timestamptz),
      fv.lease_deletion(text[], int, timestamptz),
      fv.release_deletion(uuid, bigint, int)
   to fv_worker;
grant execute on function fv.cancel_deletion(uuid), fv.pause_deletions(boolean) to fv_platform;
grant execute on function fv.enter_deletion(uuid) to fv_eraser, fv_verifier;
grant execute on function
      fv.next_erasure(uuid, bigint),
      fv.compare_sight(uuid, bigint, text, bigint, text),
      fv.close_batch(uuid, bigint, text, bigint, text[], int)
   to fv_eraser;
grant execute on function
      fv.next_look(uuid, bigint, timestamptz),
      fv.witness(uuid, bigint, text, text, bigint, text)
   to fv_verifier;

set local role fv_owner;

-- One transaction of the eraser. It deletes with the eraser's own rights, so that row policies bind it:
-- the next rows along the key up to a bound that is found first. A key that moves on never walks the
-- dead rows of the batches before it again, and one range of an index serves every partition.
create function wms.erase_next(p_run uuid, p_fence bigint, p_most int, out outcome text, out target text, out deleted bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    next record;
    place regclass;
    started constant timestamptz := clock_timestamp();
    names text;
    bound text[];
    after_cursor text := 'true';
    up_to_bound text := 'true';
    question text;
    counted bigint;
begin
    perform fv.enter_deletion(p_run);
    select *
      into next
      from fv.next_erasure(p_run, p_fence) as step;
    outcome := next.outcome;
    target := next.target;
    deleted := 0;
    if outcome = 'COMPARE' then
        question := format('select count(*) from %s', to_regclass(target));
        execute question into counted;
        outcome := fv.compare_sight(p_run, p_fence, target, counted, question);
    elsif outcome = 'BATCH' then
        place := to_regclass(target);
        if cardinality(next.key_columns) > 0 then
            names := (select string_agg(quote_ident(name), ', ') from unnest(next.key_columns) as name);
            if next.cursor_key is not null then
                after_cursor := format('row(%s) > row(%s)', names, wms.key_values(1, next.key_types));
            end if;
            execute format(
                        'select array[%s] from %s where %s order by %s offset $2 limit 1',
                        (select string_agg(quote_ident(name) || '::text', ', ') from unnest(next.key_columns) as name),
                        place, after_cursor, names)
               into bound
              using next.cursor_key, least(next.batch, p_most) - 1;
            if bound is not null then
                up_to_bound := format('row(%s) <= row(%s)', names, wms.key_values(2, next.key_types));
            end if;
        end if;
        execute format('delete from %s where %s and %s', place, after_cursor, up_to_bound)
          using next.cursor_key, bound;
        get diagnostics deleted = row_count;
        outcome := fv.close_batch(
            p_run, p_fence, target, deleted, bound, (extract(epoch from clock_timestamp() - started) * 1000)::int);
    end if;
end
$$;

-- The parts of an array that is bound to a statement, each as what its column is.
create function wms.key_values(p_argument int, p_types text[]) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select string_agg(format('$%s[%s]::%s', p_argument, place, type), ', ' order by place)
          from unnest(p_types) with ordinality as part (type, place));
end
$$;

-- One look of the verifier, with its own rights.
create function wms.look_next(p_run uuid, p_fence bigint, p_now timestamptz, out outcome text, out target text, out counted bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    next record;
    question text;
begin
    perform fv.enter_deletion(p_run);
    select *
      into next
      from fv.next_look(p_run, p_fence, p_now) as look;
    outcome := next.outcome;
    target := next.target;
    if outcome = 'LOOK' then
        question := format('select count(*) from %s', to_regclass(target));
        execute question into counted;
        outcome := fv.witness(p_run, p_fence, target, next.kind, counted, question);
    end if;
end
$$;

grant execute on function wms.erase_next(uuid, bigint, int), wms.key_values(int, text[]) to fv_eraser;
grant execute on function wms.look_next(uuid, bigint, timestamptz) to fv_verifier;
