-- What a channel has sent, before anything is made of it.
--
-- A channel has no member and no token: it proves itself by a signature over the bytes that it sends.
-- The login that serves it sees no table and enters no tenant. It may do two things: look up by a
-- connection's public id what its signature is verified with, and put in what was verified. Which
-- tenant that is follows from the connection alone.
--
-- A delivery is kept under the id that the channel gave it, so the same one is taken in once however
-- often and by however many at once it is sent. What is made of it happens later, by an event of its
-- own stream, so one that cannot be used keeps no other waiting. Once an order was made of it what it
-- said of people is taken out; the rest stays while the channel may send it again.

do $roles$
begin
    if not exists (select from pg_roles where rolname = 'fv_receiver') then
        create role fv_receiver noinherit nocreatedb nocreaterole login;
    end if;
    alter role fv_receiver set search_path = pg_catalog;
    alter role fv_receiver set timezone = 'UTC';
    alter role fv_receiver set idle_in_transaction_session_timeout = '10s';
    alter role fv_receiver set lock_timeout = '1500ms';
    alter role fv_receiver set statement_timeout = '3s';
    alter role fv_receiver set transaction_timeout = '4s';
    execute format('grant connect on database %I to fv_receiver', current_database());
end
$roles$;

set local role fv_owner;

create table wms.channel_delivery (
    tenant_id uuid not null default fv.tenant(),
    delivery_id uuid not null,
    connection_id uuid not null,
    -- As the channel named it.
    event_id text collate "C" not null check (length(event_id) between 1 and 255),
    state text not null default 'RECEIVED' check (state in ('RECEIVED', 'APPLIED', 'HELD')),
    problem text check (problem in ('UNKNOWN_SKU', 'REFERENCE_TAKEN')),
    -- As it was signed, until an order was made of it.
    body text check (octet_length(body) <= 262144),
    received_at timestamptz not null,
    settled_at timestamptz,
    order_id uuid,
    version bigint not null default 1,
    primary key (tenant_id, delivery_id),
    constraint one_delivery_per_channel_event unique (tenant_id, connection_id, event_id),
    foreign key (tenant_id, connection_id) references wms.channel_connection,
    foreign key (tenant_id, order_id) references wms.outbound_order,
    constraint applied_is_an_order check ((state = 'APPLIED') = (order_id is not null)),
    constraint held_with_a_reason check ((state = 'HELD') = (problem is not null)),
    constraint nothing_is_dropped check (state = 'APPLIED' or body is not null)
);
comment on table wms.channel_delivery is 'What a channel has sent and signed, and what became of it.';
create index delivery_of_order on wms.channel_delivery (tenant_id, order_id) where order_id is not null;
create index delivery_not_applied on wms.channel_delivery (tenant_id, connection_id, state) where state <> 'APPLIED';
create index delivery_of_connection on wms.channel_delivery (tenant_id, connection_id, received_at);
create index delivery_by_age on wms.channel_delivery (tenant_id, settled_at);

call wms.protect('wms.channel_delivery');

grant select on wms.channel_delivery to fv_api, fv_worker;
-- Without the body, which tells of people.
grant select (
          tenant_id, delivery_id, connection_id, event_id, state, problem, received_at, settled_at, order_id, version)
   on wms.channel_delivery to fv_api_ro;
grant update (state, problem, body, settled_at, order_id, version) on wms.channel_delivery to fv_worker;

create policy guard_reads on wms.channel_connection for select to fv_guard using (true);
grant select on wms.channel_connection to fv_guard;
create policy guard_reads on wms.stored_secret for select to fv_guard using (true);
grant select (tenant_id, secret_id, purpose, version, sealed, destroyed_at) on wms.stored_secret to fv_guard;
create policy guard_receives on wms.channel_delivery for insert to fv_guard with check (true);
create policy guard_knows on wms.channel_delivery for select to fv_guard using (true);
grant insert (tenant_id, delivery_id, connection_id, event_id, body, received_at) on wms.channel_delivery to fv_guard;
grant select (tenant_id, delivery_id, connection_id, event_id) on wms.channel_delivery to fv_guard;

