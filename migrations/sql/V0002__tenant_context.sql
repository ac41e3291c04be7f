-- How a transaction comes to have a tenant.
--
-- Why: the application's own login must not be able to name a tenant. It presents a proof that the
-- authorizer has signed; fv.enter verifies it and seals tenant and actor into a setting that ends with
-- the transaction; fv.tenant() verifies the seal each time a row policy asks. Whoever can run any SQL
-- as the application's login still cannot choose a tenant.
--
-- Only sha256() of the core is used. A key is stored as its two padded blocks of HMAC (RFC 2104), so
-- HMAC-SHA256(key, text) is sha256(outer_block || sha256(inner_block || text)).

set local role fv_guard;

create table guard.hmac_key (
    key_id text primary key check (key_id ~ '^[A-Za-z0-9_-]{1,64}$'),
    purpose text not null check (purpose in ('proof', 'seal')),
    inner_block bytea not null check (length(inner_block) = 64),
    outer_block bytea not null check (length(outer_block) = 64),
    not_before timestamptz not null,
    not_after timestamptz not null,
    constraint valid_for_a_while check (not_before < not_after)
);
comment on table guard.hmac_key is 'Keys that proofs and seals are verified with. The seal key never leaves the database.';

-- Which login a proof may be presented by.
create table guard.role_audience (
    role_name text not null,
    audience text not null,
    primary key (role_name, audience)
);
comment on table guard.role_audience is 'The audience of a proof that each login accepts.';

insert into guard.role_audience (role_name, audience)
values ('fv_api', 'api'),
       ('fv_api_ro', 'api'),
       ('fv_worker', 'job'),
       ('fv_platform', 'platform');

-- What a tenant's state allows. A suspended tenant still reads its data and takes them away.
create table guard.state_work (
    state text not null,
    work text not null check (work in ('write', 'read', 'export', 'privacy', 'deletion')),
    primary key (state, work)
);
comment on table guard.state_work is 'The kinds of work that each state of a tenant allows; what is not listed is refused.';

insert into guard.state_work (state, work)
select state, work
  from unnest(array['trial', 'active', 'past_due']) as state,
       unnest(array['write', 'read', 'export', 'privacy']) as work
 union all
select state, work
  from unnest(array['suspended', 'wind_down', 'deletion_scheduled']) as state,
       unnest(array['read', 'export', 'privacy']) as work
 union all
select state, 'deletion'
  from unnest(array['deletion_scheduled', 'deleting', 'verifying']) as state
 union all
select 'provisioning', 'write';

-- Two tenants that every installation has: one that holds nothing, for priming a function before its
-- snapshot is taken; one to which the acts of the platform's own people belong.
create function guard.synthetic_tenant() returns uuid
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    return '00000000-0000-7000-8000-000000000000';
end
$$;

create function guard.platform_tenant() returns uuid
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    return '00000000-0000-7000-8000-000000000001';
end
$$;

create function guard.install_key(p_key_id text, p_purpose text, p_secret bytea, p_not_before timestamptz, p_not_after timestamptz)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    padded bytea := case when length(p_secret) > 64 then sha256(p_secret) else p_secret end;
    inner_pad bytea := decode(repeat('00', 64), 'hex');
    outer_pad bytea := inner_pad;
begin
    if p_secret is null or length(p_secret) < 32 then
        raise exception 'a key has at least 32 bytes' using errcode = '22023';
    end if;
    padded := padded || decode(repeat('00', 64 - length(padded)), 'hex');
    for at in 0..63 loop
        inner_pad := set_byte(inner_pad, at, get_byte(padded, at) # 54);   -- 0x36
        outer_pad := set_byte(outer_pad, at, get_byte(padded, at) # 92);   -- 0x5c
    end loop;
    insert into guard.hmac_key (key_id, purpose, inner_block, outer_block, not_before, not_after)
    values (p_key_id, p_purpose, inner_pad, outer_pad, p_not_before, p_not_after);
end
$$;

-- Three random UUIDs hold 366 random bits.
select guard.install_key(
    's1', 'seal',
    sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())),
    now(), 'infinity');

