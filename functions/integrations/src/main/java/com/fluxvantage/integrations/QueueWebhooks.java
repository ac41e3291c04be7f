package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.found;

import com.fluxvantage.kernel.events.Heard;
import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Trigger;

import java.util.List;

/**
 * Writes down for each endpoint that wants to hear of an event that it is to be told. One event is
 * one delivery for each of them, however often it comes. For one that is disabled it is missed: the
 * list says so, and a replay sends it. What no endpoint of the tenant wants does not come here.
 */
final class QueueWebhooks {
    static final Operation<Request, Result> OPERATION =
            Operation.consumer(
                            "queue-webhooks",
                            Trigger.Event.of(WebhookEventType.ALL.toArray(String[]::new))
                                    .whereWanted())
                    .summary("Writes down which endpoint is to be told of an event.")
                    .handledBy(Request.class, Result.class, new Request(), QueueWebhooks::handle);

    /** Whatever the event says is for the endpoints. */
    record Request() {}

    record Result(int queued) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var heard = call.heard();
        int queued = 0;
        for (var endpoint : wanting(heard, call)) {
            queued += queue(endpoint, heard, call);
        }
        return found(new Result(queued));
    }

    private static List<WebhookEndpointId> wanting(Heard heard, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select endpoint_id
                          from wms.webhook_endpoint
                         where state <> 'REMOVED'
                           and :type = any (event_types)
                         order by endpoint_id
                        """)
                .bind("type", heard.type())
                .mapTo(WebhookEndpointId.class)
                .list();
    }

    private static int queue(WebhookEndpointId endpoint, Heard heard, Call call) {
        return call.sql()
                .createUpdate(
                        """
                        insert into wms.webhook_delivery (
                            delivery_id, endpoint_id, event_type, stream_id, stream_no, queued_at, state, next_attempt_at)
                        select :delivery, endpoint_id, :type, :stream, :no, :now,
                               case when state = 'ENABLED' then 'PENDING' else 'MISSED' end,
                               case when state = 'ENABLED' then cast(:now as timestamptz) end
                          from wms.webhook_endpoint
                         where endpoint_id = :endpoint
                           and state <> 'REMOVED'
                            on conflict do nothing
                        """)
                .bind("delivery", Uuid7.next())
                .bind("type", heard.type())
                .bind("stream", heard.stream())
                .bind("no", heard.no())
                .bind("now", call.now())
                .bind("endpoint", endpoint)
                .execute();
    }
}
