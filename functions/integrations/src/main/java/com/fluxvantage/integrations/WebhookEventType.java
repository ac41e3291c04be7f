package com.fluxvantage.integrations;

import com.fluxvantage.kernel.text.Limit;
import com.fluxvantage.kernel.text.TextValue;
import com.fluxvantage.kernel.text.Texts;

import java.util.List;

/**
 * An event of which a tenant can be told, by its public name. The list is closed: what only moves
 * work from one of our jobs to the next is nobody else's.
 */
@Limit(
        longest = 40,
        pattern =
                "order\\.(received|allocated|picking|packed|shipped|cancelled)"
                        + "|receipt\\.(opened|received|reversed|closed)"
                        + "|inventory\\.level_changed|connection\\.failed|export\\.ready|webhook\\.disabled"
                        + "|label\\.bought|parcel\\.moved",
        says = "There is no such event.")
public record WebhookEventType(String value) implements TextValue {
    /** In the order of their names. */
    static final List<String> ALL =
            List.of(
                    "connection.failed",
                    "export.ready",
                    "inventory.level_changed",
                    "label.bought",
                    "order.allocated",
                    "order.cancelled",
                    "order.packed",
                    "order.picking",
                    "order.received",
                    "order.shipped",
                    "parcel.moved",
                    "receipt.closed",
                    "receipt.opened",
                    "receipt.received",
                    "receipt.reversed",
                    "webhook.disabled");

    public WebhookEventType {
        Texts.check(value, WebhookEventType.class);
    }

    @Override
    public String toString() {
        return value;
    }
}