-- Writes the context: tenant|actor|micros|pid|login|key|mac. It is bound to this transaction by its
-- start, to this backend and to this login, so that a copy is worthless anywhere else.
create function guard.seal(p_tenant uuid, p_actor text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    seal_key guard.hmac_key;
    body text;
begin
    select *
      into strict seal_key
      from guard.hmac_key
     where purpose = 'seal'
       and now() between not_before and not_after
     order by not_before desc
     limit 1;
    body := concat_ws(
        '|', p_tenant, p_actor, (extract(epoch from transaction_timestamp()) * 1000000)::bigint,
        pg_backend_pid(), session_user, seal_key.key_id);
    perform set_config(
        'fv.ctx',
        body || '|' || encode(sha256(seal_key.outer_block || sha256(seal_key.inner_block || convert_to(body, 'UTF8'))), 'hex'),
        true);
end
$$;

-- The tenant that this transaction has entered. Every row policy calls it once a statement, so it is
-- one function without helpers (8 microseconds; 14 with two). It raises where there is no tenant:
-- null would show no rows and hide the mistake. The setting is '' and not null after its transaction.
create function fv.tenant() returns uuid
language plpgsql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    context text := current_setting('fv.ctx', true);
    part text[];
    inner_pad bytea;
    outer_pad bytea;
begin
    if coalesce(context, '') = '' then
        raise exception 'no tenant context' using errcode = '28000';
    end if;
    part := string_to_array(context, '|');
    select inner_block, outer_block
      into inner_pad, outer_pad
      from guard.hmac_key
     where key_id = part[6]
       and purpose = 'seal';
    -- Hashes of the two codes are compared, so that the time taken tells nothing about the right one.
    if inner_pad is null
       or cardinality(part) <> 7
       or sha256(convert_to(part[7], 'UTF8')) <> sha256(convert_to(encode(
              sha256(outer_pad || sha256(inner_pad || convert_to(left(context, -65), 'UTF8'))), 'hex'), 'UTF8')) then
        raise exception 'tenant context is forged' using errcode = '28000';
    end if;
    if part[3]::bigint <> (extract(epoch from transaction_timestamp()) * 1000000)::bigint
       or part[4]::int <> pg_backend_pid()
       or part[5] <> session_user then
        raise exception 'tenant context is stale' using errcode = '28000';
    end if;
    return part[1]::uuid;
end
$$;

-- Who acts: `member:uuid`, as the authorizer found out.
create function fv.actor() returns text
language plpgsql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform fv.tenant();
    return split_part(current_setting('fv.ctx'), '|', 2);
end
$$;

-- The tenant that this transaction already has, or null. What another transaction has left behind
-- counts as none, or a setting made for a session would keep a pooled connection from its next tenant.
create function guard.entered() returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    part text[] := string_to_array(current_setting('fv.ctx', true), '|');
begin
    if part[3] = (extract(epoch from transaction_timestamp()) * 1000000)::bigint::text
       and part[4] = pg_backend_pid()::text then
        return part[1];
    end if;
    return null;
end
$$;

-- The only way in. A proof is eleven fields joined by dots:
--   v1 . key id . tenant . actor kind . actor id . warehouses . owners . permission digest . audience . expiry . mac
-- The kind of work is the operation's and not the caller's, so it is no part of the proof. What comes
-- back is compared by the caller with what the gateway said: a live proof cannot be paired with
-- another tenant, another actor or invented permissions.
create function fv.enter(proof text, work text, out tenant uuid, out actor text, out permissions text, out audience text)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    part text[] := string_to_array(proof, '.');
    proof_key guard.hmac_key;
    tenant_state text;
begin
    if proof is null or length(proof) > 1000 or cardinality(part) <> 11 or part[1] <> 'v1' then
        raise exception 'proof malformed' using errcode = '28000';
    end if;
    select *
      into proof_key
      from guard.hmac_key
     where key_id = part[2]
       and purpose = 'proof'
       and now() between not_before and not_after;
    -- One sentence for an unknown key, an expired key and a wrong code.
    if proof_key.key_id is null
       or sha256(convert_to(part[11], 'UTF8')) <> sha256(convert_to(encode(
              sha256(proof_key.outer_block || sha256(proof_key.inner_block
                  || convert_to(left(proof, length(proof) - length(part[11]) - 1), 'UTF8'))), 'hex'), 'UTF8')) then
        raise exception 'proof refused' using errcode = '28000';
    end if;
    -- From here on the fields are the authorizer's own.
    if part[10]::bigint <= extract(epoch from clock_timestamp()) then
        raise exception 'proof expired' using errcode = '28000';
    end if;
    tenant := part[3]::uuid;
    actor := part[4] || ':' || part[5];
    permissions := part[8];
    audience := part[9];
    if not exists (
            select
              from guard.role_audience as door
             where door.role_name = session_user
               and door.audience = part[9])
       or (part[9] = 'platform' and tenant <> guard.platform_tenant()) then
        raise exception 'proof is for another audience' using errcode = '28000';
    end if;
    if guard.entered() <> part[3] then
        raise exception 'tenant already set in this transaction' using errcode = '25001';
    end if;
    select entering.state
      into tenant_state
      from wms.tenant as entering
     where entering.tenant_id = tenant;
    -- A state of its own, since the caller is known: 403 and not 401.
    if not exists (
            select
              from guard.state_work as allowed
             where allowed.state = tenant_state
               and allowed.work = enter.work) then
        raise exception 'tenant state refuses this work' using errcode = 'FV403';
    end if;
    perform guard.seal(tenant, actor);
end
$$;

-- For priming: enters the tenant that holds nothing, without a proof. The caller rolls back.
create function fv.prime() returns uuid
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if guard.entered() <> guard.synthetic_tenant()::text then
        raise exception 'tenant already set in this transaction' using errcode = '25001';
    end if;
    perform guard.seal(guard.synthetic_tenant(), 'job:00000000-0000-7000-8000-000000000000');
    return guard.synthetic_tenant();
end
$$;

-- For migrations that fill a new column: the owner sees no tenant's rows before it has named the
-- tenant, and it alone may name one after another in one transaction.
create function fv.enter_backfill(p_tenant uuid) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform guard.seal(p_tenant, 'job:00000000-0000-7000-8000-000000000001');
end
$$;

-- Adds a key that proofs are verified with. The two newest stay valid, so that proofs made with the
-- last one are still good while the authorizer changes over; older ones end now. The same key twice
-- is harmless; another key under a known id is refused.
create function fv.install_proof_key(p_key_id text, p_secret bytea, p_not_before timestamptz, p_not_after timestamptz)
returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    known guard.hmac_key;
    installed guard.hmac_key;
begin
    lock table guard.hmac_key in share row exclusive mode;
    delete from guard.hmac_key
     where key_id = p_key_id
       and purpose = 'proof'
    returning *
      into known;
    perform guard.install_key(p_key_id, 'proof', p_secret, p_not_before, p_not_after);
    select *
      into strict installed
      from guard.hmac_key
     where key_id = p_key_id;
    if known.inner_block <> installed.inner_block then
        raise exception 'another key has this id' using errcode = '22023';
    end if;
    update guard.hmac_key
       set not_after = greatest(now(), not_before + interval '1 microsecond')
     where purpose = 'proof'
       and not_after > now()
       and key_id not in (
               select key_id
                 from guard.hmac_key
                where purpose = 'proof'
                order by not_before desc, key_id = p_key_id desc, key_id
                limit 2);
end
$$;

-- A UUID of version 7 (RFC 9562, 5.7): 48 bits of milliseconds, then random bits. The version bits of
-- a random UUID (0100) become 0111 by setting two; the variant is right already.
create function fv.uuid7() returns uuid
language plpgsql volatile parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
    millis constant bytea := substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3);
begin
    return encode(
        set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing millis from 1 for 6), 52, 1), 53, 1),
        'hex')::uuid;
end
$$;

grant execute on function fv.tenant(), fv.actor(), fv.uuid7()
   to fv_owner, fv_api, fv_api_ro, fv_platform, fv_worker;
grant execute on function fv.uuid7()
   to fv_migrator;
grant execute on function fv.enter(text, text), fv.prime()
   to fv_api, fv_api_ro, fv_platform, fv_worker;
grant execute on function fv.enter_backfill(uuid)
   to fv_owner;
grant execute on function fv.install_proof_key(text, bytea, timestamptz, timestamptz)
   to fv_migrator;
