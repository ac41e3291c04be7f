package com.fluxvantage.identity;

import static com.fluxvantage.kernel.operation.Refusal.Kind.CONFLICT;
import static com.fluxvantage.kernel.operation.Refusal.Kind.FORBIDDEN;
import static com.fluxvantage.kernel.operation.Refusal.Kind.INVALID;

import com.fluxvantage.kernel.operation.Refusal;

/** Why a person is not let in, added or let go. */
sealed interface IdentityRefusal extends Refusal {
    @Is(value = CONFLICT, title = "This person is a member already.")
    record AlreadyMember() implements IdentityRefusal {
        @Override
        public String detail() {
            return "This person is, or was, a member of the tenant.";
        }
    }

    @Is(value = INVALID, title = "This role cannot be given.")
    record RoleNotForTenants() implements IdentityRefusal {
        @Override
        public String detail() {
            return "This role belongs to the people who run the platform.";
        }
    }

    @Is(value = CONFLICT, title = "A tenant keeps an administrator.")
    record LastAdministrator() implements IdentityRefusal {
        @Override
        public String detail() {
            return "This is the last administrator. Make somebody else one first.";
        }
    }

    /** {@code days} is how long it has been the newest. */
    @Is(value = CONFLICT, title = "The key of proofs was not changed this month.")
    record ProofKeyTooOld(int days) implements IdentityRefusal {
        @Override
        public String detail() {
            return "The newest key of proofs is " + days + " days old. Deploy another.";
        }
    }

    @Is(value = FORBIDDEN, title = "The caller is not a member of this tenant.")
    record NotAMember() implements IdentityRefusal {
        @Override
        public String detail() {
            return "Sign in with a tenant that you work for.";
        }
    }
}
