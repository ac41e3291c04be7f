package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Permission.INTEGRATIONS_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.pace.Pace;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.text.Name;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Answers why nothing is coming in: when something came last, when an order was last made of it,
 * what waits, what is held and for which reason the newest of it. Nothing came: the channel does
 * not send, or signs with another secret than the one whose fingerprint this is. Of a shop that is
 * called, when that was, what came of it, when it will be called again, and whether its circuit is
 * open.
 */
final class GetConnection {
    static final Operation<Request, Result> OPERATION =
            Operation.get("get-connection", "/connections/{connection_id}")
                    .summary("Tells how a connection fares: what came, what waits, what is held.")
                    .requires(INTEGRATIONS_MANAGE)
                    .refuses(NotFound.class)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, GetConnection::handle);

    record Request(ConnectionId connectionId) {
        static final Request EXAMPLE = new Request(new ConnectionId(new UUID(0, 2)));
    }

    /**
     * How it stands.
     *
     * @param waiting of which nothing was made yet
     * @param held of which no order could be made
     * @param lastPulledAt of a shop: when a page of its orders was read last
     * @param lastPull of a shop: what became of the last call for its orders
     * @param failedPulls of a shop: so many calls were in vain since
     * @param unreadable of a shop: so many of its records were no orders at all
     * @param circuit whether we call it at all; of a system that we never call it stays closed
     * @param restsUntil until then we leave it alone
     * @param stockStoppedAt since then it is told of no stock, until the drift is accepted
     * @param lastTestOutcome what it said when it was asked last; absent while it is being asked
     * @param lastFailure why the last call was in vain, since it answered last
     */
    record Result(
            ConnectionId connectionId,
            ChannelKind kind,
            Name name,
            WarehouseId warehouseId,
            ConnectionState state,
            String secretFingerprint,
            Instant secretStoredAt,
            Optional<Instant> lastReceivedAt,
            Optional<Instant> lastOrderAt,
            long waiting,
            long held,
            Optional<DeliveryProblem> lastProblem,
            Optional<Instant> lastPulledAt,
            Optional<Instant> nextPullAt,
            Optional<ShopOutcome> lastPull,
            Optional<Integer> failedPulls,
            Optional<Long> unreadable,
            Pace.Circuit circuit,
            Optional<Instant> restsUntil,
            Optional<String> lastFailure,
            Optional<Instant> lastFailureAt,
            Optional<Instant> lastAnswerAt,
            Optional<Instant> stockStoppedAt,
            Optional<Instant> lastTestAt,
            Optional<String> lastTestOutcome,
            Instant connectedAt,
            long version) {}

    private static Outcome<Result> handle(Request request, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select connection.connection_id, connection.kind, connection.name, connection.warehouse_id,
                               connection.state, secret.fingerprint as secret_fingerprint,
                               secret.stored_at as secret_stored_at,
                               (select delivery.received_at
                                  from wms.channel_delivery as delivery
                                 where delivery.connection_id = connection.connection_id
                                 order by delivery.received_at desc
                                 limit 1) as last_received_at,
                               (select delivery.settled_at
                                  from wms.channel_delivery as delivery
                                 where delivery.connection_id = connection.connection_id
                                   and delivery.state = 'APPLIED'
                                 order by delivery.received_at desc
                                 limit 1) as last_order_at,
                               (select count(*)
                                  from wms.channel_delivery as delivery
                                 where delivery.connection_id = connection.connection_id
                                   and delivery.state = 'RECEIVED') as waiting,
                               (select count(*)
                                  from wms.channel_delivery as delivery
                                 where delivery.connection_id = connection.connection_id
                                   and delivery.state = 'HELD') as held,
                               (select delivery.problem
                                  from wms.channel_delivery as delivery
                                 where delivery.connection_id = connection.connection_id
                                   and delivery.state = 'HELD'
                                 order by delivery.received_at desc
                                 limit 1) as last_problem,
                               shop.pulled_at as last_pulled_at, shop.next_pull_at, shop.outcome as last_pull,
                               shop.failures as failed_pulls, shop.unreadable,
                               health.circuit, health.rests_until, health.failure as last_failure,
                               health.failed_at as last_failure_at, health.answered_at as last_answer_at,
                               (select stock.stopped_at
                                  from wms.stock_channel as stock
                                 where stock.connection_id = connection.connection_id) as stock_stopped_at,
                               test.asked_at as last_test_at, test.outcome as last_test_outcome,
                               connection.connected_at, connection.version
                          from wms.channel_connection as connection
                          left join wms.shop_connection as shop on shop.connection_id = connection.connection_id
                          join wms.stored_secret as secret on secret.secret_id = connection.secret_id
                         cross join wms.connection_health(connection.connection_id) as health
                          left join lateral (
                               select newest.asked_at, newest.outcome
                                 from wms.connection_test as newest
                                where newest.connection_id = connection.connection_id
                                order by newest.asked_at desc
                                limit 1) as test on true
                         where connection.connection_id = :connection
                        """)
                .bind("connection", request.connectionId)
                .mapTo(Result.class)
                .findOne()
                .<Outcome<Result>>map(Outcome::found)
                .orElseGet(() -> missing("connection", "connectionId"));
    }
}
