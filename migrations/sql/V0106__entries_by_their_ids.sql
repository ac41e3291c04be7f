-- Entries of segments that are over are looked up first and then deleted by their ids. Joined in one
-- statement, they were planned while there was no entry and no statistics, and the plan that a session kept
-- compared every entry of the tenant with every other, each night.

set local role fv_owner;

create or replace function wms.retire_audit(p_now timestamptz, p_most int, out retired int, out purged int)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    holds int;
    due record;
    over int[];
    doomed uuid[];
begin
    retired := 0;
    purged := 0;
    -- Shared, so that a hold which comes now waits for this, and one that was there is seen.
    select tenant.hold_count
      into strict holds
      from wms.tenant as tenant
     where tenant.tenant_id = fv.tenant()
       for share;
    if holds > 0 then
        return;
    end if;
    for due in
        select segment.segment_no, segment.segment_id
          from wms.audit_segment as segment
         where segment.state = 'CLOSED'
           and segment.signature is not null
           and segment.month + interval '1 month' + make_interval(days => segment.retention_days)
               <= p_now at time zone 'UTC'
         order by segment.segment_no
    loop
        update wms.audit_segment
           set state = 'RETIRED',
               retired_at = p_now
         where segment_no = due.segment_no;
        perform wms.record_audit(
            fv.uuid7(), p_now, 'retire-audit-segments', 'audit-segment', due.segment_id, fv.uuid7());
        retired := retired + 1;
    end loop;
    over := array(select segment.segment_no from wms.audit_segment as segment where segment.state = 'RETIRED');
    delete from wms.audit_checkpoint
     where segment_no = any (over);
    doomed := array(
        select entry.audit_id
          from wms.audit_entry as entry
         where entry.segment_no = any (over)
           and entry.chained_at is not null
         limit p_most);
    delete from wms.audit_entry
     where audit_id = any (doomed);
    get diagnostics purged = row_count;
end
$$;
