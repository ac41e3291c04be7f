-- The certificate at the end of a deletion, and what is left of the tenant.
--
-- The certificate is one text, made once from what was recorded, and signed as it is: whoever has it and
-- the public key can check it without us. It names no tenant and no person. The first signature ends
-- the run; a second one, after a crash, changes nothing.

set local role fv_guard;

-- JSON with sorted keys and no blanks: the same value is always the same text.
create function guard.canonical_json(p_value jsonb) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    return case jsonb_typeof(p_value)
        when 'object' then (
            select '{' || coalesce(string_agg(to_jsonb(key)::text || ':' || guard.canonical_json(value), ',' order by key collate "C"), '') || '}'
              from jsonb_each(p_value))
        when 'array' then (
            select '[' || coalesce(string_agg(guard.canonical_json(value), ',' order by place), '') || ']'
              from jsonb_array_elements(p_value) with ordinality as part (value, place))
        else p_value::text
    end;
end
$$;

create function guard.hex_digest(p_text text) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    return encode(sha256(convert_to(p_text, 'UTF8')), 'hex');
end
$$;

create function guard.moment(p_at timestamptz) returns text
language plpgsql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
begin
    return to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');
end
$$;

-- What a run says of itself. Backups age out 35 days after the last row was seen to be gone.
create function guard.certificate_of(p_run uuid, p_now timestamptz, p_previous text) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    backups_kept constant interval := interval '35 days';
    run guard.deletion_run;
begin
    select *
      into strict run
      from guard.deletion_run as known
     where known.run_id = p_run;
    return jsonb_build_object(
        'format', 'fluxvantage deletion certificate 1',
        'certificate_id', run.run_id,
        'tenant', guard.hex_digest(run.tenant_id::text),
        'data_map', run.map_version,
        'schema', fv.schema_version(),
        'basis', 'end of the contract and of the window after it',
        'timeline', jsonb_build_object(
            'opened_at', guard.moment(run.opened_at),
            'terminated_at', guard.moment(run.terminated_at),
            'window_ended_at', guard.moment(run.window_ended_at),
            'begun_at', guard.moment(run.begun_at),
            'fenced_at', guard.moment(run.fenced_at),
            'no_return_at', guard.moment(run.no_return_at),
            'first_look_at', guard.moment(run.looked_once_at),
            'second_look_at', guard.moment(run.looked_twice_at),
            'certified_at', guard.moment(p_now)),
        'tables', (
            select jsonb_object_agg(
                       step.target,
                       jsonb_strip_nulls(jsonb_build_object(
                           'category', step.category,
                           'end', lower(step.kind),
                           'before', step.before,
                           'late', step.late,
                           'deleted', step.deleted,
                           'after', step.after,
                           'kept_until', guard.moment(run.begun_at + step.kept_days * interval '1 day'))))
              from guard.deletion_step as step
             where step.run_id = p_run
               and step.kind <> 'OBJECTS'),
        'objects', coalesce((
            select jsonb_object_agg(
                       step.target,
                       jsonb_build_object('before', step.before, 'deleted', step.deleted, 'after', step.after))
              from guard.deletion_step as step
             where step.run_id = p_run
               and step.kind = 'OBJECTS'), '{}'),
        'ageing_out', jsonb_build_object('backups', guard.moment(p_now + backups_kept)),
        'holds_seen', run.holds_seen,
        'residues', run.residues,
        'witness', jsonb_build_object(
            'login', 'fv_verifier',
            'questions', (
                select guard.hex_digest(string_agg(question, ',' order by no))
                  from guard.deletion_evidence
                 where run_id = p_run
                   and observer = 'fv_verifier')),
        'evidence', (
            select jsonb_build_object(
                       'entries', count(*),
                       'digest', guard.hex_digest(string_agg(
                           concat_ws('|', no, target, kind, observer, question, value, guard.moment(observed_at)), ';' order by no)))
              from guard.deletion_evidence
             where run_id = p_run),
        'previous', p_previous);
end
$$;

-- The text to be signed; null where the lease is over or a migration has come in between.
create function fv.draft_certificate(p_run uuid, p_fence bigint, p_now timestamptz) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    run guard.deletion_run;
    last_one record;
    drafted text;
