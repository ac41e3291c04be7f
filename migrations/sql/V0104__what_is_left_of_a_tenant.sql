-- What a deleted tenant has left behind ends as its certificate says.
--
-- Its audit entries outlive it, at most for 400 days, and so do the steps of its life. No job of a tenant
-- enters one that is deleted, so the night's jobs would leave them for ever. This one goes to them from
-- the platform's tenant, and removes what is older than the days that the certificate has said. Its row
-- stays: an id, a digest of its name, and dates.

set local role fv_owner;

-- Of tenants that are deleted and of no others, whoever calls.
create policy guard_ends on wms.audit_entry for delete to fv_guard
    using (tenant_id in (select over.tenant_id from wms.tenant as over where over.state = 'deleted'));
create policy guard_ends on wms.tenant_course for delete to fv_guard
    using (tenant_id in (select over.tenant_id from wms.tenant as over where over.state = 'deleted'));
create policy guard_sees on wms.tenant_course for select to fv_guard
    using (tenant_id in (select over.tenant_id from wms.tenant as over where over.state = 'deleted'));
grant delete on wms.audit_entry, wms.tenant_course to fv_guard;
grant select (tenant_id, course_no, at) on wms.tenant_course to fv_guard;

set local role fv_guard;

-- Removes up to so many rows of each kind, and answers how many of them went. It shares the tenants' rows
-- and passes by what is held, as everything that deletes does, though nobody can place a hold any more.
create function fv.retire_deleted_tenants(p_at timestamptz, p_most int, out entries int, out steps int)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform guard.require_platform();
    delete from wms.audit_entry
     where (tenant_id, audit_id) in (
               select entry.tenant_id, entry.audit_id
                 from guard.deletion_run as run
                 join guard.deletion_step as kept on kept.run_id = run.run_id and kept.target = 'wms.audit_entry'
                 join wms.audit_entry as entry on entry.tenant_id = run.tenant_id
                 join wms.tenant as over on over.tenant_id = run.tenant_id
                where run.phase = 'DONE'
                  and over.hold_count = 0
                  and entry.recorded_at + kept.kept_days * interval '1 day' <= p_at
                limit p_most
                  for share of over);
    get diagnostics entries = row_count;
    delete from wms.tenant_course
     where (tenant_id, course_no) in (
               select step.tenant_id, step.course_no
                 from guard.deletion_run as run
                 join guard.deletion_step as kept on kept.run_id = run.run_id and kept.target = 'wms.tenant_course'
                 join wms.tenant_course as step on step.tenant_id = run.tenant_id
                where run.phase = 'DONE'
                  and run.begun_at + kept.kept_days * interval '1 day' <= p_at
                limit p_most);
    get diagnostics steps = row_count;
end
$$;

grant execute on function fv.retire_deleted_tenants(timestamptz, int) to fv_worker;

insert into guard.job (name, actor_id, scope, work, statement_seconds, transaction_seconds)
values ('retire-deleted-tenants', '00000000-0000-7000-8001-000000010401', 'platform', 'write', 60, 120),
       ('check-audit',            '00000000-0000-7000-8001-000000010402', 'tenant',   'read',  60, 120);

-- The public half of every key that has signed for a purpose, in the order in which they came.
create function fv.published_keys(p_purpose text) returns table (key_id text, spki bytea, first_used_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select known.key_id, known.spki, known.first_used_at
      from guard.signing_key as known
     where known.purpose = p_purpose
     order by known.first_used_at, known.key_id;
end
$$;

grant execute on function fv.published_keys(text) to fv_api_ro;

-- Jobs verify trails, too.
grant execute on function fv.signing_keys(text) to fv_worker;

set local role fv_owner;

grant execute on function wms.audit_genesis(uuid) to fv_worker;
