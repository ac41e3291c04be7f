-- The template of every tenant table, and the first tables made by it: tenants, members, owners.
--
-- Why a template: no migration words a row policy of its own, so none can word it wrongly, and the
-- lint of the catalogue compares every table with this one text.

set local role fv_owner;

-- Three policies. The first lets a login see its tenant. The second says the same once more and
-- restricts: a careless further policy, which could only widen, is cut back by it. The third binds the
-- owner, who would otherwise see no rows in silence and fill a column of nothing: it raises where no
-- tenant has been entered. The subquery makes fv.tenant() run once a statement and not once a row.
create procedure wms.protect(p_table regclass)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    clients constant text := 'fv_api, fv_api_ro, fv_platform, fv_worker';
    mine constant text := '(tenant_id = (select fv.tenant()))';
begin
    execute format('alter table %s enable row level security', p_table);
    execute format('alter table %s force row level security', p_table);
    execute format('create policy tenant_isolation on %s to %s using %s with check %s', p_table, clients, mine, mine);
    execute format('create policy tenant_fence on %s as restrictive to %s using %s with check %s', p_table, clients, mine, mine);
    execute format('create policy owner_names_tenant on %s to fv_owner using %s with check %s', p_table, mine, mine);
end
$$;

create table wms.tenant (
    tenant_id uuid primary key,
    name text not null check (length(name) between 1 and 120),
    state text not null check (state in (
        'provisioning', 'trial', 'active', 'past_due', 'suspended', 'wind_down',
        'deletion_scheduled', 'deleting', 'verifying', 'deleted')),
    opened_at timestamptz not null,
    version bigint not null default 1
);
comment on table wms.tenant is 'A company that uses the system. Opened and ended by the platform, never by itself.';

create table wms.member (
    tenant_id uuid not null default fv.tenant() references wms.tenant,
    member_id uuid not null,
    subject text collate "C" not null check (length(subject) between 1 and 255),
    email text not null check (length(email) between 1 and 320),
    display_name text not null check (length(display_name) between 1 and 200),
    roles text[] not null,
    state text not null default 'ACTIVE' check (state in ('ACTIVE', 'REVOKED')),
    added_at timestamptz not null,
    revoked_at timestamptz,
    version bigint not null default 1,
    primary key (tenant_id, member_id),
    constraint one_member_per_subject unique (tenant_id, subject),
    constraint has_a_role check (cardinality(roles) between 1 and 16),
    constraint revoked_means_when check ((state = 'REVOKED') = (revoked_at is not null))
);
comment on table wms.member is 'A person of a tenant, as the identity provider knows them, and the roles they work in.';

create table wms.owner (
    tenant_id uuid not null default fv.tenant() references wms.tenant,
    owner_id uuid not null,
    code text collate "C" not null check (length(code) between 1 and 64),
    house boolean not null default false,
    primary key (tenant_id, owner_id),
    constraint one_owner_per_code unique (tenant_id, code)
);
comment on table wms.owner is 'To whom goods belong. The house owner is the tenant itself; a warehouse for others has more.';
create unique index one_house_owner on wms.owner (tenant_id) where house;

call wms.protect('wms.tenant');
call wms.protect('wms.member');
call wms.protect('wms.owner');

grant select on wms.tenant, wms.member, wms.owner to fv_api, fv_api_ro, fv_worker;
grant insert on wms.member, wms.owner to fv_api, fv_worker;
grant update (email, display_name, roles, state, revoked_at, version) on wms.member to fv_api, fv_worker;

