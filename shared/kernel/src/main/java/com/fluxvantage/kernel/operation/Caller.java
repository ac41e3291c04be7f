package com.fluxvantage.kernel.operation;

/** How a caller proves who it is. */
public sealed interface Caller {
    /** A member of a tenant, through the authorizer. */
    record Member() implements Caller {}

    /** One of the people who run the platform, through the authorizer. */
    record Operator() implements Caller {}

    /**
     * Another system that signs its request; the raw body is verified before anything is parsed.
     */
    record Signature(Scheme scheme) implements Caller {}

    /** How a request is signed. */
    enum Scheme {
        /** Standard Webhooks 1.0.0: id, time and body together. */
        STANDARD_WEBHOOKS,
        /** EasyPost's own: the body alone, so that what comes again has to be known by itself. */
        EASYPOST
    }

    /** The platform itself, by a schedule or an event: no caller, no permission. */
    record Job() implements Caller {}

    /** Nobody is asked. The reason is read by whoever reviews the contract. */
    record Open(String reason) implements Caller {}
}
