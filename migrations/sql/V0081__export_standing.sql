-- Whether a tenant that ends has its data: its window does not close on an export that runs, nor on one
-- that failed for a fault of ours.

set local role fv_owner;

create policy guard_reads on wms.export for select to fv_guard using (true);
grant select (tenant_id, export_id, state, requested_at, as_of, ready_at, ended_at) on wms.export to fv_guard;

set local role fv_guard;

-- NONE, RUNNING, FAILED (for a fault of ours: nothing that a tenant does makes one fail), SUCCEEDED (all of
-- it, as of its termination or later); and since when.
create or replace function guard.export_standing(p_tenant uuid, out standing text, out since timestamptz)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    select 'RUNNING', running.requested_at
      into standing, since
      from wms.export as running
     where running.tenant_id = p_tenant
       and running.state in ('REQUESTED', 'RUNNING', 'PACKAGING');
    if standing is not null then
        return;
    end if;
    select 'SUCCEEDED', made.ready_at
      into standing, since
      from wms.export as made
      join wms.tenant as ending on ending.tenant_id = made.tenant_id
     where made.tenant_id = p_tenant
       and made.ready_at is not null
       and made.as_of >= ending.terminates_at
     order by made.export_id desc
     limit 1;
    if standing is not null then
        return;
    end if;
    select case newest.state when 'FAILED' then 'FAILED' else 'NONE' end,
           case newest.state when 'FAILED' then newest.ended_at end
      into standing, since
      from wms.export as newest
     where newest.tenant_id = p_tenant
       and newest.state <> 'CANCELLED'
     order by newest.export_id desc
     limit 1;
    standing := coalesce(standing, 'NONE');
end
$$;
