-- Carriers: the labels of cartons, bought in the tenant's name.
--
-- A label is asked for, bought and given back in three steps each: what is wanted is written down and
-- committed, then it is asked for outside, then what came of it is written down. The company on the
-- other side sells one label for each of its shipments and no second, so the number of the shipment,
-- which is here before anything is bought, keeps a purchase whose answer was lost from being made twice.
--
-- A connection knows where parcels come from: a warehouse has no address of its own. The key lies with
-- the other stored secrets, whose rows are written by functions, for they belong to integrations.

set local role fv_owner;

alter table wms.stored_secret
    drop constraint stored_secret_purpose_check,
    add constraint stored_secret_purpose_check
        check (purpose in ('CHANNEL_SIGNATURE', 'WEBHOOK_SIGNATURE', 'SHOP_CREDENTIAL', 'CARRIER_KEY', 'CARRIER_SIGNATURE'));

create table wms.carrier (
    tenant_id uuid not null default fv.tenant(),
    carrier_id uuid not null,
    kind text not null check (kind in ('EASYPOST')),
    name text not null check (length(name) between 1 and 120),
    warehouse_id uuid not null,
    key_id uuid not null,
    -- What events from there are verified with, once somebody has brought it.
    signature_id uuid,
    sender text not null check (length(sender) between 1 and 120),
    street text not null check (length(street) between 1 and 200),
    city text not null check (length(city) between 1 and 200),
    region text check (length(region) between 1 and 200),
    postcode text not null check (length(postcode) between 1 and 200),
    country text not null check (country ~ '^[A-Z]{2}$'),
    phone text check (length(phone) between 1 and 200),
    state text not null default 'ACTIVE' check (state in ('ACTIVE', 'ENDED')),
    -- So long the other side has asked to be left alone.
    rests_until timestamptz,
    connected_at timestamptz not null,
    connected_by text not null,
    ended_at timestamptz,
    version bigint not null default 1,
    primary key (tenant_id, carrier_id),
    foreign key (tenant_id, warehouse_id) references wms.warehouse,
    foreign key (tenant_id, key_id) references wms.stored_secret,
    foreign key (tenant_id, signature_id) references wms.stored_secret,
    constraint carrier_ended_at_a_time check ((state = 'ENDED') = (ended_at is not null))
);
comment on table wms.carrier is 'A company that speaks to carriers for a tenant, and where its parcels come from.';
create unique index one_open_carrier_per_name on wms.carrier (tenant_id, name) where state <> 'ENDED';
create index carrier_of_warehouse on wms.carrier (tenant_id, warehouse_id);
create index carrier_with_key on wms.carrier (tenant_id, key_id);
create index carrier_with_signature on wms.carrier (tenant_id, signature_id) where signature_id is not null;

create table wms.carrier_label (
    tenant_id uuid not null default fv.tenant(),
    label_id uuid not null,
    carrier_id uuid not null,
    order_id uuid not null,
    carton_id uuid not null,
    state text not null default 'RATING' check (state in (
        'RATING', 'RATED', 'BUYING', 'BOUGHT', 'VOIDING', 'VOIDED', 'FAILED')),
    -- Why the last thing that was asked for did not come about.
    problem text check (length(problem) between 1 and 40),
    format text not null check (format in ('ZPL', 'PDF', 'PNG')),
    weight_grams bigint not null check (weight_grams > 0),
    length_mm bigint not null check (length_mm > 0),
    width_mm bigint not null check (width_mm > 0),
    height_mm bigint not null check (height_mm > 0),
    -- As it is called on the other side.
    shipment_ref text collate "C" check (length(shipment_ref) between 1 and 100),
    rate_ref text collate "C" check (length(rate_ref) between 1 and 100),
    carrier text collate "C" check (length(carrier) between 1 and 64),
    service text collate "C" check (length(service) between 1 and 100),
    price_minor bigint check (price_minor >= 0),
    currency text check (currency ~ '^[A-Z]{3}$'),
    tracking text collate "C" check (length(tracking) between 1 and 64),
    parcel_state text check (parcel_state in (
        'UNKNOWN', 'PRE_TRANSIT', 'IN_TRANSIT', 'OUT_FOR_DELIVERY', 'AVAILABLE_FOR_PICKUP', 'FAILURE',
        'RETURN_TO_SENDER', 'CANCELLED', 'DELIVERED')),
    -- By the clock of the other side.
    parcel_state_at timestamptz,
    -- Up to which it was announced.
    announced_state text,
    refund text check (refund in ('SUBMITTED', 'GRANTED', 'REJECTED')),
    asked_at timestamptz not null,
    asked_by text not null,
    bought_at timestamptz,
    stored_at timestamptz,
    removed_at timestamptz,
    attempts int not null default 0,
    -- When the other side is to be asked next; absent when there is nothing to ask.
    next_attempt_at timestamptz,
    called_at timestamptz not null,
    fence bigint not null default 0,
    leased_until timestamptz,
    version bigint not null default 1,
    primary key (tenant_id, label_id),
    foreign key (tenant_id, carrier_id) references wms.carrier,
    foreign key (tenant_id, order_id) references wms.outbound_order,
    foreign key (tenant_id, carton_id) references wms.lpn,
    constraint bought_is_a_label check (
        state not in ('BOUGHT', 'VOIDING')
        or (shipment_ref is not null and carrier is not null and service is not null and price_minor is not null
            and currency is not null and tracking is not null and bought_at is not null)),
    constraint bought_at_a_rate check (state <> 'BUYING' or (shipment_ref is not null and rate_ref is not null)),
    constraint removed_was_stored check (removed_at is null or stored_at is not null),
    constraint refund_of_a_void_label check (refund is null or state in ('VOIDED', 'BOUGHT', 'VOIDING'))
) with (fillfactor = 80);
comment on table wms.carrier_label is 'The label of one carton: what was asked, what was bought, where the parcel is.';
-- Nobody buys two for one carton.
create unique index one_label_per_carton on wms.carrier_label (tenant_id, carton_id)
    where state not in ('VOIDED', 'FAILED');
