-- A certificate outlives the database, and there is a second one: of the backups.
--
-- Whoever restores the database needs the certificates of what was deleted since, and the restored
-- database does not have them. So each is put into a bucket whose objects nobody can change or remove for
-- as long as a certificate is kept, under the digest of its tenant.
--
-- The first certificate says when the last backup that held the tenant will be gone. On that day somebody
-- looks whether it is so: from what moment on the database can be restored, and which snapshots are older
-- than the end of the tenant's rows. Only when nothing is left is the second one drafted, and signed; until
-- then the run says what is left.

set local role fv_guard;

alter table guard.deletion_run add column kept_at timestamptz;
comment on column guard.deletion_run.kept_at is 'When the certificate was put where nobody can change it.';
create index unkept_certificate on guard.deletion_run (run_id) where phase = 'DONE' and kept_at is null;

create table guard.backup_ageing (
    run_id uuid primary key references guard.deletion_run,
    due_at timestamptz not null,
    fence bigint not null default 0,
    leased_until timestamptz,
    looks int not null default 0,
    problem text,
    certificate text,
    signed_by text,
    algorithm text,
    signature bytea,
    issued_at timestamptz,
    kept_at timestamptz,
    constraint drafted_before_signed check (signature is null or certificate is not null),
    constraint signed_when_issued check ((signature is null) = (issued_at is null))
);
comment on table guard.backup_ageing is 'When the last backup that held a deleted tenant is to be gone, what keeps it, and the certificate that it is gone.';
create index unaged_backup on guard.backup_ageing (due_at) where signature is null;

