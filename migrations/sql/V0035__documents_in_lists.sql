-- What the lists of orders and of announcements go along.
--
-- Both are read warehouse by warehouse and state by state, each part in the order of the list, so that
-- a page costs the same in a year of orders as in a day of them, whatever it is filtered by. Each index
-- takes the place of the one of the warehouse, which it begins with: no row has an index more.
--
-- Orders go by the time of their last change: nothing is lost while the list is paged, since what
-- changes meanwhile comes once more at its end, and a client that wants to know what is new reads on
-- from there. The price is that changing an order's head writes its indexes, some six times in its
-- life; scans write lines, which no list is sorted by.
--
-- Announcements go by the day on which they are expected, those without one last. A row comparison
-- cannot step over null, so due_on has infinity for it.

set local role fv_owner;

create index order_by_change on wms.outbound_order (tenant_id, warehouse_id, state, updated_at, order_id);
drop index wms.order_of_warehouse;

alter table wms.asn
    add column due_on date generated always as (coalesce(expected_on, 'infinity')) stored;
create index asn_by_due_day on wms.asn (tenant_id, warehouse_id, state, due_on, asn_id);
drop index wms.asn_of_warehouse;
