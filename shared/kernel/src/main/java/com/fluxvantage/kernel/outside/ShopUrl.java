package com.fluxvantage.kernel.outside;

import com.fluxvantage.kernel.text.Limit;
import com.fluxvantage.kernel.text.TextValue;
import com.fluxvantage.kernel.text.Texts;

import java.net.URI;

/**
 * Where a shop's own interface is called. The rules are those of a {@link WebhookUrl}, for a shop
 * is a stranger as well; it has no query.
 */
@Limit(
        longest = 500,
        pattern =
                "https://([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
                        + "(:(443|8443))?(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?",
        says =
                "This is no https address with a public name, on port 443 or 8443, without user,"
                        + " query and fragment.")
public record ShopUrl(String value) implements TextValue {
    public ShopUrl {
        Texts.check(value, ShopUrl.class);
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
