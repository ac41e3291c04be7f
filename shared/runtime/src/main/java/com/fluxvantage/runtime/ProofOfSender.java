package com.fluxvantage.runtime;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.fluxvantage.kernel.operation.Caller;
import com.fluxvantage.kernel.outside.Secret;

import java.time.Instant;
import java.util.Optional;

/** What another system sends along to show that it has sent a body. */
sealed interface ProofOfSender permits DeliverySignature, EasyPostSignature {
    /** The same thing sent again has the same one. */
    String id();

    /** Whether it is young enough to be believed. */
    boolean isFresh(Instant now);

    /** Whether it was made with this secret, of exactly these bytes. Compared in constant time. */
    boolean isGood(Secret secret, byte[] body);

    /** Empty where there is none, or something that is none. */
    static Optional<ProofOfSender> of(Caller.Scheme scheme, APIGatewayProxyRequestEvent event) {
        return switch (scheme) {
            case STANDARD_WEBHOOKS -> DeliverySignature.of(event).map(it -> it);
            case EASYPOST -> EasyPostSignature.of(event).map(it -> it);
        };
    }
}
