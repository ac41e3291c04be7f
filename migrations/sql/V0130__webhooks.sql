-- What a tenant's own systems are told, where, and how far each message has come.
--
-- A delivery names an event and holds nothing of it: what is sent is read from the outbox each time, so
-- there is no second copy of what happened, and a message that is sent again is the same. An event that
-- its endpoint was to hear is one row, made once with the event's inbox key. Who sends it holds a lease
-- of the database's clock and has to show its number when it records; when a message is due next is the
-- time of the business, which a test may move.
--
-- A secret is kept with those of other connected systems. Two are valid while one takes the other's
-- place; it is destroyed when it ends, and the row stays to say that there was one.

set local role fv_owner;

create table wms.webhook_endpoint (
    tenant_id uuid not null default fv.tenant() references wms.tenant,
    endpoint_id uuid not null,
    url text check (length(url) between 1 and 500),
    event_types text[] not null check (cardinality(event_types) between 1 and 50),
    state text not null default 'ENABLED' check (state in ('ENABLED', 'DISABLED', 'REMOVED')),
    disabled_why text check (disabled_why in ('GONE', 'FAILING', 'TENANT')),
    created_at timestamptz not null,
    removed_at timestamptz,
    -- In a row, since the last success.
    failures int not null default 0 check (failures >= 0),
    failing_since timestamptz,
    rests_until timestamptz,
    version bigint not null default 1,
    primary key (tenant_id, endpoint_id),
    constraint disabled_has_a_reason check ((state = 'DISABLED') = (disabled_why is not null)),
    constraint removed_has_no_address check ((state = 'REMOVED') = (url is null)),
    constraint removed_at_a_time check ((state = 'REMOVED') = (removed_at is not null)),
    constraint failing_since_the_first check ((failures = 0) = (failing_since is null))
);
comment on table wms.webhook_endpoint is 'Where a tenant wants to be told what happens, of what, and how well that goes.';

create table wms.webhook_secret (
    tenant_id uuid not null default fv.tenant(),
    secret_id uuid not null,
    endpoint_id uuid not null,
    made_at timestamptz not null,
    -- The one that is valid without end has none.
    ends_at timestamptz,
    primary key (tenant_id, secret_id),
    foreign key (tenant_id, secret_id) references wms.stored_secret,
    foreign key (tenant_id, endpoint_id) references wms.webhook_endpoint
);
comment on table wms.webhook_secret is 'Which secrets an endpoint''s messages are signed with, and until when.';
create index webhook_secret_of_endpoint on wms.webhook_secret (tenant_id, endpoint_id);
-- The rule that one is valid without end.
create unique index one_newest_secret on wms.webhook_secret (tenant_id, endpoint_id) where ends_at is null;

create table wms.webhook_delivery (
    tenant_id uuid not null default fv.tenant(),
    delivery_id uuid not null,
    endpoint_id uuid not null,
    event_type text collate "C" not null,
    stream_id uuid not null,
    stream_no bigint not null,
    queued_at timestamptz not null,
    state text not null check (state in ('PENDING', 'DELIVERED', 'FAILED', 'MISSED')),
    attempts int not null default 0 check (attempts >= 0),
    next_attempt_at timestamptz,
    attempted_at timestamptz,
    outcome text check (length(outcome) between 1 and 40),
    fence bigint not null default 0,
    leased_until timestamptz,
    primary key (tenant_id, delivery_id),
    constraint one_delivery_per_event unique (tenant_id, endpoint_id, stream_id, stream_no),
    foreign key (tenant_id, endpoint_id) references wms.webhook_endpoint,
    constraint pending_is_due_some_time check ((state = 'PENDING') = (next_attempt_at is not null)),
    constraint attempted_has_an_outcome check ((attempted_at is null) = (outcome is null))
);
comment on table wms.webhook_delivery is 'Which event goes to which endpoint, and how far it has come. What is sent is read from the outbox.';
create index webhook_delivery_due on wms.webhook_delivery (tenant_id, endpoint_id, next_attempt_at) where state = 'PENDING';
create index webhook_delivery_in_lists on wms.webhook_delivery (tenant_id, endpoint_id, delivery_id);
create index webhook_delivery_by_age on wms.webhook_delivery (tenant_id, queued_at);

call wms.protect('wms.webhook_endpoint');
call wms.protect('wms.webhook_secret');
call wms.protect('wms.webhook_delivery');

grant select on wms.webhook_endpoint, wms.webhook_delivery to fv_api, fv_api_ro, fv_worker;
grant select on wms.webhook_secret to fv_api, fv_api_ro, fv_worker;
grant insert on wms.webhook_endpoint, wms.webhook_secret to fv_api;
grant update (url, event_types, state, disabled_why, removed_at, failures, failing_since, rests_until, version)
   on wms.webhook_endpoint to fv_api;
grant update (state, disabled_why, failures, failing_since, rests_until, version) on wms.webhook_endpoint to fv_worker;
grant update (ends_at) on wms.webhook_secret to fv_api;
-- Whoever sends sees that a secret has ended.
grant update (destroyed_at) on wms.stored_secret to fv_worker;
grant insert on wms.webhook_delivery to fv_worker;
grant update (state, attempts, next_attempt_at) on wms.webhook_delivery to fv_api;
grant update (state, attempts, next_attempt_at, attempted_at, outcome, fence, leased_until)
   on wms.webhook_delivery to fv_worker;

set local role fv_guard;

insert into guard.job (name, actor_id, scope, work, statement_seconds, transaction_seconds)
values ('queue-webhooks',   '00000000-0000-7000-8001-000000000130', 'tenant', 'write', 10, 30),
       ('deliver-webhooks', '00000000-0000-7000-8001-000000000131', 'tenant', 'write', 10, 30);
