package com.fluxvantage.runtime;

import com.amazonaws.services.lambda.runtime.events.APIGatewayCustomAuthorizerEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.fluxvantage.kernel.operation.Caller;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.kernel.tenancy.Grant;
import com.fluxvantage.kernel.tenancy.TokenClaims;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.cloud.function.context.FunctionCatalog;
import org.springframework.cloud.function.context.FunctionRegistration;
import org.springframework.cloud.function.context.catalog.FunctionTypeUtils;
import org.springframework.cloud.function.json.JsonMapper;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;

import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URI;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

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

    // The cloud adds fields to its events as it likes.
    private static final tools.jackson.databind.json.JsonMapper EVENTS =
            tools.jackson.databind.json.JsonMapper.builder()
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();

    // The cloud writes "Records", for which its own type in Java has no name.
    private static final tools.jackson.databind.json.JsonMapper BATCHES =
            EVENTS.rebuild().enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_PROPERTIES).build();

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
        var connection = connection(operation, environment);
        var transaction = new TenantTransaction(connection);
        switch (operation.trigger()) {
            case Trigger.Http _ when operation.caller() instanceof Caller.Signature -> {
                var function =
                        new SignatureFunction<>(
                                operation,
                                transaction,
                                Clock.systemUTC(),
                                CloudPorts.of(operation, environment::getRequiredProperty));
                register(
                        context,
                        operation,
                        ofBytes(APIGatewayProxyRequestEvent.class, function),
                        function,
                        connection);
            }
            case Trigger.Http _ -> {
                var function = operationFunction(operation, environment, transaction);
                register(
                        context,
                        operation,
                        ofBytes(APIGatewayProxyRequestEvent.class, function),
                        function,
                        connection);
            }
            case Trigger.Authorizer _ -> {
                var function = authorizerFunction(operation, environment, transaction);
                register(
                        context,
                        operation,
                        ofBytes(APIGatewayCustomAuthorizerEvent.class, function),
                        function,
                        connection);
            }
            case Trigger.Schedule _, Trigger.Event _ -> {
                var function =
                        new EventFunction<>(
                                operation,
                                transaction,
                                Clock.systemUTC(),
                                CloudPorts.of(operation, environment::getRequiredProperty),
                                new DatabaseLogins(database(environment), operation.name()));
                register(context, operation, ofBatches(function), function, connection);
            }
        }
    }

    private static void register(
            GenericApplicationContext context,
            Operation<?, ?> operation,
            Function<InputStream, byte[]> ofBytes,
            Primed function,
            GuardedConnection connection) {
        context.registerBean(
                operation.name(),
                FunctionRegistration.class,
                () ->
                        new FunctionRegistration<>(ofBytes, operation.name())
                                .type(
                                        FunctionTypeUtils.functionType(
                                                InputStream.class, byte[].class)));
        context.registerBean(
                "snapshot",
                Snapshot.class,
                () ->
                        new Snapshot(
                                operation,
                                function,
                                connection,
                                context.getBean(FunctionCatalog.class),
                                context.getBean(JsonMapper.class)));
    }

    // Of any other type the framework would make a message first, with every header of the request
    // in it, and obey some of them: contentType is enough to make a function fail.
    private static <E> Function<InputStream, byte[]> ofBytes(
            Class<E> eventType, Function<E, ?> function) {
        return bytes ->
                EVENTS.writeValueAsBytes(function.apply(EVENTS.readValue(bytes, eventType)));
    }

    private static Function<InputStream, byte[]> ofBatches(EventFunction<?, ?> function) {
        return bytes -> {
            var event = EVENTS.readTree(bytes);
            var answer =
                    event.path("resource").asString("").equals(KeepAlive.RESOURCE)
                            ? new SQSBatchResponse(List.of())
                            : function.apply(BATCHES.treeToValue(event, SQSEvent.class));
            return EVENTS.writeValueAsBytes(answer);
        };
    }

    private static OperationFunction<?, ?> operationFunction(
            Operation<?, ?> operation,
            ConfigurableEnvironment environment,
            TenantTransaction transaction) {
        byte[] secret =
                Base64.getDecoder().decode(environment.getRequiredProperty("fv.platform.secret"));
        return new OperationFunction<>(
                operation,
                transaction,
                new PlatformSecret(secret),
                Clock.systemUTC(),
                CloudPorts.of(operation, environment::getRequiredProperty));
    }

    @SuppressWarnings("unchecked") // the one operation of this trigger has these types
    private static AuthorizerFunction authorizerFunction(
            Operation<?, ?> operation,
            ConfigurableEnvironment environment,
            TenantTransaction transaction) {
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
                    transaction,
                    proofs,
                    Clock.systemUTC());
        } catch (MalformedURLException e) {
            throw new IllegalStateException("the address of the key set is not a URL", e);
        }
    }

    private static GuardedConnection connection(
            Operation<?, ?> operation, ConfigurableEnvironment environment) {
        return new GuardedConnection(
                database(environment).opener(operation.databaseRole(), operation.name()));
    }

    private static DatabaseSettings database(ConfigurableEnvironment environment) {
        return new DatabaseSettings(
                environment.getRequiredProperty("fv.database.url"),
                environment.getProperty(
                        "fv.database.login",
                        DatabaseSettings.Login.class,
                        DatabaseSettings.Login.IAM));
    }
}