-- What the doors below read and make, over all tenants, and no column more.
create policy guard_reads on wms.tenant for select to fv_guard using (true);
create policy guard_opens on wms.tenant for insert to fv_guard with check (true);
create policy guard_reads on wms.member for select to fv_guard using (true);
create policy guard_opens on wms.member for insert to fv_guard with check (true);
create policy guard_opens on wms.owner for insert to fv_guard with check (true);
grant select (tenant_id, state) on wms.tenant to fv_guard;
grant insert (tenant_id, name, state, opened_at) on wms.tenant to fv_guard;
grant select (tenant_id, member_id, subject, roles, state) on wms.member to fv_guard;
grant insert (tenant_id, member_id, subject, email, display_name, roles, added_at) on wms.member to fv_guard;
grant insert (tenant_id, owner_id, code, house) on wms.owner to fv_guard;

set local role fv_guard;

insert into wms.tenant (tenant_id, name, state, opened_at)
values (guard.synthetic_tenant(), 'Priming', 'active', now()),
       (guard.platform_tenant(), 'Platform', 'active', now());

-- The authorizer's one question: who is this, in the tenant that the token names?
create function fv.find_member(p_tenant uuid, p_subject text)
returns table (member_id uuid, roles text[], member_state text, tenant_state text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select member.member_id, member.roles, member.state, tenant.state
      from wms.member as member
      join wms.tenant as tenant on tenant.tenant_id = member.tenant_id
     where member.tenant_id = p_tenant
       and member.subject = p_subject;
end
$$;

-- Makes a tenant with its house owner and its first administrator. Nobody enters the new tenant for
-- it: the caller stands in the platform's tenant, where the act is recorded.
create function fv.open_tenant(
    p_tenant uuid, p_name text, p_owner uuid, p_member uuid, p_subject text, p_email text, p_display_name text,
    p_at timestamptz)
returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if fv.tenant() <> guard.platform_tenant() then
        raise exception 'tenants are opened from the platform tenant' using errcode = '42501';
    end if;
    insert into wms.tenant (tenant_id, name, state, opened_at)
    values (p_tenant, p_name, 'active', p_at);
    insert into wms.owner (tenant_id, owner_id, code, house)
    values (p_tenant, p_owner, 'HOUSE', true);
    insert into wms.member (tenant_id, member_id, subject, email, display_name, roles, added_at)
    values (p_tenant, p_member, p_subject, p_email, p_display_name, array['ADMINISTRATOR'], p_at);
end
$$;

-- Makes one of the platform's own people a member of the platform tenant and answers who they are.
-- A second time changes nothing.
create function fv.enroll_operator(p_member uuid, p_subject text, p_email text, p_display_name text, p_at timestamptz)
returns uuid
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    enrolled uuid;
begin
    insert into wms.member (tenant_id, member_id, subject, email, display_name, roles, added_at)
    values (guard.platform_tenant(), p_member, p_subject, p_email, p_display_name, array['OPERATOR'], p_at)
        on conflict do nothing;
    select member.member_id
      into strict enrolled
      from wms.member as member
     where member.tenant_id = guard.platform_tenant()
       and member.subject = p_subject;
    return enrolled;
end
$$;

-- For the owner's backfills: whom there is to go through.
create function fv.tenants() returns setof uuid
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select tenant.tenant_id
      from wms.tenant as tenant
     order by tenant.tenant_id;
end
$$;

grant execute on function fv.find_member(uuid, text) to fv_authorizer;
grant execute on function fv.open_tenant(uuid, text, uuid, uuid, text, text, text, timestamptz) to fv_platform;
grant execute on function fv.enroll_operator(uuid, text, text, text, timestamptz) to fv_migrator;
grant execute on function fv.tenants() to fv_owner;

set local role fv_owner;

-- Runs one statement in every tenant, for a migration that fills a new column. Without it the owner
-- would have to name each tenant itself; with no tenant entered any statement of its own raises.
create procedure wms.backfill(p_statement text)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    each_tenant uuid;
begin
    for each_tenant in select fv.tenants() loop
        perform fv.enter_backfill(each_tenant);
        execute p_statement;
    end loop;
    -- A foreign key added while a tenant is entered would be checked against that tenant's rows alone.
    perform set_config('fv.ctx', '', true);
end
$$;
