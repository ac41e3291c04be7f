-- The audit trail becomes one that nobody can quietly change, not even who owns the database.
--
-- An entry is written in the transaction of what it tells, and waits for nobody. Within a minute of its
-- commit a job takes each tenant's new entries into a chain: each link is a digest over the link before,
-- the entry's place and the entry's digest. A link that is changed, taken away or moved breaks all that
-- follow. Entries are taken in whatever order their transactions committed, so one that commits late is
-- taken late and never passed over: there is no mark of time behind which nothing is looked for.
--
-- A chain is cut into segments, by month of the chaining and by how long the tenant keeps its trail. A
-- segment that is over is sealed, and the first link of the next one carries that seal, so a segment
-- whose time has come goes as a whole and what is left still proves to be whole. The row of the head is
-- the only lock, and nobody but the sealer takes it.
--
-- The digests have a tag that says what of, and a version: nothing that is signed as one thing can be
-- taken for another.

set local role fv_owner;

alter table wms.audit_entry
    add column segment_no int,
    add column seq bigint,
    add column prev_hash bytea,
    add column hash bytea,
    add constraint chained_means_where check (
        (chained_at is null) = (hash is null)
        and (hash is null) = (prev_hash is null)
        and (hash is null) = (seq is null)
        and (hash is null) = (segment_no is null));
-- Two chains cannot grow from one link.
create unique index one_entry_per_place on wms.audit_entry (tenant_id, segment_no, seq) where chained_at is not null;
create unique index one_entry_after_another on wms.audit_entry (tenant_id, prev_hash) where chained_at is not null;
-- What people ask: about this thing, by this person, of this kind, lately.
create index audit_in_time on wms.audit_entry (tenant_id, recorded_at, audit_id);
create index audit_of_subject on wms.audit_entry (tenant_id, subject_id, recorded_at, audit_id) where subject_id is not null;
create index audit_of_actor on wms.audit_entry (tenant_id, actor, recorded_at, audit_id);
create index audit_of_action on wms.audit_entry (tenant_id, action, recorded_at, audit_id);

create table wms.audit_setting (
    tenant_id uuid not null default fv.tenant() references wms.tenant,
    retention_days int not null check (retention_days in (90, 180, 400, 730, 2555)),
    version bigint not null default 1,
    primary key (tenant_id)
);
comment on table wms.audit_setting is 'How long a tenant keeps its audit trail, of a fixed menu; 400 days where it has not said.';

create table wms.audit_head (
    tenant_id uuid not null default fv.tenant(),
    segment_no int not null,
    seq bigint not null,
    hash bytea not null,
    primary key (tenant_id)
);
comment on table wms.audit_head is 'Where a tenant''s chain ends. The sealer''s only lock, the last in the order.';

create table wms.audit_segment (
    tenant_id uuid not null default fv.tenant(),
    segment_no int not null check (segment_no > 0),
    segment_id uuid not null,
    month date not null,
    retention_days int not null,
    opening bytea not null,
    state text not null default 'OPEN' check (state in ('OPEN', 'CLOSED', 'RETIRED')),
    entries bigint,
    final bytea,
    seal bytea,
    closed_at timestamptz,
    fence int not null default 0,
    leased_until timestamptz,
    key_id text,
    signature bytea,
    retired_at timestamptz,
    primary key (tenant_id, segment_no),
    constraint closed_means_sealed check (
        (state = 'OPEN') = (seal is null) and (seal is null) = (final is null) and (seal is null) = (entries is null)),
    constraint signed_means_by_a_key check ((key_id is null) = (signature is null)),
    constraint retired_means_when check ((state = 'RETIRED') = (retired_at is not null)),
    -- What was never sealed would leave nothing behind that proves the rest.
    constraint retired_after_signed check (state <> 'RETIRED' or signature is not null)
);
comment on table wms.audit_segment is 'A month of a tenant''s chain: what it begins with, its seal and the signature on that. Outlives its entries.';
create index unsigned_segment on wms.audit_segment (tenant_id, segment_no) where state = 'CLOSED' and signature is null;

create table wms.audit_checkpoint (
    tenant_id uuid not null default fv.tenant(),
    root_no bigint not null,
    due_at timestamptz not null,
    segment_no int not null,
    seq bigint not null,
    hash bytea not null,
    path bytea not null,
    leaves int not null,
    root bytea not null,
    key_id text,
    signature bytea,
    primary key (tenant_id, root_no)
);
comment on table wms.audit_checkpoint is 'Where a tenant''s chain ended when an hour''s root over all chains was signed, and the path from there to the root.';
create index checkpoint_of_segment on wms.audit_checkpoint (tenant_id, segment_no);

