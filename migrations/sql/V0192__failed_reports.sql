-- Reports to a shop that were given up are seen by a person and tried again.

set local role fv_owner;

create index shop_report_failed on wms.shop_report (tenant_id, shipment_id) where state = 'FAILED';
grant update (state, attempts, next_attempt_at) on wms.shop_report to fv_api;
