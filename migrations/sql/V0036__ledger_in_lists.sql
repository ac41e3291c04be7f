-- What the list of movements goes along.
--
-- Whoever asks why a bin holds seven reads the ledger backwards: of an item in a place, or of one
-- bucket. Two indexes led there and then read everything of the place, or the bucket from its first
-- day. They are given the columns that were missing, and no posting writes an index more than before:
-- eight bytes a leg more for the bucket, sixteen for the place.

set local role fv_owner;

drop index wms.movement_of_bucket;
create index movement_of_bucket on wms.movement (tenant_id, bucket_id, posted_at) where bucket_id is not null;

drop index wms.movement_at_location;
create index movement_at_location on wms.movement (tenant_id, location_id, item_id, posted_at);
