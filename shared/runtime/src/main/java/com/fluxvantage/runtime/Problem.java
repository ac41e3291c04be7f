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

    static Problem of(int status, String code, String title, String detail) {
        return new Problem(
                status,
                code,
                title,
                detail,
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                OptionalInt.empty());
    }

    static Problem invalid(String pointer, String fieldCode, String sentence) {
        return of(422, "invalid", "A value in the request is not acceptable.", sentence)
                .at(pointer, fieldCode);
    }

    static Problem unknownParameter() {
        return of(
                400,
                "unknown-parameter",
                "A query parameter is not known.",
                "This operation does not have such a query parameter.");
    }

    static Problem unauthenticated() {
        return of(
                401,
                "unauthenticated",
                "The caller is not known.",
                "Sign in and send a valid token.");
    }

    static Problem forbidden(String permission) {
        return of(
                403,
                "forbidden",
                "The caller may not do this.",
                "This needs the permission " + permission + ".");
    }

    static Problem tenantState() {
        return of(
                403,
                "tenant-state",
                "The tenant's state does not allow this.",
                "An administrator of this tenant can see its state and what it allows.");
    }

    static Problem tryAgain() {
        return of(
                        503,
                        "retry-later",
                        "The service is busy.",
                        "Send the same request again, with the same key: it is done once.")
                .after(1);
    }

    static Problem internal() {
        return of(
                500,
                "internal",
                "Something went wrong on our side.",
                "If it happens again, tell us the request id.");
    }

    static Problem of(Refusal refusal) {
        var traits = Refusal.traits(refusal.getClass());
        var problem =
                of(
                        traits.value().status(),
                        Refusal.code(refusal.getClass()),
                        traits.title(),
                        refusal.detail());
        if (refusal instanceof NotFound missing) {
            return problem.at("#/" + Names.snake(missing.field()), "not-found");
        }
        return new Problem(
                problem.status,
                problem.code,
                problem.title,
                problem.detail,
                Optional.empty(),
                Optional.empty(),
                facts(refusal),
                OptionalInt.empty());
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

    Problem after(int seconds) {
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
