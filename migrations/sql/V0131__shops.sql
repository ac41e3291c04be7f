-- Shops that are called: their orders are fetched, and they are told what has left.
--
-- A shop is a connection as any other, and what it needs beyond that is a row beside it: where it is
-- called, how far its orders were read, and how that goes. Reading goes by the shop's own clock: what
-- changed after the newest change seen, less five minutes, for a shop may store late what it dates
-- early. A page and the step to the next one are stored together, so a page that is read twice changes
-- nothing the second time. Who reads holds a lease of the database's clock.
--
-- Which of a shop's orders we know is kept apart from what it sent of them: that goes after a month,
-- and the order must not come again, least of all that of a person who was forgotten since.

set local role fv_owner;

alter table wms.stored_secret drop constraint stored_secret_purpose_check;
alter table wms.stored_secret add constraint stored_secret_purpose_check
    check (purpose in ('CHANNEL_SIGNATURE', 'WEBHOOK_SIGNATURE', 'SHOP_CREDENTIAL'));
alter table wms.channel_connection drop constraint channel_connection_kind_check;
alter table wms.channel_connection add constraint channel_connection_kind_check
    check (kind in ('SIGNED_PUSH', 'VENDURE'));
alter table wms.channel_delivery drop constraint channel_delivery_problem_check;
alter table wms.channel_delivery add constraint channel_delivery_problem_check
    check (problem in ('UNKNOWN_SKU', 'REFERENCE_TAKEN', 'BAD_ADDRESS', 'UNUSABLE_ORDER'));

create table wms.shop_connection (
    tenant_id uuid not null default fv.tenant(),
    connection_id uuid not null,
    url text not null check (length(url) between 1 and 500),
    -- The shop's own keys: which of its sales channels, which of its stock locations.
    channel text check (length(channel) between 1 and 100),
    location text check (length(location) between 1 and 100),
    -- Of each item, so many are not offered there.
    buffer bigint not null default 0 check (buffer >= 0),
    -- Times of the shop's clock: the newest change seen, and where the next page begins.
    high_water timestamptz,
    page_from timestamptz,
    page_skip int not null default 0 check (page_skip >= 0),
    -- Pages since a reading began; none while none is under way.
    pages int not null default 0 check (pages >= 0),
    next_pull_at timestamptz not null,
    pulled_at timestamptz,
    outcome text check (length(outcome) between 1 and 40),
    failures int not null default 0 check (failures >= 0),
    -- Records that were no orders at all.
    unreadable bigint not null default 0 check (unreadable >= 0),
    fence bigint not null default 0,
    leased_until timestamptz,
    primary key (tenant_id, connection_id),
    foreign key (tenant_id, connection_id) references wms.channel_connection
);
comment on table wms.shop_connection is 'Where a connected shop is called, and how far its orders were read.';

create table wms.shop_order (
    tenant_id uuid not null default fv.tenant(),
    shop_order_id uuid not null,
    connection_id uuid not null,
    -- As the shop names it.
    external_key text collate "C" not null check (length(external_key) between 1 and 100),
    -- By the shop's clock.
    changed_at timestamptz not null,
    seen_at timestamptz not null,
    order_id uuid,
    primary key (tenant_id, shop_order_id),
    constraint one_shop_order_per_key unique (tenant_id, connection_id, external_key),
    foreign key (tenant_id, connection_id) references wms.channel_connection,
    foreign key (tenant_id, order_id) references wms.outbound_order
);
comment on table wms.shop_order is 'Which of a shop''s orders were taken, and what became of them here.';
create index shop_order_of_order on wms.shop_order (tenant_id, order_id) where order_id is not null;

create table wms.shop_report (
    tenant_id uuid not null default fv.tenant(),
    shipment_id uuid not null,
    shop_order_id uuid not null,
    queued_at timestamptz not null,
    state text not null default 'PENDING' check (state in ('PENDING', 'TOLD', 'FAILED')),
    attempts int not null default 0 check (attempts >= 0),
    next_attempt_at timestamptz,
    attempted_at timestamptz,
    outcome text check (length(outcome) between 1 and 40),
    fence bigint not null default 0,
    leased_until timestamptz,
    primary key (tenant_id, shipment_id),
    foreign key (tenant_id, shipment_id) references wms.shipment,
    foreign key (tenant_id, shop_order_id) references wms.shop_order,
    constraint report_is_due_while_pending check ((state = 'PENDING') = (next_attempt_at is not null)),
    constraint report_attempted_has_an_outcome check ((attempted_at is null) = (outcome is null))
);
comment on table wms.shop_report is 'Which shipment a shop is to be told of, and how far that has come.';
create index shop_report_of_order on wms.shop_report (tenant_id, shop_order_id);
create index shop_report_due on wms.shop_report (tenant_id, next_attempt_at) where state = 'PENDING';

call wms.protect('wms.shop_connection');
call wms.protect('wms.shop_order');
call wms.protect('wms.shop_report');

grant select on wms.shop_connection, wms.shop_order, wms.shop_report to fv_api, fv_api_ro, fv_worker;
grant insert on wms.shop_connection to fv_api;
grant update (next_pull_at, outcome, failures) on wms.shop_connection to fv_api;
grant update (
          high_water, page_from, page_skip, pages, next_pull_at, pulled_at, outcome, failures, unreadable, fence,
          leased_until)
   on wms.shop_connection to fv_worker;
