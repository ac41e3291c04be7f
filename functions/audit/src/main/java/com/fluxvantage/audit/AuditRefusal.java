package com.fluxvantage.audit;

import static com.fluxvantage.kernel.operation.Refusal.Kind.CONFLICT;

import com.fluxvantage.kernel.operation.Refusal;

/** Why something about the audit trail cannot be done. */
sealed interface AuditRefusal extends Refusal {
    /** Given up, so that it stands among the dead letters and their alarm tells. */
    @Is(value = CONFLICT, title = "The audit trail does not verify.")
    record TrailBroken(long findings) implements AuditRefusal {
        @Override
        public String detail() {
            return findings + " findings. Verify the trail to have them by name.";
        }
    }

    /** Given up, so that it stands among the dead letters and their alarm tells. */
    @Is(value = CONFLICT, title = "The audit trail is not what was copied of it.")
    record CopiesDiffer(long copies) implements AuditRefusal {
        @Override
        public String detail() {
            return copies + " signed heads or seals stand on one side alone.";
        }
    }

    /** Given up, so that it stands among the dead letters and their alarm tells. */
    @Is(value = CONFLICT, title = "The audit chain is behind.")
    record ChainBehind(int waiting) implements AuditRefusal {
        @Override
        public String detail() {
            return waiting + " entries that are older than three minutes could not be chained.";
        }
    }
}
