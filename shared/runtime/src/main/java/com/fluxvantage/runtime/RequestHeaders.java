package com.fluxvantage.runtime;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The headers that decide something. Names are told apart without regard to case; such a header
 * stands once.
 */
record RequestHeaders(Map<String, List<String>> byName) {
    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{8,255}");
    private static final Pattern VERSION = Pattern.compile("\"([0-9]{1,18})\"");

    static RequestHeaders of(APIGatewayProxyRequestEvent event) {
        var byName = new HashMap<String, List<String>>();
        if (event.getMultiValueHeaders() != null) {
            event.getMultiValueHeaders()
                    .forEach((name, values) ->
                            byName.merge(lower(name), values, RequestHeaders::both));
        } else if (event.getHeaders() != null) {
            event.getHeaders()
                    .forEach((name, value) ->
                            byName.merge(lower(name), List.of(value), RequestHeaders::both));
        }
        return new RequestHeaders(byName);
    }

    String idempotencyKey() {
        var sent =
                single("Idempotency-Key")
                        .orElseThrow(() ->
                                new ProblemFound(
                                        Problem.of(BoundaryProblem.IDEMPOTENCY_KEY_REQUIRED)));
        // The draft of the IETF makes it a quoted string, most clients send it bare: both
        // are taken.
        String key =
                sent.length() > 1 && sent.startsWith("\"") && sent.endsWith("\"")
                        ? sent.substring(1, sent.length() - 1)
                        : sent;
        if (!KEY.matcher(key).matches()) {
            throw new ProblemFound(Problem.of(BoundaryProblem.IDEMPOTENCY_KEY_MALFORMED));
        }
        return key;
    }

    OptionalLong expectedVersion() {
        var sent = single("If-Match");
        if (sent.isEmpty()) {
            throw new ProblemFound(Problem.of(BoundaryProblem.VERSION_REQUIRED));
        }
        var version = VERSION.matcher(sent.get());
        if (!version.matches()) {
            throw new ProblemFound(Problem.of(BoundaryProblem.VERSION_MALFORMED));
        }
        return OptionalLong.of(Long.parseLong(version.group(1)));
    }

    /** Empty where it is absent, and where it stands twice. */
    Optional<String> only(String name) {
        var values = byName.getOrDefault(lower(name), List.of());
        return values.size() == 1 ? Optional.of(values.getFirst()) : Optional.empty();
    }

    private Optional<String> single(String name) {
        var values = byName.getOrDefault(lower(name), List.of());
        if (values.size() > 1) {
            throw new ProblemFound(
                    Problem.of(BoundaryProblem.REPEATED_HEADER)
                            .saying("The header " + name + " may stand once."));
        }
        return values.stream().findFirst();
    }

    private static List<String> both(List<String> one, List<String> other) {
        return Stream.concat(one.stream(), other.stream()).toList();
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
