package com.fluxvantage.privacy;

import static com.fluxvantage.kernel.operation.Refusal.Kind.CONFLICT;

import com.fluxvantage.kernel.operation.Refusal;

/** Some of what is due could not be removed. The run's record says which rule, and why. */
@Refusal.Is(value = CONFLICT, title = "Not every rule could be carried out.")
record RetentionFailed(long rules) implements Refusal {
    @Override
    public String detail() {
        return rules + " of the rules of retention failed. The record of the run says which.";
    }
}
