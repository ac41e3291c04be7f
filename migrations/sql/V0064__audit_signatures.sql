-- Signatures on what the chains come to.
--
-- A chain alone proves nothing against whoever can write all of it anew, or cut its end off. So each hour
-- the heads of all tenants' chains become one root (a Merkle tree as in RFC 9162, 2.1), and the root is
-- signed with a key that is not in the database. Each tenant whose head has moved keeps the path from its
-- head to the root, and can show it to anybody without showing anything of another tenant. A segment that
-- is closed is signed for itself.
--
-- Signing is an errand: here is what is leased and what is stored, and the number that grows with each
-- lease, by which a run that was overtaken is told.

set local role fv_guard;

create table guard.signing_key (
    key_id text primary key check (length(key_id) between 1 and 2048),
    purpose text not null check (purpose in ('audit-seal', 'export-manifest', 'deletion-certificate')),
    spki bytea not null,
    first_used_at timestamptz not null
);
comment on table guard.signing_key is 'The public half of every key that has signed: what was signed is verified with it for years.';

create table guard.audit_root (
    root_no bigint primary key,
    due_at timestamptz not null unique,
    leaves int not null,
    root bytea not null,
    digest bytea not null,
    fence int not null default 0,
    leased_until timestamptz,
    key_id text references guard.signing_key,
    signature bytea,
    signed_at timestamptz
);
comment on table guard.audit_root is 'One root an hour over the heads of all tenants'' chains, and its signature.';
create index root_by_key on guard.audit_root (key_id);

-- The same key under its id again is harmless; another one is refused, or old signatures would fail.
create function fv.note_signing_key(p_key_id text, p_purpose text, p_spki bytea) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into guard.signing_key (key_id, purpose, spki, first_used_at)
    values (p_key_id, p_purpose, p_spki, clock_timestamp())
        on conflict do nothing;
    if not exists (
            select
              from guard.signing_key as known
             where known.key_id = p_key_id
               and known.purpose = p_purpose
               and known.spki = p_spki) then
        raise exception 'another key has this id' using errcode = '22023';
    end if;
end
$$;

create function fv.signing_keys(p_purpose text) returns table (key_id text, spki bytea)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select known.key_id, known.spki
      from guard.signing_key as known
     where known.purpose = p_purpose
     order by known.first_used_at, known.key_id;
end
$$;

create function guard.audit_leaf(p_tenant uuid, p_segment int, p_seq bigint, p_hash bytea) returns bytea
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    return sha256(
        '\x00'::bytea
        || wms.audit_field(p_tenant::text)
        || wms.audit_field(p_segment::text)
        || wms.audit_field(p_seq::text)
        || p_hash);
end
$$;

-- What of a root is signed.
create function guard.audit_root_digest(p_no bigint, p_due_at timestamptz, p_leaves int, p_root bytea) returns bytea
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    return sha256(
        wms.audit_field('fluxvantage-audit-root-1')
        || wms.audit_field(p_no::text)
        || wms.audit_field((extract(epoch from p_due_at) * 1000000)::bigint::text)
        || wms.audit_field(p_leaves::text)
        || p_root);
end
$$;

-- Makes the root of one tick, unless there is one or no head has moved since the last. A step of a path
-- is one byte, 0 where the sibling stands left and 1 where it stands right, and the sibling.
create function guard.make_audit_root(p_due_at timestamptz) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    next_no bigint;
    level bytea[];
    above bytea[];
    paths bytea[];
    places int[];
    here int[];
    tenants uuid[];
    segments int[];
    seqs bigint[];
    heads bytea[];
    leaves int;
    at int;
