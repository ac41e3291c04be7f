-- Promises that are given up are looked up one by one.
--
-- As before, but for how it finds a promise that is no longer active: a join of the few ids that are
-- given with the tenant's reservations read all of these. A lateral look-up with a limit reads one row
-- for each id.

set local role fv_owner;

create or replace function wms.release(p_reservations uuid[])
returns table (bucket uuid, outcome text, version bigint, asked bigint, free bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    ids uuid[];
begin
    ids := array(
        select promise.bucket_id
          from wms.reservation as promise
         where promise.reservation_id = any (p_reservations));
    perform
       from wms.bucket as stock
      where stock.bucket_id = any (ids)
      order by stock.bucket_id
        for no key update;

    return query
    select distinct promise.bucket_id, 'NOT_RESERVED', null::bigint, promise.quantity, null::bigint
      from unnest(p_reservations) as wanted (id)
      left join lateral (
           select reservation.bucket_id, reservation.quantity, reservation.state
             from wms.reservation as reservation
            where reservation.reservation_id = wanted.id
            limit 1) as promise
        on true
     where promise.state is distinct from 'ACTIVE';
    if found then
        return;
    end if;

    return query
    with freed as (
        update wms.reservation as promise
           set state = 'RELEASED'
         where promise.reservation_id = any (p_reservations)
        returning promise.bucket_id, promise.quantity)
    update wms.bucket as stock
       set reserved = stock.reserved - given.units,
           version = stock.version + 1
      from (select freed.bucket_id, sum(freed.quantity)::bigint as units
              from freed
             group by freed.bucket_id) as given
     where stock.bucket_id = given.bucket_id
    returning stock.bucket_id, 'OK', stock.version, given.units, stock.on_hand - stock.reserved;
end
$$;
