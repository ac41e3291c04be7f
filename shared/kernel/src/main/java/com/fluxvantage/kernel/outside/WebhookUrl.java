package com.fluxvantage.kernel.outside;

import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.text.Limit;
import com.fluxvantage.kernel.text.TextValue;
import com.fluxvantage.kernel.text.Texts;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;

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
    // RFC 6761, RFC 6762, RFC 7686, RFC 9476 and what clouds answer for themselves.
    private static final List<String> PRIVATE_NAMES =
            List.of(
                    ".localhost",
                    ".local",
                    ".internal",
                    ".localdomain",
                    ".lan",
                    ".home.arpa",
                    ".arpa",
                    ".alt",
                    ".onion");

    private static final int LONGEST_NAME = 253;

    public WebhookUrl {
        Texts.check(value, WebhookUrl.class);
        String host = uri(value).getHost();
        String name = host == null ? "" : host.toLowerCase(Locale.ROOT);
        if (name.isEmpty()
                || name.length() > LONGEST_NAME
                || PRIVATE_NAMES.stream().anyMatch(name::endsWith)) {
            throw new InvalidValue(
                    "malformed",
                    "This is no https address with a public name, on port 443 or 8443, without user"
                            + " and fragment.");
        }
    }

    /** For whoever connects. */
    public URI uri() {
        return uri(value);
    }

    private static URI uri(String value) {
        try {
            return new URI(value);
        } catch (URISyntaxException _) {
            throw new InvalidValue("malformed", "This is no address.");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