-- Leases the one that has waited longest. The text is null while nobody has looked, or what was left when
-- somebody did.
create function fv.take_backup_ageing(
    p_now timestamptz, p_seconds int, out run uuid, out fence bigint, out gone_at timestamptz, out certificate text)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform guard.require_platform();
    insert into guard.backup_ageing (run_id, due_at)
    select ended.run_id, (ended.certificate::jsonb #>> '{ageing_out,backups}')::timestamptz
      from guard.deletion_run as ended
     where ended.phase = 'DONE'
       and ended.certificate is not null
       and not exists (select from guard.backup_ageing as known where known.run_id = ended.run_id);
    update guard.backup_ageing as leased
       set fence = leased.fence + 1,
           leased_until = clock_timestamp() + p_seconds * interval '1 second'
      from guard.deletion_run as ended
     where ended.run_id = leased.run_id
       and leased.run_id = (
               select waiting.run_id
                 from guard.backup_ageing as waiting
                where waiting.signature is null
                  and waiting.due_at <= p_now
                  and coalesce(waiting.leased_until < clock_timestamp(), true)
                order by waiting.leased_until nulls first, waiting.run_id
                limit 1
                  for update skip locked)
    returning leased.run_id, leased.fence, ended.ended_at, leased.certificate
      into run, fence, gone_at, certificate;
end
$$;

-- What somebody has seen: from when on the database can be restored, how many snapshots there are and how
-- many of them are from before the end. DRAFTED where nothing is left; LEFT where something is, and then
-- nobody looks for an hour; STALE where the lease is over.
create function fv.witness_backups(
    p_run uuid, p_fence bigint, p_now timestamptz, p_restorable_from timestamptz, p_snapshots int, p_older int)
returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    ageing guard.backup_ageing;
    ended guard.deletion_run;
begin
    perform guard.require_platform();
    select *
      into ageing
      from guard.backup_ageing as known
     where known.run_id = p_run
       and known.fence = p_fence
       and known.signature is null
       for update;
    if ageing.run_id is null then
        return 'STALE';
    end if;
    if ageing.certificate is not null then
        return 'DRAFTED';
    end if;
    select *
      into strict ended
      from guard.deletion_run as known
     where known.run_id = p_run;
    if p_restorable_from <= ended.ended_at or p_older > 0 then
        update guard.backup_ageing
           set looks = looks + 1,
               problem = format(
                   'BACKUPS: the database can be restored from %s on, and %s snapshots are older than %s.',
                   guard.moment(p_restorable_from), p_older, guard.moment(ended.ended_at)),
               leased_until = clock_timestamp() + interval '1 hour'
         where run_id = p_run;
        return 'LEFT';
    end if;
    update guard.backup_ageing
       set looks = looks + 1,
           problem = null,
           certificate = guard.canonical_json(jsonb_build_object(
               'format', 'fluxvantage backup certificate 1',
               'certificate_id', p_run,
               'tenant', guard.hex_digest(ended.tenant_id::text),
               'deletion', guard.hex_digest(ended.certificate),
               'gone_at', guard.moment(ended.ended_at),
               'promised_at', guard.moment(ageing.due_at),
               'looked_at', guard.moment(p_now),
               'looks', looks + 1,
               'found', jsonb_build_object(
                   'restorable_from', guard.moment(p_restorable_from),
                   'snapshots', p_snapshots,
                   'snapshots_from_before', p_older)))
     where run_id = p_run;
    return 'DRAFTED';
end
$$;

-- Ends a lease before its time.
create function fv.release_backup_ageing(p_run uuid, p_fence bigint) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform guard.require_platform();
    update guard.backup_ageing
       set leased_until = clock_timestamp()
     where run_id = p_run
       and fence = p_fence;
end
$$;

create function fv.certify_backups(
    p_run uuid, p_fence bigint, p_certificate_digest text, p_signed_by text, p_algorithm text, p_signature bytea, p_now timestamptz)
returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform guard.require_platform();
    update guard.backup_ageing
       set signed_by = p_signed_by,
           algorithm = p_algorithm,
           signature = p_signature,
           issued_at = p_now
     where run_id = p_run
       and fence = p_fence
       and signature is null
       and guard.hex_digest(certificate) = p_certificate_digest
       and length(p_signature) > 0;
    return case when found then 'DONE' else 'STALE' end;
end
$$;

-- Certificates that are not yet where nobody can change them.
create function fv.unkept_certificates(p_most int)
returns table (run uuid, part text, tenant text, certificate text, signed_by text, signature bytea)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform guard.require_platform();
    return query
    select *
      from (select ended.run_id, 'deletion', guard.hex_digest(ended.tenant_id::text), ended.certificate, ended.signed_by,
                   ended.signature
              from guard.deletion_run as ended
             where ended.phase = 'DONE'
               and ended.certificate is not null
               and ended.kept_at is null
             union all
            select aged.run_id, 'backups', guard.hex_digest(ended.tenant_id::text), aged.certificate, aged.signed_by,
                   aged.signature
              from guard.backup_ageing as aged
              join guard.deletion_run as ended on ended.run_id = aged.run_id
             where aged.signature is not null
               and aged.kept_at is null) as unkept
     limit p_most;
end
$$;

create function fv.note_kept_certificate(p_run uuid, p_part text, p_now timestamptz) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform guard.require_platform();
    if p_part = 'deletion' then
        update guard.deletion_run set kept_at = p_now where run_id = p_run and phase = 'DONE' and kept_at is null;
    else
        update guard.backup_ageing set kept_at = p_now where run_id = p_run and signature is not null and kept_at is null;
    end if;
end
$$;

-- The second certificate, for whoever holds the number of the first.
create function fv.find_backup_certificate(p_certificate uuid)
returns table (certificate text, signed_by text, algorithm text, signature bytea)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select aged.certificate, aged.signed_by, aged.algorithm, aged.signature
      from guard.backup_ageing as aged
     where aged.run_id = p_certificate
       and aged.signature is not null;
end
$$;

-- How many of them call a person: a certificate that is not kept an hour after it was made, and a tenant
-- that a week after the day of its certificate stands in some backup or may do so.
create function fv.count_unproved_ends(p_at timestamptz) returns int
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform guard.require_platform();
    return (select count(*)
              from guard.deletion_run as ended
             where ended.phase = 'DONE'
               and ended.certificate is not null
               and ended.kept_at is null
               and ended.ended_at < p_at - interval '1 hour'
               and ended.moved_at < clock_timestamp() - interval '1 hour')
        + (select count(*)
             from guard.backup_ageing as ageing
            where ageing.signature is null
              and ageing.due_at < p_at - interval '7 days'
              and ageing.looks > 0);
end
$$;

grant execute on function
      fv.take_backup_ageing(timestamptz, int),
      fv.witness_backups(uuid, bigint, timestamptz, timestamptz, int, int),
      fv.release_backup_ageing(uuid, bigint),
      fv.certify_backups(uuid, bigint, text, text, text, bytea, timestamptz),
      fv.unkept_certificates(int),
      fv.note_kept_certificate(uuid, text, timestamptz),
      fv.count_unproved_ends(timestamptz)
   to fv_worker;
grant execute on function fv.find_backup_certificate(uuid) to fv_platform;

insert into guard.job (name, actor_id, scope, work, statement_seconds, transaction_seconds)
values ('certify-backups',   '00000000-0000-7000-8001-000000010801', 'platform', 'write', 30, 60),
       ('keep-certificates', '00000000-0000-7000-8001-000000010802', 'platform', 'write', 30, 60);
