-- Carriers are called at the pace of every connected system.
--
-- How long a connection rests stood in its own row and was known only to labels, by the business's clock,
-- and nothing bounded how fast a key was used or how often a company that is ill was asked. Now it is the row
-- of wms.connection_pace, as for shops: tokens, the circuit, and what came last. The old column is written by
-- nobody any more.

set local role fv_owner;

revoke update (rests_until) on wms.carrier from fv_worker;
comment on column wms.carrier.rests_until is 'Not used: see wms.connection_pace.';
