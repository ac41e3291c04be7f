-- How fast a connected system is called, and whether at all.
--
-- One row a connection, whatever it connects: a shop or a carrier. It holds the tokens that are left,
-- until when the system is left alone, and what came last. Every sandbox asks the same row before it
-- calls, so together they are as fast as one, and one that learns that the other side is ill tells all.
-- Times are the database's: it is about machines and not about the business.
--
-- Closed: calls go out as fast as the tokens allow. After five failures in a row the circuit opens and
-- nothing goes out until a time, a minute at first and doubled up to an hour. Then it is half open: one
-- call is let out to try, and while it is under way no other; its answer closes the circuit or opens it
-- for longer. A probe that dies is as good as none after two minutes.

set local role fv_owner;

create table wms.connection_pace (
    tenant_id uuid not null default fv.tenant() references wms.tenant,
    -- Of a shop or a carrier.
    connection_id uuid not null,
    -- Thousandths of a call.
    tokens bigint not null check (tokens >= 0),
    filled_at timestamptz not null,
    -- In a row, since the last answer.
    failures int not null default 0 check (failures >= 0),
    throttles int not null default 0 check (throttles >= 0),
    rests_until timestamptz,
    failure text check (length(failure) between 1 and 40),
    failed_at timestamptz,
    answered_at timestamptz,
    primary key (tenant_id, connection_id)
);
comment on table wms.connection_pace is 'How fast a connected system may be called, and whether it is well.';

call wms.protect('wms.connection_pace');

grant select on wms.connection_pace to fv_api, fv_api_ro, fv_worker;
grant insert on wms.connection_pace to fv_worker;
grant update (tokens, filled_at, failures, throttles, rests_until, failure, failed_at, answered_at)
   on wms.connection_pace to fv_worker;

-- How many of the calls that are wanted may be made now. None while the system is left alone.
create function wms.ask_pace(p_connection uuid, p_most int, p_per_minute int, p_burst int)
returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    pace wms.connection_pace;
    at timestamptz;
    filled bigint;
    may int;
begin
    insert into wms.connection_pace (connection_id, tokens, filled_at)
    values (p_connection, p_burst * 1000, clock_timestamp())
        on conflict do nothing;
    select *
      into pace
      from wms.connection_pace as asked
     where asked.connection_id = p_connection
       for no key update;
    -- Read after the wait for whoever asked before.
    at := clock_timestamp();
    if pace.rests_until > at then
        return 0;
    end if;
    filled := least(
        p_burst * 1000,
        greatest(0, pace.tokens + cast(extract(epoch from at - pace.filled_at) * p_per_minute * 1000 / 60 as bigint)));
    may := least(cast(filled / 1000 as int), case when pace.failures >= 5 then 1 else p_most end);
    update wms.connection_pace as asked
       set tokens = filled - may * 1000,
           filled_at = at,
           rests_until = case when pace.failures >= 5 and may = 1 then at + interval '2 minutes' end
     where asked.connection_id = p_connection;
    return may;
end
$$;

-- What has come of the calls. Whoever asks for time is given it, and at least a second, doubled each
-- time up to ten minutes and spread, so that those who wait do not all come back at once.
create function wms.note_pace(
    p_connection uuid, p_unused int, p_outcome text, p_failure text, p_rest interval)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    at constant timestamptz := clock_timestamp();
    pace wms.connection_pace;
    rest interval;
begin
    select *
      into pace
      from wms.connection_pace as noted
     where noted.connection_id = p_connection
       for no key update;
    case p_outcome
        -- There was nothing to call for. A probe that was not made leaves its place to another.
        when 'UNUSED' then
            update wms.connection_pace as noted
               set tokens = noted.tokens + p_unused * 1000,
                   rests_until = case when noted.failures >= 5 then at else noted.rests_until end
             where noted.connection_id = p_connection;
        when 'ANSWERED' then
            update wms.connection_pace as noted
               set tokens = noted.tokens + p_unused * 1000,
                   failures = 0,
                   throttles = 0,
                   rests_until = null,
                   failure = null,
                   answered_at = at
             where noted.connection_id = p_connection;
        when 'THROTTLED' then
            rest := greatest(
                p_rest,
                least(interval '10 minutes', interval '1 second' * 2 ^ least(pace.throttles, 10)) * (0.5 + random() / 2));
            update wms.connection_pace as noted
               set tokens = 0,
                   filled_at = at + rest,
                   throttles = noted.throttles + 1,
                   rests_until = greatest(noted.rests_until, at + rest),
                   failure = p_failure,
                   failed_at = at
             where noted.connection_id = p_connection;
        when 'FAILED', 'REFUSED' then
            rest := case
                        -- Until somebody brings another credential it will not be taken: one call an hour finds out.
                        when p_outcome = 'REFUSED' then interval '1 hour'
                        when pace.failures + 1 >= 5
                            then least(interval '1 hour', interval '1 minute' * 2 ^ least(pace.failures - 4, 6))
                                 * (0.75 + random() / 4)
                    end;
            update wms.connection_pace as noted
               set tokens = noted.tokens + p_unused * 1000,
                   failures = case
                                  when p_outcome = 'REFUSED' then greatest(noted.failures + 1, 5)
                                  else noted.failures + 1
                              end,
                   rests_until = at + greatest(rest, p_rest),
                   failure = p_failure,
                   failed_at = at
             where noted.connection_id = p_connection;
    end case;
end
$$;

grant execute on function wms.ask_pace(uuid, int, int, int) to fv_worker;
grant execute on function wms.note_pace(uuid, int, text, text, interval) to fv_worker;
