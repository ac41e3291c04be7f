package com.fluxvantage.migrations;

/**
 * What the catalogue of a migrated database must not hold: for each rule a query that answers one
 * sentence a fault, and a fault to plant that it has to find. Tables are those of the schema wms,
 * partitions among them.
 */
enum Lint {
    every_table_has_row_security_that_binds_its_owner_too(
            """
            select table_name || ' has no forced row security'
              from (select oid::regclass::text as table_name, relrowsecurity, relforcerowsecurity
                      from pg_class
                     where relnamespace = 'wms'::regnamespace
                       and relkind in ('r', 'p')) as tables
             where not (relrowsecurity and relforcerowsecurity)
            """,
            "alter table wms.item no force row level security",
            "wms.item has no forced row security"),

    every_table_has_the_three_policies_of_the_template(
            """
            with template (policy, permissive, roles) as (
                values ('tenant_isolation', true, '{fv_api,fv_api_ro,fv_eraser,fv_platform,fv_verifier,fv_worker}'),
                       ('tenant_fence', false, '{fv_api,fv_api_ro,fv_eraser,fv_platform,fv_verifier,fv_worker}'),
                       ('owner_names_tenant', true, '{fv_owner}'))
            select tables.oid::regclass || ' has no ' || template.policy
              from pg_class as tables
             cross join template
             where tables.relnamespace = 'wms'::regnamespace
               and tables.relkind in ('r', 'p')
               and not exists (
                       select
                         from pg_policy as found
                        where found.polrelid = tables.oid
                          and found.polname = template.policy
                          and found.polcmd = '*'
                          and found.polpermissive = template.permissive
                          and array(select role::regrole::text from unnest(found.polroles) as role order by 1)::text = template.roles
                          and pg_get_expr(found.polqual, found.polrelid) = '(tenant_id = ( SELECT fv.tenant() AS tenant))'
                          and pg_get_expr(found.polwithcheck, found.polrelid) = '(tenant_id = ( SELECT fv.tenant() AS tenant))')
            """,
            "drop policy tenant_isolation on wms.lot; create policy tenant_isolation on wms.lot to"
                    + " fv_api, fv_api_ro, fv_platform, fv_worker, fv_eraser, fv_verifier"
                    + " using (true)",
            "wms.lot has no tenant_isolation"),

