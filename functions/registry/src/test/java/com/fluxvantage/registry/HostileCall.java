package com.fluxvantage.registry;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.fluxvantage.registry.Contract.Described;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One request, however wrong.
 *
 * @param body as it is sent; in base64 when {@code isBase64}
 * @param what was done to it, for whoever reads a failure
 */
record HostileCall(
        Described operation,
        Map<String, String> path,
        Map<String, List<String>> query,
        Map<String, List<String>> headers,
        String body,
        boolean isBase64,
        String mark,
        List<String> what) {
    private static final JsonMapper STRICT =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .build();
    private static final Pattern KEY = Pattern.compile("\"?[\\x21-\\x7e]{8,255}\"?");
    private static final int LARGEST_BODY = 256 * 1024;

    APIGatewayProxyRequestEvent in(APIGatewayProxyRequestEvent event) {
        return event.withPathParameters(path)
                .withMultiValueQueryStringParameters(query)
                .withMultiValueHeaders(headers)
                .withBody(body)
                .withIsBase64Encoded(isBase64);
    }

    /** Why the contract forbids this request; empty when it allows it. */
    Optional<String> misfit() {
        for (var variable : operation.path().entrySet()) {
            var fault =
                    Contract.misfit(
                            variable.getValue(),
                            STRICT.getNodeFactory().stringNode(path.get(variable.getKey())));
            if (fault.isPresent()) {
                return Optional.of("path " + variable.getKey() + ": " + fault.get());
            }
        }
        if (operation.hasKey()) {
            var keys = named("idempotency-key");
            if (keys.size() != 1 || !KEY.matcher(keys.getFirst()).matches()) {
                return Optional.of("idempotency key");
            }
        }
        return queryMisfit().or(this::bodyMisfit);
    }

    private Optional<String> queryMisfit() {
        for (var parameter : query.entrySet()) {
            var schema = operation.query().get(parameter.getKey());
            if (schema == null) {
                return Optional.of("query: unknown");
            }
            if (parameter.getValue().size() != 1) {
                return Optional.of("query: repeated");
            }
            var value = parsed(schema, parameter.getValue().getFirst());
            var fault = Contract.misfit(schema, value);
            if (fault.isPresent()) {
                return Optional.of("query " + parameter.getKey() + ": " + fault.get());
            }
        }
        return operation.requiredQuery().stream()
                .filter(name -> !query.containsKey(name))
                .findFirst()
                .map(name -> "query without " + name);
    }

    private static JsonNode parsed(JsonNode schema, String text) {
        var types = Contract.types(Contract.present(schema));
        if (types.contains("array")) {
            var list = STRICT.createArrayNode();
            for (String element : text.split(",", -1)) {
                list.add(element);
            }
            return list;
        }
        return types.contains("integer") && text.matches("-?[0-9]{1,18}")
                ? STRICT.getNodeFactory().numberNode(Long.parseLong(text))
                : STRICT.getNodeFactory().stringNode(text);
    }

    private Optional<String> bodyMisfit() {
        if (operation.isRead()) {
            return Optional.empty();
        }
        try {
            byte[] bytes = bytes();
            if (bytes.length > LARGEST_BODY) {
                return Optional.of("body: too large");
            }
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            JsonNode tree = STRICT.readTree(text.isBlank() ? "{}" : text);
            if (operation.body() == null) {
                return tree.isObject() && tree.isEmpty()
                        ? Optional.empty()
                        : Optional.of("body: there should be none");
            }
            return Contract.misfit(operation.body(), tree).map(it -> "body: " + it);
        } catch (CharacterCodingException | JacksonException | IllegalArgumentException e) {
            return Optional.of("body: " + e.getClass().getSimpleName());
        }
    }

    private byte[] bytes() throws CharacterCodingException {
        if (isBase64) {
            return Base64.getDecoder().decode(body);
        }
        var encoded = StandardCharsets.UTF_8.newEncoder().encode(java.nio.CharBuffer.wrap(body));
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        return bytes;
    }

    private List<String> named(String header) {
        return headers.entrySet().stream()
                .filter(it -> it.getKey().equalsIgnoreCase(header))
                .flatMap(it -> it.getValue().stream())
                .toList();
    }

    /** Whether it names something of the other tenant, as its path or body stands. */
    boolean names(List<String> foreign) {
        return foreign.stream()
                .anyMatch(id -> path.containsValue(id) || body.contains("\"" + id + "\""));
    }

    @Override
    public String toString() {
        var shown = new LinkedHashMap<String, Object>();
        shown.put("path", path);
        shown.put("query", query);
        shown.put("headers", headers);
        shown.put("body", body);
        String text = shown.toString();
        return operation.name()
                + " "
                + what
                + "\n    "
                + (text.length() > 1_200 ? text.substring(0, 1_200) + "..." : text);
    }
}
