package com.fluxvantage.local;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * One person's connection to the API, as any client has one: a token, HTTP, JSON, an idempotency
 * key for each thing done. What is in the way for a moment is sent again under the same key.
 */
final class ApiClient {
    static final JsonMapper JSON = new JsonMapper();

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(35);
    private static final Pattern ACCEPTABLE = Pattern.compile("[\\x21-\\x7e]{8,255}");
    private static final int TRIES = 12;
    private static final long PAUSE_NANOS = 100_000_000;

    /** What came back. */
    record Reply(int status, JsonNode json) {
        String code() {
            return json.path("code").asString("");
        }

        String text(String field) {
            return json.path(field).asString("");
        }

        boolean isDone() {
            return status < 300;
        }
    }

    /** An answer that stops the day: something is wrong that waiting does not mend. */
    static final class Unexpected extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unexpected(String operation, Reply reply) {
            super(
                    "%s was answered %d %s (request %s)"
                            .formatted(
                                    operation,
                                    reply.status,
                                    reply.code(),
                                    reply.text("request_id")));
        }
    }

    private final HttpClient http;
    private final URI api;
    private final Supplier<String> token;
    private final Latencies latencies;

    /**
     * Opens nothing yet.
     *
     * @param token a fresh one when the last is about to end
     */
    ApiClient(HttpClient http, URI api, Supplier<String> token, Latencies latencies) {
        this.http = http;
        this.api = api;
        this.token = token;
        this.latencies = latencies;
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /** A write that has to succeed. */
    JsonNode post(String operation, String path, String key, ObjectNode body) {
        var reply = tryPost(operation, path, key, body);
        if (!reply.isDone()) {
            throw new Unexpected(operation, reply);
        }
        return reply.json;
    }

    /** A write that may be refused. */
    Reply tryPost(String operation, String path, String key, ObjectNode body) {
        return send(
                operation,
                request(path)
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", acceptable(key))
                        .POST(HttpRequest.BodyPublishers.ofString(body.toString())));
    }

    // A header takes no other signs, and the API no other lengths; a SKU or an order number
    // may have any.
    private static String acceptable(String key) {
        return ACCEPTABLE.matcher(key).matches() ? key : "key-" + Fingerprint.of(key);
    }

    JsonNode get(String operation, String path) {
        var reply = tryGet(operation, path);
        if (!reply.isDone()) {
            throw new Unexpected(operation, reply);
        }
        return reply.json;
    }

    /** A read that may be refused. */
    Reply tryGet(String operation, String path) {
        return send(operation, request(path).GET());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(api.resolve("/v1" + path)).timeout(LONGEST_WAIT);
    }

    private Reply send(String operation, HttpRequest.Builder request) {
        for (int attempt = 1; ; attempt++) {
            var reply =
                    once(
                            operation,
                            request.setHeader("Authorization", "Bearer " + token.get()).build());
            boolean mayHelp = reply.status == 503 || reply.code().equals("idempotency-in-progress");
            if (!mayHelp || attempt == TRIES) {
                return reply;
            }
            LockSupport.parkNanos(attempt * PAUSE_NANOS);
        }
    }

    private Reply once(String operation, HttpRequest request) {
        try {
            long started = System.nanoTime();
            var response = http.send(request, HttpResponse.BodyHandlers.ofString());
            latencies.add(operation, System.nanoTime() - started);
            return new Reply(response.statusCode(), JSON.readTree(response.body()));
        } catch (IOException e) {
            throw new UncheckedIOException("The API did not answer " + operation + ".", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The day was interrupted.", e);
        }
    }
}
