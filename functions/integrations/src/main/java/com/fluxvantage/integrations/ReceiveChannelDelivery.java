package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Outcome.missing;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.outside.SecretPurpose;

import java.util.UUID;

/**
 * Takes in what a connected shop sends, once its signature was found good: by Standard Webhooks
 * 1.0.0, over the id, the time and the bytes of the body. What is taken in is kept before the
 * answer goes out, and an order is made of it afterwards, so a shop never waits for one and never
 * loses one. The same id is taken in once.
 */
final class ReceiveChannelDelivery {
    static final Operation<Request, Result> OPERATION =
            Operation.post("receive-channel-delivery", "/channels/{connection_id}/deliveries")
                    .summary("Takes in what a connected shop has sent and signed.")
                    .provedBySignature()
                    .needs(new Capability.OpensSecrets(SecretPurpose.CHANNEL_SIGNATURE))
                    .announces(ChannelDelivered.class)
                    .refuses(NotFound.class)
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            ReceiveChannelDelivery::handle);

    /** What a channel may tell of. */
    enum Topic {
        ORDER_PLACED
    }

    record Request(ConnectionId connectionId, Topic type, ChannelOrder data) {
        static final Request EXAMPLE =
                new Request(
                        new ConnectionId(new UUID(0, 2)), Topic.ORDER_PLACED, ChannelOrder.EXAMPLE);
    }

    enum Receipt {
        TAKEN,
        /** It was taken in before. */
        KNOWN
    }

    record Result(Receipt receipt) {}

    private static Outcome<Result> handle(Request request, Call call) {
        String answer = put(request, new DeliveryId(Uuid7.next()), call);
        return answer.equals("ENDED")
                ? missing("connection", "connectionId")
                : found(new Result(Receipt.valueOf(answer)));
    }

    // The event goes out with the row, in the tenant that only the database knows.
    private static String put(Request request, DeliveryId delivery, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select fv.put_delivery(
                            :connection, :delivery, :event, :reference, :body, :now,
                            jsonb_build_object(
                                'delivery_id', cast(:delivery_text as text),
                                'version', 1,
                                'connection_id', cast(:connection_text as text)))
                        """)
                .bind("connection", request.connectionId)
                .bind("delivery", delivery)
                .bind("event", call.delivery().eventId())
                .bind("reference", request.data.reference())
                .bind("body", call.delivery().body())
                .bind("now", call.now())
                .bind("delivery_text", Identifiers.text(delivery))
                .bind("connection_text", Identifiers.text(request.connectionId))
                .mapTo(String.class)
                .one();
    }
}
