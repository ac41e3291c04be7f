package com.fluxvantage.local.gateway;

import com.amazonaws.services.lambda.runtime.events.APIGatewayCustomAuthorizerEvent;
import com.fluxvantage.runtime.AuthorizerFunction;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Asks the authorizer and keeps its answer for the token, as API Gateway does: for a minute, and
 * for every route. A refusal is not kept.
 */
final class AuthorizerCache {
    /** Shorter than a proof lives, so that a kept answer's proof is still good. */
    static final Duration KEPT = Duration.ofSeconds(60);

    private static final int MOST_TOKENS = 10_000;
    private static final String METHOD_ARN = "arn:aws:execute-api:local:000000000000:local/v1/GET/";

    private record Kept(Map<String, Object> context, long until) {}

    private final Function<APIGatewayCustomAuthorizerEvent, Map<String, Object>> authorizer;
    private final Map<String, Kept> kept = new ConcurrentHashMap<>();

    AuthorizerCache(Function<APIGatewayCustomAuthorizerEvent, Map<String, Object>> authorizer) {
        this.authorizer = authorizer;
    }

    /** The context for functions, or empty when the caller is nobody good. */
    Optional<Map<String, Object>> context(String authorization) {
        long now = System.nanoTime();
        var known = kept.get(authorization);
        if (known != null && known.until - now > 0) {
            return Optional.of(known.context);
        }
        try {
            var answer = authorizer.apply(event(authorization));
            @SuppressWarnings("unchecked") // the authorizer's answer has this shape
            var context = (Map<String, Object>) answer.get("context");
            if (context == null) {
                throw new IllegalStateException("the authorizer answered without a context");
            }
            if (kept.size() >= MOST_TOKENS) {
                kept.clear();
            }
            kept.put(authorization, new Kept(context, now + KEPT.toNanos()));
            return Optional.of(context);
        } catch (AuthorizerFunction.Unauthorized _) {
            kept.remove(authorization);
            return Optional.empty();
        }
    }

    private static APIGatewayCustomAuthorizerEvent event(String authorization) {
        var event = new APIGatewayCustomAuthorizerEvent();
        event.setType("REQUEST");
        event.setMethodArn(METHOD_ARN);
        event.setHeaders(Map.of("Authorization", authorization));
        return event;
    }
}
