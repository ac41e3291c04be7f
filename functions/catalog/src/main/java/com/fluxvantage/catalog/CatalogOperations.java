package com.fluxvantage.catalog;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.OperationList;

import java.util.List;

/** The operations of the catalogue. */
public final class CatalogOperations implements OperationList {
    @Override
    public List<Operation<?, ?>> operations() {
        return List.of(RegisterItem.OPERATION, SearchItems.OPERATION);
    }
}
