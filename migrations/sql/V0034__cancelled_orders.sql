-- Orders that are cancelled, and why.
--
-- Why a reason on the row: whoever looks at a cancelled order asks for it, and what is lost to empty
-- shelves is counted by it. A word of a closed list, since a free text would soon name a person.
--
-- Why the recipient's column has another name: the time after which an address is erased has to start
-- too where nothing was ever shipped, or the addresses of cancelled orders would stay for good.

set local role fv_owner;

alter table wms.outbound_order
    add column cancel_reason text check (cancel_reason in (
        'CUSTOMER_REQUEST', 'OUT_OF_STOCK', 'DUPLICATE', 'FRAUD_SUSPECTED', 'OTHER')),
    add constraint cancelled_means_why check ((state = 'CANCELLED') = (cancel_reason is not null));

grant update (cancel_reason) on wms.outbound_order to fv_api, fv_worker;

alter table wms.order_recipient rename column shipped_at to ended_at;
comment on table wms.order_recipient is 'Who an order goes to. ended_at, when it left or was cancelled, starts the time after which it is erased.';
