-- What a call leaves behind beside its own change: the idempotency record, the audit entry, events.
--
-- All three are written in the transaction of the change, by one statement at its end. None refers to
-- wms.tenant by a foreign key: every write of a tenant would take a lock on the tenant's row for a
-- value that comes from the verified context anyway.

set local role fv_owner;

create table wms.idempotency_record (
    tenant_id uuid not null default fv.tenant(),
    key text collate "C" not null check (length(key) between 1 and 255),
    fingerprint bytea not null,
    operation text not null,
    actor text not null,
    result jsonb not null,
    made_at timestamptz not null,
    primary key (tenant_id, key)
);
comment on table wms.idempotency_record is 'What a call with an idempotency key has answered: ids, quantities, states, versions; nothing personal.';

create table wms.audit_entry (
    tenant_id uuid not null default fv.tenant(),
    audit_id uuid not null,
    at timestamptz not null,
    actor text not null,
    action text not null,
    subject_type text,
    subject_id uuid,
    request_id uuid not null,
    digest bytea not null,
    recorded_at timestamptz not null,
    chained_at timestamptz,
    primary key (tenant_id, audit_id)
);
comment on table wms.audit_entry is 'Who did what to which object, when. Append only; a sealer chains the digests afterwards.';
-- The sealer's work list. Entries in the order of time are the primary key, since ids are UUIDv7.
create index unchained on wms.audit_entry (tenant_id, recorded_at) where chained_at is null;

create table wms.outbox (
    tenant_id uuid not null default fv.tenant(),
    stream_id uuid not null,
    stream_no bigint not null,
    type text not null,
    payload jsonb not null,
    made_at timestamptz not null,
    sent_at timestamptz,
    primary key (tenant_id, stream_id, stream_no)
);
comment on table wms.outbox is 'Events that wait for the relay. An event''s number in its stream is the version of the row it is about.';
-- The one index that does not lead with the tenant: the relay serves all tenants, oldest first. It
-- enforces nothing, so it tells nobody about another tenant's rows.
create index unsent on wms.outbox (made_at) where sent_at is null;

call wms.protect('wms.idempotency_record');
call wms.protect('wms.audit_entry');
call wms.protect('wms.outbox');

grant select on wms.idempotency_record, wms.audit_entry, wms.outbox to fv_api, fv_api_ro, fv_worker;
grant select on wms.idempotency_record, wms.audit_entry to fv_platform;
grant insert on wms.idempotency_record, wms.outbox to fv_api, fv_platform, fv_worker;
-- No role may insert into audit_entry: wms.record_audit does, so that actor, time and digest are the
-- database's own and not the caller's.

create policy relay on wms.outbox to fv_dispatch using (true) with check (true);
grant select, update (sent_at) on wms.outbox to fv_dispatch;

-- Takes an idempotency key, never waiting. NEW: go on. REPLAY: it was done, this was the answer.
-- MISMATCH: the key was used for another request. IN_PROGRESS: another call with the key is running.
--
-- Two statements on purpose: only a snapshot taken after the lock is held sees the record of whoever
-- held it before; as one statement this would let a command run twice. The primary key is the second
-- net.
create function wms.claim(key text, fingerprint bytea, out outcome text, out result jsonb)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    mine constant uuid := fv.tenant();
    done wms.idempotency_record;
begin
    if not pg_try_advisory_xact_lock(hashtextextended(mine || claim.key, 0)) then
        outcome := 'IN_PROGRESS';
        return;
    end if;
    select *
      into done
      from wms.idempotency_record as record
     where record.key = claim.key;
    if done.key is null then
        outcome := 'NEW';
    elsif done.fingerprint <> claim.fingerprint then
        outcome := 'MISMATCH';
    else
        outcome := 'REPLAY';
        result := done.result;
    end if;
end
$$;