    no_policy_is_there_beyond_the_template_and_these(
            """
            with known (place, name, command, roles) as (
                values ('wms.tenant', 'guard_reads', 'r', '{fv_guard}'),
                       ('wms.tenant', 'guard_opens', 'a', '{fv_guard}'),
                       ('wms.tenant', 'guard_deletes', 'w', '{fv_guard}'),
                       ('wms.tenant', 'guard_moves', 'w', '{fv_guard}'),
                       ('wms.tenant_course', 'guard_records', 'a', '{fv_guard}'),
                       ('wms.tenant_notice', 'guard_reads', 'r', '{fv_guard}'),
                       ('wms.suspension', 'guard_keeps', '*', '{fv_guard}'),
                       ('wms.legal_hold', 'guard_keeps', '*', '{fv_guard}'),
                       ('wms.legal_hold', 'unsealed', 'r', '{fv_api,fv_api_ro}'),
                       ('wms.member', 'guard_reads', 'r', '{fv_guard}'),
                       ('wms.export', 'guard_reads', 'r', '{fv_guard}'),
                       ('wms.channel_connection', 'guard_reads', 'r', '{fv_guard}'),
                       ('wms.stored_secret', 'guard_reads', 'r', '{fv_guard}'),
                       ('wms.carrier', 'guard_reads', 'r', '{fv_guard}'),
                       ('wms.carrier_label', 'guard_finds', 'r', '{fv_guard}'),
                       ('wms.carrier_label', 'guard_moves', 'w', '{fv_guard}'),
                       ('wms.channel_delivery', 'guard_receives', 'a', '{fv_guard}'),
                       ('wms.channel_delivery', 'guard_knows', 'r', '{fv_guard}'),
                       ('wms.member', 'guard_opens', 'a', '{fv_guard}'),
                       ('wms.owner', 'guard_opens', 'a', '{fv_guard}'),
                       ('wms.outbox', 'relay', '*', '{fv_dispatch}'),
                       ('wms.outbox', 'guard_ticks', 'a', '{fv_guard}'),
                       ('wms.outbox', 'guard_finds', 'r', '{fv_guard}'),
                       ('wms.outbox', 'guard_replays', 'w', '{fv_guard}'),
                       ('wms.dead_letter', 'guard_finds', 'r', '{fv_guard}'),
                       ('wms.dead_letter', 'guard_replays', 'w', '{fv_guard}'),
                       ('wms.stream_lease', 'relay', '*', '{fv_dispatch}'),
                       ('wms.webhook_endpoint', 'relay_asks', 'r', '{fv_dispatch}'),
                       ('wms.webhook_endpoint', 'guard_reads', 'r', '{fv_guard}'),
                       ('wms.audit_entry', 'guard_chains', 'r', '{fv_guard}'),
                       ('wms.audit_entry', 'guard_links', 'w', '{fv_guard}'),
                       ('wms.audit_entry', 'guard_ends', 'd', '{fv_guard}'),
                       ('wms.tenant_course', 'guard_ends', 'd', '{fv_guard}'),
                       ('wms.suspension', 'guard_ends', 'd', '{fv_guard}'),
                       ('wms.legal_hold', 'guard_ends', 'd', '{fv_guard}'),
                       ('wms.tenant', 'guard_ends', 'd', '{fv_guard}'),
                       ('wms.tenant_course', 'guard_sees', 'r', '{fv_guard}'),
                       ('wms.audit_setting', 'guard_reads', 'r', '{fv_guard}'),
                       ('wms.audit_head', 'guard_chains', '*', '{fv_guard}'),
                       ('wms.audit_segment', 'guard_chains', '*', '{fv_guard}'),
                       ('wms.audit_checkpoint', 'guard_chains', '*', '{fv_guard}'),
                       ('wms.bucket', 'checker_reads', 'r', '{fv_checker}'),
                       ('wms.reservation', 'checker_reads', 'r', '{fv_checker}'),
                       ('wms.movement', 'checker_reads', 'r', '{fv_checker}'),
                       ('wms.outbound_order_line', 'checker_reads', 'r', '{fv_checker}')),
            found as (
                select polrelid::regclass::text, polname::text, polcmd::text,
                       array(select role::regrole::text from unnest(polroles) as role)::text
                  from pg_policy
                 where polname not in ('tenant_isolation', 'tenant_fence', 'owner_names_tenant'))
            (select format('%s has a policy %s', beyond.polrelid, beyond.polname)
               from (select * from found except select * from known) as beyond)
             union all
            (select format('%s lacks its policy %s', lacking.place, lacking.name)
               from (select * from known except select * from found) as lacking)
            """,
            "create policy careless on wms.asn using (true)", "wms.asn has a policy careless"),

    every_table_names_its_tenant(
            """
            select tables.oid::regclass || ' has no tenant_id that is a uuid and never null'
              from pg_class as tables
             where tables.relnamespace = 'wms'::regnamespace
               and tables.relkind in ('r', 'p')
               and not exists (
                       select
                         from pg_attribute
                        where attrelid = tables.oid
                          and attname = 'tenant_id'
                          and atttypid = 'uuid'::regtype
                          and attnotnull)
            """,
            "alter table wms.scan_event drop constraint scan_event_pkey; alter table wms.scan_event"
                    + " alter tenant_id drop not null",
            "wms.scan_event has no tenant_id"),

    every_index_leads_with_the_tenant(
            """
            select indexrelid::regclass || ' does not lead with the tenant'
              from pg_index
              join pg_class as tables on tables.oid = indrelid
              left join pg_attribute on attrelid = indrelid and attnum = indkey[0]
             where tables.relnamespace = 'wms'::regnamespace
               and attname is distinct from 'tenant_id'
               and indexrelid::regclass::text <> 'wms.unsent'
            """,
            "create unique index planted on wms.item (sku)",
            "wms.planted does not lead with the tenant"),

