-- A proof is for the minutes of one call, whatever its signer says.
--
-- As before, but for one more question. The authorizer signs for two minutes; five leave room for clocks
-- that differ. So a clock that runs ahead, or a key in wrong hands for a moment, makes no proof that opens
-- a tenant next year: what was signed ends with the key at the latest, and mostly long before.

set local role fv_guard;

create or replace function fv.enter(proof text, work text, out tenant uuid, out actor text, out permissions text, out audience text)
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
    if part[10]::bigint > extract(epoch from clock_timestamp()) + 300 then
        raise exception 'proof lives too long' using errcode = '28000';
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
