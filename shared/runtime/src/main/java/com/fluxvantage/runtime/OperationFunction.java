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
import com.fluxvantage.kernel.operation.Sealing;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.kernel.outside.Outside;
import com.fluxvantage.kernel.outside.Ports;
import com.fluxvantage.kernel.outside.SealedSecret;
import com.fluxvantage.kernel.outside.Unreachable;
import com.fluxvantage.runtime.Records.Claim;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;

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

    private final Operation<Q, R> operation;
    private final TenantTransaction transaction;
    private final PlatformSecret secret;
    private final Ports ports;
    private final RequestReader<Q> reader;
    private final Handling<Q, R> handling;
    private final Records records;
    private boolean isPriming;
    private boolean hasBegun;

    public OperationFunction(
            Operation<Q, R> operation,
            TenantTransaction transaction,
            PlatformSecret secret,
            Clock clock) {
        this(operation, transaction, secret, clock, new CloudPorts.None());
    }

    /** {@code ports} are for the links that the operation hands out. */
    public OperationFunction(
            Operation<Q, R> operation,
            TenantTransaction transaction,
            PlatformSecret secret,
            Clock clock,
            Ports ports) {
        if (operation.caller() instanceof Caller.Open && operation.mode() != Mode.READS) {
            throw new IllegalStateException(
                    operation + " is open to anybody and does not only read");
        }
        this.operation = operation;
        this.transaction = transaction;
        this.secret = secret;
        this.ports = ports;
        this.reader = new RequestReader<>(operation, Routes.pathVariables(operation));
        this.handling = new Handling<>(operation, clock);
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
        HttpAnswer answer;
        APIGatewayProxyResponseEvent response;
        try {
            if (operation.caller() instanceof Caller.Open) {
                answer = answerToAnybody(event);
            } else {
                caller =
                        CallerContext.from(
                                isPriming
                                        ? Priming.nobody(operation).asAuthorizerContext()
                                        : authorizer(event));
                answer = answer(event, caller, requestId);
            }
            response = answer.encode(operation, handling.json(), requestId);
        } catch (ProblemFound e) {
            answer = new HttpAnswer.No(e.problem());
            response = answer.encode(operation, handling.json(), requestId);
        } catch (InvalidValue e) {
            // A cursor does not show what it belongs to before the operation opens it.
            answer =
                    new HttpAnswer.No(
                            Problem.invalid("#/" + Names.snake(e.field()), e.code(), e.sentence()));
            response = answer.encode(operation, handling.json(), requestId);
        } catch (RuntimeException | StackOverflowError e) {
            surprise = e;
            answer = new HttpAnswer.No(Problem.of(BoundaryProblem.INTERNAL));
            response = answer.encode(operation, handling.json(), requestId);
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
                        : answer instanceof HttpAnswer.No(var problem) ? problem.code() : "done",
                Duration.ofNanos(System.nanoTime() - started),
                isRehearsed() ? null : surprise);
        return response;
    }

    private HttpAnswer answer(
            APIGatewayProxyRequestEvent event, CallerContext caller, String requestId) {
        mustBeAllowed(caller);
        var headers = RequestHeaders.of(event);
        boolean isRead =
                operation.trigger() instanceof Trigger.Http(var method, _)
                        && method == Trigger.Method.GET;
        var key =
                operation.mode() == Mode.WRITES
                        ? Optional.of(headers.idempotencyKey())
                        : Optional.<String>empty();
        var version =
                operation.guardedByVersion() ? headers.expectedVersion() : OptionalLong.empty();
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
        var outside = new Outside(operation.capabilities(), ports, caller.tenant());
        var beside =
                new Call.Beside(
                        Optional.of(outside),
                        operation.sealing().map(it -> sealed(it.brought(request), outside)));
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
                            handling.call(caller.actor(), handle, cursors, version, search, beside);
                    hasBegun = true;
                    return switch (handling.decide(request, call)) {
                        case Outcome.Refused<R>(var refusal) ->
                                throw new TenantTransaction.Rollback(
                                        new HttpAnswer.No(Problem.of(refusal)));
                        case Outcome.Done<R> done -> {
                            conclude(handle, call, done, key, fingerprint, requestId);
                            yield new HttpAnswer.Fresh<>(done.result());
                        }
                    };
                });
    }

    // Nothing but a rehearsal stores what no key has sealed, and that is rolled back.
    private Sealing.Sealed sealed(Sealing.Brought brought, Outside outside) {
        if (isPriming) {
            return new Sealing.Sealed(brought.place(), SealedSecret.of(new byte[1]));
        }
        try {
            return new Sealing.Sealed(
                    brought.place(), outside.seal(brought.place(), brought.secret()));
        } catch (Unreachable _) {
            throw new ProblemFound(Problem.of(BoundaryProblem.RETRY_LATER));
        }
    }

    private HttpAnswer transact(CallerContext caller, TenantTransaction.Work<HttpAnswer> work) {
        return isPriming
                ? transaction.prime(operation, new Entrance.Rehearsed(caller.tenant()), work)
                : transaction.run(operation, new Entrance.Proven(caller, operation.work()), work);
    }

    // No tenant is entered, so the login sees no row of any: what is told is the platform's own.
    private HttpAnswer answerToAnybody(APIGatewayProxyRequestEvent event) {
        Q request = reader.fromQuery(orEmpty(event.getPathParameters()), query(event));
        return transactOutsideTenants((handle, search) -> {
            hasBegun = true;
            return switch (handling.decide(request, handling.callOfNobody(handle, search))) {
                case Outcome.Refused<R>(var refusal) -> new HttpAnswer.No(Problem.of(refusal));
                case Outcome.Done<R>(var result, _) -> new HttpAnswer.Fresh<>(result);
            };
        });
    }

    private HttpAnswer transactOutsideTenants(TenantTransaction.Work<HttpAnswer> work) {
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
                    case Caller.Job _ -> false; // the gateway has no route to it
                };
        var needed = operation.permission();
        if (!isRightDoor || !needed.map(caller.permissions()::contains).orElse(true)) {
            throw new ProblemFound(
                    Problem.forbidden(
                            needed.map(it -> it.publicName()).orElse("of another audience")));
        }
    }

    private Optional<HttpAnswer> known(Claim claim) {
        return switch (claim.outcome()) {
            case "NEW" -> Optional.empty();
            case "REPLAY" -> Optional.of(new HttpAnswer.Replayed(String.valueOf(claim.result())));
            case "MISMATCH" ->
                    Optional.of(
                            new HttpAnswer.No(Problem.of(BoundaryProblem.IDEMPOTENCY_KEY_REUSED)));
            case "IN_PROGRESS" ->
                    Optional.of(
                            new HttpAnswer.No(Problem.of(BoundaryProblem.IDEMPOTENCY_IN_PROGRESS)));
            default -> throw new IllegalStateException("wms.claim answers one of four words");
        };
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
                            handling.json().writeValueAsString(done.result()),
                            done.subject(),
                            requestId);
            case READS_AUDITED -> records.audit(handle, call, done.subject(), requestId);
            case READS, AUTHORIZES -> {}
        }
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
}
