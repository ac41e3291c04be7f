package com.fluxvantage.dispatch;

import com.fluxvantage.runtime.DatabaseSettings;
import com.fluxvantage.runtime.GuardedConnection;
import com.fluxvantage.runtime.OperationCatalog;
import com.fluxvantage.runtime.OutboxRelay;
import com.fluxvantage.runtime.ScheduleFunction;
import com.fluxvantage.runtime.Subscriptions;
import com.fluxvantage.runtime.TenantTransaction;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.cloud.function.context.FunctionRegistration;
import org.springframework.cloud.function.context.catalog.FunctionTypeUtils;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.sqs.SqsClient;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * What one of the platform's own functions starts as: exactly the one that its configuration names.
 * An operation's zip does not hold this, and this starts no operation.
 */
@SpringBootConfiguration
public final class DispatchApplication
        implements ApplicationContextInitializer<GenericApplicationContext> {
    /** The function's label; {@code FV_FUNCTION} in its environment. */
    static final String FUNCTION = "fv.function";

    /** The address of a queue up to its consumer's name; {@code FV_QUEUES}. */
    static final String QUEUES = "fv.queues";

    /** The name of the bus; {@code FV_BUS}. */
    static final String BUS = "fv.bus";

    /**
     * For how long one start of the relay goes on; {@code FV_POLLS}, most of a minute if absent.
     */
    static final String POLLS = "fv.polls";

    // A round has half of a minute's lease for its calls; one that hangs must not use it up.
    private static final Duration ATTEMPT = Duration.ofSeconds(3);
    private static final Duration CALL = Duration.ofSeconds(8);

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Override
    public void initialize(GenericApplicationContext context) {
        var environment = context.getEnvironment();
        var function = PlatformFunction.labelled(environment.getRequiredProperty(FUNCTION));
        environment
                .getPropertySources()
                .addFirst(
                        new MapPropertySource(
                                "one function",
                                Map.of("spring.cloud.function.definition", function.label())));
        var body = body(function, environment);
        Function<InputStream, byte[]> ofBytes =
                event -> JSON.writeValueAsBytes(body.applyAsInt(JSON.readTree(event)));
        context.registerBean(
                function.label(),
                FunctionRegistration.class,
                () ->
                        new FunctionRegistration<>(ofBytes, function.label())
                                .type(
                                        FunctionTypeUtils.functionType(
                                                InputStream.class, byte[].class)));
    }

    private static ToIntFunction<JsonNode> body(
            PlatformFunction function, ConfigurableEnvironment environment) {
        var transaction = transaction(function, environment);
        return switch (function) {
            case RELAY -> {
                var relay =
                        new OutboxRelay(
                                transaction,
                                Subscriptions.of(OperationCatalog.load().all()),
                                queues(environment),
                                bus(environment));
                var polls = environment.getProperty(POLLS, Duration.class, RelayTurn.POLLS);
                yield _ -> new RelayTurn(relay::carry, polls).run();
            }
            case PLAN_JOB -> {
                var scheduler = new ScheduleFunction(transaction);
                yield event -> scheduler.apply(due(event));
            }
        };
    }

    // As the schedule's target says it; the service fills in for which time it was due.
    private static ScheduleFunction.Due due(JsonNode event) {
        return new ScheduleFunction.Due(
                event.path("operation").asString(),
                Instant.parse(event.path("scheduled_at").asString()));
    }

    private static SqsQueues queues(ConfigurableEnvironment environment) {
        var client =
                SqsClient.builder()
                        .httpClientBuilder(UrlConnectionHttpClient.builder())
                        .overrideConfiguration(DispatchApplication::bounded)
                        .build();
        return new SqsQueues(client, environment.getRequiredProperty(QUEUES));
    }

    private static EventBridgeBus bus(ConfigurableEnvironment environment) {
        var client =
                EventBridgeClient.builder()
                        .httpClientBuilder(UrlConnectionHttpClient.builder())
                        .overrideConfiguration(DispatchApplication::bounded)
                        .build();
        return new EventBridgeBus(client, environment.getRequiredProperty(BUS));
    }

    private static void bounded(ClientOverrideConfiguration.Builder calls) {
        calls.apiCallAttemptTimeout(ATTEMPT).apiCallTimeout(CALL);
    }

    private static TenantTransaction transaction(
            PlatformFunction function, ConfigurableEnvironment environment) {
        var database =
                new DatabaseSettings(
                        environment.getRequiredProperty("fv.database.url"),
                        environment.getProperty(
                                "fv.database.login",
                                DatabaseSettings.Login.class,
                                DatabaseSettings.Login.IAM));
        return new TenantTransaction(
                new GuardedConnection(database.opener(function.databaseRole(), function.label())));
    }
}
