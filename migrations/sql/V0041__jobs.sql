-- Work that nobody calls for: what a schedule or an event starts.
--
-- Why a door of its own: a job has no caller, so nobody signs a proof for it, and a proof that waits in
-- a queue would outlive its two minutes. The login of jobs names a job and a tenant instead, and is let
-- in where the job is on the list, the tenant is there and its state allows the job's work. The door
-- itself writes the audit entry, so no job that changes anything leaves none. What a job holds against
-- a tenant is its name and nothing else: messages carry ids and no key.

set local role fv_guard;

create table guard.job (
    name text primary key check (name ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)+$'),
    actor_id uuid not null unique,
    scope text not null check (scope in ('tenant', 'platform')),
    work text not null check (work in ('write', 'read', 'export', 'privacy', 'deletion')),
    statement_seconds int not null check (statement_seconds between 1 and 600),
    transaction_seconds int not null,
    constraint limits_nest check (transaction_seconds between statement_seconds + 1 and 900)
);
comment on table guard.job is 'The operations that run by themselves: for each tenant or for the platform, what kind of work they are, how long they may take.';

-- Lets a job into one tenant for this transaction, and gives the transaction the job's own limits. A
-- job of the platform stands in the platform's tenant, and no other job does.
create function fv.delegate_job(p_job text, p_tenant uuid, out tenant uuid, out actor text)
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
    perform wms.record_audit(fv.uuid7(), clock_timestamp(), job.name, null, null, fv.uuid7());
end
$$;

grant execute on function fv.delegate_job(text, uuid) to fv_worker;

-- The one way in: no proof is for jobs any more.
delete from guard.role_audience where role_name = 'fv_worker';
revoke execute on function fv.enter(text, text) from fv_worker;

set local role fv_owner;

grant execute on function wms.record_audit(uuid, timestamptz, text, text, uuid, uuid) to fv_guard;

-- As before, but a job's entry was written when it was let in.
create or replace function wms.conclude(
    key text, fingerprint bytea, operation text, result jsonb, audit_id uuid, at timestamptz, subject_type text,
    subject_id uuid, request_id uuid, events jsonb)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    mine constant uuid := fv.tenant();
    acting constant text := fv.actor();
begin
    if conclude.key is not null then
        insert into wms.idempotency_record (tenant_id, key, fingerprint, operation, actor, result, made_at)
        values (mine, conclude.key, conclude.fingerprint, conclude.operation, acting, conclude.result, conclude.at);
    end if;
    if not acting ^@ 'job:' then
        perform wms.record_audit(
            conclude.audit_id, conclude.at, conclude.operation, conclude.subject_type, conclude.subject_id, conclude.request_id);
    end if;
    if jsonb_array_length(coalesce(conclude.events, '[]')) > 0 then
        -- By the database's clock, as everything that the relay judges by.
        insert into wms.outbox (tenant_id, stream_id, stream_no, type, payload, made_at)
        select mine, event.stream, event.no, event.type, event.payload, clock_timestamp()
          from jsonb_to_recordset(conclude.events) as event (stream uuid, no bigint, type text, payload jsonb);
    end if;
end
$$;
