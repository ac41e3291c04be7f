-- The jobs that keep the house, and what they may do.
--
-- Rows are removed in batches by age. Each index is in the order of time, so its cost to a write is one
-- entry at its right edge.

set local role fv_owner;

create index idempotency_record_by_age on wms.idempotency_record (tenant_id, made_at);
create index scan_event_by_age on wms.scan_event (tenant_id, made_at);

create function wms.purge_idempotency_records(p_before timestamptz, p_most int) returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    purged int;
begin
    delete from wms.idempotency_record
     where key in (
               select record.key
                 from wms.idempotency_record as record
                where record.made_at < p_before
                order by record.made_at
                limit p_most);
    get diagnostics purged = row_count;
    return purged;
end
$$;

create function wms.purge_scan_events(p_before timestamptz, p_most int) returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    purged int;
begin
    delete from wms.scan_event
     where client_event_id in (
               select scan.client_event_id
                 from wms.scan_event as scan
                where scan.made_at < p_before
                order by scan.made_at
                limit p_most);
    get diagnostics purged = row_count;
    return purged;
end
$$;

grant delete on wms.idempotency_record, wms.scan_event to fv_worker;
grant execute on function
      wms.purge_idempotency_records(timestamptz, int),
      wms.purge_scan_events(timestamptz, int),
      -- As the login of jobs it checks the tenant that was entered: row policies show it no other.
      wms.check_stock()
   to fv_worker;

set local role fv_guard;

insert into guard.job (name, actor_id, scope, work, statement_seconds, transaction_seconds)
values ('extend-ledger-partitions',  '00000000-0000-7000-8001-000000000001', 'platform', 'write',   30, 60),
       ('sweep-empty-buckets',       '00000000-0000-7000-8001-000000000002', 'tenant',   'write',   30, 60),
       ('purge-idempotency-records', '00000000-0000-7000-8001-000000000003', 'tenant',   'privacy', 30, 60),
       ('purge-scan-events',         '00000000-0000-7000-8001-000000000004', 'tenant',   'privacy', 30, 60),
       ('check-stock',               '00000000-0000-7000-8001-000000000005', 'tenant',   'read',   240, 270);
