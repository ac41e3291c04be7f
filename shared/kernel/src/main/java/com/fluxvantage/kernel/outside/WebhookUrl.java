package com.fluxvantage.kernel.outside;

import com.fluxvantage.kernel.text.Limit;
import com.fluxvantage.kernel.text.TextValue;
import com.fluxvantage.kernel.text.Texts;

import java.net.URI;

/**
 * Where a tenant wants its webhooks: an https address by a public name, on port 443 or 8443, with
 * neither a user nor a fragment. An address in numbers is none in any of its spellings, for a last
 * label that begins with a letter is in none of them. Which machine the name means is seen when it
 * is called, and refused there if it is not on the public internet.
 */
@Limit(
        longest = 500,
        pattern =
                "https://([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
                        + "(:(443|8443))?(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?(\\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?",
        says =
                "This is no https address with a public name, on port 443 or 8443, without user and"
                        + " fragment.")
public record WebhookUrl(String value) implements TextValue {
    public WebhookUrl {
        Texts.check(value, WebhookUrl.class);
        PublicName.check(value);
    }

    /** For whoever connects. */
    public URI uri() {
        return PublicName.uri(value);
    }

    @Override
    public String toString() {
        return value;
    }
}
