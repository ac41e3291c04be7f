-- What a shop calls an item by another name than we do.
--
-- A connection may say which item is meant by an SKU of the shop's. One SKU is one item; one item may have
-- several. Where nothing is said an SKU means the item that has it here. What is said is used when an
-- order comes in and when the shop is told of stock; the order line keeps under which SKU it was sold,
-- for under that one the shop is told what has left, also when the mapping is another by then.
--
-- A shop counts each SKU by itself and takes off what it has sold of that one. So of an item with several
-- SKUs each is told what may be promised of the item, and what was sold under that very SKU. They sell the
-- same goods, as two shops would, and within the minute until it is told again a shop may sell a unit twice.

set local role fv_owner;

create table wms.shop_sku (
    tenant_id uuid not null default fv.tenant(),
    connection_id uuid not null,
    shop_sku text collate "C" not null check (length(shop_sku) between 1 and 64),
    -- None any more: then it means what it would mean if nothing had been said.
    item_id uuid,
    mapped_at timestamptz not null,
    mapped_by text not null,
    primary key (tenant_id, connection_id, shop_sku),
    foreign key (tenant_id, connection_id) references wms.channel_connection,
    foreign key (tenant_id, item_id) references wms.item
);
comment on table wms.shop_sku is 'Which item a shop means by an SKU of its own.';
create index shop_sku_of_item on wms.shop_sku (tenant_id, item_id) where item_id is not null;

call wms.protect('wms.shop_sku');

grant select on wms.shop_sku to fv_api, fv_api_ro, fv_worker;
grant insert on wms.shop_sku to fv_api;
grant update (item_id, mapped_at, mapped_by) on wms.shop_sku to fv_api;

alter table wms.outbound_order_line
    -- By which SKU the channel has sold it, where that is not the item's.
    add column sold_as text collate "C" check (length(sold_as) between 1 and 64);
grant update (sold_as) on wms.outbound_order_line to fv_worker;

-- One row for each SKU under which an item is told. The empty one is the item's own, and has its buffer.
alter table wms.channel_stock
    add column shop_sku text collate "C" not null default '' check (length(shop_sku) <= 64),
    drop constraint channel_stock_pkey,
    add primary key (tenant_id, connection_id, item_id, shop_sku);
drop index wms.channel_stock_due;
create index channel_stock_due on wms.channel_stock (tenant_id, connection_id, item_id, shop_sku)
 where dirty_at is not null or leased_until is not null;
grant insert (shop_sku) on wms.channel_stock to fv_api, fv_worker;
grant update (sent, problem) on wms.channel_stock to fv_api;

drop function wms.shop_stock(uuid, uuid[], timestamptz);
drop function wms.take_stock_to_push(uuid, int, timestamptz);
drop function wms.store_pushed(uuid, uuid[], bigint[], bigint[], text[], timestamptz);
drop function wms.store_drift(uuid, timestamptz, uuid[], bigint[], timestamptz);

-- Under which SKUs a shop sells some items: those that are mapped to them, and their own where the shop
-- means nothing else by it.
create function wms.shop_skus(p_connection uuid, p_items uuid[])
returns table (item_id uuid, shop_sku text, sku text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select own.item_id, '', own.sku
      from unnest(p_items) as wanted (item_id)
     cross join lateral (
           select known.item_id, known.sku
             from wms.item as known
            where known.item_id = wanted.item_id
            limit 1) as own
     where not exists (
               select
                 from wms.shop_sku as mapped
                where mapped.connection_id = p_connection
                  and mapped.shop_sku = own.sku
                  and mapped.item_id is not null)
     union all
    select mapped.item_id, mapped.shop_sku, mapped.shop_sku
      from wms.shop_sku as mapped
     where mapped.connection_id = p_connection
       and mapped.item_id = any (p_items)
$$;

-- As before, for each SKU under which the shop sells an item: what was sold under it is its own. Each item
-- is named once.
create function wms.shop_stock(p_connection uuid, p_items uuid[], p_at timestamptz)
returns table (item_id uuid, shop_sku text, sku text, on_hand bigint)
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
        select line.item_id, coalesce(line.sold_as, own.sku) as sku, sum(line.ordered - line.cancelled) as units
          from open
          join wms.outbound_order_line as line on line.order_id = open.order_id
         cross join lateral (
               select known.sku
                 from wms.item as known
                where known.item_id = line.item_id
                limit 1) as own
         group by line.item_id, coalesce(line.sold_as, own.sku))
    select named.item_id, named.shop_sku, named.sku,
           cast(greatest(0, promisable.units - coalesce(stock.buffer, house.buffer)) + coalesce(sold.units, 0) as bigint)
      from house
     cross join lateral wms.promisable(house.warehouse_id, p_items, p_at) as promisable
      join wms.shop_skus(p_connection, p_items) as named on named.item_id = promisable.item_id
      left join wms.channel_stock as stock
        on stock.connection_id = p_connection
       and stock.item_id = promisable.item_id
       and stock.shop_sku = ''
      left join sold
        on sold.item_id = named.item_id
       and sold.sku = named.sku
