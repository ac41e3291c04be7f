package com.fluxvantage.inventory;

import static com.fluxvantage.kernel.operation.Refusal.Kind.CONFLICT;
import static com.fluxvantage.kernel.operation.Refusal.Kind.INVALID;

import com.fluxvantage.kernel.operation.Refusal;
import com.fluxvantage.kernel.quantity.Quantity;

import java.util.List;

/** Why stock stays as it is, in sentences for the person before the bin. */
sealed interface InventoryRefusal extends Refusal {
    /** {@code reservedBy}: the first orders that hold what is not free. */
    @Is(value = CONFLICT, title = "There is less than that.")
    record InsufficientStock(Quantity free, List<OrderId> reservedBy) implements InventoryRefusal {
        @Override
        public String detail() {
            return reservedBy.isEmpty()
                    ? "Only " + free + " are free here."
                    : "Only " + free + " are free here; the rest is promised to orders.";
        }
    }

    @Is(value = CONFLICT, title = "The stock here has changed.")
    record BucketChanged(long now) implements InventoryRefusal {
        @Override
        public String detail() {
            return "Somebody moved goods here since you looked. Look again.";
        }
    }

    @Is(value = CONFLICT, title = "This place is locked.")
    record LocationLocked() implements InventoryRefusal {
        @Override
        public String detail() {
            return "Nothing is put into this place while it is locked. Choose another one.";
        }
    }

    @Is(value = CONFLICT, title = "No goods lie in this place.")
    record VirtualPlace(String kind) implements InventoryRefusal {
        @Override
        public String detail() {
            return "Goods lie in bins, at docks and in staging areas; this place is a "
                    + kind
                    + ".";
        }
    }

    @Is(value = CONFLICT, title = "The goods are there already.")
    record AlreadyThere() implements InventoryRefusal {
        @Override
        public String detail() {
            return "These goods lie in this place. Scan the place that you carry them to.";
        }
    }

    @Is(value = INVALID, title = "This item needs its lot.")
    record LotRequired() implements InventoryRefusal {
        @Override
        public String detail() {
            return "This item is kept by lot. Scan or type the lot number.";
        }
    }

    @Is(value = INVALID, title = "This item is not kept by lot.")
    record LotNotWanted() implements InventoryRefusal {
        @Override
        public String detail() {
            return "This item is not kept by lot. Leave the lot number out.";
        }
    }

    @Is(value = CONFLICT, title = "The stock does not match its ledger.")
    record StockNotSound(long wrong) implements InventoryRefusal {
        @Override
        public String detail() {
            return wrong + " numbers differ from what the ledger and the promises say.";
        }
    }
}
