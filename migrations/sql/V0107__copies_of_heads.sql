-- Of what was signed of a chain there is a copy that no owner of the database can change.
--
-- A signed head proves what the chain was; it proves nothing once the row with it is gone, and whoever
-- owns the database could cut a chain off together with every checkpoint behind the cut. So each signed
-- head and each signed seal is put into a bucket whose objects nobody can change or remove before the
-- segment's own time is over, and each night what is there is compared with what is here, both ways.

set local role fv_owner;

alter table wms.audit_segment add column copied_at timestamptz;
comment on column wms.audit_segment.copied_at is 'When its seal was put where nobody can change it.';
alter table wms.audit_checkpoint add column copied_at timestamptz;
comment on column wms.audit_checkpoint.copied_at is 'When it was put where nobody can change it.';

create index uncopied_segment on wms.audit_segment (tenant_id, segment_no) where copied_at is null;
create index uncopied_checkpoint on wms.audit_checkpoint (tenant_id, root_no) where copied_at is null;

grant update (copied_at) on wms.audit_segment, wms.audit_checkpoint to fv_worker;

set local role fv_guard;

-- What they do stands in the bucket; an entry for each would give the sealer work for ever.
insert into guard.job (name, actor_id, scope, work, statement_seconds, transaction_seconds, leaves_entry)
values ('copy-audit-heads',   '00000000-0000-7000-8001-000000010701', 'tenant', 'read', 30,  60, false),
       ('check-audit-copies', '00000000-0000-7000-8001-000000010702', 'tenant', 'read', 60, 120, false);
