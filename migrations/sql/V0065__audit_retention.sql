-- How the audit trail ends, and which jobs work on it.
--
-- A segment goes as a whole, when the months that its tenant had chosen when it was opened are over: its
-- row stays with seal and signature, so what comes after it still proves where it began. A hold on the
-- tenant keeps every segment. That one went is told by an entry of its own.

set local role fv_owner;

-- Retires what is due at p_now and removes up to so many entries of segments that are retired. Definer,
-- since no login may delete an entry; the owner's policy holds it to the entered tenant.
create function wms.retire_audit(p_now timestamptz, p_most int, out retired int, out purged int)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    holds int;
    due record;
begin
    retired := 0;
    purged := 0;
    -- Shared, so that a hold which comes now waits for this, and one that was there is seen.
    select tenant.hold_count
      into strict holds
      from wms.tenant as tenant
     where tenant.tenant_id = fv.tenant()
       for share;
    if holds > 0 then
        return;
    end if;
    for due in
        select segment.segment_no, segment.segment_id
          from wms.audit_segment as segment
         where segment.state = 'CLOSED'
           and segment.signature is not null
           and segment.month + interval '1 month' + make_interval(days => segment.retention_days)
               <= p_now at time zone 'UTC'
         order by segment.segment_no
    loop
        update wms.audit_segment
           set state = 'RETIRED',
               retired_at = p_now
         where segment_no = due.segment_no;
        perform wms.record_audit(
            fv.uuid7(), p_now, 'retire-audit-segments', 'audit-segment', due.segment_id, fv.uuid7());
        retired := retired + 1;
    end loop;
    delete from wms.audit_checkpoint
     where segment_no in (select segment.segment_no from wms.audit_segment as segment where segment.state = 'RETIRED');
    delete from wms.audit_entry
     where audit_id in (
               select entry.audit_id
                 from wms.audit_entry as entry
                 join wms.audit_segment as segment
                   on segment.segment_no = entry.segment_no
                  and segment.state = 'RETIRED'
                where entry.chained_at is not null
                limit p_most);
    get diagnostics purged = row_count;
end
$$;

grant execute on function wms.retire_audit(timestamptz, int) to fv_worker;
-- For whoever verifies a chain that has no link yet.
grant execute on function wms.audit_genesis(uuid) to fv_api;

set local role fv_guard;

-- A job whose work is the trail itself would otherwise give itself work for ever: what the sealer does
-- stands in the chain.
alter table guard.job add column leaves_entry boolean not null default true;

insert into guard.job (name, actor_id, scope, work, statement_seconds, transaction_seconds, leaves_entry)
values ('chain-audit',           '00000000-0000-7000-8001-000000000063', 'platform', 'write',   60, 120, false),
       ('sign-audit',            '00000000-0000-7000-8001-000000000064', 'platform', 'write',   30,  60, false),
       ('retire-audit-segments', '00000000-0000-7000-8001-000000000065', 'tenant',   'privacy', 60, 120, true);

-- As before, but a job of the trail's own leaves no entry.
create or replace function fv.delegate_job(p_job text, p_tenant uuid, out tenant uuid, out actor text)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    job guard.job;
    tenant_state text;
begin
    select *
      into job
      from guard.job as known
     where known.name = p_job;
    if job.name is null then
        raise exception 'job unknown' using errcode = '28000';
    end if;
    select entering.state
      into tenant_state
      from wms.tenant as entering
     where entering.tenant_id = p_tenant;
    if tenant_state is null then
        raise exception 'tenant unknown' using errcode = '28000';
    end if;
    if (job.scope = 'platform') <> (p_tenant = guard.platform_tenant()) then
        raise exception 'job is not for this tenant' using errcode = '28000';
    end if;
    if guard.entered() <> p_tenant::text then
        raise exception 'tenant already set in this transaction' using errcode = '25001';
    end if;
    if not exists (
            select
              from guard.state_work as allowed
             where allowed.state = tenant_state
               and allowed.work = job.work) then
        raise exception 'tenant state refuses this work' using errcode = 'FV403';
    end if;
    tenant := p_tenant;
    actor := 'job:' || job.actor_id;
    perform guard.seal(tenant, actor);
    -- A transaction's limit starts when it is set; one that runs already has to be ended first.
    perform set_config('statement_timeout', job.statement_seconds || 's', true),
            set_config('transaction_timeout', '0', true),
            set_config('transaction_timeout', job.transaction_seconds || 's', true);
    if job.leaves_entry then
        perform wms.record_audit(fv.uuid7(), clock_timestamp(), job.name, null, null, fv.uuid7());
    end if;
end
$$;
