package com.fluxvantage.migrations;

import java.util.UUID;

/** A house with a row in every table, so that there is something to see where a fence is open. */
final class FullHouse {
    private static final String MORE =
            """
            insert into wms.asn (tenant_id, asn_id, warehouse_id, reference, announced_at, updated_at)
            values ('@tenant', '@asn', '@warehouse', 'ASN-1', now(), now());
            insert into wms.asn_line (tenant_id, asn_line_id, asn_id, line_no, item_id, owner_id, expected)
            values ('@tenant', gen_random_uuid(), '@asn', 1, '@tea', '@owner', 10);
            insert into wms.receipt (tenant_id, receipt_id, asn_id, dock_location_id, opened_at)
            values ('@tenant', gen_random_uuid(), '@asn', '@dock', now());
            insert into wms.shipment (tenant_id, shipment_id, order_id, carrier, tracking, dispatched_at, dispatched_by)
            values ('@tenant', gen_random_uuid(), '@order', 'Roadrunner', 'RR-1', now(), 'member:1');
            insert into wms.lpn (tenant_id, lpn_id, code, type, location_id)
            values ('@tenant', gen_random_uuid(), 'LPN-1', 'CARTON', '@dock');
            insert into wms.lot (tenant_id, lot_id, item_id, code)
            values ('@tenant', gen_random_uuid(), '@tea', 'LOT-1');
            insert into wms.scan_event (tenant_id, client_event_id, subject_id, posting_id, made_at)
            values ('@tenant', gen_random_uuid(), '@order', gen_random_uuid(), now());
            insert into wms.dead_letter (tenant_id, consumer, stream_id, stream_no, reason, attempts, died_at)
            values ('@tenant', 'follow', '00000000-0000-7000-8000-000000000009', 1, 'fault', 6, now());
            insert into wms.retention_setting (tenant_id, recipient_days, changed_at) values ('@tenant', 90, now());
            insert into wms.retention_run (
                tenant_id, due_at, rule, class, days, outcome, row_count, held_count, map_version, started_at, ended_at)
            values ('@tenant', now(), 'wms.scan_event', 'd400', 400, 'DONE', 1, 0, 'v', now(), now());
            insert into wms.stream_lease (tenant_id, stream_id, holder, leased_until)
            values ('@tenant', '@order', gen_random_uuid(), now());
            insert into wms.export (tenant_id, export_id, state, requested_at, requested_by, moved_at, ended_at)
            values ('@tenant', '@order', 'CANCELLED', now(), 'member:1', now(), now());
            insert into wms.export_table (tenant_id, export_id, table_no, name, columns, key_columns, key_types, is_done)
            values ('@tenant', '@order', 1, 'wms.item', '[]', '{}', '{}', true);
            insert into wms.export_file (
                tenant_id, file_id, export_id, path, kind, content_type, row_count, byte_count, sha256, fence, made_at)
            values ('@tenant', gen_random_uuid(), '@order', 'index.html', 'INDEX', 'text/html', 0, 1, sha256(''), 1, now());
            insert into wms.audit_setting (tenant_id, retention_days)
            values ('@tenant', 730);
            insert into wms.audit_head (tenant_id, segment_no, seq, hash)
            values ('@tenant', 1, 0, wms.audit_genesis('@tenant'));
            insert into wms.audit_segment (tenant_id, segment_no, segment_id, month, retention_days, opening)
            values ('@tenant', 1, gen_random_uuid(), '2026-11-01', 400, wms.audit_genesis('@tenant'));
            insert into wms.audit_checkpoint (tenant_id, root_no, due_at, segment_no, seq, hash, path, leaves, root)
            values ('@tenant', 0, now(), 1, 0, wms.audit_genesis('@tenant'), '', 1, wms.audit_genesis('@tenant'));
            insert into wms.stored_secret (
                tenant_id, secret_id, purpose, version, sealed, fingerprint, sealed_at, stored_at, stored_by)
            values ('@tenant', '@order', 'CHANNEL_SIGNATURE', 1, '\\x01', '0a1b2c3d', now(), now(), 'member:1');
            insert into wms.webhook_endpoint (tenant_id, endpoint_id, url, event_types, created_at)
            values ('@tenant', '@order', 'https://shop.example.org/', '{order.shipped}', now());
            insert into wms.webhook_secret (tenant_id, secret_id, endpoint_id, made_at)
            values ('@tenant', '@order', '@order', now());
            insert into wms.webhook_delivery (
                tenant_id, delivery_id, endpoint_id, event_type, stream_id, stream_no, queued_at, state)
            values ('@tenant', gen_random_uuid(), '@order', 'order.shipped', '@order', 1, now(), 'MISSED');
            insert into wms.channel_connection (
                tenant_id, connection_id, kind, name, warehouse_id, secret_id, connected_at, connected_by)
            values ('@tenant', '@order', 'SIGNED_PUSH', 'Shop', '@warehouse', '@order', now(), 'member:1');
            insert into wms.channel_delivery (tenant_id, delivery_id, connection_id, event_id, body, received_at)
            values ('@tenant', '@order', '@order', 'evt-1', '{}', now());
            insert into wms.shop_connection (tenant_id, connection_id, url, next_pull_at)
            values ('@tenant', '@order', 'https://shop.example.org/', now());
            insert into wms.shop_order (tenant_id, shop_order_id, connection_id, external_key, changed_at, seen_at, order_id)
            values ('@tenant', '@order', '@order', '7', now(), now(), '@order');
            insert into wms.carrier (
                tenant_id, carrier_id, kind, name, warehouse_id, key_id, sender, street, city, postcode, country,
                connected_at, connected_by)
            values ('@tenant', '@order', 'EASYPOST', 'Carriers', '@warehouse', '@order', 'Us', '1 Dock', 'Leeds', '1', 'GB',
                    now(), 'member:1');
            insert into wms.carrier_label (
                tenant_id, label_id, carrier_id, order_id, carton_id, format, weight_grams, length_mm, width_mm, height_mm,
                asked_at, asked_by, called_at)
            select tenant_id, '@order', '@order', '@order', lpn_id, 'ZPL', 1, 1, 1, 1, now(), 'member:1', now()
              from wms.lpn where tenant_id = '@tenant' limit 1;
            insert into wms.carrier_rate (tenant_id, label_id, rate_no, rate_ref, carrier, service, price_minor, currency)
            values ('@tenant', '@order', 1, 'rate_1', 'Roadrunner', 'Ground', 600, 'USD');
            insert into wms.shop_report (tenant_id, shipment_id, shop_order_id, queued_at, next_attempt_at)
            select tenant_id, shipment_id, '@order', now(), now() from wms.shipment where tenant_id = '@tenant' limit 1;
            insert into wms.connection_pace (tenant_id, connection_id, tokens, filled_at) values ('@tenant', '@order', 1, now());
            insert into wms.stock_channel (tenant_id, connection_id) values ('@tenant', '@order');
            insert into wms.channel_stock (tenant_id, connection_id, item_id) values ('@tenant', '@order', '@tea');
            insert into wms.shop_cancellation (tenant_id, shop_order_id, requested_at)
            values ('@tenant', '@order', now());
            insert into wms.connection_incident (tenant_id, incident_id, connection_id, trouble, began_at)
            values ('@tenant', gen_random_uuid(), '@order', 'NO_ANSWER', now());
            insert into wms.shop_sku (tenant_id, connection_id, shop_sku, item_id, mapped_at, mapped_by)
            values ('@tenant', '@order', 'TEE', '@tea', now(), 'member:1');
            insert into wms.drift_report (tenant_id, connection_id, due_at, started_at)
            values ('@tenant', '@order', now(), now());
            insert into wms.connection_test (tenant_id, connection_test_id, connection_id, asked_at, asked_by)
            values ('@tenant', gen_random_uuid(), '@order', now(), 'member:1');
            insert into wms.tenant_course (tenant_id, course_no, event, from_state, to_state, actor, at, generation)
            values ('@tenant', 0, 'open', 'provisioning', 'active', 'operator:1', now(), 1);
            insert into wms.tenant_notice (tenant_id, notice, about_at, days_before, member_id, leased_until)
            select '@tenant', 'WINDOW_ENDS', now(), 7, member_id, now() from wms.member where tenant_id = '@tenant' limit 1;
            insert into wms.suspension (tenant_id, suspension_id, reason, state, proposed_by, proposed_at)
            values ('@tenant', gen_random_uuid(), 'ABUSE', 'LAPSED', 'operator:1', now());
            insert into wms.legal_hold (tenant_id, hold_id, matter, basis, scope, sealed, review_at, state, placed_by, placed_at, discarded_by, discarded_at)
            values ('@tenant', gen_random_uuid(), 'M-1', 'TAX', 'TENANT', false, now(), 'DISCARDED', 'operator:1', now(), 'operator:1', now());
            """;

    private FullHouse() {}

    static House openedIn(Database database) {
        var house = House.openedIn(database);
        var stock = new Stock(database, house);
        var bin = stock.receive(house.binA(), 12);
        stock.reserve(Stock.Promise.of(bin, house.orderLine(), 2));
        try (var session = Session.in(database, "fv_api", house.tenant())) {
            session.rows(
                    """
                    select wms.conclude('key', '\\x01', 'test', '{}', ?, now(), null, null, ?,
                                        '[{"stream": "00000000-0000-7000-8000-000000000009", "no": 1, "type": "t", "payload": {}}]')
                    """,
                    UUID.randomUUID(),
                    UUID.randomUUID());
            session.commit();
        }
        database.run(
                MORE.replace("@tenant", house.tenant().toString())
                        .replace("@asn", UUID.randomUUID().toString())
                        .replace("@warehouse", house.warehouse().toString())
                        .replace("@owner", house.owner().toString())
                        .replace("@tea", house.tea().toString())
                        .replace("@dock", house.dock().toString())
                        .replace("@order", house.order().toString()));
        return house;
    }
}
