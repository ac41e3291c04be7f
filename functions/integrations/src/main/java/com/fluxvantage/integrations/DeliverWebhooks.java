package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.found;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.Errand;
import com.fluxvantage.kernel.operation.LostLease;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Unfinished;
import com.fluxvantage.kernel.outside.SecretPurpose;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Sends what is due. Each endpoint is a lane of its own, and the lanes run beside each other, so
 * one that is slow holds up no other for longer than one call may last; one that is unwell ends its
 * lane and, if that goes on, rests. What is sent is sent at least once: whoever dies between
 * sending and storing leaves a lease that ends, and the next one sends the same message under the
 * same id.
 */
final class DeliverWebhooks {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "deliver-webhooks",
                            Schedule.at(Timing.every(Duration.ofMinutes(1)))
                                    .deadline(Duration.ofMinutes(30)))
                    .summary("Sends webhooks that are due.")
                    .needs(new Capability.OpensSecrets(SecretPurpose.WEBHOOK_SIGNATURE))
                    .needs(new Capability.PostsWebhooks())
                    .announces(WebhookDisabled.class)
                    .runBy(
                            Request.class,
                            Result.class,
                            new Request(Instant.EPOCH),
                            new Errand<>(
                                    DeliverWebhooks::take,
                                    WebhookLane::runAll,
                                    DeliverWebhooks::record));

    /** The next tick goes on where a run has ended. */
    private static final Duration LONGEST_RUN = Duration.ofMinutes(2);

    record Request(Instant scheduledAt) {}

    record Result(int delivered, int failed, boolean more) implements Unfinished {}

    /** What a run has taken. */
    record Batch(Instant scheduledAt, List<WebhookLane> lanes) {}

    private static Errand.Taken<Batch, Result> take(Request request, Call call) {
        var lanes = WebhookLeases.take(call);
        return lanes.isEmpty()
                ? Errand.nothing(new Result(0, 0, false))
                : Errand.task(new Batch(request.scheduledAt, lanes));
    }

    private static Outcome<Result> record(Batch batch, List<WebhookAttempt> attempts, Call call) {
        int delivered = 0;
        int failed = 0;
        int ours = 0;
        for (var lane : batch.lanes) {
            var tried =
                    attempts.stream()
                            .filter(it -> it.endpointId().equals(lane.endpointId()))
                            .toList();
            var stored = WebhookLeases.record(lane, tried, call);
            ours += stored.ours();
            delivered += stored.delivered();
            failed += stored.failed();
        }
        if (ours == 0) {
            throw new LostLease();
        }
        boolean hasMore =
                !attempts.isEmpty() && call.now().isBefore(batch.scheduledAt.plus(LONGEST_RUN));
        return found(new Result(delivered, failed, hasMore));
    }
}
