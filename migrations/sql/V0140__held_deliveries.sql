-- What becomes of a delivery that no order can be made of.
--
-- It waits with a reason and, where it has one, the place in it that is meant; a person sees it in a
-- list, has it tried again or drops it. What fails without an answer, each time and to its last try, is
-- set aside as well: it was announced five times and nothing is known of it. So a faulty one costs no
-- more than that, and is seen.
--
-- When something was tried last and when it was first put aside are two times: the first paces the
-- tries, by the second it ages. Else what is tried each hour would never be old enough to be let go.

set local role fv_owner;

alter table wms.channel_delivery
    -- The channel's own order number, for whoever looks for it in the shop.
    add column reference text check (length(reference) between 1 and 64),
    add column pointer text check (length(pointer) between 1 and 120),
    add column tried_at timestamptz,
    -- Announced again so often since anything was known of it.
    add column tries int not null default 0 check (tries >= 0),
    add column dropped_for text check (dropped_for in ('DUPLICATE', 'CANCELLED_IN_SHOP', 'TEST_ORDER', 'ERASURE')),
    drop constraint channel_delivery_state_check,
    drop constraint channel_delivery_problem_check,
    drop constraint nothing_is_dropped,
    add constraint channel_delivery_state_check check (state in ('RECEIVED', 'APPLIED', 'HELD', 'DROPPED')),
    add constraint channel_delivery_problem_check check (
        problem in ('UNKNOWN_SKU', 'REFERENCE_TAKEN', 'UNUSABLE', 'BAD_ADDRESS', 'UNUSABLE_ORDER')),
    add constraint nothing_is_dropped check (state in ('APPLIED', 'DROPPED') or body is not null),
    add constraint dropped_by_somebody check ((state = 'DROPPED') = (dropped_for is not null)),
    add constraint dropped_says_nothing check (state <> 'DROPPED' or body is null);

create index delivery_held on wms.channel_delivery (tenant_id, delivery_id) where state = 'HELD';

grant select (reference, pointer, tried_at, tries, dropped_for) on wms.channel_delivery to fv_api_ro;
grant update (state, problem, pointer, body, settled_at, tried_at, tries, dropped_for, version)
   on wms.channel_delivery to fv_api;
grant update (pointer, tried_at, tries) on wms.channel_delivery to fv_worker;
grant insert (reference) on wms.channel_delivery to fv_guard;

-- No order could be made of it, for this reason and at this place in it. Its age counts from the first
-- time.
create function wms.put_aside(p_delivery uuid, p_problem text, p_pointer text, p_at timestamptz)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    update wms.channel_delivery as failing
       set state = 'HELD',
           problem = p_problem,
           pointer = p_pointer,
           settled_at = coalesce(failing.settled_at, p_at),
           tries = 0,
           version = failing.version + 1
     where failing.delivery_id = p_delivery;
end
$$;

-- What no order was made of and is worth another try: of connections that go on, not looked at since
-- the time given. Each gets its next number, under which it is announced. What was announced often
-- enough, and nothing is known of it, is set aside instead.
create or replace function wms.retry_deliveries(p_before timestamptz, p_at timestamptz, p_most int)
returns table (delivery_id uuid, version bigint, connection_id uuid)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    update wms.channel_delivery as failing
       set state = 'HELD',
           problem = 'UNUSABLE',
           settled_at = coalesce(failing.settled_at, p_at),
           version = failing.version + 1
     where failing.delivery_id in (
               select due.delivery_id
                 from wms.channel_delivery as due
                where due.state = 'RECEIVED'
                  and due.tries >= 4
                  and due.tried_at < p_before
                limit p_most);
    return query
    update wms.channel_delivery as waiting
       set state = 'RECEIVED',
           problem = null,
           pointer = null,
           tried_at = p_at,
           tries = waiting.tries + 1,
           version = waiting.version + 1
     where waiting.delivery_id in (
               select due.delivery_id
                 from wms.channel_delivery as due
                 join wms.channel_connection as connection on connection.connection_id = due.connection_id
                where due.state in ('RECEIVED', 'HELD')
                  and coalesce(due.problem, 'UNKNOWN_SKU') = 'UNKNOWN_SKU'
                  and due.tries < 4
                  and connection.state <> 'PAUSED'
                  and coalesce(due.tried_at, due.received_at) < p_before
                order by due.received_at, due.delivery_id
                limit p_most)
    returning waiting.delivery_id, waiting.version, waiting.connection_id;
end
$$;

grant execute on function wms.put_aside(uuid, text, text, timestamptz) to fv_worker;

set local role fv_guard;

drop function fv.put_delivery(uuid, uuid, text, text, timestamptz, jsonb);

-- Keeps a delivery that was verified, and has the event sent that something be made of it. TAKEN, or
-- KNOWN where the channel has sent it before; ENDED where the connection ended meanwhile.
create function fv.put_delivery(
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

grant execute on function fv.put_delivery(uuid, uuid, text, text, text, timestamptz, jsonb) to fv_receiver;