    every_foreign_key_leads_with_the_tenant_on_both_sides(
            """
            select conrelid::regclass || ' has the foreign key ' || conname || ' without the tenant'
              from pg_constraint
              join pg_attribute as here on here.attrelid = conrelid and here.attnum = conkey[1]
              join pg_attribute as there on there.attrelid = confrelid and there.attnum = confkey[1]
             where contype = 'f'
               and connamespace = 'wms'::regnamespace
               and (here.attname <> 'tenant_id' or there.attname <> 'tenant_id')
            """,
            "alter table wms.item add constraint planted_unique unique (item_id); alter table"
                    + " wms.lot add constraint planted foreign key (item_id) references wms.item"
                    + " (item_id)",
            "wms.lot has the foreign key planted without the tenant"),

    every_foreign_key_has_an_index(
            """
            select conrelid::regclass || ' has no index for ' || conname
              from pg_constraint
             where contype = 'f'
               and connamespace = 'wms'::regnamespace
               and not exists (
                       select
                         from pg_index
                        where indrelid = conrelid
                          and array(select unnest(conkey) order by 1)
                              = array(select unnest((indkey::int2[])[0:cardinality(conkey) - 1]) order by 1)
                          and (indpred is null
                               or pg_get_expr(indpred, indrelid) in (
                                      select '(' || attname || ' IS NOT NULL)'
                                        from pg_attribute
                                       where attrelid = conrelid
                                         and attnum = any (conkey))))
            """,
            "drop index wms.receipt_of_asn",
            "wms.receipt has no index for receipt_tenant_id_asn_id_fkey"),

    every_id_refers_to_something_or_is_known_not_to(
            """
            select attrelid::regclass || '.' || attname || ' refers to nothing'
              from pg_attribute
              join pg_class as tables on tables.oid = attrelid
             where tables.relnamespace = 'wms'::regnamespace
               and tables.relkind in ('r', 'p')
               and not relispartition
               and atttypid = 'uuid'::regtype
               and attnum > 0
               and not attisdropped
               -- Its own id is in its key; a webhook's secret has that of a stored one.
               and (relname not like '%' || left(attname, -3)
                    or relname = 'webhook_secret'
                    or not exists (
                           select
                             from pg_constraint
                            where conrelid = attrelid
                              and contype = 'p'
                              and attnum = any (conkey)))
               and not exists (
                       select
                         from pg_constraint
                        where conrelid = attrelid
                          and contype = 'f'
                          and attnum = any (conkey))
               and (relname::text, attname::text) not in (
                       ('audit_entry', 'audit_id'), ('audit_entry', 'request_id'), ('audit_entry', 'subject_id'),
                       ('audit_entry', 'tenant_id'), ('audit_head', 'tenant_id'), ('audit_segment', 'tenant_id'),
                       ('audit_segment', 'segment_id'), ('audit_checkpoint', 'tenant_id'), ('idempotency_record', 'tenant_id'), ('outbox', 'tenant_id'),
                       ('outbox', 'stream_id'), ('dead_letter', 'tenant_id'), ('dead_letter', 'stream_id'),
                       ('stream_lease', 'tenant_id'), ('stream_lease', 'stream_id'), ('stream_lease', 'holder'),
                       ('scan_event', 'client_event_id'), ('scan_event', 'posting_id'),
                       ('scan_event', 'subject_id'), ('scan_event', 'tenant_id'), ('movement', 'posting_id'),
                       ('movement', 'bucket_id'), ('movement', 'warehouse_id'), ('movement', 'lpn_id'),
                       ('movement', 'document_id'), ('movement', 'line_id'), ('movement', 'reservation_id'),
                       ('movement', 'reverses_posting_id'), ('scan_event', 'reversed_by'), ('reservation', 'bucket_id'),
                       ('reservation', 'demand_id'),
                       ('export', 'previous_export_id'), ('webhook_delivery', 'stream_id'), ('connection_pace', 'connection_id'), ('drift_report', 'shipments_reached'),
                       ('tenant_course', 'tenant_id'), ('suspension', 'tenant_id'), ('legal_hold', 'tenant_id'),
                       ('legal_hold', 'subject_id'))
            """,
            "alter table wms.lot drop constraint lot_tenant_id_item_id_fkey",
            "wms.lot.item_id refers to nothing"),

