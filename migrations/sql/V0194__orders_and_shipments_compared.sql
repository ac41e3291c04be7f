-- The night compares orders and shipments as well.
--
-- Orders first: a shop's open orders of a week, by its own clock, are asked for again, and what we do not
-- have is taken in. The reading that goes on by day passes nothing over that a shop dates as it stores it;
-- this is for what it dates earlier than that, or what was lost here. Then the shipments of a week: of what
-- a shop was told and does not show it is told again. Then the stock. A night's report is one row still,
-- and says how far which of the three has come.

set local role fv_owner;

alter table wms.drift_report
    add column phase text not null default 'STOCK' check (phase in ('ORDERS', 'SHIPMENTS', 'STOCK')),
    -- By the shop's clock: where the next page of orders begins, and how many of that moment were read.
    add column orders_from timestamptz,
    add column orders_skip int not null default 0 check (orders_skip >= 0),
    -- The shipment up to which it has come.
    add column shipments_reached uuid,
    add column orders_compared int not null default 0 check (orders_compared >= 0),
    add column orders_missing int not null default 0 check (orders_missing >= 0),
    add column shipments_compared int not null default 0 check (shipments_compared >= 0),
    add column shipments_untold int not null default 0 check (shipments_untold >= 0);

grant update (
          phase, orders_from, orders_skip, shipments_reached, orders_compared, orders_missing, shipments_compared,
          shipments_untold)
   on wms.drift_report to fv_worker;
