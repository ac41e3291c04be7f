-- What nights do for each tenant they do for the platform's own as well, where it keeps rows like one.
--
-- The platform's tenant has a chain of entries, records of calls, events that were sent: its jobs ran for
-- every tenant and passed it by, so nothing of it was ever let go, verified or copied.

set local role fv_guard;

alter table guard.job drop constraint job_scope_check;
alter table guard.job add constraint job_scope_check check (scope in ('tenant', 'platform', 'everywhere'));

update guard.job
   set scope = 'everywhere'
 where name in ('apply-retention', 'retire-audit-segments', 'check-audit', 'copy-audit-heads', 'check-audit-copies');

-- As before; a job of everywhere may enter both.
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
    if job.scope <> 'everywhere' and (job.scope = 'platform') <> (p_tenant = guard.platform_tenant()) then
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

create or replace function fv.plan_job(p_job text, p_at timestamptz) returns int
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    job guard.job;
    planned int;
begin
    select *
      into job
      from guard.job as known
     where known.name = p_job;
    if job.name is null then
        raise exception 'job unknown' using errcode = '28000';
    end if;
    insert into wms.outbox (tenant_id, stream_id, stream_no, type, payload, made_at)
    select due.tenant_id, job.actor_id, extract(epoch from p_at)::bigint, 'tick.' || job.name,
           jsonb_build_object('scheduled_at', to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')), clock_timestamp()
      from wms.tenant as due
     where (job.scope = 'everywhere' or (job.scope = 'platform') = (due.tenant_id = guard.platform_tenant()))
       and due.tenant_id <> guard.synthetic_tenant()
       and exists (
               select
                 from guard.state_work as allowed
                where allowed.state = due.state
                  and allowed.work = job.work)
        on conflict do nothing;
    get diagnostics planned = row_count;
    return planned;
end
$$;