-- One field of the bytes that an audit digest is made of: its length, then itself; -1 where absent. So
-- no two different entries have the same bytes, whatever their texts hold.
create function wms.audit_field(p_value text) returns bytea
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_value is null then
        return int4send(-1);
    end if;
    return int4send(octet_length(convert_to(p_value, 'UTF8'))) || convert_to(p_value, 'UTF8');
end
$$;

-- SHA-256 of an entry: every column but the digest and chained_at, in the table's order, instants in
-- microseconds since 1970.
create function wms.audit_digest(p_entry wms.audit_entry) returns bytea
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    return sha256(
        wms.audit_field(p_entry.tenant_id::text)
        || wms.audit_field(p_entry.audit_id::text)
        || wms.audit_field((extract(epoch from p_entry.at) * 1000000)::bigint::text)
        || wms.audit_field(p_entry.actor)
        || wms.audit_field(p_entry.action)
        || wms.audit_field(p_entry.subject_type)
        || wms.audit_field(p_entry.subject_id::text)
        || wms.audit_field(p_entry.request_id::text)
        || wms.audit_field((extract(epoch from p_entry.recorded_at) * 1000000)::bigint::text));
end
$$;

-- The only writer of the audit trail. Definer, and the owner's policy holds it to the entered tenant.
create function wms.record_audit(
    audit_id uuid, at timestamptz, action text, subject_type text, subject_id uuid, request_id uuid)
returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    entry wms.audit_entry;
begin
    entry.tenant_id := fv.tenant();
    entry.audit_id := record_audit.audit_id;
    entry.at := record_audit.at;
    entry.actor := fv.actor();
    entry.action := record_audit.action;
    entry.subject_type := record_audit.subject_type;
    entry.subject_id := record_audit.subject_id;
    entry.request_id := record_audit.request_id;
    entry.recorded_at := clock_timestamp();
    entry.digest := wms.audit_digest(entry);
    insert into wms.audit_entry (
        tenant_id, audit_id, at, actor, action, subject_type, subject_id, request_id, digest, recorded_at)
    values (entry.tenant_id, entry.audit_id, entry.at, entry.actor, entry.action, entry.subject_type, entry.subject_id,
            entry.request_id, entry.digest, entry.recorded_at);
end
$$;

-- The end of a call that writes, in one round trip. Without a key there is nothing to replay. events
-- is an array of {stream, no, type, payload}.
create function wms.conclude(
    key text, fingerprint bytea, operation text, result jsonb, audit_id uuid, at timestamptz, subject_type text,
    subject_id uuid, request_id uuid, events jsonb)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    mine constant uuid := fv.tenant();
begin
    if conclude.key is not null then
        insert into wms.idempotency_record (tenant_id, key, fingerprint, operation, actor, result, made_at)
        values (mine, conclude.key, conclude.fingerprint, conclude.operation, fv.actor(), conclude.result, conclude.at);
    end if;
    perform wms.record_audit(
        conclude.audit_id, conclude.at, conclude.operation, conclude.subject_type, conclude.subject_id, conclude.request_id);
    if jsonb_array_length(coalesce(conclude.events, '[]')) > 0 then
        -- By the database's clock, as everything that the relay judges by.
        insert into wms.outbox (tenant_id, stream_id, stream_no, type, payload, made_at)
        select mine, event.stream, event.no, event.type, event.payload, clock_timestamp()
          from jsonb_to_recordset(conclude.events) as event (stream uuid, no bigint, type text, payload jsonb);
    end if;
end
$$;

grant execute on function
      wms.claim(text, bytea),
      wms.record_audit(uuid, timestamptz, text, text, uuid, uuid),
      wms.conclude(text, bytea, text, jsonb, uuid, timestamptz, text, uuid, uuid, jsonb),
      wms.audit_field(text),
      wms.audit_digest(wms.audit_entry)
   to fv_api, fv_platform, fv_worker;
grant execute on function wms.audit_field(text), wms.audit_digest(wms.audit_entry)
   to fv_api_ro;
