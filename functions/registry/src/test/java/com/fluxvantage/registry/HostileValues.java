package com.fluxvantage.registry;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.stock.WarehouseId;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/** Values for one field: on a limit, beyond it, of another type, or made to do harm. */
final class HostileValues {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final Pattern ID = Pattern.compile("\\^([a-z]{3})_.*");

    /** Texts around a mark, by which an echo is known. */
    private static final List<String> TEXTS =
            List.of(
                    "%s",
                    " %s",
                    "%s\u00a0",
                    "%s\u0000",
                    "%s\t\r\n",
                    "%s\u001b[31m",
                    "\u202e%s\u202c",
                    "%s\u200b",
                    "%s\u200d",
                    "\ufeff%s",
                    "%s\u2028",
                    "%s\ufffe",
                    "%s\ufffd",
                    "%s\ue000",
                    "%s\udb40\udc01",
                    "%s\ud83d\udc68\u200d\ud83d\udc69\u200d\ud83d\udc67",
                    "%sa\u0301\u0302\u0303\u0304\u0305\u0306",
                    "%s\u0661\u0662\u0663",
                    "%s\uff11\uff12",
                    "%s\u0130\u0131\u00df",
                    "%s'; drop table wms.bucket; --",
                    "%s' or '1'='1",
                    "%s$$ :name ?1 {} <tag>",
                    "%s%%_\\",
                    "${jndi:ldap://127.0.0.1/%s}",
                    "#{%s} {{%s}} <script>%s</script>",
                    "../../%s/..",
                    "%s%%00%%0d%%0a",
                    "%s\"}]",
                    "=cmd|%s");

    private static final List<String> PLAIN =
            List.of(
                    "TEA",
                    "A-01",
                    "A-02",
                    "DOCK-1",
                    "Stra\u00dfe 1",
                    "GB",
                    "ZZ",
                    "40123455",
                    "00012345600012",
                    "Europe/Berlin",
                    "0193A4E7-7C11-7ABC-8DEF-0123456789AB",
                    "someone@example.org",
                    "x");

    private static final List<String> DATES =
            List.of("2026-11-24", "0001-01-01", "9999-12-31", "2028-02-29", "0000-01-01");

    /** As they stand in JSON: no value of a contract looks like these, or only by accident. */
    private static final List<String> TOKENS =
            List.of(
                    "null",
                    "true",
                    "[]",
                    "{}",
                    "[[]]",
                    "[null]",
                    "{\"\":null}",
                    "\"\"",
                    "\" \"",
                    "0",
                    "-0",
                    "-1",
                    "1.0",
                    "1.5",
                    "1e2",
                    "1e400",
                    "-1e-400",
                    "01",
                    "+1",
                    "0x1F",
                    "1_000",
                    "NaN",
                    "-Infinity",
                    "\"NaN\"",
                    "\"1\"",
                    "2147483648",
                    "-2147483649",
                    "9223372036854775807",
                    "9223372036854775808",
                    "-9223372036854775808",
                    "1" + "0".repeat(40),
                    "0." + "1".repeat(40),
                    "\"\\ud800\"",
                    "\"\\udc00\\ud800\"",
                    "\"\\u0000\"",
                    "\"2023-02-29\"",
                    "\"+10000-01-01\"",
                    "\"-0001-01-01\"",
                    "\"0000-00-00\"");

    private final RandomGenerator random;
    private final String mark;
    private final List<String> ours;
    private final List<String> theirs;

    HostileValues(RandomGenerator random, String mark, List<String> ours, List<String> theirs) {
        this.random = random;
        this.mark = mark;
        this.ours = ours;
        this.theirs = theirs;
    }

