-- What is announced and what has come in.
--
-- Received quantities stand on the line, which a scan locks, and never on the header, which a scan
-- does not touch: many scanners on one ASN wait for each other only where they count the same line.

set local role fv_owner;

create table wms.asn (
    tenant_id uuid not null default fv.tenant(),
    asn_id uuid not null,
    warehouse_id uuid not null,
    reference text collate "C" not null check (length(reference) between 1 and 64),
    supplier text check (length(supplier) between 1 and 120),
    expected_on date,
    state text not null default 'EXPECTED' check (state in (
        'EXPECTED', 'ARRIVED', 'RECEIVING', 'RECEIVED', 'CLOSED', 'CANCELLED')),
    version bigint not null default 1,
    announced_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant_id, asn_id),
    constraint one_asn_per_reference unique (tenant_id, reference),
    foreign key (tenant_id, warehouse_id) references wms.warehouse
) with (fillfactor = 90);
comment on table wms.asn is 'An advance shipping notice: what a supplier says will come to one warehouse.';
create index asn_of_warehouse on wms.asn (tenant_id, warehouse_id);

create table wms.asn_line (
    tenant_id uuid not null default fv.tenant(),
    asn_line_id uuid not null,
    asn_id uuid not null,
    line_no int not null check (line_no > 0),
    item_id uuid not null,
    owner_id uuid not null,
    expected bigint not null check (expected > 0),
    received_good bigint not null default 0 check (received_good >= 0),
    received_damaged bigint not null default 0 check (received_damaged >= 0),
    state text not null default 'OPEN' check (state in ('OPEN', 'PARTIAL', 'COMPLETE', 'CLOSED')),
    version bigint not null default 1,
    primary key (tenant_id, asn_line_id),
    constraint one_asn_line_per_number unique (tenant_id, asn_id, line_no),
    foreign key (tenant_id, asn_id) references wms.asn,
    foreign key (tenant_id, item_id) references wms.item,
    foreign key (tenant_id, owner_id) references wms.owner
) with (fillfactor = 80);
comment on table wms.asn_line is 'One item of an ASN: expected, and counted in so far, good and damaged.';
-- A scan names the item; the lines of one item fill in the order of their numbers.
create index asn_line_of_item_in_asn on wms.asn_line (tenant_id, asn_id, item_id, line_no);
create index asn_line_of_item on wms.asn_line (tenant_id, item_id);
create index asn_line_of_owner on wms.asn_line (tenant_id, owner_id);

create table wms.receipt (
    tenant_id uuid not null default fv.tenant(),
    receipt_id uuid not null,
    asn_id uuid not null,
    dock_location_id uuid not null,
    state text not null default 'OPEN' check (state in ('OPEN', 'CLOSED', 'CANCELLED')),
    opened_at timestamptz not null,
    closed_at timestamptz,
    version bigint not null default 1,
    primary key (tenant_id, receipt_id),
    foreign key (tenant_id, asn_id) references wms.asn,
    foreign key (tenant_id, dock_location_id) references wms.location,
    constraint open_means_not_closed check ((state = 'OPEN') = (closed_at is null))
) with (fillfactor = 90);
comment on table wms.receipt is 'One act of receiving against an ASN, at one dock.';
create index receipt_of_asn on wms.receipt (tenant_id, asn_id);
create index receipt_at_dock on wms.receipt (tenant_id, dock_location_id);

call wms.protect('wms.asn');
call wms.protect('wms.asn_line');
call wms.protect('wms.receipt');

grant select on wms.asn, wms.asn_line, wms.receipt to fv_api, fv_api_ro, fv_worker;
grant insert on wms.asn, wms.asn_line, wms.receipt to fv_api, fv_worker;
grant update (supplier, expected_on, state, version, updated_at) on wms.asn to fv_api, fv_worker;
grant update (received_good, received_damaged, state, version) on wms.asn_line to fv_api, fv_worker;
grant update (state, closed_at, version) on wms.receipt to fv_api, fv_worker;