call wms.protect('wms.audit_setting');
call wms.protect('wms.audit_head');
call wms.protect('wms.audit_segment');
call wms.protect('wms.audit_checkpoint');

grant select on wms.audit_setting, wms.audit_head, wms.audit_segment, wms.audit_checkpoint to fv_api, fv_worker;
grant insert on wms.audit_setting to fv_api;
grant update (retention_days, version) on wms.audit_setting to fv_api;

-- The digests. A hash among them is as long as every hash, so it needs no length before it.
create function wms.audit_genesis(p_tenant uuid) returns bytea
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    return sha256(wms.audit_field('fluxvantage-audit-genesis-1') || wms.audit_field(p_tenant::text));
end
$$;

create function wms.audit_link(p_tenant uuid, p_segment int, p_seq bigint, p_prev bytea, p_digest bytea) returns bytea
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    return sha256(
        wms.audit_field('fluxvantage-audit-link-1')
        || wms.audit_field(p_tenant::text)
        || wms.audit_field(p_segment::text)
        || wms.audit_field(p_seq::text)
        || p_prev
        || p_digest);
end
$$;

create function wms.audit_seal(
    p_tenant uuid, p_segment int, p_month date, p_days int, p_entries bigint, p_opening bytea, p_final bytea) returns bytea
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    return sha256(
        wms.audit_field('fluxvantage-audit-seal-1')
        || wms.audit_field(p_tenant::text)
        || wms.audit_field(p_segment::text)
        || wms.audit_field(to_char(p_month, 'YYYY-MM'))
        || wms.audit_field(p_days::text)
        || wms.audit_field(p_entries::text)
        || p_opening
        || p_final);
end
$$;

grant execute on function
      wms.audit_field(text),
      wms.audit_genesis(uuid),
      wms.audit_link(uuid, int, bigint, bytea, bytea),
      wms.audit_seal(uuid, int, date, int, bigint, bytea, bytea)
   to fv_guard;

-- What the sealer sees and does, over all tenants, and no column more.
create policy guard_chains on wms.audit_entry for select to fv_guard using (true);
create policy guard_links on wms.audit_entry for update to fv_guard using (true) with check (true);
grant select (tenant_id, audit_id, recorded_at, digest, chained_at),
      update (segment_no, seq, prev_hash, hash, chained_at) on wms.audit_entry to fv_guard;
create policy guard_reads on wms.audit_setting for select to fv_guard using (true);
grant select (tenant_id, retention_days) on wms.audit_setting to fv_guard;
create policy guard_chains on wms.audit_head to fv_guard using (true) with check (true);
grant select, insert, update (segment_no, seq, hash) on wms.audit_head to fv_guard;
create policy guard_chains on wms.audit_segment to fv_guard using (true) with check (true);
grant select, insert, update (state, entries, final, seal, closed_at, fence, leased_until, key_id, signature)
   on wms.audit_segment to fv_guard;
create policy guard_chains on wms.audit_checkpoint to fv_guard using (true) with check (true);
grant select, insert, update (key_id, signature) on wms.audit_checkpoint to fv_guard;

set local role fv_guard;

-- Closes the segment that a tenant's head stands in, whose row the caller has locked.
create function guard.close_segment(p_tenant uuid) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    head wms.audit_head;
    closing wms.audit_segment;
    sealed bytea;
begin
    select *
      into strict head
      from wms.audit_head as it
     where it.tenant_id = p_tenant;
    select *
      into strict closing
      from wms.audit_segment as it
     where it.tenant_id = p_tenant
       and it.segment_no = head.segment_no;
    sealed := wms.audit_seal(
        p_tenant, closing.segment_no, closing.month, closing.retention_days, head.seq, closing.opening, head.hash);
    update wms.audit_segment
       set state = 'CLOSED',
           entries = head.seq,
           final = head.hash,
           seal = sealed,
           closed_at = clock_timestamp()
     where tenant_id = p_tenant
       and segment_no = head.segment_no;
    -- The next entry opens the next segment, from the seal of this one.
    update wms.audit_head
       set segment_no = head.segment_no + 1,
           seq = 0,
           hash = sealed
     where tenant_id = p_tenant;
end
$$;

