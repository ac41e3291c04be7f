package com.fluxvantage.runtime;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Versioned;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import java.util.HashMap;
import java.util.Map;

/** What a caller through the gateway is answered: a result, the result of before, or a no. */
sealed interface HttpAnswer {
    record Fresh<R>(R result) implements HttpAnswer {}

    record Replayed(String result) implements HttpAnswer {}

    record No(Problem problem) implements HttpAnswer {}

    default APIGatewayProxyResponseEvent encode(
            Operation<?, ?> operation, JsonMapper json, String requestId) {
        var headers = new HashMap<String, String>();
        headers.put("Request-Id", requestId);
        headers.put("Cache-Control", "no-store");
        int status;
        String body;
        switch (this) {
            case Fresh<?>(var result) -> {
                status = operation.creates() ? 201 : 200;
                body = json.writeValueAsString(result);
                headers.put("Content-Type", "application/json");
                putVersion(headers, result);
            }
            case Replayed(var stored) -> {
                status = operation.creates() ? 201 : 200;
                body = replayed(stored, operation, json, headers);
                headers.put("Content-Type", "application/json");
                headers.put("Idempotency-Replayed", "true");
            }
            case No(var problem) -> {
                status = problem.status();
                body = KernelJson.guarded().writeValueAsString(problem.document(requestId));
                headers.put("Content-Type", "application/problem+json");
                problem.retryAfter()
                        .ifPresent(
                                seconds -> headers.put("Retry-After", Integer.toString(seconds)));
            }
        }
        return new APIGatewayProxyResponseEvent()
                .withStatusCode(status)
                .withHeaders(headers)
                .withBody(body)
                .withIsBase64Encoded(false);
    }

    private static void putVersion(Map<String, String> headers, Object result) {
        if (result instanceof Versioned versioned) {
            headers.put("ETag", "\"" + versioned.version() + "\"");
        }
    }

    // Through the type, so that the fields stand in the order of the first answer. What an older
    // version of the operation has answered may not fit the type any more; it is answered as it is.
    private static String replayed(
            String stored,
            Operation<?, ?> operation,
            JsonMapper json,
            Map<String, String> headers) {
        try {
            var result = json.readValue(stored, operation.resultType());
            putVersion(headers, result);
            return json.writeValueAsString(result);
        } catch (JacksonException _) {
            return stored;
        }
    }
}
