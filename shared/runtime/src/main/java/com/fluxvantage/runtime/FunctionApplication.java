package com.fluxvantage.runtime;

import com.amazonaws.services.lambda.runtime.events.APIGatewayCustomAuthorizerEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.kernel.tenancy.Grant;
import com.fluxvantage.kernel.tenancy.TokenClaims;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.cloud.function.context.FunctionRegistration;
import org.springframework.cloud.function.context.catalog.FunctionTypeUtils;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

import java.net.MalformedURLException;
import java.net.URI;
import java.time.Clock;
import java.util.Base64;
import java.util.Map;

/**
 * What a function starts as: registers exactly the one operation that its configuration names, and
 * does not start without it. Spring Cloud Function lets a header of the request choose the function
 * when the configured name is absent or misspelt, so that name is set here, from the operation
 * found.
 */
@SpringBootConfiguration
public final class FunctionApplication
        implements ApplicationContextInitializer<GenericApplicationContext> {
    /** The operation's name; {@code FV_OPERATION} in the function's environment. */
    public static final String OPERATION = "fv.operation";

    @Override
    public void initialize(GenericApplicationContext context) {
        var environment = context.getEnvironment();
        var operation = OperationCatalog.load().named(environment.getRequiredProperty(OPERATION));
        environment
                .getPropertySources()
                .addFirst(
                        new MapPropertySource(
                                "one operation",
                                Map.of("spring.cloud.function.definition", operation.name())));
        context.registerBean(
                operation.name(),
                FunctionRegistration.class,
                () -> registration(operation, environment));
    }

    private static FunctionRegistration<?> registration(
            Operation<?, ?> operation, ConfigurableEnvironment environment) {
        return switch (operation.trigger()) {
            case Trigger.Http _ ->
                    new FunctionRegistration<>(
                                    operationFunction(operation, environment), operation.name())
                            .type(
                                    FunctionTypeUtils.functionType(
                                            APIGatewayProxyRequestEvent.class,
                                            APIGatewayProxyResponseEvent.class));
            case Trigger.Authorizer _ ->
                    new FunctionRegistration<>(
                                    authorizerFunction(operation, environment), operation.name())
                            .type(
                                    FunctionTypeUtils.functionType(
                                            APIGatewayCustomAuthorizerEvent.class, Map.class));
        };
    }

    private static OperationFunction<?, ?> operationFunction(
            Operation<?, ?> operation, ConfigurableEnvironment environment) {
        byte[] secret =
                Base64.getDecoder().decode(environment.getRequiredProperty("fv.platform.secret"));
        return new OperationFunction<>(
                operation,
                transaction(operation, environment),
                new PlatformSecret(secret),
                Clock.systemUTC());
    }

    @SuppressWarnings("unchecked") // the one operation of this trigger has these types
    private static AuthorizerFunction authorizerFunction(
            Operation<?, ?> operation, ConfigurableEnvironment environment) {
        try {
            var tokens =
                    new TokenVerifier(
                            environment.getRequiredProperty("fv.issuer"),
                            environment.getRequiredProperty("fv.audience"),
                            URI.create(environment.getRequiredProperty("fv.key.set")).toURL());
            var proofs =
                    new ProofMinter(
                            environment.getRequiredProperty("fv.proof.key.id"),
                            Base64.getDecoder()
                                    .decode(environment.getRequiredProperty("fv.proof.key")),
                            Clock.systemUTC());
            return new AuthorizerFunction(
                    (Operation<TokenClaims, Grant>) operation,
                    tokens,
                    transaction(operation, environment),
                    proofs,
                    Clock.systemUTC());
        } catch (MalformedURLException e) {
            throw new IllegalStateException("the address of the key set is not a URL", e);
        }
    }

    private static TenantTransaction transaction(
            Operation<?, ?> operation, ConfigurableEnvironment environment) {
        var database =
                new DatabaseSettings(
                        environment.getRequiredProperty("fv.database.url"),
                        environment.getProperty(
                                "fv.database.login",
                                DatabaseSettings.Login.class,
                                DatabaseSettings.Login.IAM));
        return new TenantTransaction(
                new GuardedConnection(database.opener(operation.databaseRole(), operation.name())));
    }
}
