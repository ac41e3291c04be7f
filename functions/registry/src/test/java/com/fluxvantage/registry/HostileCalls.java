package com.fluxvantage.registry;

import com.fluxvantage.registry.Contract.Described;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Draws requests: each starts as the operation's scene, or as its example where it has none, and
 * goes through up to three changes. What a field may be comes from the contract, so that a new
 * operation is attacked without a line here. The same seed and number draw the same changes.
 */
final class HostileCalls {
    /** Starts every mark; nothing that the platform says of its own accord holds it. */
    static final String MARK = "Zq7";

    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern ID = Pattern.compile("[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}");
    private static final int DEEP = 10_000;
    private static final int MEGABYTE = 1 << 20;

    private final Contract contract;
    private final long seed;

    HostileCalls(Contract contract, long seed) {
        this.contract = contract;
        this.seed = seed;
    }

    static List<String> ids(World world) {
        return world.scenes().values().stream()
                .flatMap(scene ->
                        Stream.of(scene.path().values(), scene.query().values())
                                .flatMap(java.util.Collection::stream))
                .filter(it -> ID.matcher(it).matches())
                .distinct()
                .toList();
    }

    HostileCall draw(int number, World ours, World theirs) {
        var random =
                RandomGeneratorFactory.of("L64X128MixRandom").create(seed * 1_000_003 + number);
        var operations = contract.operations();
        var operation = operations.get(random.nextInt(operations.size()));
        return new Drawing(operation, ours, theirs, random, MARK + Integer.toString(number, 36))
                .draw();
    }

    /** One request in the making. */
    private static final class Drawing {
        private final Described operation;
        private final RandomGenerator random;
        private final String mark;
        private final HostileValues values;
        private final Map<String, String> path;
        private final Map<String, List<String>> query = new HashMap<>();
        private final Map<String, List<String>> headers = new LinkedHashMap<>();
        private final ObjectNode tree;
        private final List<String> tokens = new ArrayList<>();
        private final List<String> what = new ArrayList<>();
        private @Nullable String body;
        private boolean isBase64;

        Drawing(
                Described operation,
                World ours,
                World theirs,
                RandomGenerator random,
                String mark) {
            this.operation = operation;
            this.random = random;
            this.mark = mark;
            this.values = new HostileValues(random, mark, ids(ours), ids(theirs));
            var scene = ours.anyScene(operation.name());
            this.path = scene == null ? new HashMap<>() : new HashMap<>(scene.path());
            operation
                    .path()
                    .forEach((name, schema) ->
                            path.computeIfAbsent(name, _ -> values.fitting(schema).asString("")));
            this.tree =
                    scene != null && !scene.body().isBlank()
                            ? (ObjectNode) JSON.readTree(scene.body())
                            : operation.example() instanceof ObjectNode example
                                    ? example.deepCopy()
                                    : JSON.createObjectNode();
            if (scene != null) {
                scene.query().forEach((name, value) -> query.put(name, List.of(value)));
            }
            headers.put("Content-Type", List.of("application/json"));
            if (!operation.isRead()) {
                headers.put("Idempotency-Key", List.of(UUID.randomUUID().toString()));
            }
        }

        HostileCall draw() {
            for (int left = random.nextInt(4); left > 0; left--) {
                change();
            }
            String text = body == null ? rendered() : body;
            return new HostileCall(
                    operation,
                    path,
                    query,
                    headers,
                    operation.isRead() && body == null ? "" : text,
                    isBase64,
                    mark,
                    what);
        }

        private void change() {
            var fields = operation.body();
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> {
                    if (fields != null) {
                        field(tree, fields, "");
                    } else {
                        parameter();
                    }
                }
                case 4 -> body();
                case 5 -> header();
                case 6, 7 -> variable();
                default -> parameter();
            }
        }

        private void field(ObjectNode parent, JsonNode schema, String where) {
            if (random.nextInt(12) == 0) {
                what.add(where + " has an unknown field");
                parent.put(random.nextBoolean() ? "tenant_id" : values.text(), mark);
                return;
            }
            var names = List.copyOf(schema.path("properties").propertyNames());
            String name = values.any(names);
            var inner = Contract.present(schema.path("properties").path(name));
            String here = where + "/" + name;
            if (random.nextInt(10) < 7) {
                if (parent.get(name) instanceof ObjectNode child) {
                    field(child, inner, here);
                    return;
                }
                if (parent.get(name) instanceof ArrayNode list
                        && list.path(0) instanceof ObjectNode first) {
                    field(first, Contract.present(inner.path("items")), here + "/0");
                    return;
                }
            }
            switch (random.nextInt(9)) {
                case 0 -> {
                    what.add(here + " left out");
                    parent.remove(name);
                }
                case 1, 2 -> put(parent, name, values.unfit(inner), here + " unfit");
                case 3, 4 -> {
                    what.add(here + " another token");
                    tokens.add(values.token());
                    parent.put(name, placeholder(tokens.size() - 1));
                }
                default -> put(parent, name, values.fitting(inner), here + " fitting");
            }
        }

        private void put(ObjectNode parent, String name, JsonNode value, String done) {
            what.add(done);
            parent.set(name, value);
        }

        // Numbers that no tree can hold are put in at the end, as text.
        private String rendered() {
            String text = tree.toString();
            for (int at = 0; at < tokens.size(); at++) {
                text = text.replace("\"" + placeholder(at) + "\"", tokens.get(at));
            }
            return text;
        }

        private static String placeholder(int number) {
            return "@token" + number + "@";
        }

