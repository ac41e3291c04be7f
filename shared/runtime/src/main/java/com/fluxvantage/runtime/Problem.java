package com.fluxvantage.runtime;

import com.fluxvantage.kernel.operation.Names;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Refusal;

import org.jspecify.annotations.Nullable;

import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An answer that says no, in the form of RFC 9457. {@code code} is what a client switches on;
 * nothing in it repeats what the caller sent.
 *
 * @param pointer the field at fault, as a JSON Pointer in fragment form ({@code
 *     #/lines/3/quantity})
 * @param facts from the tenant's own rows
 * @param retryAfter seconds, when the same call may well succeed a little later
 */
record Problem(
        int status,
        String code,
        String title,
        String detail,
        Optional<String> pointer,
        Optional<String> fieldCode,
        Map<String, Object> facts,
        OptionalInt retryAfter) {
    private static final String TYPES = "https://docs.fluxvantage.com/problems/";

    static Problem of(BoundaryProblem known) {
        var problem =
                new Problem(
                        known.status(),
                        known.code(),
                        known.title(),
                        known.detail(),
                        Optional.empty(),
                        Optional.empty(),
                        Map.of(),
                        OptionalInt.empty());
        return known.isRetryable() ? problem.after(1) : problem;
    }

    static Problem invalid(String pointer, String fieldCode, String sentence) {
        return of(BoundaryProblem.INVALID).at(pointer, fieldCode).saying(sentence);
    }

    static Problem forbidden(String permission) {
        return of(BoundaryProblem.FORBIDDEN)
                .saying("This needs the permission " + permission + ".");
    }

    static Problem of(Refusal refusal) {
        var traits = Refusal.traits(refusal.getClass());
        boolean isMissing = refusal instanceof NotFound;
        var problem =
                new Problem(
                        traits.value().status(),
                        Refusal.code(refusal.getClass()),
                        traits.title(),
                        refusal.detail(),
                        Optional.empty(),
                        Optional.empty(),
                        isMissing ? Map.of() : facts(refusal),
                        OptionalInt.empty());
        return refusal instanceof NotFound missing
                ? problem.at("#/" + Names.snake(missing.field()), "not-found")
                : problem;
    }

    Problem at(String where, String why) {
        return new Problem(
                status,
                code,
                title,
                detail,
                Optional.of(where),
                Optional.of(why),
                facts,
                retryAfter);
    }

    /** The same with words for this very case; never with what the caller sent. */
    Problem saying(String sentence) {
        return new Problem(status, code, title, sentence, pointer, fieldCode, facts, retryAfter);
    }

    private Problem after(int seconds) {
        return new Problem(
                status, code, title, detail, pointer, fieldCode, facts, OptionalInt.of(seconds));
    }

    /** The document itself. */
    Map<String, Object> document(String requestId) {
        var document = new LinkedHashMap<String, Object>();
        document.put("type", TYPES + code);
        document.put("title", title);
        document.put("status", status);
        document.put("detail", detail);
        document.put("code", code);
        pointer.ifPresent(where ->
                document.put(
                        "errors",
                        java.util.List.of(
                                Map.of(
                                        "pointer",
                                        where,
                                        "code",
                                        fieldCode.orElse(code),
                                        "detail",
                                        detail))));
        if (!facts.isEmpty()) {
            document.put("facts", facts);
        }
        document.put("retryable", retryAfter.isPresent());
        document.put("request_id", requestId);
        return document;
    }

    private static Map<String, Object> facts(Refusal refusal) {
        var facts = new LinkedHashMap<String, Object>();
        for (RecordComponent component : refusal.getClass().getRecordComponents()) {
            Object value = valueOf(component, refusal);
            if (value != null) {
                facts.put(Names.snake(component.getName()), value);
            }
        }
        return facts;
    }

    private static @Nullable Object valueOf(RecordComponent component, Refusal refusal) {
        try {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            return accessor.invoke(refusal);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a refusal's facts can be read", e);
        }
    }
}
