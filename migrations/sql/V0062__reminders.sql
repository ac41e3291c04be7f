-- The job that tells a tenant of its end.

set local role fv_guard;

insert into guard.job (name, actor_id, scope, work, statement_seconds, transaction_seconds)
values ('remind-tenant', '00000000-0000-7000-8001-000000006201', 'tenant', 'privacy', 30, 60);
