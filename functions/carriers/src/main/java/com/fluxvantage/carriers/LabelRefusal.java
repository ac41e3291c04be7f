package com.fluxvantage.carriers;

import static com.fluxvantage.kernel.operation.Refusal.Kind.CONFLICT;

import com.fluxvantage.kernel.operation.Refusal;

/** Why a label is not asked for, bought, given back or shown. */
sealed interface LabelRefusal extends Refusal {
    @Is(value = CONFLICT, title = "The carton is not packed, or has left.")
    record CartonNotClosed() implements LabelRefusal {
        @Override
        public String detail() {
            return "A label is for a carton that is closed and has not left yet.";
        }
    }

    @Is(value = CONFLICT, title = "The carton was not weighed.")
    record CartonNotWeighed() implements LabelRefusal {
        @Override
        public String detail() {
            return "Nobody has said what the carton weighs. Say it in weight_grams.";
        }
    }

    @Is(value = CONFLICT, title = "The carton has a label.")
    record CartonHasLabel(LabelState state) implements LabelRefusal {
        @Override
        public String detail() {
            return "Its label is " + state + ". Give that one back first.";
        }
    }

    @Is(value = CONFLICT, title = "The carrier's parcels come from another warehouse.")
    record CartonElsewhere() implements LabelRefusal {
        @Override
        public String detail() {
            return "Choose the connection of the warehouse in which the carton stands.";
        }
    }

    @Is(value = CONFLICT, title = "Parcels that leave the country are not supported.")
    record LeavesTheCountry() implements LabelRefusal {
        @Override
        public String detail() {
            return "They need papers for customs, which cannot be made here yet.";
        }
    }

    @Is(value = CONFLICT, title = "Nobody knows any more who it is for.")
    record RecipientForgotten() implements LabelRefusal {
        @Override
        public String detail() {
            return "The order's recipient was erased, so there is no address to send it to.";
        }
    }

    @Is(value = CONFLICT, title = "The label is in another state.")
    record LabelNotInThisState(LabelState state) implements LabelRefusal {
        @Override
        public String detail() {
            return "The label is " + state + ", and from there this is not possible.";
        }
    }

    @Is(value = CONFLICT, title = "The parcel has left.")
    record ParcelHasLeft() implements LabelRefusal {
        @Override
        public String detail() {
            return "The label went out with the carton, so it was used.";
        }
    }

    @Is(value = CONFLICT, title = "There is no file of the label.")
    record LabelNotThere() implements LabelRefusal {
        @Override
        public String detail() {
            return "The label is not bought yet, is still fetched, or its time is over.";
        }
    }
}