$$;

-- As before, under each SKU of an item. One that means another item in this shop is marked with the rest
-- and is told nothing.
create or replace function wms.mark_stock(p_connection uuid, p_tick timestamptz, p_at timestamptz)
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
    insert into wms.channel_stock as marked (connection_id, item_id, shop_sku, dirty_at)
    select p_connection, found.item_id, named.shop_sku, seen
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
               and sold.connection_id = p_connection) as found
     cross join lateral (
           select '' as shop_sku
            union all
           select mapped.shop_sku
             from wms.shop_sku as mapped
            where mapped.connection_id = p_connection
              and mapped.item_id = found.item_id) as named
     order by 2, 3
        on conflict (tenant_id, connection_id, item_id, shop_sku)
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

-- As before, SKU by SKU. One under which the shop does not sell the item any more loses its mark.
create function wms.take_stock_to_push(p_connection uuid, p_most int, p_at timestamptz)
returns table (item_id uuid, shop_sku text, sku text, units bigint, fence bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    items uuid[];
    names text[];
    wanted uuid[];
begin
    -- More than may be sent, since of most that are marked the number is the same.
    select array_agg(waiting.item_id), array_agg(waiting.shop_sku)
      into items, names
      from (select stock.item_id, stock.shop_sku
              from wms.channel_stock as stock
             where stock.connection_id = p_connection
               and (stock.dirty_at is not null or stock.leased_until is not null)
               and coalesce(stock.leased_until < clock_timestamp(), true)
             order by stock.item_id, stock.shop_sku
             limit p_most * 10
               for no key update skip locked) as waiting;
    if items is null then
        return;
    end if;
    wanted := array(select distinct waiting.item from unnest(items) as waiting (item));
    return query
    with due as (
        select waiting.item, waiting.name
          from unnest(items, names) as waiting (item, name)),
    numbers as (
        select due.item, due.name, shown.sku, shown.on_hand, stock.sent
          from due
          join wms.channel_stock as stock
            on stock.connection_id = p_connection
           and stock.item_id = due.item
           and stock.shop_sku = due.name
          left join wms.shop_stock(p_connection, wanted, p_at) as shown
            on shown.item_id = due.item
           and shown.shop_sku = due.name),
    other as (
        select numbers.item, numbers.name, numbers.sku, numbers.on_hand
          from numbers
         where numbers.on_hand is not null
           and numbers.sent is distinct from numbers.on_hand
         order by numbers.item, numbers.name
         limit p_most),
    same as (
        update wms.channel_stock as stock
           set dirty_at = null,
               leased_until = null
          from numbers
         where stock.connection_id = p_connection
           and stock.item_id = numbers.item
           and stock.shop_sku = numbers.name
           and (numbers.on_hand is null or numbers.sent = numbers.on_hand)),
    leased as (
        update wms.channel_stock as stock
           set dirty_at = null,
               sent = null,
               fence = stock.fence + 1,
               leased_until = clock_timestamp() + interval '2 minutes'
          from other
         where stock.connection_id = p_connection
           and stock.item_id = other.item
           and stock.shop_sku = other.name
        returning stock.item_id, stock.shop_sku, other.sku, other.on_hand, stock.fence)
    select leased.item_id, leased.shop_sku, leased.sku, leased.on_hand, leased.fence
      from leased
     order by leased.item_id, leased.shop_sku;
end
$$;

-- As before, SKU by SKU.
create function wms.store_pushed(
    p_connection uuid, p_items uuid[], p_names text[], p_fences bigint[], p_units bigint[], p_outcomes text[],
    p_at timestamptz)
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
      from unnest(p_items, p_names, p_fences, p_units, p_outcomes) as pushed (item_id, name, fence, units, outcome)
     where stock.connection_id = p_connection
       and stock.item_id = pushed.item_id
       and stock.shop_sku = pushed.name
       and stock.fence = pushed.fence;
    get diagnostics ours = row_count;
    return ours;
end
$$;

-- The next SKUs that a shop is asked for at night, in their order.
create function wms.skus_to_compare(p_connection uuid, p_after text, p_most int)
returns table (item_id uuid, shop_sku text, sku text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    (select own.item_id, '', own.sku
       from wms.item as own
      where own.sku > p_after
        and exists (
                select
                  from wms.channel_stock as stock
                 where stock.connection_id = p_connection
                   and stock.item_id = own.item_id
                   and stock.shop_sku = '')
        and not exists (
                select
                  from wms.shop_sku as mapped
                 where mapped.connection_id = p_connection
                   and mapped.shop_sku = own.sku
                   and mapped.item_id is not null)
      order by own.sku
      limit p_most)
      union all
    (select mapped.item_id, mapped.shop_sku, mapped.shop_sku
       from wms.shop_sku as mapped
      where mapped.connection_id = p_connection
        and mapped.shop_sku > p_after
        and exists (
                select
                  from wms.channel_stock as stock
                 where stock.connection_id = p_connection
                   and stock.item_id = mapped.item_id
                   and stock.shop_sku = mapped.shop_sku)
      order by mapped.shop_sku
      limit p_most)
      order by 3
      limit p_most
$$;

-- As before, SKU by SKU.
create function wms.store_drift(
    p_connection uuid, p_due timestamptz, p_items uuid[], p_names text[], p_shown bigint[], p_at timestamptz)
returns table (differing int, behind int, absent int)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    wanted constant uuid[] := array(select distinct told.item from unnest(p_items) as told (item));
begin
    perform stock.item_id
       from wms.channel_stock as stock
      where stock.connection_id = p_connection
        and stock.item_id = any (p_items)
      order by stock.item_id, stock.shop_sku
        for no key update;
    return query
    with judged as (
        select stock.item_id as item, stock.shop_sku as name, told.shown, ours.on_hand,
               case
                   when stock.dirty_at is not null or stock.leased_until is not null then 'MOVING'
                   -- The shop takes it off itself when it is told; whether it was is being found out.
                   when exists (
                            select
                              from wms.shop_report as report
                              join wms.shop_order as sold on sold.shop_order_id = report.shop_order_id
                              join wms.outbound_order_line as line on line.order_id = sold.order_id
                             where report.state = 'PENDING'
                               and sold.connection_id = p_connection
                               and line.item_id = stock.item_id) then 'MOVING'
                   when told.shown is null then 'ABSENT'
                   when told.shown = ours.on_hand and stock.problem is null then 'SAME'
                   when told.shown = stock.sent or stock.problem is not null then 'BEHIND'
                   else 'DRIFT'
               end as verdict
          from unnest(p_items, p_names, p_shown) as told (item_id, name, shown)
          join wms.channel_stock as stock
            on stock.connection_id = p_connection
           and stock.item_id = told.item_id
           and stock.shop_sku = told.name
          join wms.shop_stock(p_connection, wanted, p_at) as ours
            on ours.item_id = told.item_id
           and ours.shop_sku = told.name),
    kept as (
        update wms.channel_stock as stock
           set drift_for = case when judged.verdict = 'DRIFT' then p_due end,
               drift_shown = case when judged.verdict = 'DRIFT' then judged.shown end,
               drift_ours = case when judged.verdict = 'DRIFT' then judged.on_hand end,
               problem = case
                             when judged.verdict = 'ABSENT' then 'NOT_IN_SHOP'
                             when judged.verdict = 'MOVING' then stock.problem
                         end,
               sent = case
                          when judged.verdict = 'SAME' then judged.shown
                          when judged.verdict in ('DRIFT', 'ABSENT') then null
                          else stock.sent
                      end,
               dirty_at = case when judged.verdict = 'BEHIND' then clock_timestamp() else stock.dirty_at end
          from judged
         where stock.connection_id = p_connection
           and stock.item_id = judged.item
           and stock.shop_sku = judged.name)
    select cast(count(*) filter (where verdict = 'DRIFT') as int),
           cast(count(*) filter (where verdict = 'BEHIND') as int),
           cast(count(*) filter (where verdict = 'ABSENT') as int)
      from judged;
end
$$;

grant execute on function wms.shop_skus(uuid, uuid[]) to fv_worker;
grant execute on function wms.shop_stock(uuid, uuid[], timestamptz) to fv_worker;
grant execute on function wms.take_stock_to_push(uuid, int, timestamptz) to fv_worker;
grant execute on function wms.store_pushed(uuid, uuid[], text[], bigint[], bigint[], text[], timestamptz) to fv_worker;
grant execute on function wms.skus_to_compare(uuid, text, int) to fv_worker;
grant execute on function wms.store_drift(uuid, timestamptz, uuid[], text[], bigint[], timestamptz) to fv_worker;