begin
    -- One at a time, or two would have one number.
    perform pg_advisory_xact_lock(hashtextextended('audit root', 0));
    if exists (select from guard.audit_root as known where known.due_at = p_due_at) then
        return;
    end if;
    select array_agg(head.tenant_id order by head.tenant_id),
           array_agg(head.segment_no order by head.tenant_id),
           array_agg(head.seq order by head.tenant_id),
           array_agg(head.hash order by head.tenant_id),
           array_agg(guard.audit_leaf(head.tenant_id, head.segment_no, head.seq, head.hash) order by head.tenant_id)
      into tenants, segments, seqs, heads, level
      from wms.audit_head as head;
    if tenants is null then
        return;
    end if;
    select array_agg(place), array_agg(''::bytea)
      into places, paths
      from unnest(tenants, heads) with ordinality as head (tenant, hash, place)
     where head.hash is distinct from (
               select last.hash
                 from wms.audit_checkpoint as last
                where last.tenant_id = head.tenant
                order by last.root_no desc
                limit 1);
    if places is null then
        return;
    end if;
    next_no := coalesce((select max(known.root_no) from guard.audit_root as known), 0) + 1;
    leaves := cardinality(tenants);
    here := places;
    while cardinality(level) > 1 loop
        above := '{}';
        at := 1;
        while at <= cardinality(level) loop
            above := above || case
                when at = cardinality(level) then level[at]
                else sha256('\x01'::bytea || level[at] || level[at + 1])
            end;
            at := at + 2;
        end loop;
        for it in 1..cardinality(here) loop
            if here[it] % 2 = 0 then
                paths[it] := paths[it] || '\x00'::bytea || level[here[it] - 1];
            elsif here[it] < cardinality(level) then
                paths[it] := paths[it] || '\x01'::bytea || level[here[it] + 1];
            end if;
            here[it] := (here[it] + 1) / 2;
        end loop;
        level := above;
    end loop;
    insert into guard.audit_root (root_no, due_at, leaves, root, digest)
    values (next_no, p_due_at, leaves, level[1], guard.audit_root_digest(next_no, p_due_at, leaves, level[1]));
    insert into wms.audit_checkpoint (tenant_id, root_no, due_at, segment_no, seq, hash, path, leaves, root)
    select tenants[moving.place], next_no, p_due_at, segments[moving.place], seqs[moving.place], heads[moving.place],
           moving.path, leaves, level[1]
      from unnest(places, paths) as moving (place, path);
end
$$;

-- Leases what is to be signed: roots and seals of closed segments. no is the number of either.
create function fv.take_audit_signing(p_due_at timestamptz, p_most int, p_lease interval)
returns table (kind text, tenant uuid, no bigint, fence int, digest bytea)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if fv.tenant() <> guard.platform_tenant() then
        raise exception 'chains are signed from the platform tenant' using errcode = '42501';
    end if;
    perform guard.make_audit_root(p_due_at);
    return query
    update guard.audit_root as taken
       set fence = taken.fence + 1,
           leased_until = clock_timestamp() + p_lease
     where taken.root_no in (
               select open.root_no
                 from guard.audit_root as open
                where open.signature is null
                  and coalesce(open.leased_until < clock_timestamp(), true)
                order by open.root_no
                limit p_most
                  for update skip locked)
    returning 'ROOT', guard.platform_tenant(), taken.root_no, taken.fence, taken.digest;
    return query
    update wms.audit_segment as taken
       set fence = taken.fence + 1,
           leased_until = clock_timestamp() + p_lease
     where (taken.tenant_id, taken.segment_no) in (
               select open.tenant_id, open.segment_no
                 from wms.audit_segment as open
                where open.state = 'CLOSED'
                  and open.signature is null
                  and coalesce(open.leased_until < clock_timestamp(), true)
                order by open.tenant_id, open.segment_no
                limit p_most
                  for update skip locked)
    returning 'SEAL', taken.tenant_id, taken.segment_no::bigint, taken.fence, taken.seal;
end
$$;

-- How much is still unsigned, leased or not.
create function fv.unsigned_audit() returns int
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if fv.tenant() <> guard.platform_tenant() then
        raise exception 'chains are signed from the platform tenant' using errcode = '42501';
    end if;
    return (select count(*) from guard.audit_root as open where open.signature is null)
        + (select count(*) from wms.audit_segment as open where open.state = 'CLOSED' and open.signature is null);
end
$$;

-- Stores a signature, if the lease is still the caller's; answers whether it was.
create function fv.record_audit_signature(
    p_kind text, p_tenant uuid, p_no bigint, p_fence int, p_key_id text, p_signature bytea)
returns boolean
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if fv.tenant() <> guard.platform_tenant() then
        raise exception 'chains are signed from the platform tenant' using errcode = '42501';
    end if;
    if p_kind = 'ROOT' then
        update guard.audit_root as leased
           set key_id = p_key_id,
               signature = p_signature,
               signed_at = clock_timestamp()
         where leased.root_no = p_no
           and leased.fence = p_fence
           and leased.signature is null;
        if not found then
            return false;
        end if;
        update wms.audit_checkpoint as kept
           set key_id = p_key_id,
               signature = p_signature
         where kept.root_no = p_no
           and kept.signature is null;
        return true;
    end if;
    update wms.audit_segment as leased
       set key_id = p_key_id,
           signature = p_signature
     where leased.tenant_id = p_tenant
       and leased.segment_no = p_no
       and leased.fence = p_fence
       and leased.signature is null;
    return found;
end
$$;

grant execute on function
      fv.note_signing_key(text, text, bytea),
      fv.take_audit_signing(timestamptz, int, interval),
      fv.unsigned_audit(),
      fv.record_audit_signature(text, uuid, bigint, int, text, bytea)
   to fv_worker;
grant execute on function fv.signing_keys(text) to fv_api;
