package com.fluxvantage.runtime;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Caller;
import com.fluxvantage.kernel.operation.Cursors;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.Mode;
import com.fluxvantage.kernel.operation.Names;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Refusal;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.kernel.operation.Versioned;
import com.fluxvantage.runtime.Records.Claim;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The boundary of every operation that is called through the gateway, and the only class that sees
 * its events. It decodes, asks for the permission, opens the transaction, claims the idempotency
 * key, lets the operation decide, keeps audit entry, events and answer in the same transaction, and
 * encodes. One instance serves one call at a time.
 */
public final class OperationFunction<Q extends Record, R extends Record>
        implements Function<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent>, Primed {
    /** 589 lines of an order are 50 kB; what is larger is an import, not a request. */
    public static final int LARGEST_BODY_BYTES = 256 * 1024;

    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{8,255}");
    private static final Pattern VERSION = Pattern.compile("\"([0-9]{1,18})\"");

    /** What an answer is made of: an encoded body and how it came about. */
    private sealed interface Answer {
        record Fresh<R>(R result) implements Answer {}

        record Replayed(String result) implements Answer {}

        record No(Problem problem) implements Answer {}
    }

    private final Operation<Q, R> operation;
    private final TenantTransaction transaction;
    private final PlatformSecret secret;
    private final Clock clock;
    private final RequestReader<Q> reader;
    private final JsonMapper resultJson;
    private final Records records;
    private boolean isPriming;
    private boolean hasBegun;

    public OperationFunction(
            Operation<Q, R> operation,
            TenantTransaction transaction,
            PlatformSecret secret,
            Clock clock) {
        if (operation.caller() instanceof Caller.Open && operation.mode() != Mode.READS) {
            throw new IllegalStateException(
                    operation + " is open to anybody and does not only read");
        }
        this.operation = operation;
        this.transaction = transaction;
        this.secret = secret;
        this.clock = clock;
        this.reader = new RequestReader<>(operation, Routes.pathVariables(operation));
        this.resultJson =
                operation.mode() == Mode.READS_AUDITED
                        ? KernelJson.revealing()
                        : KernelJson.guarded();
        this.records = new Records(operation);
    }

    /** No event can ask for it: only what runs before the snapshot holds this object. */
    @Override
    public void prime(Runnable call) {
        isPriming = true;
        hasBegun = false;
        try {
            call.run();
            if (!hasBegun) {
                throw new IllegalStateException(operation + " did not get as far as its handle");
            }
        } finally {
            isPriming = false;
        }
    }

    // A tenant that holds nothing lacks what every other has, and an operation may stumble over
    // that. By then it is loaded and has its transaction: a rehearsal is for nothing more.
    private boolean isRehearsed() {
        return isPriming && hasBegun;
    }

    @Override
    public APIGatewayProxyResponseEvent apply(APIGatewayProxyRequestEvent event) {
        if (KeepAlive.RESOURCE.equals(event.getResource())) {
            return new APIGatewayProxyResponseEvent().withStatusCode(204);
        }
        long started = System.nanoTime();
        String requestId = UUID.randomUUID().toString();
        CallerContext caller = null;
        Throwable surprise = null;
        Answer answer;
        APIGatewayProxyResponseEvent response;
        try {
            if (operation.caller() instanceof Caller.Open) {
                answer = answerToAnybody(event);
            } else {
                caller =
                        isPriming
                                ? Priming.nobody(operation)
                                : CallerContext.from(authorizer(event));
                answer = answer(event, caller, requestId);
            }
            response = encode(answer, requestId);
        } catch (ProblemFound e) {
            answer = new Answer.No(e.problem());
            response = encode(answer, requestId);
        } catch (InvalidValue e) {
            // A cursor does not show what it belongs to before the operation opens it.
            answer =
                    new Answer.No(
                            Problem.invalid("#/" + Names.snake(e.field()), e.code(), e.sentence()));
            response = encode(answer, requestId);
        } catch (RuntimeException | StackOverflowError e) {
            surprise = e;
            answer = new Answer.No(Problem.of(BoundaryProblem.INTERNAL));
            response = encode(answer, requestId);
        } finally {
            // The sandbox serves another tenant next.
            MDC.clear();
        }
        CallLog.write(
                operation,
                caller,
                requestId,
                response.getStatusCode(),
                isRehearsed()
                        ? "primed"
                        : answer instanceof Answer.No(var problem) ? problem.code() : "done",
                Duration.ofNanos(System.nanoTime() - started),
                isRehearsed() ? null : surprise);
        return response;
    }

    private Answer answer(
            APIGatewayProxyRequestEvent event, CallerContext caller, String requestId) {
        mustBeAllowed(caller);
        var headers = new Headers(event);
        boolean isRead =
                operation.trigger() instanceof Trigger.Http(var method, _)
                        && method == Trigger.Method.GET;
        var key =
                operation.mode() == Mode.WRITES
                        ? Optional.of(key(headers))
                        : Optional.<String>empty();
        var version = version(headers);
        var path = orEmpty(event.getPathParameters());
        if (!isRead && !query(event).isEmpty()) {
            throw new ProblemFound(Problem.of(BoundaryProblem.UNKNOWN_PARAMETER));
        }
        Q request =
                isRead ? reader.fromQuery(path, query(event)) : reader.fromBody(path, body(event));

        byte[] fingerprint =
                records.fingerprint(request, secret.key(caller.tenant(), "idempotency"));
        var cursors =
                new Cursors(secret.key(caller.tenant(), "cursors"), records.withoutPage(request));
        return transact(
                caller,
                (handle, search) -> {
                    if (key.isPresent()) {
                        var known = known(records.claim(handle, key.get(), fingerprint));
                        if (known.isPresent()) {
                            throw new TenantTransaction.Rollback(known.get());
                        }
                    }
                    var call =
                            new Call(
                                    operation,
                                    caller.actor(),
                                    clock,
                                    handle,
                                    cursors,
                                    version,
                                    search);
                    hasBegun = true;
                    return switch (operation.handle(request, call)) {
                        case Outcome.Refused<R>(var refusal) ->
                                throw new TenantTransaction.Rollback(no(refusal));
                        case Outcome.Done<R> done -> {
                            conclude(handle, call, done, key, fingerprint, requestId);
                            yield new Answer.Fresh<>(done.result());
                        }
                    };
                });
    }

    private Answer transact(CallerContext caller, TenantTransaction.Work<Answer> work) {
        return isPriming
                ? transaction.prime(operation, caller, work)
                : transaction.run(operation, caller, work);
    }

    // No tenant is entered, so the login sees no row of any: what is told is the platform's own.
    private Answer answerToAnybody(APIGatewayProxyRequestEvent event) {
        Q request = reader.fromQuery(orEmpty(event.getPathParameters()), query(event));
        return transactOutsideTenants((handle, search) -> {
            hasBegun = true;
            return switch (operation.handle(
                    request, OpenCall.of(operation, clock, handle, search))) {
                case Outcome.Refused<R>(var refusal) -> no(refusal);
                case Outcome.Done<R>(var result, _) -> new Answer.Fresh<>(result);
            };
        });
    }

    private Answer transactOutsideTenants(TenantTransaction.Work<Answer> work) {
        return isPriming
                ? transaction.primeOutsideTenants(operation, work)
                : transaction.runOutsideTenants(operation, work);
    }

    private void mustBeAllowed(CallerContext caller) {
        boolean isPlatform = caller.audience() == CallerContext.Audience.PLATFORM;
        boolean isRightDoor =
                switch (operation.caller()) {
                    case Caller.Operator _ -> isPlatform;
                    case Caller.Member _ -> !isPlatform;
                    case Caller.Signature _, Caller.Open _ -> true;
                };
        var needed = operation.permission();
        if (!isRightDoor || !needed.map(caller.permissions()::contains).orElse(true)) {
            throw new ProblemFound(
                    Problem.forbidden(
                            needed.map(it -> it.publicName()).orElse("of another audience")));
        }
    }

    private Optional<Answer> known(Claim claim) {
        return switch (claim.outcome()) {
            case "NEW" -> Optional.empty();
            case "REPLAY" -> Optional.of(new Answer.Replayed(String.valueOf(claim.result())));
            case "MISMATCH" ->
                    Optional.of(new Answer.No(Problem.of(BoundaryProblem.IDEMPOTENCY_KEY_REUSED)));
            case "IN_PROGRESS" ->
                    Optional.of(new Answer.No(Problem.of(BoundaryProblem.IDEMPOTENCY_IN_PROGRESS)));
            default -> throw new IllegalStateException("wms.claim answers one of four words");
        };
    }

    private Answer no(Refusal refusal) {
        if (!operation.refuses().contains(refusal.getClass())) {
            throw new IllegalStateException(
                    operation + " does not declare " + refusal.getClass().getSimpleName());
        }
        return new Answer.No(Problem.of(refusal));
    }

    private void conclude(
            Handle handle,
            Call call,
            Outcome.Done<R> done,
            Optional<String> key,
            byte[] fingerprint,
            String requestId) {
        switch (operation.mode()) {
            case WRITES ->
                    records.conclude(
                            handle,
                            call,
                            key.orElseThrow(),
                            fingerprint,
                            resultJson.writeValueAsString(done.result()),
                            done.subject(),
                            requestId);
            case READS_AUDITED -> records.audit(handle, call, done.subject(), requestId);
            case READS, AUTHORIZES -> {}
        }
    }

    private APIGatewayProxyResponseEvent encode(Answer answer, String requestId) {
        var headers = new HashMap<String, String>();
        headers.put("Request-Id", requestId);
        headers.put("Cache-Control", "no-store");
        int status;
        String body;
        switch (answer) {
            case Answer.Fresh<?>(var result) -> {
                status = operation.creates() ? 201 : 200;
                body = resultJson.writeValueAsString(result);
                headers.put("Content-Type", "application/json");
                putVersion(headers, result);
            }
            case Answer.Replayed(var stored) -> {
                status = operation.creates() ? 201 : 200;
                body = replayed(stored, headers);
                headers.put("Content-Type", "application/json");
                headers.put("Idempotency-Replayed", "true");
            }
            case Answer.No(var problem) -> {
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
    private String replayed(String stored, Map<String, String> headers) {
        try {
            var result = resultJson.readValue(stored, operation.resultType());
            putVersion(headers, result);
            return resultJson.writeValueAsString(result);
        } catch (JacksonException _) {
            return stored;
        }
    }

    private static String key(Headers headers) {
        var sent =
                headers.single("Idempotency-Key")
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

    private OptionalLong version(Headers headers) {
        if (!operation.guardedByVersion()) {
            return OptionalLong.empty();
        }
        var sent = headers.single("If-Match");
        if (sent.isEmpty()) {
            throw new ProblemFound(Problem.of(BoundaryProblem.VERSION_REQUIRED));
        }
        var version = VERSION.matcher(sent.get());
        if (!version.matches()) {
            throw new ProblemFound(Problem.of(BoundaryProblem.VERSION_MALFORMED));
        }
        return OptionalLong.of(Long.parseLong(version.group(1)));
    }

    private static @Nullable String body(APIGatewayProxyRequestEvent event) {
        String body = event.getBody();
        if (body == null) {
            return null;
        }
        boolean isBase64 = Boolean.TRUE.equals(event.getIsBase64Encoded());
        try {
            byte[] bytes =
                    isBase64
                            ? Base64.getDecoder().decode(body)
                            : body.getBytes(StandardCharsets.UTF_8);
            if (bytes.length > LARGEST_BODY_BYTES) {
                throw new ProblemFound(
                        Problem.of(BoundaryProblem.TOO_LARGE)
                                .saying("A body has at most " + LARGEST_BODY_BYTES + " bytes."));
            }
            // Bytes that are no UTF-8 are refused, not replaced: a name is kept as it was sent
            // or not at all.
            return isBase64
                    ? StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString()
                    : body;
        } catch (IllegalArgumentException | CharacterCodingException _) {
            throw new ProblemFound(Problem.of(BoundaryProblem.NOT_JSON));
        }
    }

    private static Map<String, List<String>> query(APIGatewayProxyRequestEvent event) {
        var query = new HashMap<String, List<String>>();
        if (event.getMultiValueQueryStringParameters() != null) {
            query.putAll(event.getMultiValueQueryStringParameters());
        } else {
            orEmpty(event.getQueryStringParameters())
                    .forEach((name, value) -> query.put(name, List.of(value)));
        }
        return query;
    }

    private static @Nullable Map<String, Object> authorizer(APIGatewayProxyRequestEvent event) {
        return event.getRequestContext() == null ? null : event.getRequestContext().getAuthorizer();
    }

    private static Map<String, String> orEmpty(@Nullable Map<String, String> map) {
        return map == null ? Map.of() : map;
    }

    /**
     * Header names are told apart without regard to case; a header that decides something stands
     * once.
     */
    private record Headers(Map<String, List<String>> byName) {
        Headers(APIGatewayProxyRequestEvent event) {
            var byName = new HashMap<String, List<String>>();
            if (event.getMultiValueHeaders() != null) {
                event.getMultiValueHeaders()
                        .forEach(
                                (name, values) -> byName.merge(lower(name), values, Headers::both));
            } else {
                orEmpty(event.getHeaders())
                        .forEach((name, value) ->
                                byName.merge(lower(name), List.of(value), Headers::both));
            }
            this(byName);
        }

        Optional<String> single(String name) {
            var values = byName.getOrDefault(lower(name), List.of());
            if (values.size() > 1) {
                throw new ProblemFound(
                        Problem.of(BoundaryProblem.REPEATED_HEADER)
                                .saying("The header " + name + " may stand once."));
            }
            return values.stream().findFirst();
        }

        private static List<String> both(List<String> one, List<String> other) {
            return java.util.stream.Stream.concat(one.stream(), other.stream()).toList();
        }

        private static String lower(String name) {
            return name.toLowerCase(Locale.ROOT);
        }
    }
}
