package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Refusal.Kind.CONFLICT;

import com.fluxvantage.kernel.operation.Refusal;

/** Why what a channel has sent, or is to be told, stays as it is. */
sealed interface DeliveryRefusal extends Refusal {
    @Is(value = CONFLICT, title = "It does not wait any more.")
    record DeliverySettled(String state) implements DeliveryRefusal {
        @Override
        public String detail() {
            return "The delivery is " + state + ", so nothing waits for a decision.";
        }
    }

    @Is(value = CONFLICT, title = "The shop was told, or is being told.")
    record ReportNotFailed(String state) implements DeliveryRefusal {
        @Override
        public String detail() {
            return "The report is " + state + ", so it needs no other try.";
        }
    }

    @Is(value = CONFLICT, title = "It has to be mended in the shop.")
    record MendedInShop() implements DeliveryRefusal {
        @Override
        public String detail() {
            return "What is wrong is in the shop's own order. Mend it there, and it comes again.";
        }
    }
}
