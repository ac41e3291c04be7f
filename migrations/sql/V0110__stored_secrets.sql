-- What tenants entrust to the platform: secrets of the systems that they connect.
--
-- A row holds ciphertext and never the secret. The ciphertext is bound to tenant, table, row, column,
-- purpose and version, so it opens nowhere else, and an older one that is put back does not open here:
-- each sealing, by a person or by the rotation, has the next version. Nobody who only reads may look
-- at it, and the export leaves it out.
--
-- Secrets that are sealed again stand in the order of when they were sealed. Progress is what is left:
-- every row that was sealed before the rotation began. A run leases a few rows by the database's clock
-- under a number that grows; whoever records has to show the number and the version that it opened.

set local role fv_owner;

create table wms.stored_secret (
    tenant_id uuid not null default fv.tenant() references wms.tenant,
    secret_id uuid not null,
    purpose text not null check (purpose in ('CHANNEL_SIGNATURE', 'WEBHOOK_SIGNATURE')),
    version int not null check (version > 0),
    -- Empty once it is destroyed: what opens nothing need not be told from what is not there.
    sealed bytea not null check (length(sealed) <= 5120),
    -- Of the secret, salted with its id: a person compares it with the one they hold.
    fingerprint text not null check (fingerprint ~ '^[0-9a-f]{8}$'),
    sealed_at timestamptz not null,
    stored_at timestamptz not null,
    stored_by text not null,
    destroyed_at timestamptz,
    -- The rotation could not open it: altered, or of a key that is gone.
    unopenable_at timestamptz,
    fence int not null default 0,
    leased_until timestamptz,
    primary key (tenant_id, secret_id),
    constraint destroyed_is_empty check ((destroyed_at is not null) = (length(sealed) = 0))
);
comment on table wms.stored_secret is 'A secret of a system that a tenant has connected, as ciphertext that opens at this row and version alone.';
create index secret_to_seal_again on wms.stored_secret (tenant_id, sealed_at) where destroyed_at is null;

call wms.protect('wms.stored_secret');

grant select on wms.stored_secret to fv_api, fv_worker;
-- Without the ciphertext: a read has no business with it.
grant select (
          tenant_id, secret_id, purpose, version, fingerprint, sealed_at, stored_at, stored_by, destroyed_at, unopenable_at)
   on wms.stored_secret to fv_api_ro;
grant insert on wms.stored_secret to fv_api;
grant update (version, sealed, destroyed_at) on wms.stored_secret to fv_api;
grant update (version, sealed, sealed_at, unopenable_at, fence, leased_until) on wms.stored_secret to fv_worker;

-- Leases the next secrets that were sealed before the time given, the oldest first.
create function wms.take_secrets(p_before timestamptz, p_most int)
returns table (secret_id uuid, purpose text, version int, sealed bytea, fence int)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    update wms.stored_secret as taken
       set fence = taken.fence + 1,
           leased_until = clock_timestamp() + interval '2 minutes'
     where taken.secret_id in (
               select due.secret_id
                 from wms.stored_secret as due
                where due.destroyed_at is null
                  and due.unopenable_at is null
                  and due.sealed_at < p_before
                  and (due.leased_until is null or due.leased_until <= clock_timestamp())
                order by due.sealed_at, due.secret_id
                limit p_most
                  for no key update skip locked)
    returning taken.secret_id, taken.purpose, taken.version, taken.sealed, taken.fence;
end
$$;

-- Puts a fresh ciphertext in the place of the one that was opened, if it still is that one. A secret
-- that its tenant has replaced or destroyed meanwhile stays as its tenant left it.
create function wms.keep_sealed(p_secret uuid, p_version int, p_fence int, p_sealed bytea, p_at timestamptz)
returns boolean
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    update wms.stored_secret as sealing
       set version = p_version + 1,
           sealed = p_sealed,
           sealed_at = p_at,
           leased_until = null
     where sealing.secret_id = p_secret
       and sealing.version = p_version
       and sealing.fence = p_fence
       and sealing.destroyed_at is null;
    return found;
end
$$;

grant execute on function wms.take_secrets(timestamptz, int) to fv_worker;
grant execute on function wms.keep_sealed(uuid, int, int, bytea, timestamptz) to fv_worker;

set local role fv_guard;

insert into guard.job (name, actor_id, scope, work, statement_seconds, transaction_seconds)
values ('rotate-secrets', '00000000-0000-7000-8001-000000011001', 'tenant', 'privacy', 10, 30);
