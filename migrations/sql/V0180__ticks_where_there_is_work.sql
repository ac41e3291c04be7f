-- Ticks only where there may be work.
--
-- Five jobs run each minute or each five minutes for tenants that connect something: a shop, a carrier, an
-- endpoint for webhooks. Most tenants have none of these. Planned for every tenant, a job without work is a
-- tick, a claim and an audit entry a minute, and there would be four of them. So a job may name the table
-- without whose rows it has nothing to do. It is asked by its key, one look a tenant.
--
-- Nor do these leave an entry each time they look. What they do stands in the rows that they write: the
-- attempts of a delivery, the orders of a shop, the course of a label. Half a million entries a year would
-- bury what people do.

set local role fv_owner;

create policy guard_reads on wms.webhook_endpoint for select to fv_guard using (true);
grant select (tenant_id) on wms.webhook_endpoint to fv_guard;

set local role fv_guard;

alter table guard.job add column only_with text
      check (only_with in ('wms.webhook_endpoint', 'wms.channel_connection', 'wms.carrier'));

update guard.job
   set only_with = 'wms.webhook_endpoint',
       leaves_entry = false
 where name = 'deliver-webhooks';

update guard.job
   set only_with = 'wms.channel_connection',
       leaves_entry = false
 where name in ('pull-orders', 'push-stock', 'report-shipments');

update guard.job
   set only_with = 'wms.channel_connection'
 where name in ('reconcile-channel', 'tend-channel-deliveries');

update guard.job
   set only_with = 'wms.carrier',
       leaves_entry = false
 where name = 'tend-labels';

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
       and case job.only_with
               when 'wms.webhook_endpoint' then exists (
                   select from wms.webhook_endpoint as its where its.tenant_id = due.tenant_id)
               when 'wms.channel_connection' then exists (
                   select from wms.channel_connection as its where its.tenant_id = due.tenant_id)
               when 'wms.carrier' then exists (
                   select from wms.carrier as its where its.tenant_id = due.tenant_id)
               else true
           end
        on conflict do nothing;
    get diagnostics planned = row_count;
    return planned;
end
$$;
