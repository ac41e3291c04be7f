package com.fluxvantage.kernel.outside;

import java.util.Optional;

/**
 * How one shop is called. It prints without its credential.
 *
 * @param channel of a shop that sells on several, the one that is meant
 * @param location where the shop keeps the stock that is ours; where none is named, what the shop
 *     takes for granted
 */
public record ShopAccess(
        ShopUrl url, Secret credential, Optional<ShopKey> channel, Optional<ShopKey> location) {}
