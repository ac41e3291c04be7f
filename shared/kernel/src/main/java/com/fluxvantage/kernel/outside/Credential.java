package com.fluxvantage.kernel.outside;

import com.fluxvantage.kernel.text.Limit;
import com.fluxvantage.kernel.text.Texts;

import java.nio.charset.StandardCharsets;

/**
 * A secret as a caller types it in. It is sealed and goes nowhere else: it prints as {@code ***},
 * no answer and no event can hold it, and it cannot be bound to a statement.
 */
@Limit(longest = 1000)
public record Credential(String sealed) {
    public Credential {
        Texts.check(sealed, Credential.class);
    }

    public Secret secret() {
        return Secret.of(sealed.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "***";
    }
}
