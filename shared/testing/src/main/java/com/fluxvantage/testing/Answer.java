package com.fluxvantage.testing;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fluxvantage.runtime.KernelJson;

import tools.jackson.databind.JsonNode;

import java.util.Map;

/** What a client gets back. */
public record Answer(int status, Map<String, String> headers, JsonNode json) {
    static Answer of(APIGatewayProxyResponseEvent event) {
        return new Answer(
                event.getStatusCode(),
                event.getHeaders(),
                KernelJson.revealing().readTree(event.getBody()));
    }

    /** The code of the problem, or of the success nothing. */
    public String code() {
        return json.path("code").asString("");
    }

    public String text(String field) {
        return json.path(field).asString("");
    }

    public long number(String field) {
        return json.path(field).asLong();
    }

    public <R extends Record> R as(Class<R> type) {
        if (status >= 300) {
            throw new AssertionError(
                    "a success was expected, and the answer is " + status + " " + json);
        }
        return KernelJson.revealing().treeToValue(json, type);
    }

    /** The answer without what differs between any two calls. */
    public String comparable() {
        var copy = json.deepCopy();
        if (copy instanceof tools.jackson.databind.node.ObjectNode object) {
            object.remove("request_id");
        }
        return status + " " + copy;
    }
}
