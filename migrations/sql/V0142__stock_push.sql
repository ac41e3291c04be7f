-- What shops are told of stock.
--
-- A shop may sell what is available to promise in its warehouse, less a buffer, and never less than
-- nothing. It takes off what it has sold and not sent by itself, so what it is told to have on hand is
-- that, and what it has sold and we know of: then what it has sold and we do not know of yet is taken off
-- once, by the shop. Of what was shipped and the shop was told, it has taken its units off as well.
--
-- What has changed is read off the ledger and the orders since the last look, so every
-- posting counts, whoever makes it, and nobody who moves goods waits for a shop or locks a row of one. An
-- item is marked once however often it moved; what is sent is its number at that time, whole and not as a
-- difference, so a call that is repeated changes nothing.
--
-- While a number is on its way what the shop shows is not known, and the last one is forgotten: if the
-- run dies here, the next one sends again, even where the number is the one that was sent before it.

set local role fv_owner;

create table wms.stock_channel (
    tenant_id uuid not null default fv.tenant(),
    connection_id uuid not null,
    -- So many items may differ at night and are mended; of more a person is asked.
    drift_limit int not null default 10 check (drift_limit between 0 and 100000),
    -- The tick that was looked at last, and the times up to which it was: the business's and the database's.
    marked_for timestamptz,
    marked_to timestamptz,
    marked_at timestamptz,
    -- Nothing is sent until a person has seen the report.
    stopped_at timestamptz,
    primary key (tenant_id, connection_id),
    foreign key (tenant_id, connection_id) references wms.shop_connection
);
comment on table wms.stock_channel is 'How a shop is told of stock, how far that has come, and whether it is stopped.';

create table wms.channel_stock (
    tenant_id uuid not null default fv.tenant(),
    connection_id uuid not null,
    item_id uuid not null,
    -- In place of the connection's.
    buffer bigint check (buffer between 0 and 1000000000),
    -- It may differ from what the shop shows.
    dirty_at timestamptz,
    -- What the shop has confirmed to have on hand; not known while a number is on its way.
    sent bigint check (sent >= 0),
    sent_at timestamptz,
    problem text check (problem in ('NOT_IN_SHOP')),
    fence bigint not null default 0,
    leased_until timestamptz,
    primary key (tenant_id, connection_id, item_id),
    foreign key (tenant_id, connection_id) references wms.stock_channel,
    foreign key (tenant_id, item_id) references wms.item
);
comment on table wms.channel_stock is 'What a shop was told of an item''s stock, and whether that may have changed.';
create index channel_stock_due on wms.channel_stock (tenant_id, connection_id, item_id)
 where dirty_at is not null or leased_until is not null;
create index channel_stock_of_item on wms.channel_stock (tenant_id, item_id);
create index shop_report_told on wms.shop_report (tenant_id, attempted_at) where state = 'TOLD';

call wms.protect('wms.stock_channel');
call wms.protect('wms.channel_stock');

grant select on wms.stock_channel, wms.channel_stock to fv_api, fv_api_ro, fv_worker;
grant insert on wms.stock_channel to fv_api, fv_worker;
grant insert (connection_id, item_id, buffer, dirty_at) on wms.channel_stock to fv_api, fv_worker;
grant update (drift_limit, stopped_at) on wms.stock_channel to fv_api;
grant update (buffer) on wms.shop_connection to fv_api;
grant update (buffer, dirty_at) on wms.channel_stock to fv_api;
grant update (marked_for, marked_to, marked_at, stopped_at) on wms.stock_channel to fv_worker;
grant update (dirty_at, sent, sent_at, problem, fence, leased_until) on wms.channel_stock to fv_worker;

-- What of some items may be promised in a warehouse: what is available, less what orders still wait for.
-- Below zero when more was sold than is there. The same sum as search-stock shows as ATP.
create function wms.promisable(p_warehouse uuid, p_items uuid[], p_at timestamptz)
returns table (item_id uuid, units bigint)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select item.item_id,
           cast(there.units - waiting.units as bigint)
      from unnest(p_items) as wanted (item_id)
     cross join lateral (
           select known.item_id, known.min_shelf_life_days
             from wms.item as known
            where known.item_id = wanted.item_id
            limit 1) as item
     cross join lateral (
           select coalesce(sum(bucket.on_hand - bucket.reserved), 0) as units
             from wms.bucket
            where bucket.warehouse_id = p_warehouse
              and bucket.item_id = item.item_id
              and bucket.status = 'AVAILABLE'
              and (select location.pickable and not location.locked
                     from wms.location
                    where location.location_id = bucket.location_id)
              and not coalesce((select lot.on_hold
                                  from wms.lot
                                 where lot.lot_id = bucket.lot_id), false)
              and coalesce(bucket.expires_on - item.min_shelf_life_days >= (
                             select cast(p_at at time zone warehouse.time_zone as date)
                               from wms.warehouse
                              where warehouse.warehouse_id = p_warehouse), true)) as there
     cross join lateral (
           select coalesce(sum(line.unallocated), 0) as units
             from wms.outbound_order_line as line
            where line.item_id = item.item_id
              and line.unallocated > 0
              and (select waiting.warehouse_id = p_warehouse
                      and waiting.state in ('ACCEPTED', 'ALLOCATED', 'PICKING')
                     from wms.outbound_order as waiting
                    where waiting.order_id = line.order_id)) as waiting
