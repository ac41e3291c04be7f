-- How a connected system fares, for whoever asks why nothing comes in or goes out: one answer for shops and
-- carriers, beside the functions that decide by it. Of a system that was never called the circuit is closed.

set local role fv_owner;

create function wms.connection_health(p_connection uuid)
returns table (circuit text, rests_until timestamptz, failure text, failed_at timestamptz, answered_at timestamptz)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case
               when pace.rests_until > clock_timestamp() then 'OPEN'
               when pace.failures >= 5 then 'HALF_OPEN'
               else 'CLOSED'
           end,
           case when pace.rests_until > clock_timestamp() then pace.rests_until end,
           pace.failure,
           case when pace.failure is not null then pace.failed_at end,
           pace.answered_at
      from (values (p_connection)) as asked (connection_id)
      left join wms.connection_pace as pace on pace.connection_id = asked.connection_id
$$;

grant execute on function wms.connection_health(uuid) to fv_api_ro;
