package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Refusal.Kind.CONFLICT;

import com.fluxvantage.kernel.operation.Refusal;

/** Why a connection is not made or does not change. */
sealed interface ConnectionRefusal extends Refusal {
    @Is(value = CONFLICT, title = "There is a connection of this name.")
    record ConnectionNameTaken() implements ConnectionRefusal {
        @Override
        public String detail() {
            return "Another connection that is not ended has this name. Choose another one.";
        }
    }

    @Is(value = CONFLICT, title = "The connection is in another state.")
    record ConnectionNotInThisState(String state) implements ConnectionRefusal {
        @Override
        public String detail() {
            return "The connection is " + state + ", and from there this is not possible.";
        }
    }

    @Is(value = CONFLICT, title = "Nothing of it is left to a person.")
    record NothingToClose() implements ConnectionRefusal {
        @Override
        public String detail() {
            return "It was not too late to cancel it, or somebody has dealt with it.";
        }
    }

    @Is(value = CONFLICT, title = "The shop is told of stock as usual.")
    record StockNotStopped() implements ConnectionRefusal {
        @Override
        public String detail() {
            return "Nothing was stopped, so there is nothing to accept.";
        }
    }
}