    <T> T any(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    String text() {
        return any(TEXTS).replace("%s", mark).replace("%%", "%");
    }

    String token() {
        return any(TOKENS);
    }

    /** A text of exactly so many characters, each of which may take two in Java. */
    String textOf(int characters) {
        String filling = random.nextBoolean() ? "x" : "\ud83d\udce6";
        return mark + filling.repeat(Math.max(0, characters - mark.length()));
    }

    /** Something that the schema allows, as far as a stranger can tell. */
    JsonNode fitting(JsonNode optional) {
        var schema = Contract.present(optional);
        var types = Contract.types(schema);
        if (types.contains("null") && random.nextInt(8) == 0) {
            return JSON.nullNode();
        }
        if (schema.has("const")) {
            return schema.path("const");
        }
        if (schema.has("enum")) {
            return any(schema.path("enum").valueStream().toList());
        }
        if (types.contains("string")) {
            return JSON.stringNode(fittingText(schema));
        }
        if (types.contains("integer")) {
            return fittingNumber(schema);
        }
        if (types.contains("boolean")) {
            return JSON.booleanNode(random.nextBoolean());
        }
        if (types.contains("array")) {
            var array = JSON.arrayNode();
            for (int left = random.nextInt(4); left > 0; left--) {
                array.add(fitting(schema.path("items")));
            }
            return array;
        }
        var object = JSON.objectNode();
        var required = schema.path("required").valueStream().map(JsonNode::asString).toList();
        for (var field : schema.path("properties").properties()) {
            if (required.contains(field.getKey()) || random.nextBoolean()) {
                object.set(field.getKey(), fitting(field.getValue()));
            }
        }
        return object;
    }

    private String fittingText(JsonNode schema) {
        String pattern = schema.path("pattern").asString("");
        var id = ID.matcher(pattern);
        if (id.matches()) {
            return id(id.group(1));
        }
        if (schema.path("format").asString("").equals("date")) {
            return any(DATES);
        }
        int longest = schema.path("maxLength").asInt(200);
        var candidates = new ArrayList<>(PLAIN);
        candidates.add(mark);
        candidates.add(textOf(longest));
        candidates.add(text().strip());
        var fitting =
                candidates.stream()
                        .filter(it -> Contract.misfit(schema, JSON.stringNode(it)).isEmpty())
                        .toList();
        return fitting.isEmpty() ? "x" : any(fitting);
    }

    private JsonNode fittingNumber(JsonNode schema) {
        var numbers = new ArrayList<>(List.of(1L, 2L, 7L, 1_000L));
        for (String limit : Set.of("minimum", "maximum")) {
            if (schema.has(limit)) {
                numbers.add(schema.path(limit).asLong());
            }
        }
        return JSON.numberNode(any(numbers));
    }

    /** One beyond a limit that the schema names, or a text or id that does harm. */
    JsonNode unfit(JsonNode optional) {
        var schema = Contract.present(optional);
        var types = Contract.types(schema);
        if (types.contains("integer") && random.nextBoolean()) {
            return JSON.numberNode(
                    schema.has("maximum") && random.nextBoolean()
                            ? schema.path("maximum").bigIntegerValue().add(BigInteger.ONE)
                            : schema.path("minimum")
                                    .bigIntegerValue(BigInteger.ZERO)
                                    .subtract(BigInteger.ONE));
        }
        if (schema.has("enum") && random.nextBoolean()) {
            String word = any(schema.path("enum").valueStream().toList()).asString();
            return JSON.stringNode(
                    any(List.of(" " + word, word + "\n", word.toLowerCase(Locale.ROOT), "0")));
        }
        if (schema.has("maxLength") && random.nextInt(3) == 0) {
            return JSON.stringNode(textOf(schema.path("maxLength").asInt() + 1));
        }
        var id = ID.matcher(schema.path("pattern").asString(""));
        if (id.matches()) {
            return JSON.stringNode(strangeId(id.group(1)));
        }
        if (types.contains("array") && random.nextBoolean()) {
            var many = JSON.arrayNode();
            for (int left = random.nextInt(2_500); left > 0; left--) {
                many.add(fitting(schema.path("items")));
            }
            return many;
        }
        return JSON.stringNode(text());
    }

    /** An id of this kind that is the tenant's own, or nobody's. */
    private String id(String prefix) {
        var known = ours.stream().filter(it -> it.startsWith(prefix)).toList();
        return known.isEmpty() || random.nextInt(6) == 0 ? invented(prefix) : any(known);
    }

    String strangeId(String prefix) {
        var foreign = theirs.stream().filter(it -> it.startsWith(prefix)).toList();
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> foreign.isEmpty() ? invented(prefix) : any(foreign);
            case 3 -> any(ours);
            case 4 -> prefix + any(ours).substring(3);
            case 5 -> any(ours).toUpperCase(Locale.ROOT);
            case 6 -> prefix + "_" + "z".repeat(26);
            default -> prefix + "_" + mark;
        };
    }

    private static String invented(String prefix) {
        return prefix + Identifiers.text(new WarehouseId(Uuid7.next())).substring(3);
    }
}
