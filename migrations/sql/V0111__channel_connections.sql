-- Where a tenant's orders come from: its connections with shops and other channels.
--
-- The secret that a channel signs with is a row of its own. A connection that is ended stays, without
-- its secret: what came through it refers to it.

set local role fv_owner;

create table wms.channel_connection (
    tenant_id uuid not null default fv.tenant(),
    connection_id uuid not null,
    kind text not null check (kind in ('SIGNED_PUSH')),
    name text not null check (length(name) between 1 and 120),
    warehouse_id uuid not null,
    secret_id uuid not null,
    state text not null default 'ACTIVE' check (state in ('ACTIVE', 'PAUSED', 'ENDED')),
    connected_at timestamptz not null,
    connected_by text not null,
    ended_at timestamptz,
    version bigint not null default 1,
    primary key (tenant_id, connection_id),
    foreign key (tenant_id, warehouse_id) references wms.warehouse,
    foreign key (tenant_id, secret_id) references wms.stored_secret,
    constraint ended_at_a_time check ((state = 'ENDED') = (ended_at is not null))
);
comment on table wms.channel_connection is 'A shop or another system from which a tenant takes orders.';
create unique index one_open_connection_per_name on wms.channel_connection (tenant_id, name) where state <> 'ENDED';
create index connection_with_warehouse on wms.channel_connection (tenant_id, warehouse_id);
create index connection_with_secret on wms.channel_connection (tenant_id, secret_id);

call wms.protect('wms.channel_connection');

grant select on wms.channel_connection to fv_api, fv_api_ro, fv_worker;
grant insert on wms.channel_connection to fv_api;
grant update (state, ended_at, version) on wms.channel_connection to fv_api;
