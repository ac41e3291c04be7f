package com.fluxvantage.infra;

import java.util.Optional;

/**
 * What a function finds where it is deployed.
 *
 * @param network absent in an emulator
 */
record Surroundings(
        Settings settings,
        KeysStack keys,
        EventsStack events,
        Optional<NetworkStack> network,
        DatabaseAddress database) {
    /**
     * Where the database is, and how a function's login is proved there.
     *
     * @param login as the runtime names it
     * @param proxyId by which IAM names the database; absent where it takes anybody
     */
    record DatabaseAddress(String url, String login, Optional<String> proxyId) {}
}
