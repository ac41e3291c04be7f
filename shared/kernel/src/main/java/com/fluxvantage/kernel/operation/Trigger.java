package com.fluxvantage.kernel.operation;

/** What starts an operation. */
public sealed interface Trigger {
    enum Method {
        GET,
        POST
    }

    /**
     * A request through the gateway. The route is written without the version that the edge adds.
     */
    record Http(Method method, String route) implements Trigger {}

    /** The gateway asks who is calling. */
    record Authorizer() implements Trigger {}
}
