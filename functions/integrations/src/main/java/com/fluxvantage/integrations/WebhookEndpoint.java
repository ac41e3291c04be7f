package com.fluxvantage.integrations;

import com.fluxvantage.kernel.operation.Call;

import java.util.Optional;

/**
 * An endpoint as an operation locks it, before its deliveries. One that is removed is not there.
 */
record WebhookEndpoint(WebhookState state, Optional<String> disabledWhy, long version) {
    static Optional<WebhookEndpoint> locked(WebhookEndpointId endpoint, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select state, disabled_why, version
                          from wms.webhook_endpoint
                         where endpoint_id = :endpoint
                           and state <> 'REMOVED'
                           for no key update
                        """)
                .bind("endpoint", endpoint)
                .mapTo(WebhookEndpoint.class)
                .findOne();
    }
}
