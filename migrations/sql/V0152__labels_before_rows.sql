-- The files of labels go before the rows that know of them, as those of exports do.

set local role fv_owner;

grant select (stored_at, removed_at) on wms.carrier_label to fv_guard;

set local role fv_guard;

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
               and made.purged_at is null)
       or exists (
            select
              from wms.carrier_label as label
             where label.tenant_id = p_tenant
               and label.stored_at is not null
               and label.removed_at is null) then
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
