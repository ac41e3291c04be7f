package com.fluxvantage.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.runtime.Bus;
import com.fluxvantage.runtime.EventMessage;
import com.fluxvantage.testing.WireServer;
import com.fluxvantage.testing.WireServer.Answer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import software.amazon.awssdk.services.eventbridge.model.EventBridgeException;

import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;

/** What goes over the wire to Amazon EventBridge, and what is made of its answers. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class EventBridgeBusTest {
    private final WireServer server = new WireServer();
    private final Bus bus = new EventBridgeBus(Clients.events(server.address()), "fv-test");

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void puts_where_the_event_is_found_under_its_public_name() {
        server.answering(
                _ -> Answer.ok("{\"FailedEntryCount\": 0, \"Entries\": [{\"EventId\": \"1\"}]}"));

        assertThat(bus.put(events(1))).isEmpty();

        var asked = server.asked().getFirst();
        assertThat(asked.target()).isEqualTo("AWSEvents.PutEvents");
        assertThat(asked.signature()).contains("/eu-central-1/events/aws4_request");
        var entry = asked.body().path("Entries").path(0);
        assertThat(entry.path("EventBusName").asString()).isEqualTo("fv-test");
        assertThat(entry.path("Source").asString()).isEqualTo(EventBridgeBus.SOURCE);
        assertThat(entry.path("DetailType").asString()).isEqualTo("step.taken");
        assertThat(entry.path("Detail").asString())
                .isEqualTo(
                        """
                        {"tenant":"00000000-0000-0001-0000-000000000001","stream":"00000000-0000-0002-0000-000000000002","no":0,"type":"step.taken"}\
                        """);
    }

    @Test
    void a_call_that_succeeds_may_have_left_events_out() {
        server.answering(_ ->
                Answer.ok(
                        """
                        {"FailedEntryCount": 2, "Entries": [
                            {"ErrorCode": "ThrottlingException", "ErrorMessage": "slower"},
                            {"EventId": "2"},
                            {"ErrorCode": "InternalFailure", "ErrorMessage": "no"}]}
                        """));

        assertThat(bus.put(events(3))).containsExactlyInAnyOrder(0, 2);
    }

    @Test
    void what_the_answer_says_nothing_about_was_not_taken() {
        server.answering(_ -> Answer.ok("{\"Entries\": [{\"EventId\": \"1\"}]}"));

        assertThat(bus.put(events(2))).containsExactly(1);
    }

    @Test
    void a_bus_that_refuses_us_is_a_fault() {
        server.answering(_ ->
                new Answer(400, "{\"__type\": \"AccessDeniedException\", \"message\": \"no\"}"));

        assertThatThrownBy(() -> bus.put(events(1))).isInstanceOf(EventBridgeException.class);
        assertThat(server.asked()).hasSize(1);
    }

    @Test
    void asks_for_one_to_ten_events() {
        assertThatThrownBy(() -> bus.put(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> bus.put(events(11))).isInstanceOf(IllegalArgumentException.class);
    }

    private static List<EventMessage> events(int count) {
        return LongStream.range(0, count)
                .mapToObj(no -> new EventMessage(new UUID(1, 1), new UUID(2, 2), no, "step.taken"))
                .toList();
    }
}
