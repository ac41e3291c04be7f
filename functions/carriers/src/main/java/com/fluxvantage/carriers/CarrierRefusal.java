package com.fluxvantage.carriers;

import static com.fluxvantage.kernel.operation.Refusal.Kind.CONFLICT;

import com.fluxvantage.kernel.operation.Refusal;

/** Why a connection with carriers is not made or does not change. */
sealed interface CarrierRefusal extends Refusal {
    @Is(value = CONFLICT, title = "There is a connection with carriers of this name.")
    record CarrierNameTaken() implements CarrierRefusal {
        @Override
        public String detail() {
            return "Another connection that is not ended has this name. Choose another one.";
        }
    }

    @Is(value = CONFLICT, title = "The connection with carriers has ended.")
    record CarrierEnded() implements CarrierRefusal {
        @Override
        public String detail() {
            return "Its key is destroyed. Connect again to go on.";
        }
    }

    @Is(value = CONFLICT, title = "Labels are being bought or given back.")
    record CarrierBusy(long labels) implements CarrierRefusal {
        @Override
        public String detail() {
            return labels
                    + " of its labels are under way. Without the key nobody learns what becomes of"
                    + " them; wait for them first.";
        }
    }
}
