-- The bucket of an item at a dock or a stage, where all items pass through.
--
-- The index of the place alone led to every bucket there, some 450 rows a scan on a busy day, whenever
-- the planner took it for narrow. With the item it is narrow, whatever the statistics say.

set local role fv_owner;

drop index wms.bucket_at_location;
create index bucket_at_location on wms.bucket (tenant_id, location_id, item_id);
