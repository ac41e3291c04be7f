-- What is ordered, packed and sent.
--
-- A line's quantity is split over what has happened to it, and the database keeps the sum: nothing is
-- lost between two steps. Who the goods go to stands in a table of its own, which ordinary reads
-- cannot see: the login of reading operations has no right to it.

set local role fv_owner;

create table wms.outbound_order (
    tenant_id uuid not null default fv.tenant(),
    order_id uuid not null,
    warehouse_id uuid not null,
    owner_id uuid not null,
    reference text collate "C" not null check (length(reference) between 1 and 64),
    state text not null default 'ACCEPTED' check (state in (
        'ACCEPTED', 'ALLOCATED', 'PICKING', 'PICKED', 'PACKED', 'SHIPPED', 'CANCELLED')),
    ship_by date,
    accepted_at timestamptz not null,
    updated_at timestamptz not null,
    version bigint not null default 1,
    primary key (tenant_id, order_id),
    constraint one_order_per_reference unique (tenant_id, reference),
    foreign key (tenant_id, warehouse_id) references wms.warehouse,
    foreign key (tenant_id, owner_id) references wms.owner
) with (fillfactor = 80);
comment on table wms.outbound_order is 'A customer''s order to send goods from one warehouse.';
create index order_of_warehouse on wms.outbound_order (tenant_id, warehouse_id);
create index order_of_owner on wms.outbound_order (tenant_id, owner_id);

create table wms.outbound_order_line (
    tenant_id uuid not null default fv.tenant(),
    order_line_id uuid not null,
    order_id uuid not null,
    line_no int not null check (line_no > 0),
    item_id uuid not null,
    ordered bigint not null check (ordered > 0),
    cancelled bigint not null default 0 check (cancelled >= 0),
    unallocated bigint not null default 0 check (unallocated >= 0),
    allocated bigint not null default 0 check (allocated >= 0),
    picked bigint not null default 0 check (picked >= 0),
    packed bigint not null default 0 check (packed >= 0),
    shipped bigint not null default 0 check (shipped >= 0),
    version bigint not null default 1,
    primary key (tenant_id, order_line_id),
    constraint one_order_line_per_number unique (tenant_id, order_id, line_no),
    constraint nothing_is_lost check (ordered = cancelled + unallocated + allocated + picked + packed + shipped),
    foreign key (tenant_id, order_id) references wms.outbound_order,
    foreign key (tenant_id, item_id) references wms.item
) with (fillfactor = 70);
comment on table wms.outbound_order_line is 'One item of an order, its quantity split over what has happened to it.';
create index order_line_of_item on wms.outbound_order_line (tenant_id, item_id);

create table wms.order_recipient (
    tenant_id uuid not null default fv.tenant(),
    order_id uuid not null,
    name text not null check (length(name) between 1 and 200),
    company text check (length(company) between 1 and 200),
    street text not null check (length(street) between 1 and 500),
    city text not null check (length(city) between 1 and 200),
    region text check (length(region) between 1 and 200),
    postcode text not null check (length(postcode) between 1 and 200),
    country text not null check (country ~ '^[A-Z]{2}$'),
    phone text check (length(phone) between 1 and 200),
    email text check (length(email) between 1 and 320),
    shipped_at timestamptz,
    primary key (tenant_id, order_id),
    foreign key (tenant_id, order_id) references wms.outbound_order
);
comment on table wms.order_recipient is 'Who an order goes to. shipped_at starts the time after which it is erased.';

create table wms.shipment (
    tenant_id uuid not null default fv.tenant(),
    shipment_id uuid not null,
    order_id uuid not null,
    carrier text collate "C" not null check (length(carrier) between 1 and 64),
    tracking text collate "C" not null check (length(tracking) between 1 and 64),
    dispatched_at timestamptz not null,
    dispatched_by text not null,
    primary key (tenant_id, shipment_id),
    constraint one_shipment_per_tracking unique (tenant_id, carrier, tracking),
    foreign key (tenant_id, order_id) references wms.outbound_order
);
comment on table wms.shipment is 'Cartons of one order that one carrier took, under one tracking number.';
create index shipment_of_order on wms.shipment (tenant_id, order_id);

create table wms.lpn (
    tenant_id uuid not null default fv.tenant(),
    lpn_id uuid not null,
    code text collate "C" not null check (length(code) between 1 and 64),
    type text not null check (type in ('CARTON', 'PALLET', 'TOTE')),
    location_id uuid not null,
    order_id uuid,
    shipment_id uuid,
    state text not null default 'OPEN' check (state in ('OPEN', 'CLOSED', 'SHIPPED')),
    weight_grams bigint check (weight_grams > 0),
    version bigint not null default 1,
    primary key (tenant_id, lpn_id),
    constraint one_lpn_per_code unique (tenant_id, code),
    foreign key (tenant_id, location_id) references wms.location,
    foreign key (tenant_id, order_id) references wms.outbound_order,
    foreign key (tenant_id, shipment_id) references wms.shipment
);
comment on table wms.lpn is 'A licence plate: a carton, pallet or tote that is moved and scanned as one.';
create index lpn_at_location on wms.lpn (tenant_id, location_id);
create index lpn_of_order on wms.lpn (tenant_id, order_id) where order_id is not null;
create index lpn_of_shipment on wms.lpn (tenant_id, shipment_id) where shipment_id is not null;

call wms.protect('wms.outbound_order');
call wms.protect('wms.outbound_order_line');
call wms.protect('wms.order_recipient');
call wms.protect('wms.shipment');
call wms.protect('wms.lpn');

grant select on wms.outbound_order, wms.outbound_order_line, wms.shipment, wms.lpn to fv_api, fv_api_ro, fv_worker;
-- Not to fv_api_ro: reading a person's data is recorded, so it needs a login that can write the record.
grant select on wms.order_recipient to fv_api, fv_worker;
grant insert on wms.outbound_order, wms.outbound_order_line, wms.order_recipient, wms.shipment, wms.lpn to fv_api, fv_worker;
grant update (state, ship_by, updated_at, version) on wms.outbound_order to fv_api, fv_worker;
grant update (cancelled, unallocated, allocated, picked, packed, shipped, version) on wms.outbound_order_line to fv_api, fv_worker;
grant update (shipped_at) on wms.order_recipient to fv_api, fv_worker;
grant update (location_id, order_id, shipment_id, state, weight_grams, version) on wms.lpn to fv_api, fv_worker;
