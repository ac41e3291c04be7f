package com.fluxvantage.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.packaged.Consumer.Attempt;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** The bus that CDK has deployed, with a consumer behind it as operations of events have them. */
@NeedsEmulator
final class DeployedEventsTest {
    private static final class Listening {
        static final Consumer CONSUMER = new Consumer(Emulator.deployed());
    }

    private final Consumer consumer = Listening.CONSUMER;

    @Test
    void an_event_reaches_the_function_that_wants_it_and_no_other_event_does()
            throws InterruptedException {
        consumer.announce("order.accepted", 1);
        consumer.announce(Consumer.WANTED, 2);

        assertThat(consumer.next()).isEqualTo(new Attempt(2, 1));
    }

    @Test
    void what_was_refused_comes_again_before_what_follows_it() throws InterruptedException {
        consumer.refuses(new Attempt(12, 1));

        consumer.announce(Consumer.WANTED, 11, 12, 13);

        assertThat(next(4))
                .containsExactly(
                        new Attempt(11, 1),
                        new Attempt(12, 1),
                        new Attempt(12, 2),
                        new Attempt(13, 1));
    }

    @Test
    void what_is_refused_too_often_waits_for_a_person_and_what_follows_goes_on()
            throws InterruptedException {
        consumer.refuses(new Attempt(21, 1), new Attempt(21, Consumer.MOST_ATTEMPTS));

        consumer.announce(Consumer.WANTED, 21, 22);

        assertThat(next(3))
                .containsExactly(
                        new Attempt(21, 1),
                        new Attempt(21, Consumer.MOST_ATTEMPTS),
                        new Attempt(22, 1));
        assertThat(consumer.deadLetters()).containsExactly(21);
    }

    private List<Attempt> next(int count) throws InterruptedException {
        var next = new ArrayList<Attempt>();
        for (int i = 0; i < count; i++) {
            next.add(consumer.next());
        }
        return next;
    }
}
