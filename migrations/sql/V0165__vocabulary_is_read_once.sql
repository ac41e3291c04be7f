-- What the data map says of its classes is looked up once. Once a column, the whole map was unpacked some
-- 600 times: 48 ms, for every job that first asks whether the map is right. And the planner is told that
-- there is one map: for the thousands that it expects of a table without statistics, it wrote to disk.

set local role fv_guard;

create or replace function fv.mapped_tables()
returns table (table_name text, module text, category text, is_fenced boolean, at_end text, batch_key text[], hold text[],
               retention text, retention_days int, anchor text, expiry text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    with kept as materialized (
        select class.key, (class.value ->> 'days')::int as days
          from (select map from guard.data_map limit 1) as stored
         cross join lateral jsonb_each(stored.map #> '{vocabulary,retention_classes}') as class)
    select entry.key,
           entry.value ->> 'module',
           entry.value ->> 'category',
           entry.value ->> 'isolation' = 'rls_forced',
           entry.value ->> 'at_end',
           array(select jsonb_array_elements_text(coalesce(entry.value -> 'batch_key', '[]'))),
           array(select jsonb_array_elements_text(coalesce(entry.value -> 'hold', '[]'))),
           entry.value #>> '{retention,class}',
           kept.days,
           entry.value #>> '{retention,anchor}',
           entry.value #>> '{retention,expiry}'
      from (select map from guard.data_map limit 1) as stored
     cross join lateral jsonb_each(stored.map -> 'tables') as entry
      left join kept on kept.key = entry.value #>> '{retention,class}'
     order by entry.key;
end
$$;

create or replace function fv.mapped_columns()
returns table (table_name text, column_name text, class text, is_personal boolean, exported_to text[], erase jsonb, why text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    with known as materialized (
        select word.key, (word.value ->> 'personal')::boolean as is_personal
          from (select map from guard.data_map limit 1) as stored
         cross join lateral jsonb_each(stored.map #> '{vocabulary,column_class}') as word)
    select entry.key,
           part.key,
           part.value ->> 'class',
           coalesce(known.is_personal, true),
           case jsonb_typeof(part.value -> 'export')
               when 'array' then array(select jsonb_array_elements_text(part.value -> 'export'))
               else array[]::text[]
           end,
           part.value -> 'erase',
           part.value ->> 'why'
      from (select map from guard.data_map limit 1) as stored
     cross join lateral jsonb_each(stored.map -> 'tables') as entry
     cross join lateral jsonb_each(entry.value -> 'columns') as part
      left join known on known.key = part.value ->> 'class'
     order by entry.key, part.key;
end
$$;
