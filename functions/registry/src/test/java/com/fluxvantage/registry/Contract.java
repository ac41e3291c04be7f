package com.fluxvantage.registry;

import com.fluxvantage.runtime.OperationCatalog;
import com.fluxvantage.testing.Answer;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The published contract as a judge: what a request may look like, and what may be answered. */
final class Contract {
    /** One operation as a stranger knows it. */
    record Described(
            String name,
            boolean isRead,
            boolean hasKey,
            Map<String, JsonNode> path,
            Map<String, JsonNode> query,
            Set<String> requiredQuery,
            @Nullable JsonNode body,
            JsonNode example,
            JsonNode responses) {}

    private static final int LONGEST_NUMBER_BITS = 63;
    private static final Set<String> KNOWN =
            Set.of(
                    "type",
                    "properties",
                    "required",
                    "additionalProperties",
                    "items",
                    "enum",
                    "const",
                    "writeOnly",
                    "pattern",
                    "description",
                    "format",
                    "minLength",
                    "maxLength",
                    "minimum",
                    "maximum",
                    "anyOf");

    private final JsonNode document;
    private final Map<String, Described> operations = new LinkedHashMap<>();

    Contract(OperationCatalog catalog) {
        this.document = new JsonMapper().readTree(OpenApiDocument.text(catalog));
        for (var path : document.path("paths")) {
            for (var method : path.properties()) {
                var described = described(method.getKey(), method.getValue());
                operations.put(described.name, described);
            }
        }
    }

    List<Described> operations() {
        return List.copyOf(operations.values());
    }

    private static Described described(String method, JsonNode operation) {
        var path = new LinkedHashMap<String, JsonNode>();
        var query = new LinkedHashMap<String, JsonNode>();
        var required = new java.util.HashSet<String>();
        for (var parameter : operation.path("parameters")) {
            String name = parameter.path("name").asString("");
            switch (parameter.path("in").asString("")) {
                case "path" -> path.put(name, parameter.path("schema"));
                case "query" -> {
                    query.put(name, parameter.path("schema"));
                    if (parameter.path("required").asBoolean()) {
                        required.add(name);
                    }
                }
                default -> {} // a reference to a header
            }
        }
        var content = operation.at("/requestBody/content/application~1json");
        return new Described(
                operation.path("operationId").asString(),
                method.equals("get"),
                operation.path("parameters").valueStream().anyMatch(it -> it.has("$ref")),
                path,
                query,
                required,
                content.isMissingNode() ? null : content.path("schema"),
                content.path("example"),
                operation.path("responses"));
    }

    /** What is wrong with an answer, judged by the contract alone. */
    List<String> faults(Described operation, Answer answer) {
        var faults = new ArrayList<String>();
        var response = operation.responses.path(Integer.toString(answer.status()));
        if (response.isMissingNode()) {
            return List.of("the contract has no status " + answer.status() + " " + answer.code());
        }
        boolean isDone = answer.status() < 300;
        String type = isDone ? "application/json" : "application/problem+json";
        if (!type.equals(answer.headers().get("Content-Type"))) {
            faults.add("the content type is " + answer.headers().get("Content-Type"));
        }
        var schema =
                isDone
                        ? response.path("content").path(type).path("schema")
                        : document.at("/components/schemas/Problem");
        misfit(schema, answer.json()).ifPresent(it -> faults.add("the answer: " + it));
        if (!isDone) {
            faults.addAll(problemFaults(response, answer));
            for (var error : answer.json().path("errors")) {
                if (!leadsIntoARequest(operation, error.path("pointer").asString(""))) {
                    faults.add("a pointer that leads nowhere: " + error.path("pointer"));
                }
            }
        }
        return faults;
    }

    private static boolean leadsIntoARequest(Described operation, String pointer) {
        var steps = List.of(pointer.split("/", -1));
        if (!steps.getFirst().equals("#")) {
            return false;
        }
        if (steps.size() == 1) {
            return true;
        }
        String first = steps.get(1);
        JsonNode none = MissingNode.getInstance();
        var parameter =
                operation.path.getOrDefault(first, operation.query.getOrDefault(first, none));
        var inside = operation.body == null ? none : operation.body;
        var at =
                present(
                        parameter.isMissingNode()
                                ? inside.path("properties").path(first)
                                : parameter);
        for (String step : steps.subList(2, steps.size())) {
            at =
                    present(
                            step.matches("[0-9]+")
                                    ? at.path("items")
                                    : at.path("properties").path(step));
        }
        return !at.isMissingNode();
    }