    no_foreign_key_cascades(
            """
            select conrelid::regclass || ' lets ' || conname || ' change or delete rows'
              from pg_constraint
             where contype = 'f'
               and connamespace = 'wms'::regnamespace
               and (confdeltype <> 'a' or confupdtype <> 'a')
            """,
            "alter table wms.lot add constraint planted foreign key (tenant_id, item_id) references"
                    + " wms.item on delete cascade",
            "wms.lot lets planted change or delete rows"),

    every_indexed_column_compares_without_leaking(
            """
            select indexrelid::regclass || ' compares ' || attname || ' with an operator that may leak'
              from pg_index
              join pg_class as tables on tables.oid = indrelid
             cross join lateral unnest(indkey::int2[], indclass::oid[]) with ordinality as part (attnum, opclass, place)
              join pg_attribute on attrelid = indrelid and pg_attribute.attnum = part.attnum
              join pg_opclass on pg_opclass.oid = part.opclass
             where tables.relnamespace = 'wms'::regnamespace
               and place <= indnkeyatts
               and not exists (
                       select
                         from pg_amop
                         join pg_operator on pg_operator.oid = amopopr
                         join pg_proc on pg_proc.oid = oprcode
                        where amopfamily = opcfamily
                          and amoplefttype = opcintype
                          and amoprighttype = opcintype
                          and amopstrategy = 3
                          and proleakproof)
            """,
            "create index planted on wms.outbox (tenant_id, payload)",
            "wms.planted compares payload with an operator that may leak"),

    no_column_is_of_a_type_that_is_inexact_or_leaks(
            """
            select attrelid::regclass || '.' || attname || ' is of type ' || format_type(atttypid, atttypmod)
              from pg_attribute
              join pg_class as tables on tables.oid = attrelid
              join pg_type on pg_type.oid = atttypid
             where tables.relnamespace = 'wms'::regnamespace
               and tables.relkind in ('r', 'p')
               and attnum > 0
               and not attisdropped
               and (typtype <> 'b' or atttypid in ('numeric'::regtype, 'real'::regtype, 'float8'::regtype, 'money'::regtype, 'varchar'::regtype, 'timestamp'::regtype, 'json'::regtype))
            """,
            "alter table wms.item add column price numeric",
            "wms.item.price is of type numeric"),

    no_default_calls_a_function_but_the_tenants(
            """
            select adrelid::regclass || '.' || attname || ' defaults to ' || pg_get_expr(adbin, adrelid)
              from pg_attrdef
              join pg_attribute on attrelid = adrelid and attnum = adnum
              join pg_class as tables on tables.oid = adrelid
             where tables.relnamespace = 'wms'::regnamespace
               and attgenerated = ''
               and pg_get_expr(adbin, adrelid) ~ '\\('
               and not (attname = 'tenant_id' and pg_get_expr(adbin, adrelid) = 'fv.tenant()')
            """,
            "alter table wms.receipt alter opened_at set default clock_timestamp()",
            "wms.receipt.opened_at defaults to clock_timestamp()"),

    no_view_and_no_copy_of_rows_stands_beside_the_tables(
            """
            select oid::regclass || ' is not a table'
              from pg_class
             where relnamespace in ('wms'::regnamespace, 'fv'::regnamespace, 'guard'::regnamespace)
               and (relkind = 'm' or relkind = 'f' or relkind = 'S'
                    or relkind = 'v' and not coalesce(reloptions @> '{security_invoker=true}', false))
            """,
            "create view wms.planted as select sku from wms.item",
            "wms.planted is not a table"),

    a_view_that_asks_as_its_caller_is_allowed(
            """
            select oid::regclass || ' asks as its owner'
              from pg_class
             where relnamespace = 'wms'::regnamespace
               and relkind = 'v'
               and not coalesce(reloptions @> '{security_invoker=true}', false)
            """,
            "create view wms.allowed with (security_invoker = true) as select sku from wms.item;"
                    + " create view wms.planted as select sku from wms.item",
            "wms.planted asks as its owner"),

