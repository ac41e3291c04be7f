package com.fluxvantage.infra;

import com.fluxvantage.runtime.BoundaryProblem;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the gateway itself answers when no function is asked or none answers: the same problem
 * documents as a function's boundary, in place of the gateway's own bodies, which tell more about
 * the service than about the problem.
 */
final class GatewayAnswers {
    private static final String TYPES = "https://docs.fluxvantage.com/problems/";

    private static final Map<String, BoundaryProblem> BY_THE_GATEWAYS_NAME =
            Map.ofEntries(
                    Map.entry("UNAUTHORIZED", BoundaryProblem.UNAUTHENTICATED),
                    Map.entry("EXPIRED_TOKEN", BoundaryProblem.UNAUTHENTICATED),
                    Map.entry("INVALID_SIGNATURE", BoundaryProblem.UNAUTHENTICATED),
                    Map.entry("INVALID_API_KEY", BoundaryProblem.UNAUTHENTICATED),
                    Map.entry("ACCESS_DENIED", BoundaryProblem.FORBIDDEN),
                    Map.entry("WAF_FILTERED", BoundaryProblem.FORBIDDEN),
                    // It says 403, "missing authentication token", to a path in no contract.
                    Map.entry("MISSING_AUTHENTICATION_TOKEN", BoundaryProblem.NO_SUCH_ROUTE),
                    Map.entry("RESOURCE_NOT_FOUND", BoundaryProblem.NO_SUCH_ROUTE),
                    Map.entry("THROTTLED", BoundaryProblem.TOO_MANY_REQUESTS),
                    Map.entry("QUOTA_EXCEEDED", BoundaryProblem.TOO_MANY_REQUESTS),
                    Map.entry("REQUEST_TOO_LARGE", BoundaryProblem.TOO_LARGE),
                    Map.entry("UNSUPPORTED_MEDIA_TYPE", BoundaryProblem.NOT_JSON),
                    Map.entry("BAD_REQUEST_BODY", BoundaryProblem.NOT_JSON),
                    Map.entry("BAD_REQUEST_PARAMETERS", BoundaryProblem.WRONG_TYPE),
                    // The issuer or the database is away.
                    Map.entry("AUTHORIZER_FAILURE", BoundaryProblem.RETRY_LATER),
                    // A function that nobody called for two weeks is being made ready again.
                    Map.entry("API_CONFIGURATION_ERROR", BoundaryProblem.RETRY_LATER),
                    Map.entry("INTEGRATION_FAILURE", BoundaryProblem.RETRY_LATER),
                    Map.entry("INTEGRATION_TIMEOUT", BoundaryProblem.TOO_SLOW),
                    Map.entry("AUTHORIZER_CONFIGURATION_ERROR", BoundaryProblem.INTERNAL),
                    Map.entry("DEFAULT_4XX", BoundaryProblem.INVALID),
                    Map.entry("DEFAULT_5XX", BoundaryProblem.INTERNAL));

    private GatewayAnswers() {}

    /** As the contract's extension for the gateway wants them. */
    static Map<String, Object> extension() {
        var answers = new LinkedHashMap<String, Object>();
        BY_THE_GATEWAYS_NAME.forEach((name, problem) -> answers.put(name, answer(problem)));
        return answers;
    }

    private static Map<String, Object> answer(BoundaryProblem problem) {
        var headers = new LinkedHashMap<String, Object>();
        headers.put("gatewayresponse.header.Content-Type", "'application/problem+json'");
        headers.put("gatewayresponse.header.Request-Id", "context.requestId");
        if (problem == BoundaryProblem.UNAUTHENTICATED) {
            headers.put("gatewayresponse.header.WWW-Authenticate", "'Bearer'");
        }
        if (problem.isRetryable()) {
            headers.put("gatewayresponse.header.Retry-After", "'1'");
        }
        return Map.of(
                "statusCode",
                String.valueOf(problem.status()),
                "responseParameters",
                headers,
                "responseTemplates",
                Map.of("application/json", document(problem)));
    }

    private static String document(BoundaryProblem problem) {
        return """
        {"type":"%s","title":"%s","status":%d,"detail":"%s","code":"%s","retryable":%b,"request_id":"$context.requestId"}\
        """
                .formatted(
                        TYPES + problem.code(),
                        problem.title(),
                        problem.status(),
                        problem.detail(),
                        problem.code(),
                        problem.isRetryable());
    }
}
