-- What a person can work on just now in one tenant, as one JSON object: an id of each kind, and for
-- each operation an example that can be sent as it is. Read as the machine's owner, past every policy,
-- so it names the tenant itself. Ids stand as prefix:uuid and are written as the API writes them.
--
-- Newest first everywhere: ids are UUIDv7, so what was made last is what is gone on with.
with me as (
    select cast(? as uuid) as tenant_id,
           cast(? as text[]) as staff,
           upper(substr(md5(random()::text), 1, 6)) as fresh,
           'whsec_' || encode(sha256(convert_to(random()::text, 'UTF8')), 'base64') as secret
),
house as materialized (
    select warehouse_id
      from wms.warehouse
     where tenant_id = (select tenant_id from me)
     order by warehouse_id
     limit 1
),
place as materialized (
    select location_id, code, kind, pickable, locked, pick_seq, home_item_id
      from wms.location
     where tenant_id = (select tenant_id from me)
       and warehouse_id = (select warehouse_id from house)
),
dock as (
    select code
      from place
     where kind = 'DOCK'
     order by code
     limit 1
),
goods as materialized (
    select bucket.bucket_id,
           bucket.item_id,
           bucket.location_id,
           bucket.lot_id,
           bucket.status,
           bucket.on_hand - bucket.reserved as free,
           item.sku,
           lot.code as lot,
           place.code as location,
           place.kind,
           place.pickable
      from wms.bucket
      join wms.item using (tenant_id, item_id)
      join place using (location_id)
      left join wms.lot
        on lot.tenant_id = bucket.tenant_id
       and lot.lot_id = bucket.lot_id
     where bucket.tenant_id = (select tenant_id from me)
       and bucket.lpn_id is null
       and bucket.on_hand > 0
),
announced as (
    select asn_id
      from wms.asn
     where tenant_id = (select tenant_id from me)
       and state = 'EXPECTED'
     order by asn_id desc
     limit 1
),
receipt as materialized (
    select receipt_id, asn_id
      from wms.receipt
     where tenant_id = (select tenant_id from me)
       and state = 'OPEN'
     order by receipt_id desc
     limit 1
),
-- The next line of that receipt that is still expected; an item with lots gets a lot that it has.
expected as (
    select receipt.receipt_id,
           item.sku,
           line.expected - line.received_good - line.received_damaged as units,
           case when item.lot_controlled then coalesce(lot.code, 'LOT-' || (select fresh from me)) end as lot,
           case when item.lot_controlled then coalesce(lot.expires_on, current_date + 365) end as expires_on
      from receipt
      join wms.asn_line as line
        on line.tenant_id = (select tenant_id from me)
       and line.asn_id = receipt.asn_id
      join wms.item using (tenant_id, item_id)
      left join lateral (
           select code, expires_on
             from wms.lot
            where lot.tenant_id = line.tenant_id
              and lot.item_id = line.item_id
            order by expires_on desc nulls last
            limit 1) as lot
        on true
     where line.expected > line.received_good + line.received_damaged
     order by line.line_no
     limit 1
),
-- At the dock, and a bin that is the item's own and holds no other lot of it.
unloaded as (
    select goods.bucket_id,
           goods.free,
           coalesce(
               (select place.code
                  from place
                 where place.home_item_id = goods.item_id
                   and goods.status = 'AVAILABLE'
                 order by exists (select
                                    from goods as other
                                   where other.location_id = place.location_id
                                     and other.lot_id is distinct from goods.lot_id),
                          place.pick_seq
                 limit 1),
               (select place.code
                  from place
                 where place.kind = 'BIN'
                   and not place.locked
                   and place.pickable = (goods.status = 'AVAILABLE')
                 order by place.home_item_id is not null, place.pick_seq
                 limit 1)) as bin
      from goods
     where goods.kind = 'DOCK'
       and goods.free > 0
     order by goods.bucket_id desc
     limit 1
),
-- Free stock on a shelf, without a lot if there is any, so that a newcomer need not know of lots.
shelved as materialized (
    select bucket_id, location_id, sku, lot, location, free
      from goods
     where kind = 'BIN'
       and pickable
       and status = 'AVAILABLE'
       and free > 1
     order by lot_id is not null, free desc, bucket_id
     limit 1
),
another_bin as (
    select code
      from place
     where kind = 'BIN'
       and not locked
       and pickable
       and location_id <> (select location_id from shelved)
     order by pick_seq desc
     limit 1
),
customer_order as materialized (
    select order_id, state
      from wms.outbound_order
     where tenant_id = (select tenant_id from me)
     order by order_id desc
     limit 200
),
accepted as (
    select order_id from customer_order where state = 'ACCEPTED' order by order_id desc limit 1
),
promised as materialized (
    select line.order_id, reservation.reservation_id, reservation.quantity, goods.sku, goods.lot, goods.location, goods.kind
      from wms.reservation
      join wms.outbound_order_line as line
        on line.tenant_id = reservation.tenant_id
       and line.order_line_id = reservation.demand_id
      join goods
        on goods.bucket_id = reservation.bucket_id
     where reservation.tenant_id = (select tenant_id from me)
       and reservation.state = 'ACTIVE'
),
to_pick as (
    select * from promised where kind <> 'STAGE' order by order_id desc, location limit 1
),
to_pack as (
    select order_id,
           jsonb_agg(jsonb_strip_nulls(jsonb_build_object('sku', sku, 'lot', lot, 'quantity', quantity)) order by sku, lot) as contents
      from (select order_id, sku, lot, sum(quantity) as quantity
              from promised
              join customer_order using (order_id)
             where kind = 'STAGE'
               and state = 'PICKED'
             group by order_id, sku, lot) as picked
     group by order_id
     order by order_id desc
     limit 1
),
packed as (
    select order_id from customer_order where state = 'PACKED' order by order_id desc limit 1
),
-- The newest receiving, putaway and pick scan that was not taken back.
last_scan as materialized (
    select distinct on (scanned.kind) scanned.kind, scan.subject_id
      from (select subject_id, posting_id, made_at
              from wms.scan_event
             where tenant_id = (select tenant_id from me)
               and reversed_by is null
             order by made_at desc
             limit 1000) as scan
     cross join lateral (
           select kind
             from wms.movement
            where tenant_id = (select tenant_id from me)
              and posting_id = scan.posting_id
            limit 1) as scanned
     order by scanned.kind, scan.made_at desc
),
-- Newest first, and of each state the newest.
connection as materialized (
    select connection_id, state
      from wms.channel_connection
     where tenant_id = (select tenant_id from me)
       and state <> 'DISCONNECTED'
     order by connection_id desc
     limit 200
),
shop as (
    select connection_id
      from wms.channel_connection
     where tenant_id = (select tenant_id from me)
       and kind = 'VENDURE'
       and state = 'ACTIVE'
     order by connection_id desc
     limit 1
),
mapped as (
    select connection_id, shop_sku
      from wms.shop_sku
     where tenant_id = (select tenant_id from me)
       and connection_id = (select connection_id from shop)
       and item_id is not null
     order by mapped_at desc
     limit 1
),
carrier as (
    select carrier_id
      from wms.carrier
     where tenant_id = (select tenant_id from me)
       and state = 'ACTIVE'
     order by carrier_id desc
     limit 1
),
endpoint as (
    select endpoint_id
      from wms.webhook_endpoint
     where tenant_id = (select tenant_id from me)
       and state = 'ENABLED'
     order by endpoint_id desc
     limit 1
),
extra as (
    select member_id
      from wms.member
     where tenant_id = (select tenant_id from me)
       and state = 'ACTIVE'
       and subject <> all ((select staff from me)::text[])
     order by member_id desc
     limit 1
)
select jsonb_strip_nulls(jsonb_build_object(
    'ids', jsonb_build_object(
        'warehouse_id', 'whs:' || (select warehouse_id from house),
        'sku', (select sku from shelved),
        'location', (select location from shelved),
        'dock', (select code from dock),
        'asn_id', 'asn:' || coalesce((select asn_id from announced), (select asn_id from receipt)),
        'receipt_id', 'rcp:' || (select receipt_id from receipt),
        'bucket_id', 'bkt:' || (select bucket_id from shelved),
        'order_id', 'ord:' || (select order_id from customer_order order by order_id desc limit 1),
        'pick_id', 'rsv:' || (select reservation_id from to_pick),
        'member_id', 'mbr:' || (select member_id from extra),
        'connection_id', 'con:' || (select connection_id from connection order by connection_id desc limit 1),
        'carrier_id', 'car:' || (select carrier_id from carrier),
        'endpoint_id', 'whe:' || (select endpoint_id from endpoint)),
    'examples', jsonb_build_object(
        'announce-asn', jsonb_build_object('body', jsonb_build_object(
            'warehouse_id', 'whs:' || (select warehouse_id from house),
            'reference', 'ASN-' || (select fresh from me),
            'lines', jsonb_build_array(jsonb_build_object('sku', (select sku from shelved), 'quantity', 12)))),
        'open-receipt', (select jsonb_build_object('path', jsonb_build_object('asn_id', 'asn:' || asn_id),
                                                   'body', jsonb_build_object('dock', (select code from dock)))
                           from announced),
        'receive-line', (select jsonb_build_object('path', jsonb_build_object('receipt_id', 'rcp:' || receipt_id),
                                                   'body', jsonb_build_object('sku', sku, 'quantity', units, 'condition', 'GOOD',
                                                                              'lot', lot, 'expires_on', expires_on))
                           from expected),
        'close-receipt', (select jsonb_build_object('path', jsonb_build_object('receipt_id', 'rcp:' || receipt_id)) from receipt),
        'suggest-putaway', (select jsonb_build_object('path', jsonb_build_object('bucket_id', 'bkt:' || bucket_id)) from unloaded),
        'confirm-putaway', (select jsonb_build_object('path', jsonb_build_object('bucket_id', 'bkt:' || bucket_id),
                                                      'body', jsonb_build_object('quantity', free, 'to', bin))
                              from unloaded),
        'reverse-receipt-scan', (select jsonb_build_object('path', jsonb_build_object('receipt_id', 'rcp:' || subject_id))
                                   from last_scan where kind = 'RECEIPT'),
        'reverse-putaway', (select jsonb_build_object('path', jsonb_build_object('bucket_id', 'bkt:' || subject_id))
                              from last_scan where kind = 'MOVE'),
        'reverse-pick', (select jsonb_build_object('path', jsonb_build_object('pick_id', 'rsv:' || subject_id))
                           from last_scan where kind = 'PICK'),
        'move-stock', (select jsonb_build_object('path', jsonb_build_object('bucket_id', 'bkt:' || bucket_id),
                                                 'body', jsonb_build_object('quantity', 1, 'to', (select code from another_bin)))
                         from shelved),
        'adjust-stock', (select jsonb_build_object('body', jsonb_build_object(
                                    'warehouse_id', 'whs:' || (select warehouse_id from house),
                                    'location', location, 'sku', sku, 'lot', lot, 'delta', 1, 'reason', 'FOUND'))
                           from shelved),
        'accept-order', (select jsonb_build_object('body', jsonb_build_object(
                                    'warehouse_id', 'whs:' || (select warehouse_id from house),
                                    'reference', 'ORDER-' || (select fresh from me),
                                    'lines', jsonb_build_array(jsonb_build_object('sku', sku, 'quantity', 1)),
                                    'recipient', jsonb_build_object(
                                        'name', 'Pat Example', 'street', '1 Example Street', 'city', 'Exampleton',
                                        'postcode', 'EX1 2MP', 'country', 'GB')))
                           from shelved),
        'allocate-order', (select jsonb_build_object('path', jsonb_build_object('order_id', 'ord:' || order_id)) from accepted),
        'cancel-order', (select jsonb_build_object('path', jsonb_build_object('order_id', 'ord:' || order_id),
                                                   'body', jsonb_build_object('reason', 'CUSTOMER_REQUEST'))
                           from accepted),
        'list-picks', jsonb_build_object('query', jsonb_build_object(
            'warehouse_id', 'whs:' || (select warehouse_id from house),
            'order_id', 'ord:' || (select order_id from to_pick))),
        'confirm-pick', (select jsonb_build_object('path', jsonb_build_object('pick_id', 'rsv:' || reservation_id),
                                                   'body', jsonb_build_object('location', location, 'sku', sku, 'lot', lot, 'quantity', quantity))
                           from to_pick),
        'pack-carton', (select jsonb_build_object('path', jsonb_build_object('order_id', 'ord:' || order_id),
                                                  'body', jsonb_build_object('contents', contents))
                          from to_pack),
        'dispatch-shipment', (select jsonb_build_object('path', jsonb_build_object('order_id', 'ord:' || order_id),
                                                        'body', jsonb_build_object('carrier', 'Example Parcels', 'tracking', 'EX-' || (select fresh from me)))
                                from packed),
        'register-item', jsonb_build_object('body', jsonb_build_object(
            'sku', 'SAMPLE-' || (select fresh from me), 'description', 'A sample item')),
        'add-location', jsonb_build_object(
            'path', jsonb_build_object('warehouse_id', 'whs:' || (select warehouse_id from house)),
            'body', jsonb_build_object('code', 'Z-' || (select fresh from me), 'pick_sequence', 9000)),
        'open-warehouse', jsonb_build_object('body', jsonb_build_object(
            'code', 'W-' || (select fresh from me), 'name', 'Another warehouse', 'time_zone', 'Europe/Amsterdam')),
        'add-member', jsonb_build_object('body', jsonb_build_object(
            'subject', 'pat-' || lower((select fresh from me)), 'email', 'pat@example.org', 'display_name', 'Pat Example',
            'roles', jsonb_build_array('PICKER'))),
        'revoke-member', (select jsonb_build_object('path', jsonb_build_object('member_id', 'mbr:' || member_id)) from extra),
        'set-recipient-retention', jsonb_build_object('body', jsonb_build_object('days', 180)),
        'set-audit-retention', jsonb_build_object('body', jsonb_build_object('retention', 'DAYS_730')),
        'connect-channel', jsonb_build_object('body', jsonb_build_object(
            'kind', 'SIGNED_PUSH', 'name', 'Shop ' || (select fresh from me),
            'warehouse_id', 'whs:' || (select warehouse_id from house), 'secret', (select secret from me))),
        'pause-connection', (select jsonb_build_object('path', jsonb_build_object('connection_id', 'con:' || connection_id))
                               from connection where state = 'ACTIVE' order by connection_id desc limit 1),
        'resume-connection', (select jsonb_build_object('path', jsonb_build_object('connection_id', 'con:' || connection_id))
                                from connection where state = 'PAUSED' order by connection_id desc limit 1),
        'connect-shop', jsonb_build_object('body', jsonb_build_object(
            'kind', 'VENDURE', 'name', 'Shop ' || (select fresh from me),
            'warehouse_id', 'whs:' || (select warehouse_id from house),
            'url', 'https://shop.example.org/admin-api', 'credential', 'key-' || (select fresh from me))),
        'replace-shop-credential', (select jsonb_build_object('path', jsonb_build_object('connection_id', 'con:' || connection_id),
                                                              'body', jsonb_build_object('credential', 'key-' || (select fresh from me)))
                                      from shop),
        'test-connection', (select jsonb_build_object('path', jsonb_build_object('connection_id', 'con:' || connection_id)) from shop),
        'set-stock-buffer', (select jsonb_build_object('path', jsonb_build_object('connection_id', 'con:' || connection_id),
                                                       'body', jsonb_build_object('buffer', 2))
                               from shop),
        'set-drift-limit', (select jsonb_build_object('path', jsonb_build_object('connection_id', 'con:' || connection_id),
                                                      'body', jsonb_build_object('drift_limit', 25))
                              from shop),
        'map-shop-sku', (select jsonb_build_object('path', jsonb_build_object('connection_id', 'con:' || connection_id),
                                                   'body', jsonb_build_object('shop_sku', 'SHOP-' || (select fresh from me),
                                                                              'sku', (select sku from shelved)))
                           from shop),
        'unmap-shop-sku', (select jsonb_build_object('path', jsonb_build_object('connection_id', 'con:' || connection_id),
                                                     'body', jsonb_build_object('shop_sku', shop_sku))
                             from mapped),
        'get-drift-report', (select jsonb_build_object('path', jsonb_build_object('connection_id', 'con:' || connection_id)) from shop),
        'find-held-recipient', jsonb_build_object('body', jsonb_build_object('email', 'pat@example.org')),
        'connect-carrier', jsonb_build_object('body', jsonb_build_object(
            'kind', 'EASYPOST', 'name', 'Carriers ' || (select fresh from me),
            'warehouse_id', 'whs:' || (select warehouse_id from house), 'key', 'EZTK' || (select fresh from me) || (select fresh from me),
            'sender', jsonb_build_object(
                'name', 'Example Fulfilment', 'street', '388 Townsend St', 'city', 'San Francisco', 'region', 'CA',
                'postcode', '94107', 'country', 'US'))),
        'set-carrier-signature', jsonb_build_object('body', jsonb_build_object('secret', (select secret from me))),
        'add-webhook-endpoint', jsonb_build_object('body', jsonb_build_object(
            'url', 'https://shop.example.org/hooks/' || lower((select fresh from me)),
            'event_types', jsonb_build_array('order.shipped'), 'secret', (select secret from me))),
        'revise-webhook-endpoint', jsonb_build_object('body', jsonb_build_object(
            'event_types', jsonb_build_array('order.shipped', 'order.cancelled'))),
        'rotate-webhook-secret', jsonb_build_object('body', jsonb_build_object('secret', (select secret from me))),
        'replay-webhook-deliveries', jsonb_build_object('body', jsonb_build_object(
            'queued_from', to_char(now() - interval '1 day', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
            'queued_until', to_char(now(), 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))),
        'open-tenant', jsonb_build_object('body', jsonb_build_object(
            'name', 'Tenant ' || (select fresh from me),
            'administrator', jsonb_build_object(
                'subject', 'admin-' || lower((select fresh from me)), 'email', 'admin@example.org', 'display_name', 'Ada Example')))))) as at_hand