-- Takes up to so many of one tenant's entries into its chain and answers how many; null where another
-- sealer has the head. Closes the segment before, if its month or its class is over.
create function guard.chain_tenant(p_tenant uuid, p_most int) returns int
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    head wms.audit_head;
    standing wms.audit_segment;
    this_month constant date := date_trunc('month', clock_timestamp() at time zone 'UTC')::date;
    days int;
    entry record;
    ids uuid[] := '{}';
    seqs bigint[] := '{}';
    prevs bytea[] := '{}';
    hashes bytea[] := '{}';
begin
    insert into wms.audit_head (tenant_id, segment_no, seq, hash)
    values (p_tenant, 1, 0, wms.audit_genesis(p_tenant))
        on conflict do nothing;
    select *
      into head
      from wms.audit_head as it
     where it.tenant_id = p_tenant
       for update skip locked;
    if head.tenant_id is null then
        return null;
    end if;
    days := coalesce(
        (select setting.retention_days from wms.audit_setting as setting where setting.tenant_id = p_tenant), 400);
    select *
      into standing
      from wms.audit_segment as it
     where it.tenant_id = p_tenant
       and it.segment_no = head.segment_no;
    if standing.tenant_id is not null and (standing.month <> this_month or standing.retention_days <> days) then
        perform guard.close_segment(p_tenant);
        select *
          into strict head
          from wms.audit_head as it
         where it.tenant_id = p_tenant;
        standing := null;
    end if;
    -- A statement after the lock was taken, so it sees what the sealer before has left.
    for entry in
        select unchained.audit_id, unchained.digest
          from wms.audit_entry as unchained
         where unchained.tenant_id = p_tenant
           and unchained.chained_at is null
         order by unchained.recorded_at, unchained.audit_id
         limit p_most
    loop
        head.seq := head.seq + 1;
        ids := ids || entry.audit_id;
        seqs := seqs || head.seq;
        prevs := prevs || head.hash;
        head.hash := wms.audit_link(p_tenant, head.segment_no, head.seq, head.hash, entry.digest);
        hashes := hashes || head.hash;
    end loop;
    if cardinality(ids) = 0 then
        return 0;
    end if;
    if standing.tenant_id is null then
        insert into wms.audit_segment (tenant_id, segment_no, segment_id, month, retention_days, opening)
        values (p_tenant, head.segment_no, fv.uuid7(), this_month, days, prevs[1]);
    end if;
    update wms.audit_entry as taken
       set segment_no = head.segment_no,
           seq = link.seq,
           prev_hash = link.prev,
           hash = link.hash,
           chained_at = clock_timestamp()
      from unnest(ids, seqs, prevs, hashes) as link (id, seq, prev, hash)
     where taken.tenant_id = p_tenant
       and taken.audit_id = link.id;
    update wms.audit_head
       set seq = head.seq,
           hash = head.hash
     where tenant_id = p_tenant;
    return cardinality(ids);
end
$$;

-- One batch of the sealer: entries of whichever tenants have any, and segments whose month is over.
-- waiting is how many are left that were recorded more than three minutes ago.
create function fv.chain_audit(p_most int, out tenants int, out entries int, out closed int, out waiting int)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    tenant uuid;
    chained int;
begin
    if fv.tenant() <> guard.platform_tenant() then
        raise exception 'chains are sealed from the platform tenant' using errcode = '42501';
    end if;
    tenants := 0;
    entries := 0;
    closed := 0;
    for tenant in
        select distinct unchained.tenant_id
          from wms.audit_entry as unchained
         where unchained.chained_at is null
         order by unchained.tenant_id
    loop
        exit when entries >= p_most;
        chained := guard.chain_tenant(tenant, p_most - entries);
        continue when coalesce(chained, 0) = 0;
        tenants := tenants + 1;
        entries := entries + chained;
    end loop;
    for tenant in
        select over.tenant_id
          from wms.audit_head as over
          join wms.audit_segment as segment
            on segment.tenant_id = over.tenant_id
           and segment.segment_no = over.segment_no
         where segment.month < date_trunc('month', clock_timestamp() at time zone 'UTC')::date
         order by over.tenant_id
         limit p_most
           for update of over skip locked
    loop
        perform guard.close_segment(tenant);
        closed := closed + 1;
    end loop;
    select count(*)
      into waiting
      from wms.audit_entry as unchained
     where unchained.chained_at is null
       and unchained.recorded_at < clock_timestamp() - interval '3 minutes';
end
$$;

grant execute on function fv.chain_audit(int) to fv_worker;
