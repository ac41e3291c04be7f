-- What is to be asked for is found carrier by carrier, the longest due first: of each no more than it bears
-- in a minute.

set local role fv_owner;

create index label_due_of_carrier on wms.carrier_label (tenant_id, carrier_id, next_attempt_at, label_id)
    where next_attempt_at is not null;
drop index wms.label_to_ask_for;
