package com.fluxvantage.inventory;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.OperationList;

import java.util.List;

/** The operations of inventory: those of the floor, then those that run by the clock. */
public final class InventoryOperations implements OperationList {
    @Override
    public List<Operation<?, ?>> operations() {
        return List.of(
                SearchStock.OPERATION,
                SearchMovements.OPERATION,
                MoveStock.OPERATION,
                AdjustStock.OPERATION,
                SweepEmptyBuckets.OPERATION,
                CheckStock.OPERATION,
                ExtendLedgerPartitions.OPERATION);
    }
}
