-- What is kept: items.
--
-- Codes that people search by prefix are of collation "C": the order is that of the bytes everywhere,
-- and one index serves equality, order and the prefix operator ^@, which is leakproof (LIKE is not,
-- and under a row policy would read all of the tenant's rows).

set local role fv_owner;

create table wms.item (
    tenant_id uuid not null default fv.tenant() references wms.tenant,
    item_id uuid not null,
    sku text collate "C" not null check (length(sku) between 1 and 64),
    gtin text collate "C" check (gtin ~ '^([0-9]{8}|[0-9]{12,14})$'),
    description text not null check (length(description) between 1 and 500),
    unit text not null default 'EACH' check (unit in ('EACH', 'GRAM', 'MILLILITRE', 'MILLIMETRE')),
    lot_controlled boolean not null default false,
    rotation text not null default 'FIFO' check (rotation in ('FIFO', 'FEFO')),
    min_shelf_life_days int not null default 0 check (min_shelf_life_days between 0 and 36500),
    over_receipt_percent int not null default 0 check (over_receipt_percent between 0 and 100),
    state text not null default 'ACTIVE' check (state in ('ACTIVE', 'RETIRED')),
    version bigint not null default 1,
    registered_at timestamptz not null,
    primary key (tenant_id, item_id),
    constraint one_item_per_sku unique (tenant_id, sku),
    constraint one_item_per_gtin unique (tenant_id, gtin)
);
comment on table wms.item is 'A thing that is kept, counted in its smallest unit. Quantities everywhere are in this unit.';

call wms.protect('wms.item');

grant select on wms.item to fv_api, fv_api_ro, fv_worker;
grant insert on wms.item to fv_api, fv_worker;
grant update (description, rotation, min_shelf_life_days, over_receipt_percent, state, version)
   on wms.item
   to fv_api, fv_worker;
