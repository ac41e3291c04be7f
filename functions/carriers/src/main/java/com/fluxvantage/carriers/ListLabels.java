package com.fluxvantage.carriers;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Permission.ORDERS_READ;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursor;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.operation.PageRequest;
import com.fluxvantage.kernel.outside.ParcelState;
import com.fluxvantage.kernel.stock.LpnId;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Lists the labels of an order's cartons: with which carrier each goes, and where it is. */
final class ListLabels {
    static final Operation<Request, Result> OPERATION =
            Operation.get("list-labels", "/orders/{order_id}/labels")
                    .summary("Lists the labels of an order's cartons, and where the parcels are.")
                    .requires(ORDERS_READ)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, ListLabels::handle);

    record Request(OrderId orderId, Optional<PageLimit> limit, Optional<Cursor> cursor) {
        static final Request EXAMPLE =
                new Request(
                        new OrderId(new UUID(0, 1)),
                        Optional.of(new PageLimit(20)),
                        Optional.empty());
    }

    record Result(List<Label> items, Optional<Cursor> nextCursor) {}

    /** One of them. */
    record Label(
            LabelId labelId,
            LpnId cartonId,
            LabelState state,
            Optional<LabelProblem> problem,
            Optional<String> carrier,
            Optional<String> tracking,
            Optional<ParcelState> parcelState,
            Optional<Instant> parcelStateAt,
            long version) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var page = call.page(request.limit, request.cursor);
        var labels =
                page.of(
                        labels(request.orderId, page, call),
                        it -> List.of(it.labelId.uuid().toString()));
        return found(new Result(labels.items(), labels.nextCursor()));
    }

    private static List<Label> labels(OrderId order, PageRequest page, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select label_id, carton_id, state, problem, carrier, tracking, parcel_state, parcel_state_at,
                               version
                          from wms.carrier_label
                         where order_id = :order
                           and label_id > :after
                         order by label_id
                         limit :fetch
                        """)
                .bind("order", order)
                .bind("after", UUID.fromString(page.after(0, new UUID(0, 0).toString())))
                .bind("fetch", page.fetch())
                .mapTo(Label.class)
                .list();
    }
}
