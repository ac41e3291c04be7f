-- Where a parcel is, as the carriers' company tells us.
--
-- Its events are signed with a secret of the tenant's and bear no token. The login that serves them sees
-- no table: it may look up what a signature is verified with, and hand in what was verified. Nothing of
-- an event is kept but how far the parcel has come and when that was, by the sender's own clock. News
-- come late, twice and in any order: whatever the order, the furthest stays. Whoever tends labels announces it.

set local role fv_owner;

create policy guard_reads on wms.carrier for select to fv_guard using (true);
grant select (tenant_id, carrier_id, signature_id, state) on wms.carrier to fv_guard;
create policy guard_finds on wms.carrier_label for select to fv_guard using (true);
create policy guard_moves on wms.carrier_label for update to fv_guard using (true) with check (true);
grant select (tenant_id, label_id, carrier_id, state, shipment_ref, parcel_state, parcel_state_at, version)
   on wms.carrier_label to fv_guard;
grant update (parcel_state, parcel_state_at, version) on wms.carrier_label to fv_guard;

-- How far a parcel is in a state. What nobody has said anything of is nowhere.
create function wms.parcel_rank(p_state text)
returns int
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
return coalesce(
    array_position(
        array['UNKNOWN', 'PRE_TRANSIT', 'IN_TRANSIT', 'OUT_FOR_DELIVERY', 'AVAILABLE_FOR_PICKUP', 'FAILURE',
              'RETURN_TO_SENDER', 'CANCELLED', 'DELIVERED'],
        p_state),
    0);

grant execute on function wms.parcel_rank(text) to fv_worker, fv_guard;

set local role fv_guard;

-- What an event for this connection is verified with. Of one that has ended, or for which nobody has
-- brought a secret, nothing is known.
create function fv.find_carrier(p_connection uuid)
returns table (tenant uuid, secret_id uuid, purpose text, version int, sealed bytea, judged_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select connection.tenant_id, secret.secret_id, secret.purpose, secret.version, secret.sealed, clock_timestamp()
      from wms.carrier as connection
      join wms.stored_secret as secret
        on secret.tenant_id = connection.tenant_id
       and secret.secret_id = connection.signature_id
     where connection.carrier_id = p_connection
       and connection.state <> 'ENDED'
       and secret.destroyed_at is null;
end
$$;

-- Takes over from a verified event how far a parcel has come. MOVED, or KNOWN where that is no news;
-- NOTHING where it tells of no parcel of this connection; ENDED where the connection ended meanwhile.
create function fv.put_parcel_event(p_connection uuid, p_body text)
returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    told jsonb;
    new_state text;
    new_at timestamptz;
    receiving record;
    label record;
begin
    select connection.tenant_id
      into receiving
      from wms.carrier as connection
     where connection.carrier_id = p_connection
       and connection.state <> 'ENDED';
    if receiving.tenant_id is null then
        return 'ENDED';
    end if;
    if not exists (
            select
              from wms.tenant as tenant
              join guard.state_work as allowed on allowed.state = tenant.state
             where tenant.tenant_id = receiving.tenant_id
               and allowed.work = 'write') then
        raise exception 'tenant state refuses this work' using errcode = 'FV403';
    end if;
    if not pg_input_is_valid(p_body, 'jsonb') then
        return 'NOTHING';
    end if;
    told := p_body::jsonb;
    if jsonb_typeof(told) <> 'object'
       or coalesce(told ->> 'description', '') not in ('tracker.created', 'tracker.updated')
       or not pg_input_is_valid(coalesce(told #>> '{result,updated_at}', ''), 'timestamptz') then
        return 'NOTHING';
    end if;
    new_state := upper(told #>> '{result,status}');
    new_at := (told #>> '{result,updated_at}')::timestamptz;
    if coalesce(wms.parcel_rank(new_state), 0) = 0 or not isfinite(new_at) then
        return 'NOTHING';
    end if;
    select mine.label_id, mine.parcel_state, mine.parcel_state_at
      into label
      from wms.carrier_label as mine
     where mine.tenant_id = receiving.tenant_id
       and mine.carrier_id = p_connection
       and mine.shipment_ref = told #>> '{result,shipment_id}'
       and mine.state in ('BOUGHT', 'VOIDING', 'VOIDED')
       for no key update;
    if label.label_id is null then
        return 'NOTHING';
    end if;
    if (wms.parcel_rank(new_state), new_at)
       <= (wms.parcel_rank(label.parcel_state), coalesce(label.parcel_state_at, '-infinity')) then
        return 'KNOWN';
    end if;
    update wms.carrier_label as moving
       set parcel_state = new_state,
           parcel_state_at = new_at,
           version = moving.version + 1
     where moving.tenant_id = receiving.tenant_id
       and moving.label_id = label.label_id;
    return 'MOVED';
end
$$;

grant execute on function fv.find_carrier(uuid) to fv_receiver;
grant execute on function fv.put_parcel_event(uuid, text) to fv_receiver;
