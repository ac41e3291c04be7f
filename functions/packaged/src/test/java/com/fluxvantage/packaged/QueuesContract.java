package com.fluxvantage.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.runtime.Queues;
import com.fluxvantage.runtime.Queues.Message;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * What the relay and its consumers rely on, whichever queues there are: the ones in this process
 * and those of the cloud pass the same tests.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
abstract class QueuesContract {
    /** How the tests see the consumer's end of a queue. */
    interface Consumer {
        /**
         * The bodies that are handed out now, or none; {@code refused} says of each whether it is
         * to come again.
         */
        List<String> receive(Predicate<String> refused);

        /** Lets the time pass after which what was not settled comes again. */
        void untilVisible();

        /** What was put aside after too many receives. */
        List<String> aside();
    }

    /** So often a message is handed out in these tests before it is put aside. */
    static final int MOST_RECEIVES = 2;

    private final String once = UUID.randomUUID().toString();

    abstract Queues queues();

    /** The queue of this name, empty when the test begins. */
    abstract Consumer consumer(String name);

    @Test
    void hands_out_a_group_in_the_order_in_which_it_was_sent() {
        var consumer = consumer("in-order");

        assertThat(send("in-order", "group", "1", "2", "3")).isEmpty();

        assertThat(all(consumer)).containsExactly("1", "2", "3");
        assertThat(consumer.receive(_ -> false)).isEmpty();
    }

    @Test
    void drops_what_it_has_had_and_says_that_it_has_it() {
        var consumer = consumer("once-only");
        send("once-only", "group", "1");

        assertThat(send("once-only", "group", "1")).isEmpty();

        assertThat(all(consumer)).containsExactly("1");
    }

    @Test
    void while_one_of_a_group_is_out_its_followers_wait_and_other_groups_do_not() {
        var consumer = consumer("one-at-a-time");
        send("one-at-a-time", "first", "1");
        assertThat(consumer.receive(_ -> true)).containsExactly("1");
        send("one-at-a-time", "first", "2");
        send("one-at-a-time", "second", "3");

        assertThat(all(consumer)).containsExactly("3");

        consumer.untilVisible();
        assertThat(all(consumer)).containsExactly("1", "2");
    }

    @Test
    void puts_aside_what_was_handed_out_too_often_and_goes_on_with_its_group() {
        var consumer = consumer("put-aside");
        send("put-aside", "group", "bad");
        for (int time = 0; time < MOST_RECEIVES; time++) {
            assertThat(consumer.receive(_ -> true)).containsExactly("bad");
            consumer.untilVisible();
        }
        send("put-aside", "group", "good");

        assertThat(all(consumer)).containsExactly("good");
        assertThat(consumer.aside()).containsExactly("bad");
    }

    @Test
    void takes_a_full_batch_of_the_largest_messages() {
        var consumer = consumer("full");
        var messages = new ArrayList<Message>();
        for (int no = 0; no < Queues.MOST_AT_ONCE; no++) {
            messages.add(
                    new Message(
                            "g".repeat(Queues.LONGEST_NAME),
                            (once + no + "~".repeat(Queues.LONGEST_NAME))
                                    .substring(0, Queues.LONGEST_NAME),
                            Integer.toString(no).repeat(Queues.LARGEST_BODY)));
        }

        assertThat(queues().send("full", messages)).isEmpty();

        assertThat(all(consumer))
                .hasSize(Queues.MOST_AT_ONCE)
                .allSatisfy(body -> assertThat(body).hasSize(Queues.LARGEST_BODY));
    }

    @Test
    void refuses_by_name_what_is_beyond_its_limits_and_takes_the_rest() {
        var consumer = consumer("limits");

        var refused =
                queues().send(
                                "limits",
                                List.of(
                                        new Message("group", "good-" + once, "good"),
                                        new Message(
                                                "group",
                                                "large-" + once,
                                                "x".repeat(Queues.LARGEST_BODY + 1)),
                                        new Message("", "groupless-" + once, "groupless")));

        assertThat(refused).containsExactlyInAnyOrder("large-" + once, "groupless-" + once);
        assertThat(all(consumer)).containsExactly("good");
    }

    private Set<String> send(String consumer, String group, String... bodies) {
        return queues().send(
                        consumer,
                        List.of(bodies).stream()
                                .map(body -> new Message(group, once + "/" + body, body))
                                .toList());
    }

    private static List<String> all(Consumer consumer) {
        var all = new ArrayList<String>();
        for (var some = consumer.receive(_ -> false);
                !some.isEmpty();
                some = consumer.receive(_ -> false)) {
            all.addAll(some);
        }
        return all;
    }
}
