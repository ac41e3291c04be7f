package com.fluxvantage.runtime;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Trigger;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which consumers an event goes to, by its public name: straight to the queue of those that need
 * the order of a stream, to the bus for those that do not. A tick goes to its one schedule.
 */
public record Subscriptions(Map<String, Set<String>> queuesByType, Set<String> typesOnTheBus) {
    public Subscriptions {
        queuesByType = Map.copyOf(queuesByType);
        typesOnTheBus = Set.copyOf(typesOnTheBus);
    }

    public static Subscriptions of(List<Operation<?, ?>> operations) {
        var queues = new HashMap<String, Set<String>>();
        var bus = new TreeSet<String>();
        for (var operation : operations) {
            switch (operation.trigger()) {
                case Trigger.Event(var types, var ordered, _) -> {
                    for (String type : types) {
                        if (ordered) {
                            queues.computeIfAbsent(type, _ -> new TreeSet<>())
                                    .add(operation.name());
                        } else {
                            bus.add(type);
                        }
                    }
                }
                case Trigger.Schedule _ ->
                        queues.put(Trigger.tick(operation.name()), Set.of(operation.name()));
                case Trigger.Http _, Trigger.Authorizer _ -> {}
            }
        }
        return new Subscriptions(queues, bus);
    }

    Set<String> queuesOf(String type) {
        return queuesByType.getOrDefault(type, Set.of());
    }

    boolean isOnTheBus(String type) {
        return typesOnTheBus.contains(type);
    }
}
