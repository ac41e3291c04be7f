-- What lies outside goes before the rows that know of it.
--
-- The files of an export are found through its rows. A deletion that began with the rows would leave them
-- where nobody looks any more. So it waits until the night's job has removed them, and for an export that
-- runs until it has ended.

set local role fv_owner;

grant select (purged_at) on wms.export to fv_guard;

set local role fv_guard;

create or replace function guard.begin_deletion(p_tenant uuid, p_now timestamptz) returns text
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
    if (guard.export_standing(p_tenant)).standing = 'RUNNING' then
        return 'EXPORT_RUNNING';
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
