-- What the end of a tenant hangs on.
--
-- The row of the tenant is what everything contends on that ends it or keeps it from ending: a legal
-- hold locks it to count itself, a batch of a deletion shares it and looks again. The generation goes up
-- each time the tenant's course changes, so whatever was queued on the old course does nothing more.

set local role fv_owner;

alter table wms.tenant
    add column generation bigint not null default 1 check (generation > 0),
    add column hold_count int not null default 0 check (hold_count >= 0),
    add column terminates_at timestamptz,
    add column window_days int check (window_days between 1 and 365),
    add column export_until timestamptz,
    add column deletion_starts_at timestamptz,
    add constraint window_follows_termination check (export_until >= terminates_at),
    add constraint deletion_follows_window check (deletion_starts_at >= terminates_at);
