-- What is kept too long, and how it goes.
--
-- The rules are the data map's and stand nowhere else: how many days a table's rows are kept from which
-- date on, and whether they then go or only what they say of people. The job applies one batch of one
-- rule in a transaction and writes down what came of it with the batch, so the record of a run is right
-- whenever the run is cut off. There is no outcome "skipped": a rule was carried out, had nothing to do
-- and that was looked at, or failed. How many rows a legal hold keeps is written down too and shown to no
-- tenant, who must not learn of a sealed hold from it.
--
-- The functions act as the owner of the tables, whom the row policies bind to the entered tenant. So no
-- login may delete any of these rows by itself.

set local role fv_guard;

-- Days are null where the tenant decides. The audit trail is left out: it ends by whole segments, or what
-- is left of its chain would not verify.
create function fv.retention_rules()
returns table (rule text, class text, expiry text, anchor text, marker text, days int, least_days int, most_days int)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select entry.key,
           entry.value #>> '{retention,class}',
           entry.value #>> '{retention,expiry}',
           entry.value #>> '{retention,anchor}',
           entry.value #>> '{retention,marker}',
           (kept.value ->> 'days')::int,
           (kept.value ->> 'min')::int,
           (kept.value ->> 'max')::int
      from guard.data_map as stored
     cross join lateral jsonb_each(stored.map -> 'tables') as entry
      join lateral jsonb_each(stored.map #> '{vocabulary,retention_classes}') as kept
        on kept.key = entry.value #>> '{retention,class}'
     where entry.value ->> 'isolation' = 'rls_forced'
       and entry.value ->> 'category' <> 'audit'
       and entry.value #>> '{retention,expiry}' <> 'none'
     order by entry.key;
end
$$;

grant execute on function fv.retention_rules(), fv.mapped_columns(), fv.data_map_version() to fv_owner;

insert into guard.job (name, actor_id, scope, work, statement_seconds, transaction_seconds)
values ('apply-retention', '00000000-0000-7000-8001-000000010101', 'tenant', 'privacy', 30, 60);

delete from guard.job where name in (
    'purge-dead-letters', 'purge-idempotency-records', 'purge-outbox', 'purge-scan-events');

set local role fv_owner;

drop function wms.purge_idempotency_records(timestamptz, int);
drop function wms.purge_scan_events(timestamptz, int);
drop function wms.purge_outbox(timestamptz, int);
drop function wms.purge_dead_letters(timestamptz, timestamptz, int);
revoke delete on wms.idempotency_record, wms.scan_event, wms.outbox, wms.dead_letter from fv_worker;

alter table wms.order_recipient add column redacted_at timestamptz;
comment on column wms.order_recipient.redacted_at is 'When what it said of a person was taken out. The order stays.';

create index order_recipient_by_age on wms.order_recipient (tenant_id, ended_at) where redacted_at is null;
create index dead_letter_by_age on wms.dead_letter (tenant_id, died_at);

create table wms.retention_setting (
    tenant_id uuid primary key default fv.tenant() references wms.tenant,
    recipient_days int not null check (recipient_days between 30 and 730),
    changed_at timestamptz not null,
    version bigint not null default 1
);
comment on table wms.retention_setting is 'How long a tenant wants the addresses of its customers kept. Without a row they stay while its subscription is active.';

create table wms.retention_run (
    tenant_id uuid not null default fv.tenant() references wms.tenant,
    due_at timestamptz not null,
    rule text collate "C" not null,
    class text not null,
    days int not null,
    outcome text not null check (outcome in ('RUNNING', 'DONE', 'NOTHING_TO_DO', 'FAILED')),
    row_count bigint not null check (row_count >= 0),
    held_count bigint not null check (held_count >= 0),
    fault text,
    map_version text not null,
    started_at timestamptz not null,
    ended_at timestamptz not null,
    primary key (tenant_id, due_at, rule),
    constraint a_failure_has_a_fault check ((outcome = 'FAILED') = (fault is not null)),
    constraint nothing_is_nothing check (outcome <> 'NOTHING_TO_DO' or row_count = 0)
);
comment on table wms.retention_run is 'What each night''s run did by each rule: how many rows went, and how many were kept by a legal hold.';

create index retention_run_by_age on wms.retention_run (tenant_id, ended_at);

call wms.protect('wms.retention_setting');
call wms.protect('wms.retention_run');
grant select, insert, update (recipient_days, changed_at, version) on wms.retention_setting to fv_api;
-- Both are taken along when a tenant goes.
grant select on wms.retention_setting to fv_worker;
grant select (due_at, rule, class, days, outcome, row_count, fault, map_version, started_at, ended_at)
   on wms.retention_run to fv_api_ro;
grant select on wms.retention_run to fv_worker;

-- The rules as they are for the entered tenant.
create function wms.retention_rules()
returns table (rule text, class text, expiry text, anchor text, marker text, days int, least_days int, most_days int)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select known.rule, known.class, known.expiry, known.anchor, known.marker,
           case when known.class = 'recipient' then mine.recipient_days else known.days end,
           known.least_days, known.most_days
      from fv.retention_rules() as known
      left join wms.retention_setting as mine on mine.tenant_id = fv.tenant();
end
$$;

-- The rows of one rule that are due, as the condition of a statement whose first parameter is the date.
-- An event that was given up is kept for as long as somebody may still see to its dead letter, or a
-- replay would find nothing.
create function wms.is_due(p_rule text, p_anchor text, p_marker text) returns text
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    return format('tenant_id = fv.tenant() and %I < $1', p_anchor)
           || case when p_marker is null then '' else format(' and %I is null', p_marker) end
           || case p_rule
                  when 'wms.outbox' then
                      ' and not exists (select from wms.dead_letter as letter where letter.stream_id = outbox.stream_id'
                      ' and letter.stream_no = outbox.stream_no and letter.state <> ''DONE'')'
                  else ''
              end;
end
$$;

-- By which clock a rule's rows age: what the relay dates, by the database's own, like the relay itself;
-- all else by the time of the business.
create function wms.due_before(p_rule text, p_at timestamptz, p_days int) returns timestamptz
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return case
               when p_rule in ('wms.outbox', 'wms.stream_lease') then least(p_at, clock_timestamp())
               else p_at
           end - make_interval(days => p_days);
end
$$;

-- How a column is redacted, as the data map says.
create function wms.redacted(p_column text, p_erase jsonb) returns text
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    return case
        when p_erase ? 'fixed' then format('%I = %L', p_column, p_erase ->> 'fixed')
        when p_erase ? 'null' then format('%I = null', p_column)
        when p_erase ->> 'generalize' = 'prefix2' then format('%1$I = left(%1$I, 2)', p_column)
    end;
end
$$;

-- What a run would do now, without doing it. Counts end at the limit: whoever looks wants to know
-- whether it is few or many. It locks nothing, so a hold that comes this moment is seen the next time.
create function wms.preview_retention(p_at timestamptz, p_limit int)
returns table (rule text, class text, expiry text, days int, least_days int, most_days int, due bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    known record;
    held tstzmultirange;
begin
    for known in select * from wms.retention_rules() loop
        select coalesce(range_agg(tstzrange(hold.rows_from, hold.rows_until)), '{}')
          into held
          from wms.legal_hold as hold
         where hold.state = 'ACTIVE'
           and (hold.scope <> 'TABLES' or split_part(known.rule, '.', 2) = any (hold.tables));
        rule := known.rule;
        class := known.class;
        expiry := known.expiry;
        days := known.days;
        least_days := known.least_days;
        most_days := known.most_days;
        execute format(
                'select count(*) from (select from %s where %s and not %I <@ $2 limit $3) as due',
                known.rule::regclass, wms.is_due(known.rule, known.anchor, known.marker), known.anchor)
           into due
          using wms.due_before(known.rule, p_at, known.days), held, p_limit;
        return next;
    end loop;
end
$$;

-- One batch of the first rule that this run has not come to the end of; no row where it has of all.
-- A rule that fails keeps no other from being carried out. What is only in the way for a moment is
-- raised, so that the whole transaction starts again.
create function wms.apply_retention(p_due_at timestamptz, p_at timestamptz, p_most int)
returns table (rule text, outcome text, row_count bigint)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    next record;
    due_before timestamptz;
    held tstzmultirange;
    changes text;
    touched bigint := 0;
    open_count bigint;
    kept_count bigint := 0;
    became text;
    broke text;
begin
    select known.*
      into next
      from wms.retention_rules() as known
     where known.days is not null
       and not exists (
               select
                 from wms.retention_run as run
                where run.due_at = p_due_at
                  and run.rule = known.rule
                  and run.outcome <> 'RUNNING')
     order by known.rule
     limit 1;
    if next.rule is null then
        return;
    end if;
    due_before := wms.due_before(next.rule, p_at, next.days);
    begin
        held := wms.held(split_part(next.rule, '.', 2));
        if next.expiry = 'redact_columns' then
            select string_agg(wms.redacted(mapped.column_name, mapped.erase), ', ' order by mapped.column_name)
              into changes
              from fv.mapped_columns() as mapped
             where mapped.table_name = next.rule
               and mapped.erase is not null;
            changes := format('update %s as old set %s, %I = $4', next.rule::regclass, changes, next.marker);
        else
            changes := format('delete from %s as old', next.rule::regclass);
        end if;
        execute format(
                'with due as materialized ('
                'select ctid from %1$s where %2$s and not %3$I <@ $2 order by %3$I limit $3 for update)'
                ' %4$s %5$s due where old.ctid = due.ctid',
                next.rule::regclass,
                wms.is_due(next.rule, next.anchor, next.marker),
                next.anchor,
                changes,
                case when next.expiry = 'redact_columns' then 'from' else 'using' end)
          using due_before, held, p_most, p_at;
        get diagnostics touched = row_count;
        became := 'RUNNING';
        if touched < p_most then
            execute format(
                    'select count(*) filter (where not %1$I <@ $2), count(*) filter (where %1$I <@ $2) from %2$s where %3$s',
                    next.anchor, next.rule::regclass, wms.is_due(next.rule, next.anchor, next.marker))
               into open_count, kept_count
              using due_before, held;
            if open_count > 0 then
                raise exception 'rows are left that nothing keeps' using errcode = 'FV500';
            end if;
            became := case when touched > 0 then 'DONE' else 'NOTHING_TO_DO' end;
        end if;
    exception
        when serialization_failure or deadlock_detected or lock_not_available or query_canceled then
            raise;
        when others then
            touched := 0;
            kept_count := 0;
            became := 'FAILED';
            broke := sqlstate;
    end;
    insert into wms.retention_run as run (
        due_at, rule, class, days, outcome, row_count, held_count, fault, map_version, started_at, ended_at)
    values (p_due_at, next.rule, next.class, next.days, became, touched, kept_count, broke, fv.data_map_version(), p_at, p_at)
        on conflict (tenant_id, due_at, rule) do update
       set outcome = case
                         when excluded.outcome = 'NOTHING_TO_DO' and run.row_count > 0 then 'DONE'
                         else excluded.outcome
                     end,
           row_count = run.row_count + excluded.row_count,
           held_count = excluded.held_count,
           fault = excluded.fault,
           ended_at = excluded.ended_at;
    rule := next.rule;
    outcome := became;
    row_count := touched;
    return next;
end
$$;

grant execute on function wms.apply_retention(timestamptz, timestamptz, int) to fv_worker;
grant execute on function wms.preview_retention(timestamptz, int) to fv_api_ro;
