package com.fluxvantage.outbound;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.OperationList;

import java.util.List;

/** The operations of outbound, in the order in which an order meets them. */
public final class OutboundOperations implements OperationList {
    @Override
    public List<Operation<?, ?>> operations() {
        return List.of(
                AcceptOrder.OPERATION,
                AcceptChannelOrder.OPERATION,
                GetOrder.OPERATION,
                SearchOrders.OPERATION,
                AllocateOrder.OPERATION,
                CancelOrder.OPERATION,
                CancelChannelOrder.OPERATION,
                ListPicks.OPERATION,
                ConfirmPick.OPERATION,
                ReversePick.OPERATION,
                PackCarton.OPERATION,
                DispatchShipment.OPERATION);
    }
}
