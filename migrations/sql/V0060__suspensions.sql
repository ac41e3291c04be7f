-- How the platform stops a tenant from writing, and lets it go on.
--
-- One of the platform's people proposes, another one does it; so of lifting. That they are two is a
-- constraint of the table. What nobody has confirmed within a week is as if it had not been proposed.

set local role fv_owner;

create table wms.suspension (
    tenant_id uuid not null default fv.tenant(),
    suspension_id uuid not null,
    reason text not null check (reason in ('ABUSE', 'LEGAL', 'SECURITY')),
    state text not null default 'PROPOSED' check (state in ('PROPOSED', 'IN_FORCE', 'LIFTED', 'LAPSED')),
    proposed_by text not null,
    proposed_at timestamptz not null,
    confirmed_by text,
    confirmed_at timestamptz,
    lift_proposed_by text,
    lift_proposed_at timestamptz,
    lifted_by text,
    lifted_at timestamptz,
    primary key (tenant_id, suspension_id),
    constraint two_persons_suspend check (confirmed_by <> proposed_by),
    constraint two_persons_lift check (lifted_by <> lift_proposed_by),
    constraint in_force_by_two check (
        state in ('PROPOSED', 'LAPSED') or (confirmed_by is not null and confirmed_at is not null)),
    constraint lifted_by_two check (
        (state = 'LIFTED') = (lift_proposed_by is not null and lifted_by is not null and lifted_at is not null))
);
comment on table wms.suspension is 'Why a tenant was kept from writing, and which two of the platform''s people decided it.';
create unique index one_open_suspension on wms.suspension (tenant_id) where state in ('PROPOSED', 'IN_FORCE');

call wms.protect('wms.suspension');
create policy guard_keeps on wms.suspension to fv_guard using (true) with check (true);
grant select, insert on wms.suspension to fv_guard;
grant update (state, confirmed_by, confirmed_at, lift_proposed_by, lift_proposed_at, lifted_by, lifted_at)
   on wms.suspension to fv_guard;

set local role fv_guard;

-- So long a proposal waits for the second person.
create function guard.proposal_lasts() returns interval
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    return interval '7 days';
end
$$;

create function fv.suspend_tenant(p_tenant uuid, p_reason text, p_at timestamptz) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    tenant guard.tenant_standing;
    proposed wms.suspension;
begin
    if fv.tenant() <> guard.platform_tenant() then
        raise exception 'tenants are suspended from the platform tenant' using errcode = '42501';
    end if;
    tenant := guard.lock_tenant(p_tenant);
    if tenant.state is null then
        return 'UNKNOWN';
    end if;
    if not guard.may_step('suspend', tenant.state) then
        return 'STATE';
    end if;
    update wms.suspension as stale
       set state = 'LAPSED'
     where stale.tenant_id = p_tenant
       and stale.state = 'PROPOSED'
       and stale.proposed_at <= p_at - guard.proposal_lasts();
    select *
      into proposed
      from wms.suspension as open
     where open.tenant_id = p_tenant
       and open.state = 'PROPOSED';
    if proposed.suspension_id is null then
        insert into wms.suspension (tenant_id, suspension_id, reason, proposed_by, proposed_at)
        values (p_tenant, fv.uuid7(), p_reason, fv.actor(), p_at);
        return 'PROPOSED';
    end if;
    if proposed.reason <> p_reason then
        return 'OTHER_REASON';
    end if;
    if proposed.proposed_by = fv.actor() then
        return 'SAME_PERSON';
    end if;
    update wms.suspension as open
       set state = 'IN_FORCE',
           confirmed_by = fv.actor(),
           confirmed_at = p_at
     where open.tenant_id = p_tenant
       and open.suspension_id = proposed.suspension_id;
    perform guard.change_course(p_tenant, 'suspend', p_at, tenant.course);
    return 'DONE';
end
$$;

create function fv.lift_suspension(p_tenant uuid, p_at timestamptz) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    tenant guard.tenant_standing;
    force wms.suspension;
begin
    if fv.tenant() <> guard.platform_tenant() then
        raise exception 'suspensions are lifted from the platform tenant' using errcode = '42501';
    end if;
    tenant := guard.lock_tenant(p_tenant);
    if tenant.state is null then
        return 'UNKNOWN';
    end if;
    select *
      into force
      from wms.suspension as open
     where open.tenant_id = p_tenant
       and open.state = 'IN_FORCE';
    if force.suspension_id is null or not guard.may_step('lift-suspension', tenant.state) then
        return 'STATE';
    end if;
    if force.lift_proposed_at is null or force.lift_proposed_at <= p_at - guard.proposal_lasts() then
        update wms.suspension as open
           set lift_proposed_by = fv.actor(),
               lift_proposed_at = p_at
         where open.tenant_id = p_tenant
           and open.suspension_id = force.suspension_id;
        return 'PROPOSED';
    end if;
    if force.lift_proposed_by = fv.actor() then
        return 'SAME_PERSON';
    end if;
    update wms.suspension as open
       set state = 'LIFTED',
           lifted_by = fv.actor(),
           lifted_at = p_at
     where open.tenant_id = p_tenant
       and open.suspension_id = force.suspension_id;
    perform guard.change_course(p_tenant, 'lift-suspension', p_at, tenant.course);
    return 'DONE';
end
$$;

grant execute on function
      fv.suspend_tenant(uuid, text, timestamptz),
      fv.lift_suspension(uuid, timestamptz)
   to fv_platform;
