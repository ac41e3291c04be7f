package com.fluxvantage.kernel.operation;

/**
 * What was named is not there, or is another tenant's: the two are told apart by nobody. {@code
 * what} is the kind of thing in the words of the floor, {@code field} the request's component that
 * named it.
 */
@Refusal.Is(value = Refusal.Kind.MISSING, title = "What was named is not there.")
public record NotFound(String what, String field) implements Refusal {
    @Override
    public String detail() {
        return "There is no such " + what + ".";
    }
}