begin
    perform guard.require_platform();
    -- Certificates form a chain, so they are drafted one after the other.
    perform from guard.deletion_switch for no key update;
    select *
      into run
      from guard.deletion_run as known
     where known.run_id = p_run
       and known.fence = p_fence
       and known.phase = 'CERTIFYING'
       for update;
    if run.run_id is null then
        return null;
    end if;
    if run.certificate is not null then
        return run.certificate;
    end if;
    if exists (select from fv.data_map_differences()) or run.map_version <> fv.data_map_version() then
        -- To be looked at once more, under the map that is true now.
        update guard.deletion_step set after = null where run_id = p_run;
        update guard.deletion_run set phase = 'VERIFYING', looked_once_at = null, looked_twice_at = null where run_id = p_run;
        return null;
    end if;
    select certificate_no, guard.hex_digest(certificate) as digest
      into last_one
      from guard.deletion_run
     where certificate_no is not null
     order by certificate_no desc
     limit 1;
    drafted := guard.canonical_json(guard.certificate_of(p_run, p_now, last_one.digest));
    update guard.deletion_run
       set certificate = drafted,
           certificate_no = coalesce(last_one.certificate_no, 0) + 1
     where run_id = p_run;
    return drafted;
end
$$;

-- The signature is there: the run is done, and of the tenant are left its id, a digest of its name and
-- its dates.
create function fv.certify_deletion(
    p_run uuid, p_fence bigint, p_certificate_digest text, p_signed_by text, p_algorithm text, p_signature bytea, p_now timestamptz)
returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    run guard.deletion_run;
begin
    perform guard.require_platform();
    perform
       from wms.tenant as leaving
       join guard.deletion_run as leased on leased.tenant_id = leaving.tenant_id
      where leased.run_id = p_run
        for no key update of leaving;
    select *
      into run
      from guard.deletion_run as known
     where known.run_id = p_run
       for update;
    if run.phase = 'DONE' then
        return 'DONE';
    end if;
    if run.run_id is null
       or run.fence <> p_fence
       or run.phase <> 'CERTIFYING'
       or guard.hex_digest(run.certificate) is distinct from p_certificate_digest
       or coalesce(length(p_signature), 0) = 0 then
        return 'STALE';
    end if;
    update guard.deletion_run
       set phase = 'DONE',
           ended_at = p_now,
           signed_by = p_signed_by,
           algorithm = p_algorithm,
           signature = p_signature,
           problem = null
     where run_id = p_run;
    update wms.tenant
       set state = 'deleted',
           name = 'sha256:' || guard.hex_digest(name),
           generation = generation + 1,
           version = version + 1
     where tenant_id = run.tenant_id;
    return 'DONE';
end
$$;

-- For whoever holds the number of the certificate: it names nobody.
create function fv.find_certificate(p_certificate uuid)
returns table (certificate text, signed_by text, algorithm text, signature bytea)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select run.certificate, run.signed_by, run.algorithm, run.signature
      from guard.deletion_run as run
     where run.run_id = p_certificate
       and run.phase = 'DONE';
end
$$;

-- How far the deletion of a tenant is: for the operator, and for counsel when a hold has stopped it.
create function fv.report_deletion(p_tenant uuid)
returns table (run_id uuid, phase text, problem text, is_held boolean, begun_at timestamptz, no_return_at timestamptz,
               ended_at timestamptz, target text, kind text, rows_before bigint, rows_deleted bigint, is_done boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform guard.require_platform();
    return query
    select run.run_id, run.phase, run.problem, run.is_held, run.begun_at, run.no_return_at, run.ended_at,
           step.target, step.kind, step.before, step.deleted, step.is_done
      from guard.deletion_run as run
      join guard.deletion_step as step on step.run_id = run.run_id
     where run.tenant_id = p_tenant
       and run.begun_at = (select max(latest.begun_at) from guard.deletion_run as latest where latest.tenant_id = p_tenant)
     order by step.place;
end
$$;

grant execute on function
      fv.draft_certificate(uuid, bigint, timestamptz),
      fv.certify_deletion(uuid, bigint, text, text, text, bytea, timestamptz)
   to fv_worker;
grant execute on function fv.find_certificate(uuid) to fv_api_ro, fv_platform;
grant execute on function fv.report_deletion(uuid) to fv_platform;

insert into guard.job (name, actor_id, scope, work, statement_seconds, transaction_seconds)
values ('delete-tenants',    '00000000-0000-7000-8001-000000000070', 'platform', 'write', 30, 60),
       ('verify-deletions',  '00000000-0000-7000-8001-000000000071', 'platform', 'write', 30, 60),
       ('certify-deletions', '00000000-0000-7000-8001-000000000072', 'platform', 'write', 30, 60);
