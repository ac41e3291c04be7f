package com.fluxvantage.carriers;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.OperationList;

import java.util.List;

/** The operations that buy labels and follow parcels. */
public final class CarriersOperations implements OperationList {
    @Override
    public List<Operation<?, ?>> operations() {
        return List.of(
                ConnectCarrier.OPERATION,
                SetCarrierSignature.OPERATION,
                SearchCarriers.OPERATION,
                DisconnectCarrier.OPERATION,
                RateCarton.OPERATION,
                BuyLabel.OPERATION,
                VoidLabel.OPERATION,
                GetLabel.OPERATION,
                ListLabels.OPERATION,
                PrintLabel.OPERATION,
                AskCarrier.OPERATION,
                TendLabels.OPERATION,
                RemoveLabels.OPERATION,
                ReceiveCarrierEvent.OPERATION);
    }
}
