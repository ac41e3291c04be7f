-- What is wrong with a connection and stays wrong until a person acts, and that they were told.
--
-- A shop that takes our credential no more, one that gives no answer for some half an hour, one that is
-- told of no stock since too much differed: each is an incident, one of a kind at a time, from when it was
-- found until it is over. Its event starts a job that writes to the administrators, once for an incident.
-- The job holds a lease while it sends, of the database's clock, and has to show its number when it
-- records.

set local role fv_owner;

create table wms.connection_incident (
    tenant_id uuid not null default fv.tenant(),
    incident_id uuid not null,
    connection_id uuid not null,
    trouble text not null check (trouble in ('CREDENTIAL_REFUSED', 'NO_ANSWER', 'STOCK_STOPPED')),
    began_at timestamptz not null,
    ended_at timestamptz,
    told_at timestamptz,
    fence bigint not null default 0,
    leased_until timestamptz,
    primary key (tenant_id, incident_id),
    foreign key (tenant_id, connection_id) references wms.channel_connection
);
comment on table wms.connection_incident is 'What is wrong with a connection until a person acts, and that they were told.';
create unique index one_open_incident_of_a_kind on wms.connection_incident (tenant_id, connection_id, trouble)
 where ended_at is null;
create index incident_of_connection on wms.connection_incident (tenant_id, connection_id);
create index incident_by_age on wms.connection_incident (tenant_id, ended_at);

call wms.protect('wms.connection_incident');

grant select on wms.connection_incident to fv_api, fv_api_ro, fv_worker;
grant insert (incident_id, connection_id, trouble, began_at) on wms.connection_incident to fv_worker;
grant update (ended_at, told_at, fence, leased_until) on wms.connection_incident to fv_worker;
grant update (ended_at) on wms.connection_incident to fv_api;

set local role fv_guard;

insert into guard.job (name, actor_id, scope, work, statement_seconds, transaction_seconds)
values ('report-connection-trouble', '00000000-0000-7000-8001-000000000193', 'tenant', 'write', 10, 30);
