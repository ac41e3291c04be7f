package com.fluxvantage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.runtime.OperationCatalog;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.util.Set;
import java.util.TreeSet;

/** Of what a tenant's systems can be told: of all that is announced and not our own affair. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class WebhookEventsTest {
    /**
     * They move work from one of our jobs to the next: an export, a label, what a shop sent, a
     * letter.
     */
    private static final Set<String> OUR_OWN_AFFAIR =
            Set.of(
                    "export.requested",
                    "export.continued",
                    "channel.delivered",
                    "channel.cancelled",
                    "connection.troubled",
                    "connection.test_asked",
                    "label.wanted");

    private static final OperationCatalog CATALOG = OperationCatalog.load();

    @Test
    void whatever_is_announced_can_be_heard_outside_or_is_our_own_affair() {
        var announced = new TreeSet<String>();
        for (var operation : CATALOG.all()) {
            operation.announces().forEach(it -> announced.add(DomainEvent.publicName(it)));
        }
        announced.removeAll(OUR_OWN_AFFAIR);

        assertThat(CATALOG.named("queue-webhooks").trigger())
                .isInstanceOfSatisfying(
                        Trigger.Event.class,
                        it ->
                                assertThat(it.types())
                                        .containsExactlyInAnyOrderElementsOf(announced));
    }
}
