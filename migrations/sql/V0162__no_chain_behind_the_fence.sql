-- Who is being deleted gets no new rows, of a chain neither.
--
-- The sealer and the signer are the platform's, so the fence around a tenant did not keep them out: an
-- entry of its last minute was chained, and its last head signed, while its rows went or after they had
-- gone, and what a deletion had seen empty was empty no more. Its entries stay as they are until their day.

set local role fv_guard;

-- As before, of those tenants alone that are not being deleted and are not deleted.
create or replace function fv.chain_audit(p_most int, out tenants int, out entries int, out closed int, out waiting int)
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
          join wms.tenant as living on living.tenant_id = unchained.tenant_id
         where unchained.chained_at is null
           and living.state not in ('deleting', 'verifying', 'deleted')
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
          join wms.tenant as living
            on living.tenant_id = over.tenant_id
           and living.state not in ('deleting', 'verifying', 'deleted')
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
      join wms.tenant as living on living.tenant_id = unchained.tenant_id
     where unchained.chained_at is null
       and living.state not in ('deleting', 'verifying', 'deleted')
       and unchained.recorded_at < clock_timestamp() - interval '3 minutes';
end
$$;

create or replace function guard.make_audit_root(p_due_at timestamptz) returns void
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
      from wms.audit_head as head
      join wms.tenant as living
        on living.tenant_id = head.tenant_id
       and living.state not in ('deleting', 'verifying', 'deleted');
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