grant insert on wms.shop_order to fv_worker;
grant update (changed_at, order_id) on wms.shop_order to fv_worker;
grant insert on wms.shop_report to fv_worker;
grant update (state, attempts, next_attempt_at, attempted_at, outcome, fence, leased_until)
   on wms.shop_report to fv_worker;
-- A shop's new credential is a new secret; that a shop refuses the old one is a change to tell of.
grant update (secret_id) on wms.channel_connection to fv_api;
grant update (version) on wms.channel_connection to fv_worker;
grant insert on wms.channel_delivery to fv_worker;

-- As before, and the shop's order knows what became of it, for its delivery is gone one day.
create or replace function wms.settle_delivery(
    p_delivery uuid, p_state text, p_problem text, p_order uuid, p_at timestamptz)
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
    if p_order is not null then
        update wms.shop_order as known
           set order_id = p_order
          from wms.channel_delivery as settled
         where settled.delivery_id = p_delivery
           and known.connection_id = settled.connection_id
           and known.external_key = settled.event_id;
    end if;
end
$$;

-- As before, without what no time makes better: it waits for the shop or for a person to mend it.
create or replace function wms.retry_deliveries(p_before timestamptz, p_at timestamptz, p_most int)
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
                  and (due.problem is null or due.problem = 'UNKNOWN_SKU')
                  and connection.state <> 'PAUSED'
                  and coalesce(due.settled_at, due.received_at) < p_before
                order by due.received_at, due.delivery_id
                limit p_most)
    returning waiting.delivery_id, waiting.version, waiting.connection_id;
end
$$;

-- Takes the next shop whose orders are due to be read.
create function wms.take_shop(p_now timestamptz)
returns table (
    connection_id uuid, kind text, url text, channel text, location text, secret_id uuid, secret_version int,
    sealed bytea, high_water timestamptz, page_from timestamptz, page_skip int, fence bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    with taken as (
        select due.connection_id
          from wms.shop_connection as due
          join wms.channel_connection as connection on connection.connection_id = due.connection_id
         where connection.state = 'ACTIVE'
           and due.next_pull_at <= p_now
           and (due.leased_until is null or due.leased_until <= clock_timestamp())
         order by due.next_pull_at, due.connection_id
         limit 1
           for no key update of due skip locked),
    leased as (
        update wms.shop_connection as leasing
           set fence = leasing.fence + 1,
               leased_until = clock_timestamp() + interval '60 s'
          from taken
         where leasing.connection_id = taken.connection_id
        returning leasing.*)
    select shop.connection_id, connection.kind, shop.url, shop.channel, shop.location, secret.secret_id, secret.version,
           secret.sealed, shop.high_water, shop.page_from, shop.page_skip, shop.fence
      from leased as shop
      join wms.channel_connection as connection on connection.connection_id = shop.connection_id
      join wms.stored_secret as secret on secret.secret_id = connection.secret_id;
end
$$;

-- Takes the next shipment that a shop is to be told of. Also of a connection that is paused: what has
-- left has left. One that has ended is told nothing more.
create function wms.take_shop_report(p_now timestamptz)
returns table (
    shipment_id uuid, order_id uuid, external_key text, carrier text, tracking text, url text, channel text,
    location text, secret_id uuid, secret_version int, sealed bytea, attempts int, fence bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    with taken as (
        select due.shipment_id
          from wms.shop_report as due
          join wms.shop_order as sold on sold.shop_order_id = due.shop_order_id
          join wms.channel_connection as connection on connection.connection_id = sold.connection_id
         where due.state = 'PENDING'
           and due.next_attempt_at <= p_now
           and connection.state <> 'ENDED'
           and (due.leased_until is null or due.leased_until <= clock_timestamp())
         order by due.next_attempt_at, due.shipment_id
         limit 1
           for no key update of due skip locked),
    leased as (
        update wms.shop_report as leasing
           set fence = leasing.fence + 1,
               leased_until = clock_timestamp() + interval '60 s'
          from taken
         where leasing.shipment_id = taken.shipment_id
        returning leasing.*)
    select report.shipment_id, sent.order_id, sold.external_key, sent.carrier, sent.tracking, shop.url, shop.channel,
           shop.location, secret.secret_id, secret.version, secret.sealed, report.attempts, report.fence
      from leased as report
      join wms.shipment as sent on sent.shipment_id = report.shipment_id
      join wms.shop_order as sold on sold.shop_order_id = report.shop_order_id
      join wms.shop_connection as shop on shop.connection_id = sold.connection_id
      join wms.channel_connection as connection on connection.connection_id = sold.connection_id
      join wms.stored_secret as secret on secret.secret_id = connection.secret_id;
end
$$;

grant execute on function wms.take_shop(timestamptz) to fv_worker;
grant execute on function wms.take_shop_report(timestamptz) to fv_worker;

set local role fv_guard;

-- As before, of those alone that send to us: what calls a shop signs nothing.
create or replace function fv.find_channel(p_connection uuid)
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
       and connection.kind = 'SIGNED_PUSH'
       and connection.state <> 'ENDED'
       and secret.destroyed_at is null;
end
$$;

insert into guard.job (name, actor_id, scope, work, statement_seconds, transaction_seconds)
values ('pull-orders',        '00000000-0000-7000-8001-000000013101', 'tenant', 'write', 10, 30),
       ('queue-shop-reports', '00000000-0000-7000-8001-000000013102', 'tenant', 'write', 10, 30),
       ('report-shipments',   '00000000-0000-7000-8001-000000013103', 'tenant', 'write', 10, 30);
