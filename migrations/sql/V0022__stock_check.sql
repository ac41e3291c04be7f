-- The check that stock, promises and ledger agree, over all tenants.
--
-- Why a role of its own: it sees every tenant's quantities, so it sees nothing else. fv_checker reads
-- ids, quantities and states by its own policies, and writes nothing. One statement, so that all sums
-- are of one moment and postings that go on meanwhile raise no false alarm.

set local role fv_owner;

create policy checker_reads on wms.bucket for select to fv_checker using (true);
create policy checker_reads on wms.reservation for select to fv_checker using (true);
create policy checker_reads on wms.movement for select to fv_checker using (true);
create policy checker_reads on wms.outbound_order_line for select to fv_checker using (true);

grant select (tenant_id, bucket_id, on_hand, reserved) on wms.bucket to fv_checker;
grant select (tenant_id, reservation_id, bucket_id, demand_id, quantity, state) on wms.reservation to fv_checker;
grant select (tenant_id, posting_id, bucket_id, item_id, owner_id, lot_id, quantity) on wms.movement to fv_checker;
grant select (tenant_id, order_line_id, ordered, cancelled, unallocated, allocated, picked, packed, shipped)
   on wms.outbound_order_line
   to fv_checker;

-- One row for each thing that is wrong, with what it should be and what it is:
--   I1    a bucket holds less than nothing
--   I2    a bucket promises less than nothing or more than it holds
--   I3    the legs of a posting do not sum to zero for an item, owner and lot
--   I4    a bucket holds something other than its ledger says
--   I5    a bucket promises something other than its active reservations say
--   LINE  the parts of an order line are not what was ordered
--   PROMISE  an order line has another quantity promised, picked and packed than its active reservations say
--   ORPHAN  an active reservation has no bucket, or is for no order line
create function wms.check_stock()
returns table (invariant text, tenant uuid, subject text, expected bigint, found bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    with ledger as (
        select movement.tenant_id, movement.bucket_id, sum(movement.quantity)::bigint as units
          from wms.movement as movement
         where movement.bucket_id is not null
         group by movement.tenant_id, movement.bucket_id),
    asked as (
        select promise.tenant_id, promise.demand_id, sum(promise.quantity)::bigint as units
          from wms.reservation as promise
         where promise.state = 'ACTIVE'
         group by promise.tenant_id, promise.demand_id),
    promised as (
        select promise.tenant_id, promise.bucket_id, sum(promise.quantity)::bigint as units
          from wms.reservation as promise
         where promise.state = 'ACTIVE'
         group by promise.tenant_id, promise.bucket_id)
    select 'I1', stock.tenant_id, 'bucket ' || stock.bucket_id, 0::bigint, stock.on_hand
      from wms.bucket as stock
     where stock.on_hand < 0
     union all
    select 'I2', stock.tenant_id, 'bucket ' || stock.bucket_id,
           case when stock.reserved < 0 then 0 else stock.on_hand end, stock.reserved
      from wms.bucket as stock
     where stock.reserved < 0
        or stock.reserved > stock.on_hand
     union all
    select 'I3', movement.tenant_id, 'posting ' || movement.posting_id, 0::bigint, sum(movement.quantity)::bigint
      from wms.movement as movement
     group by movement.tenant_id, movement.posting_id, movement.item_id, movement.owner_id, movement.lot_id
    having sum(movement.quantity) <> 0
     union all
    -- Full, since a bucket that was swept must have come to nothing in the ledger too.
    select 'I4', coalesce(stock.tenant_id, ledger.tenant_id), 'bucket ' || coalesce(stock.bucket_id, ledger.bucket_id),
           coalesce(ledger.units, 0), coalesce(stock.on_hand, 0)
      from wms.bucket as stock
      full join ledger
        on ledger.tenant_id = stock.tenant_id
       and ledger.bucket_id = stock.bucket_id
     where coalesce(ledger.units, 0) <> coalesce(stock.on_hand, 0)
     union all
    select 'I5', stock.tenant_id, 'bucket ' || stock.bucket_id, coalesce(promised.units, 0), stock.reserved
      from wms.bucket as stock
      left join promised
        on promised.tenant_id = stock.tenant_id
       and promised.bucket_id = stock.bucket_id
     where coalesce(promised.units, 0) <> stock.reserved
     union all
    select 'LINE', line.tenant_id, 'order line ' || line.order_line_id, line.ordered,
           line.cancelled + line.unallocated + line.allocated + line.picked + line.packed + line.shipped
      from wms.outbound_order_line as line
     where line.ordered <> line.cancelled + line.unallocated + line.allocated + line.picked + line.packed + line.shipped
     union all
    select 'PROMISE', line.tenant_id, 'order line ' || line.order_line_id, coalesce(asked.units, 0),
           line.allocated + line.picked + line.packed
      from wms.outbound_order_line as line
      left join asked
        on asked.tenant_id = line.tenant_id
       and asked.demand_id = line.order_line_id
     where coalesce(asked.units, 0) <> line.allocated + line.picked + line.packed
     union all
    select 'ORPHAN', promise.tenant_id, 'reservation ' || promise.reservation_id, 0::bigint, promise.quantity
      from wms.reservation as promise
     where promise.state = 'ACTIVE'
       and (not exists (
                select
                  from wms.bucket as stock
                 where stock.tenant_id = promise.tenant_id
                   and stock.bucket_id = promise.bucket_id)
            or not exists (
                select
                  from wms.outbound_order_line as line
                 where line.tenant_id = promise.tenant_id
                   and line.order_line_id = promise.demand_id))
     order by 2, 1, 3;
end
$$;

grant execute on function wms.check_stock() to fv_checker;