$$;

-- What a shop is to have on hand of some items. What it has sold and we know of are the orders that it
-- brought: those that are open here, and those that have left and of which it is still to be told. One
-- that has left this hour may not have got so far that it is to be told.
create function wms.shop_stock(p_connection uuid, p_items uuid[], p_at timestamptz)
returns table (item_id uuid, on_hand bigint)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with house as (
        select connection.warehouse_id, shop.buffer
          from wms.channel_connection as connection
          join wms.shop_connection as shop on shop.connection_id = connection.connection_id
         where connection.connection_id = p_connection),
    open as (
        select waiting.order_id
          from house
          join wms.outbound_order as waiting on waiting.warehouse_id = house.warehouse_id
         where waiting.state = any (array['ACCEPTED', 'ALLOCATED', 'PICKING', 'PICKED', 'PACKED'])
           and exists (
                   select
                     from wms.shop_order as sold
                    where sold.order_id = waiting.order_id
                      and sold.connection_id = p_connection)
         union all
        select gone.order_id
          from house
          join wms.outbound_order as gone on gone.warehouse_id = house.warehouse_id
          join wms.shop_order as sold on sold.order_id = gone.order_id
         where gone.state = 'SHIPPED'
           and gone.updated_at >= p_at - interval '1 hour'
           and sold.connection_id = p_connection
           and not exists (
                   select
                     from wms.shop_report as report
                    where report.shop_order_id = sold.shop_order_id)
         union all
        select sold.order_id
          from wms.shop_report as report
          join wms.shop_order as sold on sold.shop_order_id = report.shop_order_id
         where report.state = 'PENDING'
           and sold.connection_id = p_connection),
    sold as (
        select line.item_id, sum(line.ordered - line.cancelled) as units
          from open
          join wms.outbound_order_line as line on line.order_id = open.order_id
         group by line.item_id)
    select promisable.item_id,
           cast(greatest(0, promisable.units - coalesce(stock.buffer, house.buffer)) + coalesce(sold.units, 0) as bigint)
      from house
     cross join lateral wms.promisable(house.warehouse_id, p_items, p_at) as promisable
      left join wms.channel_stock as stock
        on stock.connection_id = p_connection
       and stock.item_id = promisable.item_id
      left join sold on sold.item_id = promisable.item_id
$$;

-- Marks what may have changed since the last look, once for each tick, and answers whether this was it.
-- The look goes back five minutes behind the last one: longer than a transaction lives and clocks of
-- sandboxes differ, so whatever became visible late is seen. A posting's id begins with the time at which
-- it was made, so the newest are found in the ledger without an index of their own. The first look takes every item, for a shop may show what we have none of.
create function wms.mark_stock(p_connection uuid, p_tick timestamptz, p_at timestamptz)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    shop wms.stock_channel;
    house uuid;
    seen constant timestamptz := clock_timestamp();
begin
    select *
      into shop
      from wms.stock_channel as looking
     where looking.connection_id = p_connection
       for no key update;
    if shop.marked_for >= p_tick then
        return false;
    end if;
    select connection.warehouse_id
      into house
      from wms.channel_connection as connection
     where connection.connection_id = p_connection;
    insert into wms.channel_stock as marked (connection_id, item_id, dirty_at)
    select p_connection, found.item_id, seen
      from (select known.item_id
              from wms.item as known
             where shop.marked_at is null
               and known.state = 'ACTIVE'
             union
            select posted.item_id
              from wms.movement as posted
             where posted.warehouse_id = house
               and posted.posted_at >= shop.marked_at - interval '5 minutes'
               and posted.posting_id >= cast(
                       lpad(to_hex(cast(extract(epoch from shop.marked_at - interval '5 minutes') * 1000 as bigint)), 12, '0')
                       || '00000000000000000000' as uuid)
             union
            select line.item_id
              from wms.outbound_order as changed
              join wms.outbound_order_line as line on line.order_id = changed.order_id
             where changed.warehouse_id = house
               and changed.state = any (array[
                       'ACCEPTED', 'ALLOCATED', 'PICKING', 'PICKED', 'PACKED', 'SHIPPED', 'CANCELLED'])
               and changed.updated_at >= shop.marked_to - interval '5 minutes'
             union
            select line.item_id
              from wms.shop_report as report
              join wms.shop_order as sold on sold.shop_order_id = report.shop_order_id
              join wms.outbound_order_line as line on line.order_id = sold.order_id
             where report.state = 'TOLD'
               and report.attempted_at >= shop.marked_to - interval '5 minutes'
               and sold.connection_id = p_connection
             order by 1) as found
        on conflict (tenant_id, connection_id, item_id)
           do update set dirty_at = excluded.dirty_at
                   where marked.dirty_at is null
                     and marked.problem is null;
    update wms.stock_channel as looking
       set marked_for = p_tick,
           marked_to = p_at,
           marked_at = seen
     where looking.connection_id = p_connection;
    return true;
