package com.fluxvantage.runtime;

import com.fluxvantage.kernel.operation.Caller;
import com.fluxvantage.kernel.operation.Mode;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Trigger;

import java.util.EnumSet;
import java.util.Set;

/**
 * What the gateway and the boundary themselves answer, before an operation has a say. The codes are
 * public and eternal; what an operation answers stands in its domain's refusals.
 */
public enum BoundaryProblem {
    NO_SUCH_ROUTE(404, "There is nothing here.", "The contract has no such path."),
    METHOD_NOT_ALLOWED(
            405, "This path has another method.", "Use a method that the header Allow names."),
    TOO_SLOW(
            504, "The operation took too long.", "Send the same request again, with the same key."),
    TOO_MANY_REQUESTS(429, "There are too many requests.", "Wait a little, then send it again."),
    UNAUTHENTICATED(401, "The caller is not known.", "Sign in and send a valid token."),
    FORBIDDEN(403, "The caller may not do this.", "This needs another permission."),
    TENANT_STATE(
            403,
            "The tenant's state does not allow this.",
            "An administrator of this tenant can see its state and what it allows."),
    NOT_JSON(
            400,
            "The body is not acceptable JSON.",
            "The body is one JSON object, without repeated fields."),
    TOO_LARGE(413, "The body is too large.", "Send less at once."),
    UNKNOWN_FIELD(400, "A field is not known.", "The contract has no such field here."),
    WRONG_TYPE(400, "A field has the wrong type.", "This field has another type in the contract."),
    UNKNOWN_PARAMETER(
            400,
            "A query parameter is not known.",
            "This operation does not have such a query parameter."),
    REPEATED_PARAMETER(
            400, "A query parameter stands twice.", "Each query parameter may stand once."),
    REPEATED_HEADER(
            400, "A header stands twice.", "A header that decides something may stand once."),
    INVALID(
            422,
            "A value in the request is not acceptable.",
            "A value breaks a rule of the contract; the answer names the field and the rule."),
    IDEMPOTENCY_KEY_REQUIRED(
            400,
            "A write needs an idempotency key.",
            "Send a header Idempotency-Key that is new for each thing you want done."),
    IDEMPOTENCY_KEY_MALFORMED(
            400,
            "The idempotency key is not acceptable.",
            "A key has 8 to 255 visible ASCII characters."),
    IDEMPOTENCY_KEY_REUSED(
            422,
            "The idempotency key belongs to another request.",
            "This key was used for a different request. Use a new key."),
    IDEMPOTENCY_IN_PROGRESS(
            409,
            "The same request is being worked on.",
            "Send it again in a moment to hear its outcome."),
    VERSION_REQUIRED(
            428,
            "The version of the document has to be named.",
            "Read it first and send its ETag as If-Match."),
    VERSION_MALFORMED(
            400,
            "If-Match is not acceptable.",
            "If-Match is the ETag that the reading operation answered."),
    RETRY_LATER(
            503,
            "The service is busy.",
            "Send the same request again, with the same key: it is done once."),
    INTERNAL(
            500,
            "Something went wrong on our side.",
            "If it happens again, tell us the request id.");

    private final int status;
    private final String title;
    private final String detail;

    BoundaryProblem(int status, String title, String detail) {
        this.status = status;
        this.title = title;
        this.detail = detail;
    }

    public int status() {
        return status;
    }

    public String title() {
        return title;
    }

    /** What to do about it. */
    public String detail() {
        return detail;
    }

    /** {@code idempotency-key-reused}: no domain stands before it. */
    public String code() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    /** Whether the same request may well succeed a little later. */
    public boolean isRetryable() {
        return switch (this) {
            case TOO_SLOW, TOO_MANY_REQUESTS, IDEMPOTENCY_IN_PROGRESS, RETRY_LATER -> true;
            default -> false;
        };
    }

    /** Those that a call of this operation may be answered with, once its route is found. */
    public static Set<BoundaryProblem> of(Operation<?, ?> operation) {
        var problems =
                EnumSet.of(TOO_SLOW, UNKNOWN_PARAMETER, WRONG_TYPE, INVALID, RETRY_LATER, INTERNAL);
        if (operation.caller() instanceof Caller.Signature) {
            problems.addAll(
                    EnumSet.of(NOT_JSON, TOO_LARGE, UNKNOWN_FIELD, UNAUTHENTICATED, TENANT_STATE));
            problems.remove(UNKNOWN_PARAMETER);
            return problems;
        }
        if (operation.mode() == Mode.WRITES) {
            problems.addAll(EnumSet.range(IDEMPOTENCY_KEY_REQUIRED, IDEMPOTENCY_IN_PROGRESS));
            problems.add(REPEATED_HEADER);
        } else {
            problems.add(REPEATED_PARAMETER);
        }
        // Also a search whose terms are no matter for an address.
        if (operation.trigger() instanceof Trigger.Http(var method, _)
                && method == Trigger.Method.POST) {
            problems.addAll(EnumSet.of(NOT_JSON, TOO_LARGE, UNKNOWN_FIELD));
        }
        if (operation.guardedByVersion()) {
            problems.addAll(EnumSet.of(VERSION_REQUIRED, VERSION_MALFORMED, REPEATED_HEADER));
        }
        if (!(operation.caller() instanceof Caller.Open)) {
            problems.addAll(EnumSet.of(UNAUTHENTICATED, FORBIDDEN, TENANT_STATE));
        }
        return problems;
    }
}
