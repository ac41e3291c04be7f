package com.fluxvantage.kernel.outside;

import java.util.Locale;

/**
 * What a stored secret is for. A function may seal or open for the purposes that its descriptor
 * names, and the key itself refuses it the others.
 */
public enum SecretPurpose {
    /** Verifies what a channel sends us. */
    CHANNEL_SIGNATURE,
    /** Signs what we send to an endpoint of the tenant's. */
    WEBHOOK_SIGNATURE,
    /** Buys labels in the tenant's name. */
    CARRIER_KEY,
    /** Verifies what the carriers' company tells us of parcels. */
    CARRIER_SIGNATURE,
    /** Proves to a shop that we call it for its owner. */
    SHOP_CREDENTIAL;

    /** As it stands in the context of each ciphertext: {@code channel-signature}. */
    public String publicName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
