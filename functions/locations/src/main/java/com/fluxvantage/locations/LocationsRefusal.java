package com.fluxvantage.locations;

import static com.fluxvantage.kernel.operation.Refusal.Kind.CONFLICT;

import com.fluxvantage.kernel.operation.Refusal;

/** Why a place is not made. */
sealed interface LocationsRefusal extends Refusal {
    @Is(value = CONFLICT, title = "The warehouse code is taken.")
    record WarehouseCodeTaken() implements LocationsRefusal {
        @Override
        public String detail() {
            return "There is another warehouse with this code.";
        }
    }

    @Is(value = CONFLICT, title = "The location code is taken.")
    record LocationCodeTaken() implements LocationsRefusal {
        @Override
        public String detail() {
            return "There is another location with this code in this warehouse.";
        }
    }
}
