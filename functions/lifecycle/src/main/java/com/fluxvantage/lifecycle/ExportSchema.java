package com.fluxvantage.lifecycle;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.text.CanonicalJson;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a line of a table's files looks like, as a JSON Schema (draft 2020-12). Made from the data
 * map and the types of the catalogue, so it is true of every line.
 */
final class ExportSchema {
    private ExportSchema() {}

    record Column(int tableNo, String name, String type, boolean nullable, boolean personal) {}

    static String path(String table) {
        return "schemas/" + table + ".json";
    }

    /** By the number of the table in the plan. */
    static Map<Integer, List<Column>> columns(ExportId export, Call call) {
        return call
                .sql()
                .createQuery(
                        """
                        select part.table_no, described.name, described.type, described.nullable, described.personal
                          from wms.export_table as part
                         cross join jsonb_to_recordset(part.columns)
                               as described (name text, type text, nullable boolean, personal boolean)
                         where part.export_id = :export
                        """)
                .bind("export", export)
                .mapTo(Column.class)
                .stream()
                .collect(Collectors.groupingBy(Column::tableNo));
    }

    static ExportDocument document(String table, String mapVersion, List<Column> columns) {
        var properties = new TreeMap<String, Object>();
        columns.forEach(it -> properties.put(it.name, property(it)));
        var schema = new LinkedHashMap<String, Object>();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("$id", "urn:fluxvantage:export:" + mapVersion + ":" + table);
        schema.put("title", table);
        schema.put("type", "object");
        schema.put("properties", properties);
        schema.put("required", List.copyOf(properties.keySet()));
        schema.put("additionalProperties", false);
        return ExportDocument.of(
                ExportDocument.Kind.SCHEMA,
                path(table),
                "application/schema+json",
                CanonicalJson.bytes(schema));
    }

    private static Map<String, Object> property(Column column) {
        var property = new LinkedHashMap<String, Object>();
        boolean isList = column.type.endsWith("[]");
        String of = isList ? column.type.substring(0, column.type.length() - 2) : column.type;
        var one = value(of);
        if (isList) {
            property.put("type", orNull("array", column));
            property.put("items", one);
        } else {
            property.putAll(one);
            if (one.get("type") instanceof String type) {
                property.put("type", orNull(type, column));
            }
        }
        if (column.personal) {
            property.put("x-personal-data", true);
        }
        return property;
    }

    private static Object orNull(String type, Column column) {
        return column.nullable ? List.of(type, "null") : type;
    }

    // As PostgreSQL writes them into JSON.
    private static Map<String, Object> value(String type) {
        return switch (type) {
            case "bigint", "integer", "smallint" -> Map.of("type", "integer");
            case "boolean" -> Map.of("type", "boolean");
            case "uuid" -> Map.of("type", "string", "format", "uuid");
            case "date" -> Map.of("type", "string", "format", "date");
            case "timestamp with time zone" -> Map.of("type", "string", "format", "date-time");
            case "bytea" -> Map.of("type", "string", "pattern", "^\\\\x([0-9a-f]{2})*$");
            case "numeric" -> Map.of("type", "number");
            case "json", "jsonb" -> Map.of();
            default -> Map.of("type", "string");
        };
    }
}
