-- An alarm that rang for nothing, and statements whose plan depends on what a session has seen.
--
-- A second look that was due in the hours between two jumps of the time of the business was called late
-- though nobody had been there to look. Whether a run stands still is judged by the database's clock too.
--
-- A row that is to go is looked up first and then deleted by its id. In one statement with a limit inside,
-- the planner that has no statistics yet takes the table for empty and compares each row with each.

set local role fv_guard;

create or replace function fv.count_stuck_deletions(p_at timestamptz) returns int
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    switch guard.deletion_switch;
begin
    perform guard.require_platform();
    select * into strict switch from guard.deletion_switch;
    if switch.is_paused and switch.changed_at > clock_timestamp() - interval '1 day' then
        return 0;
    end if;
    return (
        select count(*)
          from guard.deletion_run as run
          join wms.tenant as leaving on leaving.tenant_id = run.tenant_id
         where run.phase not in ('DONE', 'CANCELLED')
           and leaving.hold_count = 0
           and (run.problem is not null
                or (run.moved_at < clock_timestamp() - interval '1 hour'
                    and (run.phase <> 'VERIFYING'
                         or run.looked_once_at is null
                         or run.looked_once_at + switch.days_between_looks * interval '1 day' < p_at - interval '6 hours'))))
        + (select count(*)
             from wms.tenant as waiting
            where waiting.state = 'deletion_scheduled'
              and waiting.hold_count = 0
              and waiting.deletion_starts_at < p_at - interval '3 days');
end
$$;

set local role fv_owner;

create or replace function wms.sweep_empty_buckets(p_limit int) returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    doomed uuid[];
    swept int;
begin
    if not isempty(wms.held('bucket')) then
        return 0;
    end if;
    doomed := array(
        select stock.bucket_id
          from wms.bucket as stock
         where stock.on_hand = 0
           and stock.reserved = 0
         order by stock.bucket_id
         limit p_limit
           for update skip locked);
    delete from wms.bucket
     where bucket_id = any (doomed);
    get diagnostics swept = row_count;
    return swept;
end
$$;

create or replace function wms.retry_deliveries(p_before timestamptz, p_at timestamptz, p_most int)
returns table (delivery_id uuid, version bigint, connection_id uuid)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    failed uuid[];
    again uuid[];
begin
    failed := array(
        select due.delivery_id
          from wms.channel_delivery as due
         where due.state = 'RECEIVED'
           and due.tries >= 4
           and due.tried_at < p_before
         limit p_most);
    update wms.channel_delivery as failing
       set state = 'HELD',
           problem = 'UNUSABLE',
           settled_at = coalesce(failing.settled_at, p_at),
           version = failing.version + 1
     where failing.delivery_id = any (failed);
    again := array(
        select due.delivery_id
          from wms.channel_delivery as due
         where due.state in ('RECEIVED', 'HELD')
           and coalesce(due.problem, 'UNKNOWN_SKU') = 'UNKNOWN_SKU'
           and due.tries < 4
           and due.connection_id = any (array(
                   select connection.connection_id
                     from wms.channel_connection as connection
                    where connection.state <> 'PAUSED'))
           and coalesce(due.tried_at, due.received_at) < p_before
         order by due.received_at, due.delivery_id
         limit p_most);
    return query
    update wms.channel_delivery as waiting
       set state = 'RECEIVED',
           problem = null,
           pointer = null,
           tried_at = p_at,
           tries = waiting.tries + 1,
           version = waiting.version + 1
     where waiting.delivery_id = any (again)
    returning waiting.delivery_id, waiting.version, waiting.connection_id;
end
$$;
