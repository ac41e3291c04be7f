-- All that a deleted tenant has left goes on the days that its certificate says.
--
-- Its entries and the steps of its life went already; now its suspensions, its holds and the row itself go
-- as well, and when a certificate has been kept for seven years, the record of the deletion. Tenant by
-- tenant and by their ids: joined in one statement, the plan of a session that has seen these tables empty
-- would compare everything with everything.

set local role fv_owner;

-- Of tenants that are deleted and of no others, whoever calls; the guard's own policies let it do less.
create policy guard_ends on wms.suspension as restrictive for delete to fv_guard
    using (tenant_id in (select over.tenant_id from wms.tenant as over where over.state = 'deleted'));
create policy guard_ends on wms.legal_hold as restrictive for delete to fv_guard
    using (tenant_id in (select over.tenant_id from wms.tenant as over where over.state = 'deleted'));
create policy guard_ends on wms.tenant for delete to fv_guard
    using (state = 'deleted');
grant delete on wms.suspension, wms.legal_hold, wms.tenant to fv_guard;

set local role fv_guard;

drop function fv.retire_deleted_tenants(timestamptz, int);

-- Removes up to so many entries, and of at most so many tenants what else is due; answers how many of each
-- kind went. It shares the tenants' rows and passes by what is held, as everything that deletes does,
-- though nobody can place a hold any more.
create function fv.retire_deleted_tenants(
    p_at timestamptz, p_most int, out entries int, out steps int, out tenants int, out proofs int)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    proofs_kept constant interval := interval '2555 days';
    over record;
    doomed uuid[];
    gone int;
begin
    perform guard.require_platform();
    entries := 0;
    steps := 0;
    tenants := 0;
    proofs := 0;
    for over in
        select ended.tenant_id,
               p_at - entry.kept_days * interval '1 day' as entries_before,
               ended.begun_at + course.kept_days * interval '1 day' <= p_at as is_course_over,
               ended.begun_at + standing.kept_days * interval '1 day' <= p_at as is_row_over
          from guard.deletion_run as ended
          join wms.tenant as tenant on tenant.tenant_id = ended.tenant_id
          join guard.deletion_step as entry on entry.run_id = ended.run_id and entry.target = 'wms.audit_entry'
          left join guard.deletion_step as course on course.run_id = ended.run_id and course.target = 'wms.tenant_course'
          left join guard.deletion_step as standing on standing.run_id = ended.run_id and standing.target = 'wms.tenant'
         where ended.phase = 'DONE'
           and tenant.state = 'deleted'
           and tenant.hold_count = 0
         order by ended.begun_at
           for share of tenant
    loop
        exit when entries >= p_most or steps >= p_most;
        doomed := array(
            select entry.audit_id
              from wms.audit_entry as entry
             where entry.tenant_id = over.tenant_id
               and entry.recorded_at <= over.entries_before
             limit p_most - entries);
        delete from wms.audit_entry
         where tenant_id = over.tenant_id
           and audit_id = any (doomed);
        get diagnostics gone = row_count;
        entries := entries + gone;
        if over.is_course_over then
            delete from wms.tenant_course where tenant_id = over.tenant_id;
            get diagnostics gone = row_count;
            steps := steps + gone;
            delete from wms.suspension where tenant_id = over.tenant_id;
            get diagnostics gone = row_count;
            steps := steps + gone;
            delete from wms.legal_hold where tenant_id = over.tenant_id;
            get diagnostics gone = row_count;
            steps := steps + gone;
        end if;
        if over.is_row_over
           and not exists (select from wms.audit_entry as entry where entry.tenant_id = over.tenant_id)
           and not exists (select from wms.tenant_course as step where step.tenant_id = over.tenant_id) then
            delete from wms.tenant where tenant_id = over.tenant_id;
            tenants := tenants + 1;
        end if;
    end loop;
    for over in
        select ended.run_id
          from guard.deletion_run as ended
         where ended.phase in ('DONE', 'CANCELLED')
           and coalesce(ended.ended_at, ended.begun_at) + proofs_kept <= p_at
           and not exists (select from wms.tenant as there where there.tenant_id = ended.tenant_id and there.state = 'deleted')
         order by ended.begun_at
         limit p_most
    loop
        delete from guard.deletion_evidence where run_id = over.run_id;
        delete from guard.deletion_step where run_id = over.run_id;
        delete from guard.backup_ageing where run_id = over.run_id;
        delete from guard.deletion_run where run_id = over.run_id;
        proofs := proofs + 1;
    end loop;
end
$$;

grant execute on function fv.retire_deleted_tenants(timestamptz, int) to fv_worker;
