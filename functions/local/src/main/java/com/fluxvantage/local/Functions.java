package com.fluxvantage.local;

import com.amazonaws.services.lambda.runtime.events.APIGatewayCustomAuthorizerEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fluxvantage.kernel.operation.Operation;

import java.util.Map;

/** What answers behind the gateway. Many threads may call at once. */
interface Functions extends AutoCloseable {
    APIGatewayProxyResponseEvent invoke(
            Operation<?, ?> operation, APIGatewayProxyRequestEvent event);

    /** Whom the event's token names, as the gateway hands it on. */
    Map<String, Object> authorize(APIGatewayCustomAuthorizerEvent event);

    @Override
    void close();
}
