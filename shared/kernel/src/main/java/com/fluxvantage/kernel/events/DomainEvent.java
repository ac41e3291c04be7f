package com.fluxvantage.kernel.events;

import com.fluxvantage.kernel.id.Identifier;

/**
 * A fact, in the past tense, that others may act on. Implementations are records; they carry ids,
 * quantities, states and versions, and nothing about a person.
 *
 * <p>Events of one stream are delivered in the order of their numbers. The number is the version of
 * a row that the transaction has locked anyway, so nothing is locked just to number an event.
 */
public interface DomainEvent {
    /** The row whose changes these events tell: the line, the bucket or the document. */
    Identifier stream();

    /** The version of that row after the change. */
    long version();

    /** The public name that subscribers know: {@code receipt.received}. */
    static String publicName(Class<? extends DomainEvent> type) {
        PublicName name = type.getAnnotation(PublicName.class);
        if (name == null) {
            throw new IllegalStateException(type + " has no @PublicName");
        }
        return name.value();
    }
}
