-- Which events somebody outside wants, told to the relay with the events themselves.
--
-- Most tenants have no endpoint, and one that has wants some events. To ask in a transaction of the
-- consumer, event by event, costs more than anything that is then done. So the statement that reads what
-- is to be sent says of each event which of the consumers that ask for it want it in this tenant. Event
-- and endpoint are seen in one snapshot: one that was there when an event was committed is never missed,
-- and one that comes later hears what is committed after it, as ever.

set local role fv_owner;

create policy relay_asks on wms.webhook_endpoint for select to fv_dispatch using (true);
grant select (tenant_id, event_types, state) on wms.webhook_endpoint to fv_dispatch;

-- By name, the consumers that take events of this type only where they are wanted, and are wanted here.
-- Stable, or it would see another moment than the statement that it is part of.
create function wms.wanted_by(p_tenant uuid, p_type text) returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (
            select
              from wms.webhook_endpoint as endpoint
             where endpoint.tenant_id = p_tenant
               and endpoint.state <> 'REMOVED'
               and p_type = any (endpoint.event_types)) then
        return array['queue-webhooks'];
    end if;
    return array[]::text[];
end
$$;

drop function wms.lease_events(uuid, int, int);

-- Leases the streams of the oldest unsent events that no other relay holds, and answers what to send:
-- of each stream from its first unsent event on, in order.
create function wms.lease_events(p_holder uuid, p_seconds int, p_most int)
returns table (
    tenant uuid, stream uuid, no bigint, type text, sendings int, waiting_since timestamptz, wanted_by text[])
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
    select event.tenant_id, event.stream_id, event.stream_no, event.type, event.sendings, event.made_at,
           wms.wanted_by(event.tenant_id, event.type)
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

grant execute on function wms.wanted_by(uuid, text), wms.lease_events(uuid, int, int) to fv_dispatch;
