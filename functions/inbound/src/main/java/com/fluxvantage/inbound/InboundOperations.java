package com.fluxvantage.inbound;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.OperationList;

import java.util.List;

/** The operations of inbound, in the order in which goods meet them. */
public final class InboundOperations implements OperationList {
    @Override
    public List<Operation<?, ?>> operations() {
        return List.of(
                AnnounceAsn.OPERATION,
                GetAsn.OPERATION,
                SearchAsns.OPERATION,
                OpenReceipt.OPERATION,
                ReceiveLine.OPERATION,
                ReverseReceiptScan.OPERATION,
                CloseReceipt.OPERATION,
                SuggestPutaway.OPERATION,
                ConfirmPutaway.OPERATION,
                ReversePutaway.OPERATION);
    }
}
