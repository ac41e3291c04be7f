-- Whether a shop that is called takes our credential, asked by a person who has just connected it. The
-- person does not wait for the shop: the wish is a row, a job asks the shop, the row says what it said.

set local role fv_owner;

create table wms.connection_test (
    tenant_id uuid not null default fv.tenant(),
    connection_test_id uuid not null,
    connection_id uuid not null,
    asked_at timestamptz not null,
    asked_by text not null,
    answered_at timestamptz,
    outcome text check (length(outcome) between 1 and 40),
    fence bigint not null default 0,
    leased_until timestamptz,
    primary key (tenant_id, connection_test_id),
    foreign key (tenant_id, connection_id) references wms.channel_connection,
    constraint answered_with_an_outcome check ((answered_at is null) = (outcome is null))
);
comment on table wms.connection_test is 'That a shop was to be asked whether all is well, and what it said.';
create index connection_test_of_connection on wms.connection_test (tenant_id, connection_id, asked_at);
create index connection_test_by_age on wms.connection_test (tenant_id, asked_at);

call wms.protect('wms.connection_test');

grant select on wms.connection_test to fv_api, fv_api_ro, fv_worker;
grant insert on wms.connection_test to fv_api;
grant update (answered_at, outcome, fence, leased_until) on wms.connection_test to fv_worker;

set local role fv_guard;

insert into guard.job (name, actor_id, scope, work, statement_seconds, transaction_seconds)
values ('check-connection', '00000000-0000-7000-8001-000000000144', 'tenant', 'write', 10, 30);