    every_function_has_a_fixed_search_path(
            """
            select oid::regprocedure || ' looks for names wherever its caller says'
              from pg_proc
             where pronamespace in ('wms'::regnamespace, 'fv'::regnamespace, 'guard'::regnamespace)
               and not coalesce(proconfig @> '{"search_path=pg_catalog, pg_temp"}', false)
            """,
            "create function wms.planted() returns int language sql security definer return 1",
            "wms.planted() looks for names wherever its caller says"),

    no_function_is_for_everybody(
            """
            select oid::regprocedure || ' is for everybody'
              from pg_proc
             where pronamespace in ('wms'::regnamespace, 'fv'::regnamespace, 'guard'::regnamespace)
               and (proacl is null
                    or exists (select from aclexplode(proacl) where grantee = 0))
            """,
            "grant execute on function fv.enter_backfill(uuid) to public",
            "fv.enter_backfill(uuid) is for everybody"),

    no_function_acts_as_its_owner_but_these(
            """
            select oid::regprocedure || ' acts as ' || case when prosecdef then proowner::regrole::text else 'its caller' end
              from pg_proc
             where pronamespace in ('wms'::regnamespace, 'fv'::regnamespace, 'guard'::regnamespace)
               and prosecdef <> ((proowner::regrole::text, oid::regproc::text) in (
                       ('fv_guard', 'fv.tenant'),
                       ('fv_guard', 'fv.actor'),
                       ('fv_guard', 'fv.enter'),
                       ('fv_guard', 'fv.delegate_job'),
                       ('fv_guard', 'fv.plan_job'),
                       ('fv_guard', 'fv.replay_dead_letters'),
                       ('fv_guard', 'fv.find_dead_letters'),
                       ('fv_guard', 'fv.proof_key_age'),
                       ('fv_guard', 'fv.prime'),
                       ('fv_guard', 'fv.enter_backfill'),
                       ('fv_guard', 'fv.install_proof_key'),
                       ('fv_guard', 'fv.find_member'),
                       ('fv_guard', 'fv.find_channel'),
                       ('fv_guard', 'fv.put_delivery'),
                       ('fv_guard', 'fv.find_carrier'),
                       ('fv_guard', 'fv.put_parcel_event'),
                       ('fv_guard', 'fv.open_tenant'),
                       ('fv_guard', 'fv.enroll_operator'),
                       ('fv_guard', 'fv.tenants'),
                       ('fv_guard', 'fv.schema_version'),
                       ('fv_guard', 'fv.store_data_map'),
                       ('fv_guard', 'fv.data_map_version'),
                       ('fv_guard', 'fv.mapped_tables'),
                       ('fv_guard', 'fv.mapped_columns'),
                       ('fv_guard', 'fv.data_map_differences'),
                       ('fv_guard', 'fv.require_data_map'),
                       ('fv_guard', 'fv.begin_due_deletions'),
                       ('fv_guard', 'fv.lease_deletion'),
                       ('fv_guard', 'fv.release_deletion'),
                       ('fv_guard', 'fv.enter_deletion'),
                       ('fv_guard', 'fv.next_erasure'),
                       ('fv_guard', 'fv.compare_sight'),
                       ('fv_guard', 'fv.close_batch'),
                       ('fv_guard', 'fv.next_look'),
                       ('fv_guard', 'fv.witness'),
                       ('fv_guard', 'fv.stop_deletion'),
                       ('fv_guard', 'fv.search_deletions'),
                       ('fv_guard', 'fv.are_deletions_paused'),
                       ('fv_guard', 'fv.count_stuck_deletions'),
                       ('fv_guard', 'fv.pause_deletions'),
                       ('fv_guard', 'fv.draft_certificate'),
                       ('fv_guard', 'fv.certify_deletion'),
                       ('fv_guard', 'fv.find_certificate'),
                       ('fv_guard', 'fv.report_deletion'),
                       ('fv_owner', 'wms.follow_data_map'),
                       ('fv_guard', 'fv.terminate_tenant'),
                       ('fv_guard', 'fv.reactivate_tenant'),
                       ('fv_guard', 'fv.waive_export'),
                       ('fv_guard', 'fv.delete_tenant_now'),
                       ('fv_guard', 'fv.cancel_deletion'),
                       ('fv_guard', 'fv.lengthen_window'),
                       ('fv_guard', 'fv.advance_tenants'),
                       ('fv_guard', 'fv.count_waiting_tenants'),
                       ('fv_guard', 'fv.suspend_tenant'),
                       ('fv_guard', 'fv.lift_suspension'),
                       ('fv_guard', 'fv.place_legal_hold'),
                       ('fv_guard', 'fv.approve_legal_hold'),
                       ('fv_guard', 'fv.discard_legal_hold'),
                       ('fv_guard', 'fv.lift_legal_hold'),
                       ('fv_guard', 'fv.search_legal_holds'),
                       ('fv_guard', 'fv.count_unreviewed_holds'),
                       ('fv_owner', 'wms.held'),
                       ('fv_guard', 'fv.retention_rules'),
                       ('fv_owner', 'wms.ensure_movement_partitions'),
                       ('fv_guard', 'fv.chain_audit'),
                       ('fv_guard', 'fv.take_audit_signing'),
                       ('fv_guard', 'fv.unsigned_audit'),
                       ('fv_guard', 'fv.record_audit_signature'),
                       ('fv_guard', 'fv.note_signing_key'),
                       ('fv_guard', 'fv.signing_keys'),
                       ('fv_guard', 'fv.published_keys'),
                       ('fv_guard', 'fv.retire_deleted_tenants'),
                       ('fv_guard', 'fv.certify_backups'),
                       ('fv_guard', 'fv.count_unproved_ends'),
                       ('fv_guard', 'fv.find_backup_certificate'),
                       ('fv_guard', 'fv.note_kept_certificate'),
                       ('fv_guard', 'fv.release_backup_ageing'),
                       ('fv_guard', 'fv.take_backup_ageing'),
                       ('fv_guard', 'fv.unkept_certificates'),
                       ('fv_guard', 'fv.witness_backups'),
                       ('fv_owner', 'wms.retire_audit'),
                       ('fv_owner', 'wms.retention_rules'),
                       ('fv_owner', 'wms.preview_retention'),
                       ('fv_owner', 'wms.apply_retention'),
                       ('fv_owner', 'wms.record_audit')))
            """,
            "alter function wms.check_stock() security definer",
            "wms.check_stock() acts as fv_owner"),

