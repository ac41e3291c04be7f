package com.fluxvantage.integrations;

import com.fluxvantage.kernel.operation.Call;

/** What becomes of deliveries when their endpoint is no longer told. */
final class WebhookDeliveries {
    private WebhookDeliveries() {}

    /** What was on its way is missed. A run that has it in hand finds its lease lost. */
    static void miss(WebhookEndpointId endpoint, Call call) {
        call.sql()
                .createUpdate(
                        """
                        update wms.webhook_delivery
                           set state = 'MISSED',
                               next_attempt_at = null
                         where endpoint_id = :endpoint
                           and state = 'PENDING'
                        """)
                .bind("endpoint", endpoint)
                .execute();
    }
}
