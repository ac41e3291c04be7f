package com.fluxvantage.dispatch;

import com.fluxvantage.runtime.Bus;
import com.fluxvantage.runtime.EventMessage;

import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A bus of Amazon EventBridge. Rules choose by the event's public name; the detail says where the
 * event is to be found and nothing of what it says.
 *
 * @param name of the bus
 */
public record EventBridgeBus(EventBridgeClient client, String name) implements Bus {
    /** By which rules tell our events from those of the cloud's own services. */
    public static final String SOURCE = "fluxvantage";

    @Override
    public Set<Integer> put(List<EventMessage> batch) {
        if (batch.isEmpty() || batch.size() > MOST_AT_ONCE) {
            throw new IllegalArgumentException("a call puts 1 to " + MOST_AT_ONCE + " events");
        }
        var entries = batch.stream().map(this::entry).toList();
        var results = client.putEvents(it -> it.entries(entries)).entries();
        var refused = new HashSet<Integer>();
        for (int at = 0; at < batch.size(); at++) {
            // The call succeeds even when each of its events failed. One without an id is not
            // there.
            if (at >= results.size() || results.get(at).eventId() == null) {
                refused.add(at);
            }
        }
        return refused;
    }

    private PutEventsRequestEntry entry(EventMessage event) {
        return PutEventsRequestEntry.builder()
                .eventBusName(name)
                .source(SOURCE)
                .detailType(event.type())
                .detail(event.json())
                .build();
    }
}
