-- What is left of events when nobody needs it any more, and a list of what was given up.
--
-- An event that was sent is kept thirty days: longer than any queue keeps a message that names it. One
-- that a consumer has given up is kept for as long as its dead letter, or a replay would find nothing. A
-- dead letter that was seen to goes after thirty days; one that nobody has seen to holds up its stream
-- and stays, but not for ever.

set local role fv_owner;

create index outbox_by_sending on wms.outbox (tenant_id, sent_at)
 where sent_at is not null;

create function wms.purge_outbox(p_before timestamptz, p_most int) returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    purged int;
begin
    delete from wms.outbox
     where (stream_id, stream_no) in (
               select event.stream_id, event.stream_no
                 from wms.outbox as event
                where event.sent_at < p_before
                  and not exists (
                          select
                            from wms.dead_letter as letter
                           where letter.stream_id = event.stream_id
                             and letter.stream_no = event.stream_no
                             and letter.state <> 'DONE')
                order by event.sent_at
                limit p_most);
    get diagnostics purged = row_count;
    return purged;
end
$$;

create function wms.purge_dead_letters(p_done_before timestamptz, p_any_before timestamptz, p_most int) returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    purged int;
begin
    delete from wms.dead_letter
     where (consumer, stream_id, stream_no) in (
               select letter.consumer, letter.stream_id, letter.stream_no
                 from wms.dead_letter as letter
                where (letter.state = 'DONE' and letter.died_at < p_done_before)
                   or letter.died_at < p_any_before
                limit p_most);
    get diagnostics purged = row_count;
    return purged;
end
$$;

grant delete on wms.outbox, wms.dead_letter to fv_worker;
grant execute on function
      wms.purge_outbox(timestamptz, int),
      wms.purge_dead_letters(timestamptz, timestamptz, int)
   to fv_worker;

grant select (reason, attempts, died_at) on wms.dead_letter to fv_guard;

set local role fv_guard;

-- What was given up and is not done, of all tenants or of one, along the key. What the events say is not
-- among it: one of the platform's people reads this.
create function fv.find_dead_letters(
    p_tenant uuid, p_consumer text, p_after_tenant uuid, p_after_consumer text, p_after_stream uuid, p_after_no bigint, p_most int)
returns table (tenant uuid, consumer text, stream uuid, no bigint, reason text, attempts int, died_at timestamptz, state text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if fv.tenant() <> guard.platform_tenant() then
        raise exception 'dead letters are listed from the platform tenant' using errcode = '42501';
    end if;
    return query
    select letter.tenant_id, letter.consumer, letter.stream_id, letter.stream_no, letter.reason, letter.attempts,
           letter.died_at, letter.state
      from wms.dead_letter as letter
     where letter.state <> 'DONE'
       and (p_tenant is null or letter.tenant_id = p_tenant)
       and (p_consumer is null or letter.consumer = p_consumer)
       and (letter.tenant_id, letter.consumer, letter.stream_id, letter.stream_no)
           > (p_after_tenant, p_after_consumer, p_after_stream, p_after_no)
     order by letter.tenant_id, letter.consumer, letter.stream_id, letter.stream_no
     limit p_most;
end
$$;

grant execute on function fv.find_dead_letters(uuid, text, uuid, text, uuid, bigint, int) to fv_platform;

insert into guard.job (name, actor_id, scope, work, statement_seconds, transaction_seconds)
values ('purge-outbox',       '00000000-0000-7000-8001-000000000095', 'tenant', 'privacy', 30, 60),
       ('purge-dead-letters', '00000000-0000-7000-8001-000000000096', 'tenant', 'privacy', 30, 60);
