package com.fluxvantage.inventory;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Permission.STOCK_ADJUST;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.OperationList;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.BucketId;
import com.fluxvantage.kernel.stock.DemandId;
import com.fluxvantage.kernel.stock.Reserving;
import com.fluxvantage.kernel.stock.StockAnswer;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.text.Code;
import com.fluxvantage.kernel.text.LotCode;
import com.fluxvantage.kernel.text.Sku;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What the scenes of inventory need and what this domain's tests cannot reach: an order that waits
 * for goods and holds some, a place that is locked, a lot that is on hold.
 */
public final class SceneOperations implements OperationList {
    static final Operation<WaitingOrder, MadeOrder> WAITING_ORDER =
            Operation.post("scene-waiting-order", "/scene/orders")
                    .summary("An order with one line, some of it held in a bucket.")
                    .requires(STOCK_ADJUST)
                    .handledBy(
                            WaitingOrder.class,
                            MadeOrder.class,
                            new WaitingOrder(
                                    new WarehouseId(new UUID(0, 1)),
                                    new Sku("TEA"),
                                    Quantity.of(2),
                                    Quantity.of(1),
                                    Optional.of(new BucketId(new UUID(0, 2))),
                                    "ALLOCATED"),
                            SceneOperations::waitingOrder);

    static final Operation<LockedPlace, Nothing> LOCKED_PLACE =
            Operation.post("scene-locked-place", "/scene/locations")
                    .summary("A place that is locked.")
                    .requires(STOCK_ADJUST)
                    .handledBy(
                            LockedPlace.class,
                            Nothing.class,
                            new LockedPlace(new WarehouseId(new UUID(0, 1)), new Code("A-01")),
                            SceneOperations::lockedPlace);

    static final Operation<HeldLot, Nothing> HELD_LOT =
            Operation.post("scene-held-lot", "/scene/lots")
                    .summary("A lot that is on hold.")
                    .requires(STOCK_ADJUST)
                    .handledBy(
                            HeldLot.class,
                            Nothing.class,
                            new HeldLot(new LotCode("L1")),
                            SceneOperations::heldLot);

    record WaitingOrder(
            WarehouseId warehouseId,
            Sku sku,
            Quantity waiting,
            Quantity held,
            Optional<BucketId> in,
            String state) {}

    record MadeOrder(OrderId orderId) {}

    record LockedPlace(WarehouseId warehouseId, Code code) {}

    record HeldLot(LotCode lot) {}

    record Nothing() {}

    @Override
    public List<Operation<?, ?>> operations() {
        return List.of(WAITING_ORDER, LOCKED_PLACE, HELD_LOT);
    }

    private static Outcome<MadeOrder> waitingOrder(WaitingOrder request, Call call) {
        var order = new OrderId(Uuid7.next());
        var line = new DemandId(Uuid7.next());
        call.sql()
                .createUpdate(
                        """
                        insert into wms.outbound_order (
                            order_id, warehouse_id, owner_id, reference, state, cancel_reason, accepted_at, updated_at)
                        select :order, :warehouse, owner_id, cast(:order as text), :state,
                               case when :state = 'CANCELLED' then 'OTHER' end, :at, :at
                          from wms.owner
                         where house
                        """)
                .bind("order", order)
                .bind("warehouse", request.warehouseId)
                .bind("state", request.state)
                .bind("at", call.now())
                .execute();
        call.sql()
                .createUpdate(
                        """
                        insert into wms.outbound_order_line (
                            order_line_id, order_id, line_no, item_id, ordered, unallocated, allocated)
                        select :line, :order, 1, item_id, :ordered, :waiting, :held
                          from wms.item
                         where sku = :sku
                        """)
                .bind("line", line)
                .bind("order", order)
                .bind("ordered", request.waiting.plus(request.held))
                .bind("waiting", request.waiting)
                .bind("held", request.held)
                .bind("sku", request.sku)
                .execute();
        if (request.in.isPresent()) {
            var wanted = Reserving.of(request.in.get(), line, request.held);
            if (call.reserve(List.of(wanted), Optional.empty())
                    instanceof StockAnswer.Unchanged refused) {
                throw new AssertionError("the scene could not be set: " + refused);
            }
        }
        return done(new MadeOrder(order), Subject.nothing());
    }

    private static Outcome<Nothing> lockedPlace(LockedPlace request, Call call) {
        call.sql()
                .createUpdate(
                        """
                        update wms.location
                           set locked = true,
                               version = version + 1
                         where warehouse_id = :warehouse
                           and code = :code
                        """)
                .bind("warehouse", request.warehouseId)
                .bind("code", request.code)
                .execute();
        return done(new Nothing(), Subject.nothing());
    }

    private static Outcome<Nothing> heldLot(HeldLot request, Call call) {
        call.sql()
                .createUpdate(
                        """
                        update wms.lot
                           set on_hold = true
                         where code = :lot
                        """)
                .bind("lot", request.lot)
                .execute();
        return done(new Nothing(), Subject.nothing());
    }
}
