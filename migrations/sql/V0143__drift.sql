-- Whether shops show what we told them.
--
-- Each night a shop is asked, page by page, what it has on hand, and that is compared with what it should
-- have at the moment of comparing. What is on its way or just changed is left out. Where the shop shows
-- what it was told last and we have moved on, a mark was missed, and it is told. Where it shows neither,
-- somebody else has changed it there: that is drift. A little of it is mended by telling the number
-- again; a lot of it means that one of the two is wrong as a whole, and to send more would make it
-- worse: the shop is told nothing until a person has looked.
--
-- A night's report is one row, which says how far the comparing has come and who holds it. The items that
-- differ stand at the item.

set local role fv_owner;

create table wms.drift_report (
    tenant_id uuid not null default fv.tenant(),
    connection_id uuid not null,
    due_at timestamptz not null,
    outcome text not null default 'RUNNING' check (outcome in ('RUNNING', 'SOUND', 'MENDED', 'STOPPED', 'UNREACHED')),
    -- The SKU up to which it has come.
    reached text,
    compared int not null default 0 check (compared >= 0),
    differing int not null default 0 check (differing >= 0),
    behind int not null default 0 check (behind >= 0),
    absent int not null default 0 check (absent >= 0),
    started_at timestamptz not null,
    ended_at timestamptz,
    fence bigint not null default 0,
    leased_until timestamptz,
    accepted_at timestamptz,
    accepted_by text,
    primary key (tenant_id, connection_id, due_at),
    foreign key (tenant_id, connection_id) references wms.stock_channel,
    constraint running_or_ended check ((outcome = 'RUNNING') = (ended_at is null)),
    constraint accepted_by_somebody check ((accepted_at is null) = (accepted_by is null))
);
comment on table wms.drift_report is 'Of one night and shop: how far what it shows is from what it was told.';
create index drift_report_by_age on wms.drift_report (tenant_id, started_at);

alter table wms.channel_stock
    -- Of the report in which it differed last.
    add column drift_for timestamptz,
    add column drift_shown bigint,
    add column drift_ours bigint,
    add constraint drift_has_two_numbers check (
        (drift_for is null) = (drift_shown is null) and (drift_for is null) = (drift_ours is null));
create index channel_stock_adrift on wms.channel_stock (tenant_id, connection_id, drift_for, item_id)
 where drift_for is not null;

call wms.protect('wms.drift_report');

grant select on wms.drift_report to fv_api, fv_api_ro, fv_worker;
grant insert on wms.drift_report to fv_worker;
grant update (outcome, reached, compared, differing, behind, absent, ended_at, fence, leased_until)
   on wms.drift_report to fv_worker;
grant update (accepted_at, accepted_by) on wms.drift_report to fv_api;
grant update (drift_for, drift_shown, drift_ours) on wms.channel_stock to fv_api, fv_worker;

-- Compares a page. What is shown is null where the shop has no such item.
create function wms.store_drift(p_connection uuid, p_due timestamptz, p_items uuid[], p_shown bigint[], p_at timestamptz)
returns table (differing int, behind int, absent int)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    perform stock.item_id
       from wms.channel_stock as stock
      where stock.connection_id = p_connection
        and stock.item_id = any (p_items)
      order by stock.item_id
        for no key update;
    return query
    with judged as (
        select stock.item_id as item, told.shown, ours.on_hand,
               case
                   when stock.dirty_at is not null or stock.leased_until is not null then 'MOVING'
                   -- The shop takes it off itself when it is told; whether it was is being found out.
                   when exists (
                            select
                              from wms.shop_report as report
                              join wms.shop_order as sold on sold.shop_order_id = report.shop_order_id
                              join wms.outbound_order_line as line on line.order_id = sold.order_id
                             where report.state = 'PENDING'
                               and sold.connection_id = p_connection
                               and line.item_id = stock.item_id) then 'MOVING'
                   when told.shown is null then 'ABSENT'
                   when told.shown = ours.on_hand and stock.problem is null then 'SAME'
                   when told.shown = stock.sent or stock.problem is not null then 'BEHIND'
                   else 'DRIFT'
               end as verdict
          from unnest(p_items, p_shown) as told (item_id, shown)
          join wms.channel_stock as stock
            on stock.connection_id = p_connection
           and stock.item_id = told.item_id
          join wms.shop_stock(p_connection, p_items, p_at) as ours on ours.item_id = told.item_id),
    kept as (
        update wms.channel_stock as stock
           set drift_for = case when judged.verdict = 'DRIFT' then p_due end,
               drift_shown = case when judged.verdict = 'DRIFT' then judged.shown end,
               drift_ours = case when judged.verdict = 'DRIFT' then judged.on_hand end,
               problem = case
                             when judged.verdict = 'ABSENT' then 'NOT_IN_SHOP'
                             when judged.verdict = 'MOVING' then stock.problem
                         end,
               sent = case
                          when judged.verdict = 'SAME' then judged.shown
                          when judged.verdict in ('DRIFT', 'ABSENT') then null
                          else stock.sent
                      end,
               dirty_at = case when judged.verdict = 'BEHIND' then clock_timestamp() else stock.dirty_at end
          from judged
         where stock.connection_id = p_connection
           and stock.item_id = judged.item)
    select cast(count(*) filter (where verdict = 'DRIFT') as int),
           cast(count(*) filter (where verdict = 'BEHIND') as int),
           cast(count(*) filter (where verdict = 'ABSENT') as int)
      from judged;
end
$$;

-- Ends a night's report. Little drift is told again; much stops the shop. Answers the outcome.
create function wms.end_drift(p_connection uuid, p_due timestamptz, p_at timestamptz)
returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    found_to_differ int;
    most int;
    verdict text;
begin
    select report.differing
      into found_to_differ
      from wms.drift_report as report
     where report.connection_id = p_connection
       and report.due_at = p_due
       for no key update;
    select shop.drift_limit
      into most
      from wms.stock_channel as shop
     where shop.connection_id = p_connection
       for no key update;
    verdict := case
                   when found_to_differ = 0 then 'SOUND'
                   when found_to_differ <= most then 'MENDED'
                   else 'STOPPED'
               end;
    if verdict = 'MENDED' then
        update wms.channel_stock as stock
           set dirty_at = coalesce(stock.dirty_at, clock_timestamp())
         where stock.connection_id = p_connection
           and stock.drift_for = p_due;
    elsif verdict = 'STOPPED' then
        update wms.stock_channel as shop
           set stopped_at = coalesce(shop.stopped_at, p_at)
         where shop.connection_id = p_connection;
    end if;
    update wms.drift_report as report
       set outcome = verdict,
           ended_at = p_at,
           leased_until = null
     where report.connection_id = p_connection
       and report.due_at = p_due;
    return verdict;
end
$$;

grant execute on function wms.store_drift(uuid, timestamptz, uuid[], bigint[], timestamptz) to fv_worker;
grant execute on function wms.end_drift(uuid, timestamptz, timestamptz) to fv_worker;

set local role fv_guard;

insert into guard.job (name, actor_id, scope, work, statement_seconds, transaction_seconds)
values ('reconcile-channel', '00000000-0000-7000-8001-000000000143', 'tenant', 'write', 10, 30);
