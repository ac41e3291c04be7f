package com.fluxvantage.runtime;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Caller;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.Names;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.SignedDelivery;
import com.fluxvantage.kernel.outside.Outside;
import com.fluxvantage.kernel.outside.Ports;
import com.fluxvantage.kernel.outside.SealedSecret;
import com.fluxvantage.kernel.outside.Secret;
import com.fluxvantage.kernel.outside.SecretContext;
import com.fluxvantage.kernel.outside.SecretPlace;
import com.fluxvantage.kernel.outside.SecretPurpose;
import com.fluxvantage.kernel.outside.Unopenable;
import com.fluxvantage.kernel.outside.Unreachable;
import com.fluxvantage.kernel.tenancy.TenantId;

import org.slf4j.MDC;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * The boundary of what other systems call, which have no token and sign what they send. Nothing of
 * a body is parsed before its signature is found good; until then every no is the same one. The
 * login sees no table: it finds by the public id of a connection what the signature is verified
 * with, between two transactions the secret is opened, and the operation puts in what was verified.
 * One instance serves one call at a time.
 */
public final class SignatureFunction<Q extends Record, R extends Record>
        implements Function<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent>, Primed {
    private static final String FIND_CHANNEL =
            """
            select tenant, secret_id, purpose, version, sealed, judged_at
              from fv.find_channel(:connection)
            """;

    private static final String FIND_CARRIER =
            """
            select tenant, secret_id, purpose, version, sealed, judged_at
              from fv.find_carrier(:connection)
            """;

    private record Channel(
            TenantId tenant,
            UUID secretId,
            SecretPurpose purpose,
            int version,
            SealedSecret sealed,
            Instant judgedAt) {
        SecretPlace place() {
            return new SecretPlace("wms.stored_secret", secretId, "sealed", purpose, version);
        }
    }

    private final Operation<Q, R> operation;
    private final TenantTransaction transaction;
    private final Ports ports;
    private final RequestReader<Q> reader;
    private final Handling<Q, R> handling;
    private final RecentSecrets recent = new RecentSecrets();
    private final String idName;
    private final Class<? extends Identifier> idType;
    private final Caller.Scheme scheme;
    private boolean isPriming;
    private boolean hasBegun;

    public SignatureFunction(
            Operation<Q, R> operation, TenantTransaction transaction, Clock clock, Ports ports) {
        this.operation = operation;
        this.scheme = ((Caller.Signature) operation.caller()).scheme();
        this.transaction = transaction;
        this.ports = ports;
        var path = Routes.pathVariables(operation);
        this.reader = new RequestReader<>(operation, path);
        this.handling = new Handling<>(operation, clock);
        this.idName = path.stream().findFirst().orElseThrow();
        this.idType =
                Arrays.stream(operation.requestType().getRecordComponents())
                        .filter(it -> Names.snake(it.getName()).equals(idName))
                        .<Class<? extends Identifier>>map(
                                it -> it.getType().asSubclass(Identifier.class))
                        .findFirst()
                        .orElseThrow();
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

    @Override
    public APIGatewayProxyResponseEvent apply(APIGatewayProxyRequestEvent event) {
        if (KeepAlive.RESOURCE.equals(event.getResource())) {
            return new APIGatewayProxyResponseEvent().withStatusCode(204);
        }
        long started = System.nanoTime();
        String requestId = UUID.randomUUID().toString();
        Throwable surprise = null;
        HttpAnswer answer;
        try {
            answer = answer(event);
        } catch (ProblemFound e) {
            answer = new HttpAnswer.No(e.problem());
        } catch (InvalidValue e) {
            answer =
                    new HttpAnswer.No(
                            Problem.invalid("#/" + Names.snake(e.field()), e.code(), e.sentence()));
        } catch (Unreachable _) {
            answer = new HttpAnswer.No(Problem.of(BoundaryProblem.RETRY_LATER));
        } catch (Unopenable e) {
            // Somebody has to look at it; whoever calls has proved nothing.
            surprise = e;
            answer = new HttpAnswer.No(unproven());
        } catch (RuntimeException | StackOverflowError e) {
            surprise = e;
            answer = new HttpAnswer.No(Problem.of(BoundaryProblem.INTERNAL));
        } finally {
            MDC.clear();
        }
        var response = answer.encode(operation, handling.json(), requestId);
        boolean isRehearsed = isPriming && hasBegun;
        CallLog.write(
                operation,
                null,
                requestId,
                response.getStatusCode(),
                isRehearsed
                        ? "primed"
                        : answer instanceof HttpAnswer.No(var problem) ? problem.code() : "done",
                Duration.ofNanos(System.nanoTime() - started),
                isRehearsed ? null : surprise);
        return response;
    }

    private HttpAnswer answer(APIGatewayProxyRequestEvent event) {
        byte[] body = body(event);
        Map<String, String> path =
                event.getPathParameters() == null ? Map.of() : event.getPathParameters();
        var id = Identifiers.parse(idType, path.getOrDefault(idName, ""));
        if (isPriming) {
            return kept(path, new SignedDelivery(new UUID(0, 0), "primed", text(body)));
        }
        var signature = ProofOfSender.of(scheme, event);
        if (id.isEmpty() || signature.isEmpty()) {
            throw new ProblemFound(unproven());
        }
        mustBeProven(id.get().uuid(), signature.get(), body);
        return kept(path, new SignedDelivery(id.get().uuid(), signature.get().id(), text(body)));
    }

    private void mustBeProven(UUID connection, ProofOfSender signature, byte[] body) {
        var channel =
                transaction.<Optional<Channel>>runOutsideTenants(
                        operation,
                        (handle, _) ->
                                handle.createQuery(find())
                                        .bind("connection", connection)
                                        .mapTo(Channel.class)
                                        .findOne());
        if (channel.isEmpty()
                || !signature.isFresh(channel.get().judgedAt)
                || !signature.isGood(opened(channel.get()), body)) {
            throw new ProblemFound(unproven());
        }
    }

    private Secret opened(Channel channel) {
        return recent.get(
                new SecretContext(channel.tenant, channel.place()),
                channel.sealed,
                () ->
                        new Outside(operation.capabilities(), ports, channel.tenant)
                                .open(channel.place(), channel.sealed));
    }

    private HttpAnswer kept(Map<String, String> path, SignedDelivery delivery) {
        Q request = reader.fromBody(path, isOurSchema() ? delivery.body() : null);
        TenantTransaction.Work<HttpAnswer> work =
                (handle, search) -> {
                    hasBegun = true;
                    Call call = handling.callOf(delivery, handle, search);
                    return switch (handling.decide(request, call)) {
                        case Outcome.Refused<R>(var refusal) ->
                                throw new TenantTransaction.Rollback(
                                        new HttpAnswer.No(Problem.of(refusal)));
                        case Outcome.Done<R>(var result, _) -> new HttpAnswer.Fresh<>(result);
                    };
                };
        return isPriming
                ? transaction.primeOutsideTenants(operation, work)
                : transaction.runOutsideTenants(operation, work);
    }

    private String find() {
        return switch (scheme) {
            case STANDARD_WEBHOOKS -> FIND_CHANNEL;
            case EASYPOST -> FIND_CARRIER;
        };
    }

    // What is theirs has fields that we do not know, and more in time: the operation reads the few
    // that it needs.
    private boolean isOurSchema() {
        return switch (scheme) {
            case STANDARD_WEBHOOKS -> true;
            case EASYPOST -> false;
        };
    }

    // One answer for an unknown connection, a bad signature and an old one.
    private static Problem unproven() {
        return Problem.of(BoundaryProblem.UNAUTHENTICATED)
                .saying("Nothing proves that this comes from a connected system.");
    }

    private static byte[] body(APIGatewayProxyRequestEvent event) {
        String body = event.getBody() == null ? "" : event.getBody();
        byte[] bytes;
        try {
            bytes =
                    Boolean.TRUE.equals(event.getIsBase64Encoded())
                            ? Base64.getDecoder().decode(body)
                            : body.getBytes(StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            throw new ProblemFound(unproven());
        }
        if (bytes.length > OperationFunction.LARGEST_BODY_BYTES) {
            throw new ProblemFound(
                    Problem.of(BoundaryProblem.TOO_LARGE)
                            .saying(
                                    "A body has at most "
                                            + OperationFunction.LARGEST_BODY_BYTES
                                            + " bytes."));
        }
        return bytes;
    }

    private static String text(byte[] body) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
        } catch (CharacterCodingException _) {
            throw new ProblemFound(Problem.of(BoundaryProblem.NOT_JSON));
        }
    }
}