    every_door_acts_as_its_owner_where_it_reads_what_its_caller_may_not(
            """
            select oid::regprocedure || ' looks into guard as its caller'
              from pg_proc
             where pronamespace = 'fv'::regnamespace
               and prosrc ~ '\\mguard\\.'
               and not prosecdef
            """,
            "alter function fv.data_map_version() security invoker",
            "fv.data_map_version() looks into guard as its caller"),

    what_is_ended_of_a_deleted_tenant_is_of_no_other(
            """
            select polname || ' on ' || polrelid::regclass || ' is not of deleted tenants alone'
              from pg_policy
             where polname in ('guard_ends', 'guard_sees')
               and pg_get_expr(polqual, polrelid) !~ 'deleted'
             order by 1
            """,
            "alter policy guard_ends on wms.audit_entry using (true)",
            "guard_ends on wms.audit_entry is not of deleted tenants alone"),

    what_ends_a_tenant_has_the_rights_for_it(
            """
            select 'the guard cannot end a tenant'
             where not exists (select from pg_policy where polrelid = 'wms.tenant'::regclass and polname = 'guard_deletes')
             union all
            select 'rights do not follow the data map'
              from pg_proc
             where oid = 'wms.follow_data_map()'::regprocedure
               and not prosecdef
            """,
            "drop policy guard_deletes on wms.tenant",
            "the guard cannot end a tenant"),

