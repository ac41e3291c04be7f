package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Refusal.Kind.CONFLICT;
import static com.fluxvantage.kernel.operation.Refusal.Kind.LIMIT;

import com.fluxvantage.kernel.operation.Refusal;

import java.time.Instant;

/** Why a tenant's data are not handed out now, in sentences for its administrator. */
sealed interface ExportRefusal extends Refusal {
    @Is(value = CONFLICT, title = "An export is running.")
    record ExportRunning(ExportId exportId) implements ExportRefusal {
        @Override
        public String detail() {
            return "One export runs at a time. Wait until it is ready, or cancel it.";
        }
    }

    @Is(value = LIMIT, title = "There were enough exports today.")
    record TooManyExports(int aDay, Instant nextAt) implements ExportRefusal {
        @Override
        public String detail() {
            return "There are " + aDay + " exports in 24 hours. Ask again after " + nextAt + ".";
        }
    }

    @Is(value = CONFLICT, title = "The export is not to be fetched.")
    record ExportNotReady(String state) implements ExportRefusal {
        @Override
        public String detail() {
            return "This export is " + state + ". Its files are there while it is READY.";
        }
    }

    @Is(value = CONFLICT, title = "The export has come to its end.")
    record ExportEnded(String state) implements ExportRefusal {
        @Override
        public String detail() {
            return "This export is " + state + ". Only one that still runs is cancelled.";
        }
    }
}
