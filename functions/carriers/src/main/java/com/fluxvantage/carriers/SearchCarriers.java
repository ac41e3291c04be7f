package com.fluxvantage.carriers;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Permission.INTEGRATIONS_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursor;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.operation.PageRequest;
import com.fluxvantage.kernel.pace.Pace;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.text.Name;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds connections with carriers, the newest first, with what is under way on each, the problem of
 * the label that was tried last, and how those on the other side fare: that says why none are
 * printed.
 */
final class SearchCarriers {
    static final Operation<Request, Result> OPERATION =
            Operation.get("search-carriers", "/carriers")
                    .summary("Finds connections with carriers, and how they fare.")
                    .requires(INTEGRATIONS_MANAGE)
                    .handledBy(
                            Request.class, Result.class, Request.EXAMPLE, SearchCarriers::handle);

    record Request(Optional<PageLimit> limit, Optional<Cursor> cursor) {
        static final Request EXAMPLE =
                new Request(Optional.of(new PageLimit(20)), Optional.empty());
    }

    record Result(List<Carrier> items, Optional<Cursor> nextCursor) {}

    /**
     * One connection.
     *
     * @param waiting labels of which something is still asked for outside
     * @param lastProblem of the label that has one and was asked for last
     * @param circuit whether they are asked at all
     * @param restsUntil until then they are left alone
     * @param lastFailure why the last call was in vain, since they answered last
     */
    record Carrier(
            CarrierId carrierId,
            CarrierKind kind,
            Name name,
            WarehouseId warehouseId,
            CarrierState state,
            String keyFingerprint,
            Optional<String> signatureFingerprint,
            long waiting,
            Optional<LabelProblem> lastProblem,
            Pace.Circuit circuit,
            Optional<Instant> restsUntil,
            Optional<String> lastFailure,
            Optional<Instant> lastFailureAt,
            Optional<Instant> lastAnswerAt,
            Instant connectedAt,
            long version) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var page = call.page(request.limit, request.cursor);
        var carriers = page.of(carriers(page, call), it -> List.of(it.carrierId.uuid().toString()));
        return found(new Result(carriers.items(), carriers.nextCursor()));
    }

    private static List<Carrier> carriers(PageRequest page, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select connection.carrier_id, connection.kind, connection.name, connection.warehouse_id,
                               connection.state,
                               (select key.fingerprint
                                  from wms.stored_secret as key
                                 where key.secret_id = connection.key_id) as key_fingerprint,
                               (select signature.fingerprint
                                  from wms.stored_secret as signature
                                 where signature.secret_id = connection.signature_id) as signature_fingerprint,
                               (select count(*)
                                  from wms.carrier_label as label
                                 where label.carrier_id = connection.carrier_id
                                   and label.state in ('RATING', 'BUYING', 'VOIDING')) as waiting,
                               (select label.problem
                                  from wms.carrier_label as label
                                 where label.carrier_id = connection.carrier_id
                                   and label.problem is not null
                                 order by label.called_at desc
                                 limit 1) as last_problem,
                               health.circuit, health.rests_until, health.failure as last_failure,
                               health.failed_at as last_failure_at, health.answered_at as last_answer_at,
                               connection.connected_at, connection.version
                          from wms.carrier as connection
                         cross join wms.connection_health(connection.carrier_id) as health
                         where connection.carrier_id < :before
                         order by connection.carrier_id desc
                         limit :fetch
                        """)
                .bind(
                        "before",
                        UUID.fromString(page.after(0, "ffffffff-ffff-ffff-ffff-ffffffffffff")))
                .bind("fetch", page.fetch())
                .mapTo(Carrier.class)
                .list();
    }
}
