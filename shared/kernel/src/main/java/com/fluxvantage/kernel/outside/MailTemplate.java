package com.fluxvantage.kernel.outside;

import java.util.Locale;
import java.util.Set;

/**
 * What a letter is about. Its words lie with the service that sends it, under this name; what is
 * filled in is listed here, and all of it has to be.
 */
public enum MailTemplate {
    /** Until when the data of an ended tenant can be taken away. */
    WINDOW_ENDS(Set.of("tenant", "ends_on", "days_before")),
    /** From when on the data of a tenant is deleted. */
    DELETION_SCHEDULED(Set.of("tenant", "ends_on", "days_before")),
    /** When a suspended tenant is wound down. */
    SUSPENSION_EXPIRES(Set.of("tenant", "ends_on", "days_before")),
    /** That one of a tenant's webhook endpoints is told nothing any more. */
    WEBHOOK_DISABLED(Set.of("tenant", "endpoint", "disabled_on")),
    /** That something is wrong with one of a tenant's connections and needs a person. */
    CONNECTION_TROUBLED(Set.of("tenant", "connection", "trouble", "began_on"));

    @SuppressWarnings("ImmutableEnumChecker") // a copy that cannot change
    private final Set<String> parameters;

    MailTemplate(Set<String> parameters) {
        this.parameters = Set.copyOf(parameters);
    }

    /** What has to be filled in. */
    public Set<String> parameters() {
        return parameters;
    }

    /** As it stands in the name of the template: {@code window-ends}. */
    public String publicName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
