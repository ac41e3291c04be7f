-- How much is where: lots, buckets, reservations, and the ledger that says how it came about.
--
-- A bucket is all of one item, owner, status, lot and container at one place. It is changed by
-- wms.post, wms.reserve and wms.release alone, which also write the ledger and the reservations. They
-- run with the caller's rights, so that row policies bind them; the caller's rights on these tables
-- are therefore no wider than what they do.

set local role fv_owner;

create table wms.lot (
    tenant_id uuid not null default fv.tenant(),
    lot_id uuid not null,
    item_id uuid not null,
    code text collate "C" not null check (length(code) between 1 and 64),
    expires_on date,
    on_hold boolean not null default false,
    primary key (tenant_id, lot_id),
    constraint one_lot_per_code unique (tenant_id, item_id, code),
    foreign key (tenant_id, item_id) references wms.item
);
comment on table wms.lot is 'Goods of one item that were made together, with the date they keep until.';

-- No index names on_hand, reserved, version or fifo_at: an index on a column that changes with the
-- stock would end heap-only updates, and every movement would write every index. The nullable columns
-- stand last in the bucket's key, so that a search by item and place uses it.
create table wms.bucket (
    tenant_id uuid not null default fv.tenant(),
    bucket_id uuid not null,
    warehouse_id uuid not null,
    location_id uuid not null,
    item_id uuid not null,
    owner_id uuid not null,
    status text not null default 'AVAILABLE' check (status in (
        'AVAILABLE', 'QC', 'HOLD', 'DAMAGED', 'EXPIRED', 'RETURN_PENDING')),
    lot_id uuid,
    lpn_id uuid,
    on_hand bigint not null default 0,
    reserved bigint not null default 0,
    version bigint not null default 0,
    fifo_at timestamptz not null,
    expires_on date,
    pick_seq int not null default 0,
    primary key (tenant_id, bucket_id),
    constraint one_bucket unique nulls not distinct (tenant_id, item_id, location_id, owner_id, status, lot_id, lpn_id),
    constraint never_below_zero check (on_hand >= 0),
    constraint never_promised_twice check (reserved between 0 and on_hand),
    foreign key (tenant_id, warehouse_id) references wms.warehouse,
    foreign key (tenant_id, location_id) references wms.location,
    foreign key (tenant_id, item_id) references wms.item,
    foreign key (tenant_id, owner_id) references wms.owner,
    foreign key (tenant_id, lot_id) references wms.lot,
    foreign key (tenant_id, lpn_id) references wms.lpn
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
comment on table wms.bucket is 'Stock: all of one item, owner, status, lot and LPN at one location. Written by wms.post, wms.reserve, wms.release only.';
create index bucket_candidates on wms.bucket (tenant_id, warehouse_id, item_id, owner_id);
-- The picks of a warehouse page by page, in the order in which one walks past them.
create index bucket_in_walk on wms.bucket (tenant_id, warehouse_id, pick_seq, location_id, bucket_id);
create index bucket_at_location on wms.bucket (tenant_id, location_id);
create index bucket_of_owner on wms.bucket (tenant_id, owner_id);
create index bucket_of_lot on wms.bucket (tenant_id, lot_id) where lot_id is not null;
create index bucket_in_lpn on wms.bucket (tenant_id, lpn_id) where lpn_id is not null;

-- Only an ACTIVE reservation holds its bucket. The foreign key is on a column that is null otherwise,
-- so that a used one stays as history and does not keep an empty bucket from being swept.
create table wms.reservation (
    tenant_id uuid not null default fv.tenant(),
    reservation_id uuid not null,
    bucket_id uuid not null,
    demand_id uuid not null,
    quantity bigint not null constraint quantity_is_positive check (quantity > 0),
    state text not null default 'ACTIVE' check (state in ('ACTIVE', 'CONSUMED', 'RELEASED')),
    made_at timestamptz not null,
    holds uuid generated always as (case when state = 'ACTIVE' then bucket_id end) stored,
    primary key (tenant_id, reservation_id),
    foreign key (tenant_id, holds) references wms.bucket
);
comment on table wms.reservation is 'So many units of one bucket are promised to one demand, which is an order line.';
create index reservation_of_demand on wms.reservation (tenant_id, demand_id);
create index reservation_holding on wms.reservation (tenant_id, holds) where holds is not null;

-- The ledger. Append only: no role may change or delete. It copies what the bucket is and has no
-- foreign key to it, since empty buckets are swept. A leg without a bucket is the other side of goods
-- that came in, went out or were found. Partitioned by month, so that an old month can be put away
-- whole; posted_at is the database's own time, since partitions are made by it.
create table wms.movement (
    tenant_id uuid not null default fv.tenant(),
    posting_id uuid not null,
    leg smallint not null,
    posted_at timestamptz not null,
    occurred_at timestamptz not null,
    bucket_id uuid,
    warehouse_id uuid not null,
    location_id uuid not null,
    item_id uuid not null,
    owner_id uuid not null,
    lot_id uuid,
    lpn_id uuid,
    status text,
    quantity bigint not null constraint moves_something check (quantity <> 0),
    kind text not null check (kind in ('RECEIPT', 'MOVE', 'ADJUST', 'PICK', 'PACK', 'SHIP', 'STATUS_CHANGE')),
    actor text not null,
    document_type text,
    document_id uuid,
    reason text,
    reverses_posting_id uuid,
    primary key (tenant_id, posting_id, leg, posted_at),
    foreign key (tenant_id, location_id) references wms.location,
    foreign key (tenant_id, item_id) references wms.item,
    foreign key (tenant_id, owner_id) references wms.owner,
    foreign key (tenant_id, lot_id) references wms.lot
) partition by range (posted_at);
comment on table wms.movement is 'The ledger of stock: one row a leg of a posting, never changed. Its sum over a bucket is what the bucket holds.';
create index movement_of_item on wms.movement (tenant_id, item_id, posted_at);
create index movement_at_location on wms.movement (tenant_id, location_id, posted_at);
create index movement_of_owner on wms.movement (tenant_id, owner_id, posted_at);
create index movement_of_lot on wms.movement (tenant_id, lot_id, posted_at) where lot_id is not null;
create index movement_of_bucket on wms.movement (tenant_id, bucket_id) where bucket_id is not null;
create index movement_of_document on wms.movement (tenant_id, document_id) where document_id is not null;

-- A device that sends a scan twice is told what the first one did. A table of its own, since a
-- partitioned ledger cannot keep an id unique. The subject tells a scan that is sent again from another
-- scan under the same id: two picks may take the same quantity from one bucket.
create table wms.scan_event (
    tenant_id uuid not null default fv.tenant(),
    client_event_id uuid not null,
    subject_id uuid not null,
    posting_id uuid not null,
    made_at timestamptz not null,
    primary key (tenant_id, client_event_id)
);
comment on table wms.scan_event is 'What each scan of a device was about, such as a pick, and the posting that it made.';

call wms.protect('wms.lot');
call wms.protect('wms.bucket');
call wms.protect('wms.reservation');
call wms.protect('wms.movement');
call wms.protect('wms.scan_event');

-- Makes the partitions of this month and the next so many, and answers how many were missing. Each has
-- the policies of its parent and no grants: reading one directly would go around the parent. There is
-- no default partition, which would have to be searched whenever a month is added.
create function wms.ensure_movement_partitions(p_ahead int) returns int
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    this_month constant timestamp := date_trunc('month', now() at time zone 'UTC');
    month timestamp;
    partition text;
    made int := 0;
begin
    if p_ahead is null or p_ahead not between 0 and 60 then
        raise exception 'partitions are made up to 60 months ahead' using errcode = '22023';
    end if;
    for ahead in 0..p_ahead loop
        month := this_month + make_interval(months => ahead);
        partition := 'movement_' || to_char(month, 'YYYYMM');
        continue when to_regclass('wms.' || partition) is not null;
        execute format(
            'create table wms.%I partition of wms.movement for values from (%L) to (%L)',
            partition, month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC');
        execute format('call wms.protect(%L)', 'wms.' || partition);
        made := made + 1;
    end loop;
    return made;
end
$$;

select wms.ensure_movement_partitions(23);

grant select on wms.lot, wms.bucket, wms.reservation, wms.movement, wms.scan_event to fv_api, fv_api_ro, fv_worker;
grant insert on wms.lot, wms.bucket, wms.reservation, wms.movement, wms.scan_event to fv_api, fv_worker;
grant update (on_hold) on wms.lot to fv_api, fv_worker;
grant update (on_hand, reserved, version, fifo_at) on wms.bucket to fv_api, fv_worker;
grant update (quantity, state) on wms.reservation to fv_api, fv_worker;
-- The sweep.
grant delete on wms.bucket to fv_worker;
grant execute on function wms.ensure_movement_partitions(int) to fv_worker;
