-- How long proofs have been signed with their present key.
--
-- Keys change with a deployment, and nobody but a person deploys. A job asks each day how old the newest
-- key is and calls somebody when a month has been forgotten. It learns the age and nothing else.

set local role fv_guard;

create function fv.proof_key_age() returns interval
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return (
        select now() - max(not_before)
          from guard.hmac_key
         where purpose = 'proof'
           and not_before <= now());
end
$$;

grant execute on function fv.proof_key_age() to fv_worker;

insert into guard.job (name, actor_id, scope, work, statement_seconds, transaction_seconds)
values ('watch-proof-key', '00000000-0000-7000-8001-000000000097', 'platform', 'read', 5, 10);
