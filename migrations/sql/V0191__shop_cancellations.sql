-- What a shop has cancelled after we had taken it.
--
-- A shop cancels by itself and asks nobody. For us that is a request, and it has an outcome: nothing was
-- made of the order yet, or picking had not begun, and nothing is sent; or it is too late, goods are on
-- their way, and a person decides. Picking has its own order of things and asks nobody either, so the
-- request is an event to whoever keeps orders, and the answer a row that both know. One order is cancelled
-- by its shop once.
--
-- From then on the shop takes the units off its number no more, whatever becomes of the order here.

set local role fv_owner;

alter table wms.outbound_order
    drop constraint outbound_order_cancel_reason_check,
    add constraint outbound_order_cancel_reason_check check (cancel_reason in (
        'CUSTOMER_REQUEST', 'OUT_OF_STOCK', 'DUPLICATE', 'FRAUD_SUSPECTED', 'CANCELLED_IN_SHOP', 'OTHER'));

create table wms.shop_cancellation (
    tenant_id uuid not null default fv.tenant(),
    shop_order_id uuid not null,
    requested_at timestamptz not null,
    -- None while nobody has decided.
    outcome text check (outcome in ('CANCELLED', 'TOO_LATE')),
    decided_at timestamptz,
    -- How far the order was when it was too late.
    order_state text check (length(order_state) between 1 and 20),
    -- A person has seen that it was too late.
    closed_at timestamptz,
    closed_by text,
    primary key (tenant_id, shop_order_id),
    foreign key (tenant_id, shop_order_id) references wms.shop_order,
    constraint cancellation_decided check ((outcome is null) = (decided_at is null)),
    constraint too_late_says_why check ((outcome is not distinct from 'TOO_LATE') = (order_state is not null)),
    constraint closed_when_too_late check (closed_at is null or outcome = 'TOO_LATE'),
    constraint closed_by_somebody check ((closed_at is null) = (closed_by is null))
);
comment on table wms.shop_cancellation is 'That a shop has cancelled an order that we had taken, and what came of it here.';
create index shop_cancellation_open on wms.shop_cancellation (tenant_id, shop_order_id)
 where outcome = 'TOO_LATE' and closed_at is null;

call wms.protect('wms.shop_cancellation');

grant select on wms.shop_cancellation to fv_api, fv_api_ro, fv_worker;
grant insert on wms.shop_cancellation to fv_worker;
grant update (outcome, decided_at, order_state) on wms.shop_cancellation to fv_worker;
grant update (closed_at, closed_by) on wms.shop_cancellation to fv_api;
grant update (dropped_for) on wms.channel_delivery to fv_worker;

-- What came of it. Whoever keeps the order calls it; the first answer counts.
create function wms.settle_cancellation(p_shop_order uuid, p_outcome text, p_state text, p_at timestamptz)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    update wms.shop_cancellation as settling
       set outcome = p_outcome,
           order_state = p_state,
           decided_at = p_at
     where settling.shop_order_id = p_shop_order
       and settling.outcome is null;
end
$$;

grant execute on function wms.settle_cancellation(uuid, text, text, timestamptz) to fv_worker;

-- As before, without what the shop has cancelled: it takes that off no more.
create or replace function wms.shop_stock(p_connection uuid, p_items uuid[], p_at timestamptz)
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
                      and sold.connection_id = p_connection
                      and not exists (
                              select
                                from wms.shop_cancellation as cancelled
                               where cancelled.shop_order_id = sold.shop_order_id))
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
           and not exists (
                   select
                     from wms.shop_cancellation as cancelled
                    where cancelled.shop_order_id = sold.shop_order_id)
         union all
        select sold.order_id
          from wms.shop_report as report
          join wms.shop_order as sold on sold.shop_order_id = report.shop_order_id
         where report.state = 'PENDING'
           and sold.connection_id = p_connection
           and not exists (
                   select
                     from wms.shop_cancellation as cancelled
                    where cancelled.shop_order_id = sold.shop_order_id)),
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

set local role fv_guard;

insert into guard.job (name, actor_id, scope, work, statement_seconds, transaction_seconds)
values ('cancel-channel-order', '00000000-0000-7000-8001-000000000191', 'tenant', 'write', 10, 30);
