package com.fluxvantage.packaged;

import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse.BatchItemFailure;
import com.fluxvantage.runtime.LocalQueues;
import com.fluxvantage.runtime.MovableClock;
import com.fluxvantage.runtime.Queues;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The queues of this process. */
final class LocalQueuesTest extends QueuesContract {
    private final MovableClock clock = new MovableClock();
    private final LocalQueues queues = new LocalQueues(clock, MOST_RECEIVES);

    @Override
    Queues queues() {
        return queues;
    }

    @Override
    Consumer consumer(String name) {
        return new Consumer() {
            @Override
            public List<String> receive(Predicate<String> refused) {
                var bodies = new ArrayList<String>();
                queues.deliver(
                        name,
                        batch -> {
                            var failures = new ArrayList<BatchItemFailure>();
                            for (var record : batch.getRecords()) {
                                bodies.add(record.getBody());
                                if (refused.test(record.getBody())) {
                                    failures.add(new BatchItemFailure(record.getMessageId()));
                                }
                            }
                            return new SQSBatchResponse(failures);
                        });
                return bodies;
            }

            @Override
            public void untilVisible() {
                clock.move(Duration.ofMinutes(2));
            }

            @Override
            public List<String> aside() {
                return queues.aside(name).stream().map(Queues.Message::body).toList();
            }
        };
    }
}
