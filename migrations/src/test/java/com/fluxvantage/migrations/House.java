package com.fluxvantage.migrations;

import java.util.UUID;

/**
 * A tenant with one warehouse. Every house has the same codes, SKUs and references as every other,
 * so that nothing but the tenant tells them apart.
 */
record House(
        UUID tenant,
        UUID owner,
        UUID member,
        UUID warehouse,
        UUID dock,
        UUID binA,
        UUID binB,
        UUID supplier,
        UUID tea,
        UUID coffee,
        UUID order,
        UUID orderLine) {
    private static final String SEED =
            """
            insert into wms.tenant (tenant_id, name, state, opened_at)
            values ('@tenant', 'A house', 'active', now());
            insert into wms.owner (tenant_id, owner_id, code, house)
            values ('@tenant', '@owner', 'HOUSE', true);
            insert into wms.member (tenant_id, member_id, subject, email, display_name, roles, added_at)
            values ('@tenant', '@member', 'sam', 'sam@example.org', 'Sam', '{PICKER}', now());
            insert into wms.item (tenant_id, item_id, sku, gtin, description, registered_at)
            values ('@tenant', '@tea', 'TEA', '96385074', 'Tea', now()),
                   ('@tenant', '@coffee', 'COFFEE', null, 'Coffee', now());
            insert into wms.warehouse (tenant_id, warehouse_id, code, name, time_zone, opened_at)
            values ('@tenant', '@warehouse', 'W1', 'Warehouse', 'Europe/Berlin', now());
            insert into wms.location (tenant_id, location_id, warehouse_id, code, kind, pickable, pick_seq)
            values ('@tenant', '@dock', '@warehouse', 'DOCK-1', 'DOCK', false, 0),
                   ('@tenant', '@binA', '@warehouse', 'A-01', 'BIN', true, 1),
                   ('@tenant', '@binB', '@warehouse', 'A-02', 'BIN', true, 2),
                   ('@tenant', '@supplier', '@warehouse', 'SUPPLIER', 'SUPPLIER', false, 0),
                   ('@tenant', gen_random_uuid(), '@warehouse', 'CUSTOMER', 'CUSTOMER', false, 0),
                   ('@tenant', gen_random_uuid(), '@warehouse', 'ADJUST', 'ADJUST', false, 0);
            insert into wms.outbound_order (tenant_id, order_id, warehouse_id, owner_id, reference, accepted_at, updated_at)
            values ('@tenant', '@order', '@warehouse', '@owner', 'SO-1', now(), now());
            insert into wms.outbound_order_line (tenant_id, order_line_id, order_id, line_no, item_id, ordered, unallocated)
            values ('@tenant', '@orderLine', '@order', 1, '@tea', 1000, 1000);
            insert into wms.order_recipient (tenant_id, order_id, name, street, city, postcode, country)
            values ('@tenant', '@order', 'Kim Buyer', '1 Main Street', 'Springfield', '12345', 'US');
            """;

    static House openedIn(Database database) {
        var house =
                new House(id(), id(), id(), id(), id(), id(), id(), id(), id(), id(), id(), id());
        database.run(
                SEED.replace("@tenant", house.tenant.toString())
                        .replace("@owner", house.owner.toString())
                        .replace("@member", house.member.toString())
                        .replace("@warehouse", house.warehouse.toString())
                        .replace("@dock", house.dock.toString())
                        .replace("@binA", house.binA.toString())
                        .replace("@binB", house.binB.toString())
                        .replace("@supplier", house.supplier.toString())
                        .replace("@tea", house.tea.toString())
                        .replace("@coffee", house.coffee.toString())
                        .replace("@orderLine", house.orderLine.toString())
                        .replace("@order", house.order.toString()));
        return house;
    }

    private static UUID id() {
        return UUID.randomUUID();
    }
}
