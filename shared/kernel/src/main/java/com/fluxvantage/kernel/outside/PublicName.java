package com.fluxvantage.kernel.outside;

import com.fluxvantage.kernel.operation.InvalidValue;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;

/** What an address that a tenant names may be called. */
final class PublicName {
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

    private PublicName() {}

    /** Refuses an address whose name means nothing, or this network, on the public internet. */
    static void check(String address) {
        String host = uri(address).getHost();
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

    static URI uri(String address) {
        try {
            return new URI(address);
        } catch (URISyntaxException _) {
            throw new InvalidValue("malformed", "This is no address.");
        }
    }
}
