package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Refusal.Kind.CONFLICT;
import static com.fluxvantage.kernel.operation.Refusal.Kind.LIMIT;

import com.fluxvantage.kernel.operation.Refusal;

/** Why an endpoint is not told of something, in sentences for its administrator. */
sealed interface WebhookRefusal extends Refusal {
    @Is(value = LIMIT, title = "There are enough endpoints.")
    record TooManyEndpoints(int most) implements WebhookRefusal {
        @Override
        public String detail() {
            return "A tenant has at most " + most + " endpoints. Remove one that is not used.";
        }
    }

    @Is(value = CONFLICT, title = "The endpoint is disabled.")
    record EndpointDisabled(String why) implements WebhookRefusal {
        @Override
        public String detail() {
            return "It is disabled (" + why + "). Enable it first.";
        }
    }

    @Is(value = CONFLICT, title = "The delivery is on its way.")
    record StillPending() implements WebhookRefusal {
        @Override
        public String detail() {
            return "It has not come to its end yet, so there is nothing to replay.";
        }
    }
}
