-- Where it is kept: warehouses and the places in them.
--
-- Each warehouse also has places that are nowhere: the other end of what comes in, goes out or is
-- found. They are rows like any other, so that a posting always has two sides.

set local role fv_owner;

create table wms.warehouse (
    tenant_id uuid not null default fv.tenant() references wms.tenant,
    warehouse_id uuid not null,
    code text collate "C" not null check (length(code) between 1 and 64),
    name text not null check (length(name) between 1 and 120),
    time_zone text not null check (length(time_zone) between 1 and 64),
    opened_at timestamptz not null,
    version bigint not null default 1,
    primary key (tenant_id, warehouse_id),
    constraint one_warehouse_per_code unique (tenant_id, code)
);
comment on table wms.warehouse is 'A building with its own stock, its own places and its own clock time.';

-- BIN, DOCK, STAGE and TRANSIT hold buckets; SUPPLIER, CUSTOMER, ADJUST, SCRAP and KIT only balance.
create table wms.location (
    tenant_id uuid not null default fv.tenant(),
    location_id uuid not null,
    warehouse_id uuid not null,
    code text collate "C" not null check (length(code) between 1 and 64),
    kind text not null default 'BIN' check (kind in (
        'BIN', 'DOCK', 'STAGE', 'SUPPLIER', 'CUSTOMER', 'ADJUST', 'SCRAP', 'TRANSIT', 'KIT')),
    pickable boolean not null default true,
    locked boolean not null default false,
    pick_seq int not null default 0,
    home_item_id uuid,
    version bigint not null default 1,
    primary key (tenant_id, location_id),
    constraint one_location_per_code unique (tenant_id, warehouse_id, code),
    foreign key (tenant_id, warehouse_id) references wms.warehouse,
    foreign key (tenant_id, home_item_id) references wms.item
) with (fillfactor = 90);
comment on table wms.location is 'A place that goods are in, come from or go to. pick_seq is its turn on the walk.';

create unique index one_virtual_location_per_kind on wms.location (tenant_id, warehouse_id, kind)
 where kind in ('SUPPLIER', 'CUSTOMER', 'ADJUST', 'SCRAP', 'TRANSIT', 'KIT');
create index home_of_item on wms.location (tenant_id, home_item_id)
 where home_item_id is not null;
-- The bins in walk order, and the docks of a warehouse without reading its bins.
create index location_in_walk on wms.location (tenant_id, warehouse_id, kind, pick_seq, location_id);

call wms.protect('wms.warehouse');
call wms.protect('wms.location');

grant select on wms.warehouse, wms.location to fv_api, fv_api_ro, fv_worker;
grant insert on wms.warehouse, wms.location to fv_api, fv_worker;
grant update (name, version) on wms.warehouse to fv_api, fv_worker;
grant update (pickable, locked, pick_seq, home_item_id, version) on wms.location to fv_api, fv_worker;
