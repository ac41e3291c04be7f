-- How an event is taken once, and what becomes of one that cannot be.
--
-- A message names an event by tenant, stream and number and carries nothing else. Whoever consumes it
-- reads the event here, under the tenant's row policies: an invented message finds nothing, and a queue
-- never holds a tenant's data. That it was done is an idempotency record like that of any call, written
-- in the consumer's own transaction. Its key has blanks, which no caller's key may have, so nobody can
-- take it first.
--
-- An event that was given up is a dead letter. A consumer that needs the order of a stream gives up what
-- follows too, until the first is done: otherwise a replay would come after what was built on it.

set local role fv_owner;

-- Raised by a replay, so that a queue does not take it for the message that it has had.
alter table wms.outbox add column sendings int not null default 1;

create table wms.dead_letter (
    tenant_id uuid not null default fv.tenant(),
    consumer text collate "C" not null check (length(consumer) between 1 and 100),
    stream_id uuid not null,
    stream_no bigint not null,
    reason text not null check (length(reason) between 1 and 100),
    attempts int not null,
    died_at timestamptz not null,
    state text not null default 'DEAD' check (state in ('DEAD', 'REPLAYING', 'DONE')),
    primary key (tenant_id, consumer, stream_id, stream_no)
);
comment on table wms.dead_letter is 'Events that a consumer has given up, and why. A replay sends them again.';

call wms.protect('wms.dead_letter');
grant select, insert on wms.dead_letter to fv_worker;
grant update (reason, attempts, died_at, state) on wms.dead_letter to fv_worker;

-- The inbox key of one part of an event for one consumer.
create function wms.event_key(p_consumer text, p_stream uuid, p_no bigint, p_part int) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    return concat_ws(' ', 'event', p_consumer, p_stream, p_no, p_part);
end
$$;

-- Takes a part of an event, never waiting. NEW: here it is. REPLAY: it was done. IN_PROGRESS: another
-- is at it. UNKNOWN: there is no such event. BEHIND: an earlier one of its stream was given up. newest
-- says that its stream has none after it, replayed that it was given up and somebody wants it all the same.
create function wms.take_event(
    p_consumer text, p_stream uuid, p_no bigint, p_part int, p_ordered boolean,
    out outcome text, out type text, out payload jsonb, out newest boolean, out replayed boolean, out result jsonb)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    select claimed.outcome, claimed.result
      into outcome, result
      from wms.claim(wms.event_key(p_consumer, p_stream, p_no, p_part), '') as claimed;
    if outcome <> 'NEW' then
        return;
    end if;
    select event.type, event.payload,
           not exists (
               select
                 from wms.outbox as later
                where later.stream_id = p_stream
                  and later.stream_no > p_no),
           exists (
               select
                 from wms.dead_letter as letter
                where letter.consumer = p_consumer
                  and letter.stream_id = p_stream
                  and letter.stream_no = p_no
                  and letter.state = 'REPLAYING')
      into type, payload, newest, replayed
      from wms.outbox as event
     where event.stream_id = p_stream
       and event.stream_no = p_no;
    if type is null then
        outcome := 'UNKNOWN';
    elsif p_ordered and exists (
            select
              from wms.dead_letter as given_up
             where given_up.consumer = p_consumer
               and given_up.stream_id = p_stream
               and given_up.stream_no < p_no
               and given_up.state <> 'DONE') then
        outcome := 'BEHIND';
    end if;
end
$$;

-- The end of a part that was done, in the transaction of its change. The last part ends a replay too.
create function wms.finish_event(
    p_consumer text, p_stream uuid, p_no bigint, p_part int, p_last boolean, p_result jsonb, p_at timestamptz, p_events jsonb)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform wms.conclude(
        wms.event_key(p_consumer, p_stream, p_no, p_part), '', p_consumer, p_result, null, p_at, null, null, null, p_events);
    if p_last then
        update wms.dead_letter
           set state = 'DONE'
         where consumer = p_consumer
           and stream_id = p_stream
           and stream_no = p_no
           and state <> 'DONE';
    end if;
end
$$;

-- Gives an event up. A second time says the newer reason.
create function wms.bury_event(
    p_consumer text, p_stream uuid, p_no bigint, p_reason text, p_attempts int, p_at timestamptz)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into wms.dead_letter as letter (tenant_id, consumer, stream_id, stream_no, reason, attempts, died_at)
    values (fv.tenant(), p_consumer, p_stream, p_no, p_reason, p_attempts, p_at)
        on conflict on constraint dead_letter_pkey do update
       set reason = excluded.reason,
           attempts = letter.attempts + excluded.attempts,
           died_at = excluded.died_at,
           state = 'DEAD';
end
$$;

grant execute on function
      wms.event_key(text, uuid, bigint, int),
      wms.take_event(text, uuid, bigint, int, boolean),
      wms.finish_event(text, uuid, bigint, int, boolean, jsonb, timestamptz, jsonb),
      wms.bury_event(text, uuid, bigint, text, int, timestamptz)
   to fv_worker;