    everything_belongs_to_a_role_that_nobody_logs_in_as(
            """
            select thing || ' belongs to ' || owner::regrole
              from (select oid::regclass::text as thing, relowner as owner, relnamespace as namespace from pg_class where relkind <> 'c'
                     union all
                    select oid::regprocedure::text, proowner, pronamespace from pg_proc
                     union all
                    select 'schema ' || nspname, nspowner, oid from pg_namespace) as things
             where namespace in ('wms'::regnamespace, 'fv'::regnamespace, 'guard'::regnamespace)
               and owner not in ('fv_owner'::regrole, 'fv_guard'::regrole)
            """,
            "alter table wms.receipt owner to fv_migrator",
            "wms.receipt belongs to fv_migrator"),

    no_role_reads_a_partition_directly(
            """
            select partition.oid::regclass || ' is granted to ' || grantee::regrole
              from pg_class as partition
             cross join lateral aclexplode(partition.relacl)
             where partition.relnamespace = 'wms'::regnamespace
               and partition.relispartition
               and grantee <> partition.relowner
            """,
            "grant select on all tables in schema wms to fv_api_ro",
            "is granted to fv_api_ro"),

    no_role_is_more_than_it_has_to_be(
            """
            select rolname || ' has too much'
              from pg_roles
             where rolname like 'fv\\_%'
               and (rolsuper or rolbypassrls or rolcreatedb or rolcreaterole or rolreplication or rolinherit
                    or rolcanlogin and rolname in ('fv_owner', 'fv_guard'))
            """,
            "alter role fv_api bypassrls", "fv_api has too much"),

    no_role_is_a_member_of_another_but_the_migrator(
            """
            select member::regrole || ' is a member of ' || roleid::regrole
              from pg_auth_members
             where member in (select oid from pg_roles where rolname like 'fv\\_%')
               and not (member = 'fv_migrator'::regrole
                        and roleid in ('fv_owner'::regrole, 'fv_guard'::regrole)
                        and not inherit_option
                        and not admin_option)
            """,
            "grant fv_owner to fv_worker", "fv_worker is a member of fv_owner"),

    no_role_makes_things_or_temporary_tables(
            """
            select rolname || ' may make things in ' || place
              from pg_roles
             cross join lateral (
                    select 'the database' as place
                     where has_database_privilege(rolname, current_database(), 'create, temporary')
                     union all
                    select 'schema ' || nspname
                      from pg_namespace
                     where has_schema_privilege(rolname, oid, 'create')) as places
             where rolname like 'fv\\_%'
               and (rolname, place) not in (('fv_owner', 'schema wms'), ('fv_guard', 'schema fv'), ('fv_guard', 'schema guard'))
             union all
            select 'everybody may connect'
             where has_database_privilege('public', current_database(), 'connect')
            """,
            "grant create on schema wms to fv_api", "fv_api may make things in schema wms"),

    no_role_looks_at_the_keys(
            """
            select rolname || ' may use schema guard'
              from pg_roles
             where rolname like 'fv\\_%'
               and rolname <> 'fv_guard'
               and has_schema_privilege(rolname, 'guard', 'usage')
            """,
            "grant usage on schema guard to fv_migrator", "fv_migrator may use schema guard"),

