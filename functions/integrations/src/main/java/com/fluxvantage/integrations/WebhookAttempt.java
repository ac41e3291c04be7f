package com.fluxvantage.integrations;

import com.fluxvantage.kernel.outside.Webhooks.Reply;

/** One message was sent, and this came back. */
record WebhookAttempt(WebhookEndpointId endpointId, WebhookDeliveryId deliveryId, Reply reply) {}
