-- What is still to come and still to go, found without reading what is done.
--
-- "Available to promise" and "incoming" are sums over lines that are not finished. An item of some
-- years has thousands of finished lines and a handful of open ones, and the sums are asked for with
-- every page of stock. A line enters its index once and leaves it once: the updates in between
-- change no column of the index.

set local role fv_owner;

create index order_line_waiting_for_stock on wms.outbound_order_line (tenant_id, item_id)
 where unallocated > 0;

create index asn_line_to_come on wms.asn_line (tenant_id, item_id)
 where state in ('OPEN', 'PARTIAL');

-- Logins that serve few sessions cannot take the connections of the floor.
reset role;
alter role fv_migrator connection limit 5;
alter role fv_checker connection limit 5;
alter role fv_dispatch connection limit 10;