        private void body() {
            String text = rendered();
            int kind = random.nextInt(18);
            what.add("body of kind " + kind);
            body =
                    switch (kind) {
                        case 0 -> "";
                        case 1 -> text.substring(0, random.nextInt(text.length()));
                        case 2 -> text + values.any(List.of("}", ",", " {}", mark, "\u0000", "//"));
                        case 3 -> "\ufeff" + text;
                        case 4 -> "[" + text + "]";
                        case 5 -> "[".repeat(DEEP);
                        case 6 -> "{\"sku\":".repeat(DEEP) + "1" + "}".repeat(DEEP);
                        case 7 -> "{\"" + mark + "\": \"" + "x".repeat(MEGABYTE) + "\"}";
                        case 8 -> "{\"sku\": \"" + "x".repeat(200_000) + "\"}";
                        case 9 -> "{\"sku\": " + "9".repeat(200_000) + "}";
                        case 10 -> twice(text);
                        case 11 ->
                                values.any(List.of(mark, "null", "true", "1", "\"" + mark + "\""));
                        case 12 -> "<?xml version=\"1.0\"?><a>" + mark + "</a>";
                        case 13 -> "sku=" + mark + "&quantity=1";
                        case 14 -> text.replaceFirst("\\{", "{/* " + mark + " */");
                        case 15 -> text.replace('"', '\'');
                        case 16 -> bytes(text);
                        default -> {
                            isBase64 = true;
                            yield "*" + mark + "*";
                        }
                    };
        }

        private static String twice(String text) {
            return text.startsWith("{\"")
                    ? text.replaceFirst("^\\{(\"[^\"]*\"):", "{$1:null,$1:")
                    : text + text;
        }

        /** In base64, as it is or with bytes that are no UTF-8. */
        private String bytes(String text) {
            isBase64 = true;
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            int at = random.nextInt(bytes.length);
            var broken =
                    new byte[][] {
                        {},
                        {(byte) 0xc0, (byte) 0xaf},
                        {(byte) 0xff},
                        {(byte) 0xed, (byte) 0xa0, (byte) 0x80}
                    };
            byte[] put = broken[random.nextInt(broken.length)];
            byte[] all = new byte[bytes.length + put.length];
            System.arraycopy(bytes, 0, all, 0, at);
            System.arraycopy(put, 0, all, at, put.length);
            System.arraycopy(bytes, at, all, at + put.length, bytes.length - at);
            return Base64.getEncoder().encodeToString(all);
        }

        private void header() {
            String name =
                    values.any(
                            List.of(
                                    "Idempotency-Key",
                                    "If-Match",
                                    "Content-Type",
                                    "X-Request-Id",
                                    "Request-Id",
                                    "X-Tenant-Id",
                                    "X-Forwarded-For",
                                    "Authorization",
                                    "spring.cloud.function.definition",
                                    "X-" + mark));
            what.add("header " + name);
            switch (random.nextInt(8)) {
                case 0 -> headers.remove(name);
                case 1 -> headers.put(name, List.of(mark + "-one-value", mark + "-another-value"));
                case 2 -> {
                    headers.put(name, List.of(mark + "-in-one-case"));
                    headers.put(name.toLowerCase(java.util.Locale.ROOT), List.of(mark + "-other"));
                }
                case 3 -> headers.put(name, List.of(mark + "\r\nSet-Cookie: a=" + mark));
                case 4 -> headers.put(name, List.of(mark + "x".repeat(100_000)));
                case 5 -> headers.put(name, List.of());
                case 6 -> headers.put(name, List.of("\"" + mark + "-" + UUID.randomUUID() + "\""));
                default -> headers.put(name, List.of(values.text()));
            }
        }

        private void variable() {
            if (path.isEmpty()) {
                parameter();
                return;
            }
            String name = values.any(List.copyOf(path.keySet()));
            what.add("path " + name);
            String now = path.get(name);
            path.put(
                    name,
                    switch (random.nextInt(7)) {
                        case 0 -> values.text();
                        case 1 -> "";
                        case 2 -> now + " ";
                        case 3 -> values.textOf(1_001);
                        case 4 -> now + "\u0000";
                        default -> values.unfit(schema(operation.path(), name)).asString("");
                    });
        }

        /** A list is sent as one parameter, its elements apart by commas. */
        private static String text(JsonNode value) {
            return value.isArray()
                    ? value.valueStream()
                            .map(it -> it.asString(""))
                            .collect(Collectors.joining(","))
                    : value.asString("");
        }

        private static JsonNode schema(Map<String, JsonNode> schemas, String name) {
            return schemas.getOrDefault(name, MissingNode.getInstance());
        }

        private void parameter() {
            if (query.isEmpty() && !operation.isRead() && random.nextInt(4) > 0) {
                return;
            }
            if (operation.query().isEmpty() || random.nextInt(10) == 0) {
                what.add("an unknown parameter");
                query.put(random.nextBoolean() ? mark : "tenant_id", List.of(mark));
                return;
            }
            String name = values.any(List.copyOf(operation.query().keySet()));
            var schema = schema(operation.query(), name);
            what.add("parameter " + name);
            switch (random.nextInt(8)) {
                case 0 -> query.put(name, List.of(mark, mark));
                case 1 -> query.put(name, List.of(""));
                case 2 -> query.remove(name);
                case 3 -> query.put(name, List.of(values.token().replace("\"", "")));
                case 4 -> query.put(name, List.of(values.unfit(schema).asString("")));
                case 5 -> query.put(name, List.of(values.text()));
                default -> query.put(name, List.of(text(values.fitting(schema))));
            }
        }
    }
}
