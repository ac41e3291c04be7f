package com.fluxvantage.integrations;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Unfinished;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Looks each hour at what channels have sent and no order was made of: what waited for its
 * connection to go on, what lacked an item that may be there by now, what was given up by a fault
 * since repaired. Each is announced anew, under its next number.
 */
final class TendChannelDeliveries {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "tend-channel-deliveries",
                            Schedule.at(Timing.every(Duration.ofHours(1)))
                                    .deadline(Duration.ofMinutes(55)))
                    .summary("Tries again what no order could be made of.")
                    .announces(ChannelDelivered.class)
                    .handledBy(
                            Request.class,
                            Result.class,
                            new Request(),
                            TendChannelDeliveries::handle);

    private static final int BATCH = 200;

    /** What came just now is on its way by its own event. */
    private static final Duration REST = Duration.ofMinutes(20);

    record Request() {}

    record Result(int announced, boolean more) implements Unfinished {}

    private record Waiting(DeliveryId deliveryId, long version, ConnectionId connectionId) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var waiting = again(call, call.now().minus(REST));
        waiting.forEach(it ->
                call.announce(new ChannelDelivered(it.deliveryId, it.version, it.connectionId)));
        return Outcome.found(new Result(waiting.size(), waiting.size() == BATCH));
    }

    // Each at most once an hour: settled_at is when it was looked at last.
    private static List<Waiting> again(Call call, Instant before) {
        return call.sql()
                .createQuery(
                        """
                        select delivery_id, version, connection_id
                          from wms.retry_deliveries(:before, :now, :most)
                        """)
                .bind("before", before)
                .bind("now", call.now())
                .bind("most", BATCH)
                .mapTo(Waiting.class)
                .list();
    }
}
