-- Whoever takes a shop, or a report to it, asks first whether the shop may be called now. So what is
-- taken says of which connection it is, and a shop whose credential was just brought is called once in
-- any case: how ill it was before says nothing about the new one.

set local role fv_owner;

drop function wms.take_shop(timestamptz);
drop function wms.take_shop_report(timestamptz);

-- Takes the next shop whose orders are due to be read.
create function wms.take_shop(p_now timestamptz)
returns table (
    connection_id uuid, url text, channel text, location text, secret_id uuid, secret_version int, sealed bytea,
    untried boolean, high_water timestamptz, page_from timestamptz, page_skip int, fence bigint)
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
    select shop.connection_id, shop.url, shop.channel, shop.location, secret.secret_id, secret.version, secret.sealed,
           shop.outcome is null, shop.high_water, shop.page_from, shop.page_skip, shop.fence
      from leased as shop
      join wms.channel_connection as connection on connection.connection_id = shop.connection_id
      join wms.stored_secret as secret on secret.secret_id = connection.secret_id;
end
$$;

-- Takes the next shipment that a shop is to be told of. Also of a connection that is paused: what has
-- left has left. One that has ended is told nothing more.
create function wms.take_shop_report(p_now timestamptz)
returns table (
    shipment_id uuid, order_id uuid, external_key text, carrier text, tracking text, connection_id uuid, url text,
    channel text, location text, secret_id uuid, secret_version int, sealed bytea, attempts int, fence bigint)
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
    select report.shipment_id, sent.order_id, sold.external_key, sent.carrier, sent.tracking, shop.connection_id, shop.url,
           shop.channel, shop.location, secret.secret_id, secret.version, secret.sealed, report.attempts, report.fence
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