    private static List<String> problemFaults(JsonNode response, Answer answer) {
        var faults = new ArrayList<String>();
        var codes = List.of(response.path("description").asString("").split(", "));
        if (!codes.contains(answer.code())) {
            faults.add("the contract has no code " + answer.code() + " at " + answer.status());
        }
        if (answer.number("status") != answer.status()) {
            faults.add("the document says another status");
        }
        if (answer.json().path("retryable").asBoolean()
                != answer.headers().containsKey("Retry-After")) {
            faults.add("retryable and Retry-After do not agree");
        }
        return faults;
    }

    /** Why a value does not fit a schema; empty when it fits. */
    static Optional<String> misfit(JsonNode schema, JsonNode value) {
        for (String keyword : schema.propertyNames()) {
            if (!KNOWN.contains(keyword)) {
                throw new AssertionError("this judge does not know the keyword " + keyword);
            }
        }
        if (schema.has("anyOf")) {
            var misfits = schema.path("anyOf").valueStream().map(it -> misfit(it, value)).toList();
            return misfits.stream().allMatch(Optional::isPresent)
                    ? misfits.getLast()
                    : Optional.empty();
        }
        var types = types(schema);
        if (value.isNull()) {
            return types.contains("null") ? Optional.empty() : Optional.of("null");
        }
        boolean isOfType =
                types.isEmpty() || types.stream().anyMatch(type -> isOfType(value, type));
        if (!isOfType) {
            return Optional.of("not of type " + types);
        }
        if (value.isObject()) {
            return objectMisfit(schema, value);
        }
        if (value.isArray()) {
            return value.valueStream()
                    .map(element -> misfit(schema.path("items"), element))
                    .flatMap(Optional::stream)
                    .findFirst();
        }
        if (value.isString()) {
            return textMisfit(schema, value.asString());
        }
        return value.isIntegralNumber() ? numberMisfit(schema, value) : Optional.empty();
    }

    private static boolean isOfType(JsonNode value, String type) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isString();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            default -> false;
        };
    }

    /** What an optional field is when it is there. */
    static JsonNode present(JsonNode schema) {
        return schema.path("anyOf")
                .valueStream()
                .filter(it -> !types(it).contains("null"))
                .findFirst()
                .orElse(schema);
    }

    static List<String> types(JsonNode schema) {
        var type = schema.path("type");
        return type.isArray()
                ? type.valueStream().map(JsonNode::asString).toList()
                : type.isMissingNode() ? List.of() : List.of(type.asString());
    }

    private static Optional<String> objectMisfit(JsonNode schema, JsonNode value) {
        for (var name : schema.path("required")) {
            if (!value.has(name.asString())) {
                return Optional.of("without " + name.asString());
            }
        }
        boolean isClosed = schema.has("additionalProperties");
        for (var field : value.properties()) {
            var known = schema.path("properties").path(field.getKey());
            if (known.isMissingNode()) {
                if (isClosed) {
                    return Optional.of("an unknown field");
                }
                continue;
            }
            var inner = misfit(known, field.getValue());
            if (inner.isPresent()) {
                return Optional.of(field.getKey() + ": " + inner.get());
            }
        }
        return Optional.empty();
    }

    private static Optional<String> textMisfit(JsonNode schema, String text) {
        int length = text.codePointCount(0, text.length());
        if (length < schema.path("minLength").asInt(0)
                || length > schema.path("maxLength").asInt(Integer.MAX_VALUE)) {
            return Optional.of("too short or too long");
        }
        if (schema.has("const") && !schema.path("const").asString("").equals(text)) {
            return Optional.of("it is not the one word");
        }
        if (schema.has("enum")
                && schema.path("enum")
                        .valueStream()
                        .noneMatch(it -> it.asString("").equals(text))) {
            return Optional.of("none of the words");
        }
        if (schema.has("pattern")
                && !Pattern.compile(schema.path("pattern").asString()).matcher(text).find()) {
            return Optional.of("of another pattern");
        }
        try {
            switch (schema.path("format").asString("")) {
                case "date" -> LocalDate.parse(text);
                case "date-time" -> Instant.parse(text);
                default -> {}
            }
        } catch (DateTimeParseException _) {
            return Optional.of("no date or time");
        }
        return Optional.empty();
    }

    private static Optional<String> numberMisfit(JsonNode schema, JsonNode value) {
        BigInteger number = value.bigIntegerValue();
        if (number.bitLength() > LONGEST_NUMBER_BITS) {
            return Optional.of("longer than any number here");
        }
        boolean isBelow =
                schema.has("minimum")
                        && number.compareTo(schema.path("minimum").bigIntegerValue()) < 0;
        boolean isAbove =
                schema.has("maximum")
                        && number.compareTo(schema.path("maximum").bigIntegerValue()) > 0;
        return isBelow || isAbove ? Optional.of("out of range") : Optional.empty();
    }
}