-- What is known of a delivery in the end. Whoever makes the order calls it; held ones come again.
create function wms.settle_delivery(p_delivery uuid, p_state text, p_problem text, p_order uuid, p_at timestamptz)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    update wms.channel_delivery as settling
       set state = p_state,
           problem = p_problem,
           order_id = p_order,
           body = case when p_state = 'APPLIED' then null else settling.body end,
           settled_at = p_at,
           version = settling.version + 1
     where settling.delivery_id = p_delivery;
end
$$;

-- What no order was made of and is worth another try: of connections that go on, not looked at since
-- the time given. Each gets its next number, under which it is announced.
create function wms.retry_deliveries(p_before timestamptz, p_at timestamptz, p_most int)
returns table (delivery_id uuid, version bigint, connection_id uuid)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    update wms.channel_delivery as waiting
       set state = 'RECEIVED',
           problem = null,
           settled_at = p_at,
           version = waiting.version + 1
     where waiting.delivery_id in (
               select due.delivery_id
                 from wms.channel_delivery as due
                 join wms.channel_connection as connection on connection.connection_id = due.connection_id
                where due.state <> 'APPLIED'
                  and due.problem is distinct from 'REFERENCE_TAKEN'
                  and connection.state <> 'PAUSED'
                  and coalesce(due.settled_at, due.received_at) < p_before
                order by due.received_at, due.delivery_id
                limit p_most)
    returning waiting.delivery_id, waiting.version, waiting.connection_id;
end
$$;

grant execute on function wms.retry_deliveries(timestamptz, timestamptz, int) to fv_worker;
grant execute on function wms.settle_delivery(uuid, text, text, uuid, timestamptz) to fv_worker;

set local role fv_guard;

grant usage on schema fv to fv_receiver;

-- What a delivery to this connection is verified with, and the time by which its age is judged. Of a
-- connection that has ended nothing is known.
create function fv.find_channel(p_connection uuid)
returns table (tenant uuid, secret_id uuid, purpose text, version int, sealed bytea, judged_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select connection.tenant_id, secret.secret_id, secret.purpose, secret.version, secret.sealed, clock_timestamp()
      from wms.channel_connection as connection
      join wms.stored_secret as secret
        on secret.tenant_id = connection.tenant_id
       and secret.secret_id = connection.secret_id
     where connection.connection_id = p_connection
       and connection.state <> 'ENDED'
       and secret.destroyed_at is null;
end
$$;

-- Keeps a delivery that was verified, and has the event sent that something be made of it. TAKEN, or
-- KNOWN where the channel has sent it before; ENDED where the connection ended meanwhile.
create function fv.put_delivery(
    p_connection uuid, p_delivery uuid, p_event_id text, p_body text, p_at timestamptz, p_event jsonb)
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
    insert into wms.channel_delivery (tenant_id, delivery_id, connection_id, event_id, body, received_at)
    values (receiving.tenant_id, p_delivery, p_connection, p_event_id, p_body, p_at)
        on conflict do nothing;
    if not found then
        return 'KNOWN';
    end if;
    insert into wms.outbox (tenant_id, stream_id, stream_no, type, payload, made_at)
    values (receiving.tenant_id, p_delivery, 1, 'channel.delivered', p_event, clock_timestamp());
    return 'TAKEN';
end
$$;

grant execute on function fv.find_channel(uuid) to fv_receiver;
grant execute on function fv.put_delivery(uuid, uuid, text, text, timestamptz, jsonb) to fv_receiver;

insert into guard.job (name, actor_id, scope, work, statement_seconds, transaction_seconds)
values ('accept-channel-order',    '00000000-0000-7000-8001-000000011201', 'tenant', 'write', 10, 30),
       ('tend-channel-deliveries', '00000000-0000-7000-8001-000000011202', 'tenant', 'write', 10, 30);
