package com.fluxvantage.runtime;

import com.amazonaws.services.lambda.runtime.events.APIGatewayCustomAuthorizerEvent;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.tenancy.Grant;
import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.kernel.tenancy.TokenClaims;

import org.slf4j.MDC;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * The boundary of the authorizer. It says who is calling, for which tenant and with which
 * permissions, and never which operation they may call: its answer holds for every route, so the
 * gateway can keep it for the token, and the permission is asked for by each operation's own
 * boundary.
 */
public final class AuthorizerFunction
        implements Function<APIGatewayCustomAuthorizerEvent, Map<String, Object>>, Primed {
    /** The tenant to which the people who run the platform belong. */
    public static final TenantId PLATFORM =
            new TenantId(UUID.fromString("00000000-0000-7000-8000-000000000001"));

    /** What the gateway turns into a 401 of its own. */
    public static final String UNAUTHORIZED = "Unauthorized";

    private static final String SCHEME = "Bearer ";

    private final Operation<TokenClaims, Grant> operation;
    private final TokenVerifier tokens;
    private final TenantTransaction transaction;
    private final ProofMinter proofs;
    private final Handling<TokenClaims, Grant> handling;

    public AuthorizerFunction(
            Operation<TokenClaims, Grant> operation,
            TokenVerifier tokens,
            TenantTransaction transaction,
            ProofMinter proofs,
            Clock clock) {
        this.operation = operation;
        this.tokens = tokens;
        this.transaction = transaction;
        this.proofs = proofs;
        this.handling = new Handling<>(operation, clock);
    }

    /**
     * @throws Unauthorized when nobody good was found; the gateway answers 401 for it
     * @throws Unavailable when the issuer or the database is away; the gateway answers 503
     */
    @Override
    public Map<String, Object> apply(APIGatewayCustomAuthorizerEvent event) {
        if (KeepAlive.RESOURCE.equals(event.getResource())) {
            return Map.of();
        }
        long started = System.nanoTime();
        String requestId = UUID.randomUUID().toString();
        Optional<CallerContext> caller = Optional.empty();
        var problem = Problem.of(BoundaryProblem.UNAUTHENTICATED);
        Throwable surprise = null;
        try {
            caller = token(event).flatMap(tokens::verify).flatMap(this::grant);
            return policy(caller.orElseThrow(Unauthorized::new), event.getMethodArn());
        } catch (Unauthorized e) {
            throw e;
        } catch (ProblemFound e) {
            problem = e.problem();
            throw new Unavailable(e);
        } catch (RuntimeException e) {
            problem = Problem.of(BoundaryProblem.INTERNAL);
            surprise = e;
            throw e;
        } finally {
            MDC.clear();
            CallLog.write(
                    operation,
                    caller.orElse(null),
                    requestId,
                    caller.isPresent() && surprise == null ? 200 : problem.status(),
                    caller.isPresent() && surprise == null ? "done" : problem.code(),
                    Duration.ofNanos(System.nanoTime() - started),
                    surprise);
        }
    }

    /**
     * Looks for a member who does not exist, and then lets the call come with a token that nobody
     * signed: it fetches the issuer's keys and ends as every such call does.
     */
    @Override
    public void prime(Runnable call) {
        transaction.primeOutsideTenants(
                operation,
                (handle, search) ->
                        operation.handle(
                                operation.example(), handling.callOfNobody(handle, search)));
        var nobody = Priming.nobody(operation);
        proofs.mint(nobody.tenant(), nobody.actor(), nobody.permissions(), nobody.audience());
        try {
            call.run();
        } catch (Unauthorized _) {
            // As it should be.
        }
    }

    /** Nobody good was found. The gateway knows this by its message. */
    public static final class Unauthorized extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public Unauthorized() {
            super(UNAUTHORIZED, null, false, false);
        }
    }

    /** Nobody could be looked for just now: the same call may succeed a little later. */
    public static final class Unavailable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unavailable(RuntimeException cause) {
            super("Unavailable", cause, false, false);
        }
    }

    private static Optional<String> token(APIGatewayCustomAuthorizerEvent event) {
        if (event.getHeaders() == null) {
            return Optional.empty();
        }
        return event.getHeaders().entrySet().stream()
                .filter(header -> header.getKey().equalsIgnoreCase("Authorization"))
                .map(Map.Entry::getValue)
                .filter(value -> value.startsWith(SCHEME))
                .map(value -> value.substring(SCHEME.length()))
                .findFirst();
    }

    private Optional<CallerContext> grant(TokenClaims claims) {
        Outcome<Grant> outcome =
                transaction.runOutsideTenants(
                        operation,
                        (handle, search) ->
                                operation.handle(claims, handling.callOfNobody(handle, search)));
        return switch (outcome) {
            case Outcome.Done<Grant>(var grant, _) -> Optional.of(context(claims, grant));
            case Outcome.Refused<Grant> _ -> Optional.empty();
        };
    }

    private CallerContext context(TokenClaims claims, Grant grant) {
        var audience =
                claims.tenant().equals(PLATFORM)
                        ? CallerContext.Audience.PLATFORM
                        : CallerContext.Audience.API;
        String proof = proofs.mint(claims.tenant(), grant.actor(), grant.permissions(), audience);
        return new CallerContext(
                claims.tenant(), grant.actor(), audience, grant.permissions(), proof);
    }

    // Allows every method of the API: with a cached answer anything narrower would refuse or
    // grant wrongly.
    private static Map<String, Object> policy(CallerContext caller, String methodArn) {
        String api = methodArn.substring(0, methodArn.indexOf('/') + 1);
        String stage = methodArn.split("/", 3)[1];
        return Map.of(
                "principalId",
                caller.actor().reference(),
                "policyDocument",
                Map.of(
                        "Version",
                        "2012-10-17",
                        "Statement",
                        List.of(
                                Map.of(
                                        "Effect",
                                        "Allow",
                                        "Action",
                                        "execute-api:Invoke",
                                        "Resource",
                                        api + stage + "/*/*"))),
                "context",
                caller.asAuthorizerContext());
    }
}
