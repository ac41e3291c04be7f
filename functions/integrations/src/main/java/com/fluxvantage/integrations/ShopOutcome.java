package com.fluxvantage.integrations;

import com.fluxvantage.kernel.outside.Shops.Reply;
import com.fluxvantage.kernel.outside.Shops.Trouble;

/** What became of the last call of a shop. Those that are troubles have the port's names. */
enum ShopOutcome {
    DONE,
    /** The stored credential does not open: it was altered. Bring it again. */
    CREDENTIAL_UNOPENABLE,
    /** The shop takes the credential no more, or never took it. */
    CREDENTIAL_REFUSED,
    THROTTLED,
    UNKNOWN_NAME,
    FORBIDDEN_ADDRESS,
    UNREACHABLE,
    TIMED_OUT,
    SHOP_FAULT,
    NOT_UNDERSTOOD,
    REFUSED;

    static ShopOutcome of(Reply<?> reply) {
        return switch (reply) {
            case Reply.Answered<?> _ -> DONE;
            case Reply.Failed<?>(var trouble, _) -> of(trouble);
        };
    }

    private static ShopOutcome of(Trouble trouble) {
        return switch (trouble) {
            case CREDENTIAL_REFUSED -> CREDENTIAL_REFUSED;
            case THROTTLED -> THROTTLED;
            case UNKNOWN_NAME -> UNKNOWN_NAME;
            case FORBIDDEN_ADDRESS -> FORBIDDEN_ADDRESS;
            case UNREACHABLE -> UNREACHABLE;
            case TIMED_OUT -> TIMED_OUT;
            case SHOP_FAULT -> SHOP_FAULT;
            case NOT_UNDERSTOOD -> NOT_UNDERSTOOD;
            case REFUSED -> REFUSED;
        };
    }

    /** No time makes it better: a person has to bring another credential. */
    boolean isOfTheCredential() {
        return this == CREDENTIAL_REFUSED || this == CREDENTIAL_UNOPENABLE;
    }
}
