-- Who tells a tenant's people that an endpoint of theirs is told nothing any more.
--
-- The event of its disabling starts a job that writes to the administrators. It holds a lease while it
-- sends, of the database's clock, and has to show its number when it records; so two runs at once send
-- once. Which disabling they were told of stands by its version: the same event again, or an older one
-- that comes late, sends nothing.

set local role fv_owner;

alter table wms.webhook_endpoint
    add column told_version bigint,
    add column telling_fence bigint not null default 0,
    add column telling_until timestamptz;

grant update (told_version, telling_fence, telling_until) on wms.webhook_endpoint to fv_worker;

set local role fv_guard;

insert into guard.job (name, actor_id, scope, work, statement_seconds, transaction_seconds)
values ('report-disabled-endpoint', '00000000-0000-7000-8001-000000000114', 'tenant', 'write', 10, 30);
