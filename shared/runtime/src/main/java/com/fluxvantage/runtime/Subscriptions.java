package com.fluxvantage.runtime;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Trigger;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which consumers an event goes to, by its public name: straight to the queue of those that need
 * the order of a stream, to the bus for those that do not. A tick goes to its one schedule.
 *
 * @param whereWanted those among them that have an event only where somebody wants it
 */
public record Subscriptions(
        Map<String, Set<String>> queuesByType,
        Map<String, Set<String>> subscribersByType,
        Set<String> whereWanted) {
    public Subscriptions {
        queuesByType = Map.copyOf(queuesByType);
        subscribersByType = Map.copyOf(subscribersByType);
        whereWanted = Set.copyOf(whereWanted);
    }

    public static Subscriptions of(List<? extends Operation<?, ?>> operations) {
        var queues = new HashMap<String, Set<String>>();
        var subscribers = new HashMap<String, Set<String>>();
        var whereWanted = new HashSet<String>();
        for (var operation : operations) {
            switch (operation.trigger()) {
                case Trigger.Event event -> {
                    var consumers = event.ordered() ? queues : subscribers;
                    for (String type : event.types()) {
                        consumers.computeIfAbsent(type, _ -> new TreeSet<>()).add(operation.name());
                    }
                    if (event.onlyWanted()) {
                        whereWanted.add(operation.name());
                    }
                }
                case Trigger.Schedule _ ->
                        queues.put(Trigger.tick(operation.name()), Set.of(operation.name()));
                case Trigger.Http _, Trigger.Authorizer _ -> {}
            }
        }
        return new Subscriptions(queues, subscribers, whereWanted);
    }

    /** Whose queues an event goes into that these want. */
    Set<String> queuesOf(String type, Collection<String> wantedBy) {
        return having(queuesByType, type, wantedBy);
    }

    /** Whom the bus brings an event: what its rules do in the cloud. */
    public Set<String> subscribersOf(EventMessage event) {
        return having(subscribersByType, event.type(), event.wantedBy().orElse(List.of()));
    }

    private Set<String> having(
            Map<String, Set<String>> byType, String type, Collection<String> wantedBy) {
        var having = new TreeSet<>(byType.getOrDefault(type, Set.of()));
        having.removeIf(it -> whereWanted.contains(it) && !wantedBy.contains(it));
        return having;
    }
}
