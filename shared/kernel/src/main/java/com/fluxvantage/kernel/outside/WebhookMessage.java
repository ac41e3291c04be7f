package com.fluxvantage.kernel.outside;

import java.util.List;

/**
 * One message to one address. Repeated, it is the same message under the same id, and is signed
 * anew.
 *
 * @param id by which its receiver knows that it has had it
 * @param body JSON; what is signed are its bytes in UTF-8
 * @param secrets each makes a signature: while a secret is being changed there are two
 */
public record WebhookMessage(WebhookUrl to, String id, String body, List<WebhookSecret> secrets) {
    public WebhookMessage {
        secrets = List.copyOf(secrets);
        if (secrets.isEmpty()) {
            throw new IllegalArgumentException("an unsigned message is nobody's");
        }
        // The signed text joins its parts by dots.
        if (id.isEmpty() || id.contains(".")) {
            throw new IllegalArgumentException("an id has no dot");
        }
    }

    /** Says nothing of what is in it. */
    @Override
    public String toString() {
        return "WebhookMessage[" + id + "]";
    }
}
