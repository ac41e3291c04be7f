-- Only a channel that sends by itself takes deliveries in.
--
-- What a signature is verified with is found for such channels alone; now what was verified is kept for them
-- alone as well. A shop that is called has deliveries too, under its own numbers of orders: whoever could hand
-- one in under such a number would keep the shop's order out, for it would count as known.

set local role fv_guard;

create or replace function fv.put_delivery(
    p_connection uuid, p_delivery uuid, p_event_id text, p_reference text, p_body text, p_at timestamptz, p_event jsonb)
returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    receiving wms.channel_connection;
begin
    select *
      into receiving
      from wms.channel_connection as connection
     where connection.connection_id = p_connection
       and connection.kind = 'SIGNED_PUSH'
       and connection.state <> 'ENDED';
    if receiving.connection_id is null then
        return 'ENDED';
    end if;
    if not exists (
            select
              from wms.tenant as tenant
              join guard.state_work as allowed on allowed.state = tenant.state
             where tenant.tenant_id = receiving.tenant_id
               and allowed.work = 'write') then
        raise exception 'tenant state refuses this work' using errcode = 'FV403';
    end if;
    insert into wms.channel_delivery (tenant_id, delivery_id, connection_id, event_id, reference, body, received_at)
    values (receiving.tenant_id, p_delivery, p_connection, p_event_id, p_reference, p_body, p_at)
        on conflict do nothing;
    if not found then
        return 'KNOWN';
    end if;
    insert into wms.outbox (tenant_id, stream_id, stream_no, type, payload, made_at)
    values (receiving.tenant_id, p_delivery, 1, 'channel.delivered', p_event, clock_timestamp());
    return 'TAKEN';
end
$$;
