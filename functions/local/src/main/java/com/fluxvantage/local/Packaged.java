package com.fluxvantage.local;

import com.amazonaws.services.lambda.runtime.events.APIGatewayCustomAuthorizerEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.local.lambda.LambdaFunction;
import com.fluxvantage.local.lambda.LambdaSandbox;
import com.fluxvantage.runtime.AuthorizerFunction;
import com.fluxvantage.runtime.CloudPorts;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The functions out of their domains' zips, each in a JVM of its own under Lambda's runtime client,
 * as the cloud runs them. A function is started by the first call that needs it, which waits for
 * it; it has one sandbox, so the calls of one operation wait for each other.
 *
 * <p>What acts outside (hands out a link to an object, say) finds a cloud's services in its zip,
 * and none of them on this machine: it is served in this process, where there is something in their
 * place.
 */
final class Packaged implements Functions {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Operation<?, ?> authorizer;
    private final Function<Operation<?, ?>, LambdaFunction> code;
    private final Functions here;
    private final Map<String, Seat> seats = new ConcurrentHashMap<>();

    /**
     * Starts none yet.
     *
     * @param code what is started for an operation
     * @param here serves what acts outside
     */
    Packaged(
            Operation<?, ?> authorizer,
            Function<Operation<?, ?>, LambdaFunction> code,
            Functions here) {
        this.here = here;
        this.authorizer = authorizer;
        this.code = code;
    }

    @Override
    public APIGatewayProxyResponseEvent invoke(
            Operation<?, ?> operation, APIGatewayProxyRequestEvent event) {
        if (CloudPorts.isWantedBy(operation)) {
            return here.invoke(operation, event);
        }
        var answer = call(operation, event);
        if (answer.isError()) {
            throw new IllegalStateException(operation + " ended with " + answer.errorType());
        }
        return JSON.readValue(answer.payload(), APIGatewayProxyResponseEvent.class);
    }

    @Override
    public Map<String, Object> authorize(APIGatewayCustomAuthorizerEvent event) {
        var answer = call(authorizer, event);
        if (!answer.isError()) {
            return JSON.readValue(answer.payload(), new TypeReference<>() {});
        }
        String message = JSON.readTree(answer.payload()).path("errorMessage").asString("");
        throw message.equals(AuthorizerFunction.UNAUTHORIZED)
                ? new AuthorizerFunction.Unauthorized()
                : new IllegalStateException("the authorizer ended with " + answer.errorType());
    }

    private LambdaSandbox.Invocation call(Operation<?, ?> operation, Object event) {
        return seats.computeIfAbsent(operation.name(), _ -> new Seat(code.apply(operation)))
                .call(JSON.writeValueAsString(event));
    }

    @Override
    public void close() {
        seats.values().forEach(Seat::close);
        here.close();
    }

    private static final class Seat {
        private final LambdaFunction function;
        private @Nullable LambdaSandbox sandbox;

        private Seat(LambdaFunction function) {
            this.function = function;
        }

        private synchronized LambdaSandbox.Invocation call(String event) {
            if (sandbox == null) {
                sandbox = function.start();
            }
            try {
                return sandbox.invoke(event);
            } catch (RuntimeException e) {
                // Out of time or out of turn: as in the cloud, the next call gets another.
                close();
                throw e;
            }
        }

        private synchronized void close() {
            if (sandbox != null) {
                sandbox.close();
                sandbox = null;
            }
        }
    }
}