    no_setting_of_a_role_or_database_is_there_but_these(
            """
            with expected (role_name, settings) as (
                values ('fv_owner', ''), ('fv_guard', ''), ('fv_migrator', ''),
                       ('fv_api', 'lock_timeout=1500ms statement_timeout=3s transaction_timeout=4s'),
                       ('fv_platform', 'lock_timeout=1500ms statement_timeout=3s transaction_timeout=4s'),
                       ('fv_api_ro', 'default_transaction_read_only=on lock_timeout=1500ms statement_timeout=3s transaction_timeout=4s'),
                       ('fv_authorizer', 'default_transaction_read_only=on lock_timeout=1500ms statement_timeout=3s transaction_timeout=4s'),
                       ('fv_receiver', 'lock_timeout=1500ms statement_timeout=3s transaction_timeout=4s'),
                       ('fv_worker', 'lock_timeout=1500ms statement_timeout=10s transaction_timeout=30s'),
                       ('fv_eraser', 'lock_timeout=500ms statement_timeout=5s transaction_timeout=10s'),
                       ('fv_verifier', 'lock_timeout=1500ms statement_timeout=4min transaction_timeout=270s'),
                       ('fv_dispatch', 'lock_timeout=1500ms statement_timeout=10s transaction_timeout=30s'),
                       ('fv_checker', 'default_transaction_read_only=on lock_timeout=1500ms statement_timeout=10min transaction_timeout=15min')),
            wanted as (
                select role_name, setting
                  from expected
                 cross join lateral unnest(array['search_path=pg_catalog', 'TimeZone=UTC', 'idle_in_transaction_session_timeout=10s']
                                           || string_to_array(nullif(settings, ''), ' ')) as setting),
            found as (
                select coalesce(rolname, 'everybody') as role_name, setting
                  from pg_db_role_setting
                  left join pg_roles on pg_roles.oid = setrole
                 cross join lateral unnest(setconfig) as setting
                 where setdatabase in (0, (select oid from pg_database where datname = current_database())))
            select coalesce(found.role_name, wanted.role_name) || ': ' || coalesce(found.setting, 'no ' || wanted.setting)
              from wanted
              full join found on found.role_name = wanted.role_name and found.setting = wanted.setting
             where wanted.setting is null
                or found.setting is null
            """,
            "alter role fv_api set fv.ctx = 'anything'",
            "fv_api: fv.ctx=anything"),

    no_extension_is_there_but_the_language(
            """
            select extname || ' is installed'
              from pg_extension
             where extname <> 'plpgsql'
            """,
            // The embedded server comes without any extension to install: the entry alone
            // is planted.
            "insert into pg_extension (oid, extname, extowner, extnamespace, extrelocatable,"
                    + " extversion) values (999999, 'pgcrypto', 10, 2200, false, '1')",
            "pgcrypto is installed"),

    nothing_fires_behind_a_statements_back(
            """
            select tgrelid::regclass || ' has a trigger ' || tgname
              from pg_trigger
             where not tgisinternal
             union all
            select ev_class::regclass || ' has a rule ' || rulename
              from pg_rewrite
              join pg_class on pg_class.oid = ev_class
             where relnamespace = 'wms'::regnamespace
               and relkind <> 'v'
            """,
            "create rule planted as on insert to wms.item do also nothing",
            "wms.item has a rule planted"),

    every_table_says_what_it_is(
            """
            select oid::regclass || ' has no comment'
              from pg_class
             where relnamespace in ('wms'::regnamespace, 'guard'::regnamespace)
               and relkind in ('r', 'p')
               and not relispartition
               and obj_description(oid, 'pg_class') is null
            """,
            "comment on table wms.item is null",
            "wms.item has no comment"),

    no_key_may_be_updated(
            """
            select grantee::regrole || ' may update ' || attrelid::regclass || '.' || attname
              from pg_attribute
              join pg_class as tables on tables.oid = attrelid
             cross join lateral (
                    select grantee, privilege_type from aclexplode(attacl)
                     union all
                    select grantee, privilege_type from aclexplode(relacl)) as rights
             where tables.relnamespace = 'wms'::regnamespace
               and tables.relkind in ('r', 'p')
               and privilege_type = 'UPDATE'
               and grantee <> tables.relowner
               and exists (
                       select
                         from pg_index
                        where indrelid = attrelid
                          and indisunique
                          and attnum = any (indkey))
               -- An entry gets its place once it is chained.
               and (grantee::regrole::text, relname::text, attname::text) not in (
                       ('fv_guard', 'audit_entry', 'segment_no'), ('fv_guard', 'audit_entry', 'seq'),
                       ('fv_guard', 'audit_entry', 'prev_hash'))
            """,
            "grant update on wms.owner to fv_api",
            "fv_api may update wms.owner.code");

    final String query;
    final String plant;
    final String finding;

    Lint(String query, String plant, String finding) {
        this.query = query;
        this.plant = plant;
        this.finding = finding;
    }

    @Override
    public String toString() {
        return name().replace('_', ' ');
    }
}
