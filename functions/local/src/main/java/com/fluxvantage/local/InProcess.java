package com.fluxvantage.local;

import com.amazonaws.services.lambda.runtime.events.APIGatewayCustomAuthorizerEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.outside.Ports;
import com.fluxvantage.kernel.tenancy.Grant;
import com.fluxvantage.kernel.tenancy.TokenClaims;
import com.fluxvantage.runtime.AuthorizerFunction;
import com.fluxvantage.runtime.DatabaseSettings;
import com.fluxvantage.runtime.GuardedConnection;
import com.fluxvantage.runtime.OperationCatalog;
import com.fluxvantage.runtime.PlatformSecret;
import com.fluxvantage.runtime.ProofMinter;
import com.fluxvantage.runtime.Sandboxes;
import com.fluxvantage.runtime.TenantTransaction;
import com.fluxvantage.runtime.TokenVerifier;

import java.time.Clock;
import java.util.Map;

/** The functions' boundary classes in this process: up at once, and one call costs no other JVM. */
final class InProcess implements Functions {
    private static final int MOST_CALLS_AT_ONCE = 8;

    private final GuardedConnection connection;
    private final AuthorizerFunction authorizer;
    private final Sandboxes sandboxes;

    InProcess(
            OperationCatalog catalog,
            DatabaseSettings database,
            PlatformSecret secret,
            TokenVerifier tokens,
            ProofMinter proofs,
            Clock business,
            Ports ports) {
        @SuppressWarnings("unchecked") // the one operation of this name has these types
        var operation = (Operation<TokenClaims, Grant>) catalog.named("authorize-call");
        this.connection = new GuardedConnection(database.opener("fv_authorizer", operation.name()));
        this.authorizer =
                new AuthorizerFunction(
                        operation,
                        tokens,
                        new TenantTransaction(connection),
                        proofs,
                        Clock.systemUTC());
        this.sandboxes = new Sandboxes(database, secret, business, MOST_CALLS_AT_ONCE, ports);
    }

    @Override
    public APIGatewayProxyResponseEvent invoke(
            Operation<?, ?> operation, APIGatewayProxyRequestEvent event) {
        return sandboxes.invoke(operation, event);
    }

    // One sandbox, so one call at a time; the gateway keeps its answers for a minute.
    @Override
    public synchronized Map<String, Object> authorize(APIGatewayCustomAuthorizerEvent event) {
        return authorizer.apply(event);
    }

    @Override
    public void close() {
        sandboxes.close();
        connection.close();
    }
}
