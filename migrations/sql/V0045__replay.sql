-- How events that were given up are sent again.
--
-- One of the platform's people does it, from the platform's tenant, and sees nothing of what the events
-- say. The events are sent under a new number of sending, or a queue would drop them as ones it has had;
-- consumers that were done with them drop them by their inbox key.

set local role fv_owner;

create policy guard_finds on wms.dead_letter for select to fv_guard using (true);
create policy guard_replays on wms.dead_letter for update to fv_guard using (true) with check (true);
grant select (tenant_id, consumer, stream_id, stream_no, state), update (state) on wms.dead_letter to fv_guard;

create policy guard_finds on wms.outbox for select to fv_guard using (true);
create policy guard_replays on wms.outbox for update to fv_guard using (true) with check (true);
grant select (tenant_id, stream_id, stream_no, sendings), update (sent_at, sendings) on wms.outbox to fv_guard;

set local role fv_guard;

-- Sends the oldest dead letters of one consumer in one tenant again, and answers how many. A letter whose
-- event is no longer kept stays dead.
create function fv.replay_dead_letters(p_tenant uuid, p_consumer text, p_most int) returns int
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    letter record;
    replayed int := 0;
begin
    if fv.tenant() <> guard.platform_tenant() then
        raise exception 'dead letters are replayed from the platform tenant' using errcode = '42501';
    end if;
    for letter in
        select dead.stream_id, dead.stream_no
          from wms.dead_letter as dead
         where dead.tenant_id = p_tenant
           and dead.consumer = p_consumer
           and dead.state = 'DEAD'
         order by dead.stream_id, dead.stream_no
         limit p_most
    loop
        update wms.outbox as event
           set sent_at = null,
               sendings = event.sendings + 1
         where event.tenant_id = p_tenant
           and event.stream_id = letter.stream_id
           and event.stream_no = letter.stream_no;
        continue when not found;
        update wms.dead_letter as dead
           set state = 'REPLAYING'
         where dead.tenant_id = p_tenant
           and dead.consumer = p_consumer
           and dead.stream_id = letter.stream_id
           and dead.stream_no = letter.stream_no;
        replayed := replayed + 1;
    end loop;
    return replayed;
end
$$;

grant execute on function fv.replay_dead_letters(uuid, text, int) to fv_platform;
