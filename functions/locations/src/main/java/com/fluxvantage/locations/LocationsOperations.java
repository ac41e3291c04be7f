package com.fluxvantage.locations;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.OperationList;

import java.util.List;

/** The operations of locations. */
public final class LocationsOperations implements OperationList {
    @Override
    public List<Operation<?, ?>> operations() {
        return List.of(OpenWarehouse.OPERATION, AddLocation.OPERATION, SearchLocations.OPERATION);
    }
}