create index label_of_shipment on wms.carrier_label (tenant_id, carrier_id, shipment_ref)
    where shipment_ref is not null;
create index label_of_carton on wms.carrier_label (tenant_id, carton_id);
create index label_of_order on wms.carrier_label (tenant_id, order_id, label_id);
create index label_of_carrier on wms.carrier_label (tenant_id, carrier_id);
create index label_to_ask_for on wms.carrier_label (tenant_id, next_attempt_at) where next_attempt_at is not null;
create index label_to_tell_of on wms.carrier_label (tenant_id, label_id) where announced_state is distinct from parcel_state;
create index label_with_a_file on wms.carrier_label (tenant_id, stored_at)
    where stored_at is not null and removed_at is null;

create table wms.carrier_rate (
    tenant_id uuid not null default fv.tenant(),
    label_id uuid not null,
    rate_no int not null check (rate_no > 0),
    rate_ref text collate "C" not null check (length(rate_ref) between 1 and 100),
    carrier text collate "C" not null check (length(carrier) between 1 and 64),
    service text collate "C" not null check (length(service) between 1 and 100),
    price_minor bigint not null check (price_minor >= 0),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    days int check (days > 0),
    primary key (tenant_id, label_id, rate_no),
    foreign key (tenant_id, label_id) references wms.carrier_label
);
comment on table wms.carrier_rate is 'What a carrier takes for a parcel.';

call wms.protect('wms.carrier');
call wms.protect('wms.carrier_label');
call wms.protect('wms.carrier_rate');

grant select on wms.carrier, wms.carrier_label, wms.carrier_rate to fv_api, fv_api_ro, fv_worker;
grant insert on wms.carrier, wms.carrier_label to fv_api;
grant insert on wms.carrier_rate to fv_worker;
grant update (signature_id, state, ended_at, version) on wms.carrier to fv_api;
grant update (rests_until) on wms.carrier to fv_worker;
grant update (state, problem, rate_ref, next_attempt_at, called_at, version) on wms.carrier_label to fv_api;
grant update (
          state, problem, shipment_ref, carrier, service, price_minor, currency, tracking, parcel_state, parcel_state_at,
          refund, bought_at, stored_at, removed_at, announced_state, attempts, next_attempt_at, called_at, fence,
          leased_until, version)
   on wms.carrier_label to fv_worker;

-- Keeps a secret for another domain: what the boundary has sealed for its row.
create function wms.store_secret(
    p_secret uuid, p_purpose text, p_version int, p_sealed bytea, p_fingerprint text, p_at timestamptz, p_by text)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into wms.stored_secret (
        secret_id, purpose, version, sealed, fingerprint, sealed_at, stored_at, stored_by)
    values (p_secret, p_purpose, p_version, p_sealed, p_fingerprint, p_at, p_at, p_by);
end
$$;

-- Nobody opens it any more.
create function wms.destroy_secret(p_secret uuid, p_at timestamptz)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    update wms.stored_secret as destroying
       set sealed = '',
           version = destroying.version + 1,
           destroyed_at = p_at
     where destroying.secret_id = p_secret
       and destroying.destroyed_at is null;
end
$$;

grant execute on function wms.store_secret(uuid, text, int, bytea, text, timestamptz, text) to fv_api;
grant execute on function wms.destroy_secret(uuid, timestamptz) to fv_api;

set local role fv_guard;

insert into guard.job (name, actor_id, scope, work, statement_seconds, transaction_seconds)
values ('ask-carrier',    '00000000-0000-7000-8001-000000015001', 'tenant', 'write',   10, 30),
       ('tend-labels',    '00000000-0000-7000-8001-000000015002', 'tenant', 'write',   10, 30),
       ('remove-labels',  '00000000-0000-7000-8001-000000015003', 'tenant', 'privacy', 10, 30);
