-- How events leave the outbox, and how a schedule's tick gets into it.
--
-- The relay leases whole streams and never rows, so two relays cannot swap two events of one stream. A
-- lease is a row here that ends by itself; nothing is locked while the relay talks to a queue. Killed
-- after it has sent and before it has marked, it sends again: the queue drops what it has had within
-- minutes, and the consumer's inbox key drops the rest.
--
-- A tick is an event too: of the tenant for which it is due, in the stream of its job, numbered by its
-- second. So what runs by the clock is sent, done once, retried, given up and replayed as any event is,
-- and the relay's login is the only one that lists tenants for it.

set local role fv_owner;

create table wms.stream_lease (
    tenant_id uuid not null default fv.tenant(),
    stream_id uuid not null,
    holder uuid not null,
    leased_until timestamptz not null,
    primary key (tenant_id, stream_id)
);
comment on table wms.stream_lease is 'Which relay sends a stream''s events for the next seconds.';

call wms.protect('wms.stream_lease');
create policy relay on wms.stream_lease to fv_dispatch using (true) with check (true);
grant select, insert, delete, update (holder, leased_until) on wms.stream_lease to fv_dispatch;

-- What an event says is between the tenant and its consumers; the relay reads the envelope.
revoke select on wms.outbox from fv_dispatch;
grant select (tenant_id, stream_id, stream_no, type, made_at, sent_at, sendings) on wms.outbox to fv_dispatch;

-- Leases the streams of the oldest unsent events that no other relay holds, and answers what to send:
-- of each stream from its first unsent event on, in order.
create function wms.lease_events(p_holder uuid, p_seconds int, p_most int)
returns table (tenant uuid, stream uuid, no bigint, type text, sendings int, waiting_since timestamptz)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into wms.stream_lease as lease (tenant_id, stream_id, holder, leased_until)
    select oldest.tenant_id, oldest.stream_id, p_holder, clock_timestamp() + p_seconds * interval '1 second'
      from (select event.tenant_id, event.stream_id
              from wms.outbox as event
             where event.sent_at is null
             order by event.made_at
             limit p_most) as oldest
     group by oldest.tenant_id, oldest.stream_id
     order by oldest.tenant_id, oldest.stream_id
        on conflict on constraint stream_lease_pkey do update
       set holder = excluded.holder,
           leased_until = excluded.leased_until
     where lease.holder = excluded.holder
        or lease.leased_until < clock_timestamp();
    return query
    select event.tenant_id, event.stream_id, event.stream_no, event.type, event.sendings, event.made_at
      from wms.stream_lease as lease
      join wms.outbox as event
        on event.tenant_id = lease.tenant_id
       and event.stream_id = lease.stream_id
     where lease.holder = p_holder
       and event.sent_at is null
     order by event.tenant_id, event.stream_id, event.stream_no
     limit p_most;
end
$$;

-- Marks what was sent while the lease was the relay's own, and answers how many that were.
create function wms.mark_sent(p_holder uuid, p_tenants uuid[], p_streams uuid[], p_nos bigint[]) returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    marked int;
begin
    update wms.outbox as event
       set sent_at = clock_timestamp()
      from unnest(p_tenants, p_streams, p_nos) as sent (tenant, stream, no)
      join wms.stream_lease as lease
        on lease.tenant_id = sent.tenant
       and lease.stream_id = sent.stream
       and lease.holder = p_holder
     where event.tenant_id = sent.tenant
       and event.stream_id = sent.stream
       and event.stream_no = sent.no
       and event.sent_at is null;
    get diagnostics marked = row_count;
    return marked;
end
$$;

create function wms.release_streams(p_holder uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    delete from wms.stream_lease
     where holder = p_holder;
end
$$;

grant execute on function
      wms.lease_events(uuid, int, int),
      wms.mark_sent(uuid, uuid[], uuid[], bigint[]),
      wms.release_streams(uuid)
   to fv_dispatch;

create policy guard_ticks on wms.outbox for insert to fv_guard with check (true);
grant insert (tenant_id, stream_id, stream_no, type, payload, made_at) on wms.outbox to fv_guard;

set local role fv_guard;

-- Puts the tick of a schedule into the outbox: of each tenant whose state allows the work, or of the
-- platform's tenant alone. The same tick twice is one. Answers for how many tenants it was new.
create function fv.plan_job(p_job text, p_at timestamptz) returns int
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
     where (job.scope = 'platform') = (due.tenant_id = guard.platform_tenant())
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

grant usage on schema fv to fv_dispatch;
grant execute on function fv.plan_job(text, timestamptz) to fv_dispatch;
