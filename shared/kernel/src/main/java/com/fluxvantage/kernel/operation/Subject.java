package com.fluxvantage.kernel.operation;

import com.fluxvantage.kernel.id.Identifier;

import java.util.Optional;

/** What a call was about, for the audit trail. */
public record Subject(Optional<Identifier> id) {
    private static final Subject NOTHING = new Subject(Optional.empty());

    public static Subject of(Identifier id) {
        return new Subject(Optional.of(id));
    }

    /** A search is about nothing in particular. */
    public static Subject nothing() {
        return NOTHING;
    }

    /** {@code ReceiptId} is a {@code receipt}. */
    public Optional<String> type() {
        return id.map(it -> Names.kebab(it.getClass().getSimpleName().replaceFirst("Id$", "")));
    }
}