end
$$;

-- Leases what is to be sent to a shop, at most so many items, with the number that each gets. An item
-- whose number is the one that the shop has confirmed is not sent; its mark is taken away.
create function wms.take_stock_to_push(p_connection uuid, p_most int, p_at timestamptz)
returns table (item_id uuid, sku text, units bigint, fence bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    due uuid[];
begin
    -- More than may be sent, since of most that are marked the number is the same.
    select array_agg(waiting.item_id)
      into due
      from (select stock.item_id
              from wms.channel_stock as stock
             where stock.connection_id = p_connection
               and (stock.dirty_at is not null or stock.leased_until is not null)
               and coalesce(stock.leased_until < clock_timestamp(), true)
             order by stock.item_id
             limit p_most * 10
               for no key update skip locked) as waiting;
    if due is null then
        return;
    end if;
    return query
    with numbers as (
        select stock.item_id as item, shown.on_hand, stock.sent
          from wms.shop_stock(p_connection, due, p_at) as shown
          join wms.channel_stock as stock
            on stock.connection_id = p_connection
           and stock.item_id = shown.item_id),
    other as (
        select item, on_hand
          from numbers
         where sent is distinct from on_hand
         order by item
         limit p_most),
    same as (
        update wms.channel_stock as stock
           set dirty_at = null,
               leased_until = null
          from numbers
         where stock.connection_id = p_connection
           and stock.item_id = numbers.item
           and numbers.sent = numbers.on_hand),
    leased as (
        update wms.channel_stock as stock
           set dirty_at = null,
               sent = null,
               fence = stock.fence + 1,
               leased_until = clock_timestamp() + interval '2 minutes'
          from other
         where stock.connection_id = p_connection
           and stock.item_id = other.item
        returning stock.item_id, other.on_hand, stock.fence)
    select leased.item_id, item.sku, leased.on_hand, leased.fence
      from leased
     cross join lateral (
           select known.sku
             from wms.item as known
            where known.item_id = leased.item_id
            limit 1) as item
     order by leased.item_id;
end
$$;

-- What has come of numbers that were sent: TOLD, ABSENT where the shop has no such item, or FAILED, and
-- then they are sent again, half a minute later at the soonest. Of another run's it stores nothing.
-- Answers how many were still this run's.
create function wms.store_pushed(
    p_connection uuid, p_items uuid[], p_fences bigint[], p_units bigint[], p_outcomes text[], p_at timestamptz)
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    ours int;
begin
    update wms.channel_stock as stock
       set sent = case when pushed.outcome = 'TOLD' then pushed.units end,
           sent_at = case when pushed.outcome = 'TOLD' then p_at else stock.sent_at end,
           problem = case when pushed.outcome = 'ABSENT' then 'NOT_IN_SHOP' end,
           dirty_at = case
                          when pushed.outcome = 'FAILED' then coalesce(stock.dirty_at, clock_timestamp())
                          when pushed.outcome = 'ABSENT' then null
                          else stock.dirty_at
                      end,
           leased_until = case when pushed.outcome = 'FAILED' then clock_timestamp() + interval '30 seconds' end
      from unnest(p_items, p_fences, p_units, p_outcomes) as pushed (item_id, fence, units, outcome)
     where stock.connection_id = p_connection
       and stock.item_id = pushed.item_id
       and stock.fence = pushed.fence;
    get diagnostics ours = row_count;
    return ours;
end
$$;

grant execute on function wms.promisable(uuid, uuid[], timestamptz) to fv_worker;
grant execute on function wms.shop_stock(uuid, uuid[], timestamptz) to fv_worker;
grant execute on function wms.store_pushed(uuid, uuid[], bigint[], bigint[], text[], timestamptz) to fv_worker;
grant execute on function wms.mark_stock(uuid, timestamptz, timestamptz) to fv_worker;
grant execute on function wms.take_stock_to_push(uuid, int, timestamptz) to fv_worker;

set local role fv_guard;

insert into guard.job (name, actor_id, scope, work, statement_seconds, transaction_seconds)
values ('push-stock', '00000000-0000-7000-8001-000000000142', 'tenant', 'write', 10, 30);
