package com.fluxvantage.integrations;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Prefix;

import java.util.UUID;

/** One event for one endpoint. The receiver knows it as {@code webhook-id}, in every attempt. */
@Prefix("msg")
public record WebhookDeliveryId(UUID uuid) implements Identifier {}
