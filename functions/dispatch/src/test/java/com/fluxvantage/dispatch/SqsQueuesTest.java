package com.fluxvantage.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.runtime.Queues;
import com.fluxvantage.runtime.Queues.Message;
import com.fluxvantage.testing.WireServer;
import com.fluxvantage.testing.WireServer.Answer;
import com.fluxvantage.testing.WireSqs;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import software.amazon.awssdk.services.sqs.model.SqsException;

import java.util.List;
import java.util.stream.IntStream;

/** What goes over the wire to Amazon SQS, and what is made of its answers. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class SqsQueuesTest {
    private static final String PREFIX = "https://sqs.eu-central-1.amazonaws.com/123/fv-test-";

    private final WireServer server = new WireServer();
    private final Queues queues = new SqsQueues(Clients.queues(server.address()), PREFIX);

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void sends_one_batch_to_the_queue_of_the_consumer_signed_and_in_order() {
        server.answering(request -> WireSqs.taken(request.body()));

        assertThat(queues.send("follow-steps", messages(10))).isEmpty();

        assertThat(server.asked()).hasSize(1);
        var asked = server.asked().getFirst();
        assertThat(asked.target()).isEqualTo("AmazonSQS.SendMessageBatch");
        assertThat(asked.contentType()).isEqualTo("application/x-amz-json-1.0");
        assertThat(asked.signature())
                .startsWith("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/")
                .contains("/eu-central-1/sqs/aws4_request")
                .doesNotContain("a-secret");
        assertThat(asked.body().path("QueueUrl").asString())
                .isEqualTo(PREFIX + "follow-steps.fifo");
        assertThat(asked.body().path("Entries").size()).isEqualTo(10);
        var third = asked.body().path("Entries").path(2);
        assertThat(third.path("MessageGroupId").asString()).isEqualTo("group");
        assertThat(third.path("MessageDeduplicationId").asString()).isEqualTo("once-2");
        assertThat(third.path("MessageBody").asString()).isEqualTo("{\"no\": 2}");
        assertThat(third.has("DelaySeconds")).isFalse();
    }

    @Test
    void names_the_messages_that_the_service_did_not_take() {
        server.answering(_ ->
                Answer.ok(
                        """
                        {"Successful": [{"Id": "0", "MessageId": "m", "MD5OfMessageBody": "%s"}],
                         "Failed": [{"Id": "1", "Code": "InternalError", "SenderFault": false}]}
                        """
                                .formatted(WireSqs.digest("{\"no\": 0}"))));

        assertThat(queues.send("follow-steps", messages(2))).containsExactly("once-1");
    }

    @Test
    void what_the_answer_says_nothing_about_was_not_taken() {
        server.answering(_ -> Answer.ok("{\"Successful\": []}"));

        assertThat(queues.send("follow-steps", messages(3)))
                .containsExactlyInAnyOrder("once-0", "once-1", "once-2");
    }

    @Test
    void a_message_beyond_the_limits_is_refused_and_the_others_go() {
        server.answering(request -> WireSqs.taken(request.body()));
        var large = "x".repeat(Queues.LARGEST_BODY + 1);
        var many = "é".repeat(Queues.LARGEST_BODY / 2 + 1);

        assertThat(
                        queues.send(
                                "follow-steps",
                                List.of(
                                        new Message("group", "large", large),
                                        new Message("group", "many-bytes", many),
                                        new Message("two words", "blank", "{}"),
                                        new Message("group", "good", "{}"))))
                .containsExactlyInAnyOrder("large", "many-bytes", "blank");

        var entries = server.asked().getFirst().body().path("Entries");
        assertThat(entries.size()).isEqualTo(1);
        assertThat(entries.path(0).path("MessageDeduplicationId").asString()).isEqualTo("good");
    }

    @Test
    void the_largest_batch_is_within_what_the_service_takes_in_one_call() {
        assertThat((Queues.LARGEST_BODY + 2 * Queues.LONGEST_NAME) * Queues.MOST_AT_ONCE)
                .isLessThan(256 * 1024);
    }

    @Test
    void nothing_is_sent_when_nothing_may_be() {
        assertThat(queues.send("follow-steps", List.of(new Message("group", "empty", ""))))
                .containsExactly("empty");
        assertThat(server.asked()).isEmpty();
    }

    @Test
    void tries_again_when_the_service_is_busy_and_sends_the_same_once_more() {
        server.answering(request ->
                server.asked().size() == 1
                        ? new Answer(503, "{\"__type\": \"ServiceUnavailable\"}")
                        : WireSqs.taken(request.body()));

        assertThat(queues.send("follow-steps", messages(2))).isEmpty();

        assertThat(server.asked()).hasSize(2);
        assertThat(server.asked().get(1).body()).isEqualTo(server.asked().get(0).body());
    }

    @Test
    void a_queue_that_is_not_there_is_a_fault_and_nothing_is_taken_for_sent() {
        server.answering(_ ->
                new Answer(
                        400,
                        "{\"__type\": \"com.amazonaws.sqs#QueueDoesNotExist\", \"message\": \"no\"}"));

        assertThatThrownBy(() -> queues.send("follow-steps", messages(1)))
                .isInstanceOf(SqsException.class);
        assertThat(server.asked()).hasSize(1);
    }

    @Test
    void an_answer_for_other_text_than_was_sent_is_a_fault() {
        server.answering(_ ->
                Answer.ok(
                        """
                        {"Successful": [{"Id": "0", "MessageId": "m", "MD5OfMessageBody": "%s"}]}
                        """
                                .formatted(WireSqs.digest("spoilt on the way"))));

        assertThatThrownBy(() -> queues.send("follow-steps", messages(1)))
                .hasMessageContaining("MD5");
    }

    @Test
    void asks_for_one_to_ten_messages() {
        assertThatThrownBy(() -> queues.send("follow-steps", List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> queues.send("follow-steps", messages(11)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static List<Message> messages(int count) {
        return IntStream.range(0, count)
                .mapToObj(no -> new Message("group", "once-" + no, "{\"no\": " + no + "}"))
                .toList();
    }
}
