package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Refusal.Kind.CONFLICT;
import static com.fluxvantage.kernel.operation.Refusal.Kind.FORBIDDEN;
import static com.fluxvantage.kernel.operation.Refusal.Kind.INVALID;

import com.fluxvantage.kernel.operation.Refusal;

/** Why a tenant's life does not go on as somebody wanted. */
sealed interface LifecycleRefusal extends Refusal {
    /** What the database says where it takes no step; the words are those of its functions. */
    static LifecycleRefusal named(String answer) {
        return switch (answer) {
            case "STATE" -> new NotInThisState();
            case "TERMINATED" -> new AlreadyTerminated();
            case "NOT_TERMINATED" -> new NotTerminated();
            case "UNCONFIRMED" -> new NotConfirmed();
            case "PAST" -> new DateInThePast();
            case "TOO_LATE" -> new DeletionBegun();
            case "HELD" -> new DeletionNotPossible();
            case "EXPORT_RUNNING" -> new ExportStillRunning();
            case "TOO_LONG" -> new WindowTooLong();
            case "SAME_PERSON" -> new SecondPersonNeeded();
            case "OTHER_REASON" -> new OtherReasonProposed();
            default -> throw new IllegalStateException("no refusal is known by this answer");
        };
    }

    /** The event is not listed for the state. */
    @Is(value = CONFLICT, title = "The tenant is in another state.")
    record NotInThisState() implements LifecycleRefusal {
        @Override
        public String detail() {
            return "Where the tenant stands now, this is not possible. Look up its state first.";
        }
    }

    @Is(value = CONFLICT, title = "The tenant is terminated already.")
    record AlreadyTerminated() implements LifecycleRefusal {
        @Override
        public String detail() {
            return "There is a date for its end. Take that termination back before you choose another date.";
        }
    }

    @Is(value = CONFLICT, title = "The tenant is not terminated.")
    record NotTerminated() implements LifecycleRefusal {
        @Override
        public String detail() {
            return "There is no date for its end, so there is nothing to change about one.";
        }
    }

    @Is(value = INVALID, title = "This is not the name of the tenant.")
    record NotConfirmed() implements LifecycleRefusal {
        @Override
        public String detail() {
            return "Type the name of the tenant, exactly as it is written, to confirm.";
        }
    }

    @Is(value = INVALID, title = "This date has passed.")
    record DateInThePast() implements LifecycleRefusal {
        @Override
        public String detail() {
            return "A tenant ends now or later. Leave the date out to end it now.";
        }
    }

    @Is(value = INVALID, title = "This date is too far ahead.")
    record DateTooFar() implements LifecycleRefusal {
        @Override
        public String detail() {
            return "A tenant is terminated at most a year ahead.";
        }
    }

    @Is(value = CONFLICT, title = "The deletion has begun.")
    record DeletionBegun() implements LifecycleRefusal {
        @Override
        public String detail() {
            return "From its date on a deletion can be neither cancelled nor undone.";
        }
    }

    /** Says nothing of a hold: it may be one of which the tenant must not be told. */
    @Is(value = CONFLICT, title = "The data cannot be deleted now.")
    record DeletionNotPossible() implements LifecycleRefusal {
        @Override
        public String detail() {
            return "Something keeps this data for the time being. Ask us.";
        }
    }

    @Is(value = CONFLICT, title = "An export is running.")
    record ExportStillRunning() implements LifecycleRefusal {
        @Override
        public String detail() {
            return "Wait until it is done, or cancel it.";
        }
    }

    @Is(value = INVALID, title = "The window would be too long.")
    record WindowTooLong() implements LifecycleRefusal {
        @Override
        public String detail() {
            return "A window has at most 365 days.";
        }
    }

    @Is(value = FORBIDDEN, title = "This needs a second person.")
    record SecondPersonNeeded() implements LifecycleRefusal {
        @Override
        public String detail() {
            return "You have proposed it. Somebody else has to do it.";
        }
    }

    @Is(value = CONFLICT, title = "Another reason was proposed.")
    record OtherReasonProposed() implements LifecycleRefusal {
        @Override
        public String detail() {
            return "Somebody has proposed this for another reason. Agree on one, or wait until the proposal has lapsed.";
        }
    }

    @Is(value = CONFLICT, title = "The hold is in another state.")
    record HoldNotInThisState() implements LifecycleRefusal {
        @Override
        public String detail() {
            return "Only a draft is approved or discarded, and only an active hold is lifted.";
        }
    }

    @Is(value = CONFLICT, title = "There is nothing left to hold.")
    record HoldTooLate() implements LifecycleRefusal {
        @Override
        public String detail() {
            return "The data of this tenant is deleted. The certificate says what was.";
        }
    }

    @Is(value = INVALID, title = "There is no such table.")
    record UnknownTable() implements LifecycleRefusal {
        @Override
        public String detail() {
            return "A hold names tables as the data map does, without their schema.";
        }
    }

    @Is(value = INVALID, title = "The review is too far ahead.")
    record ReviewTooFar() implements LifecycleRefusal {
        @Override
        public String detail() {
            return "A hold is reviewed within 180 days from now.";
        }
    }

    @Is(value = CONFLICT, title = "Tenants wait for us.")
    record TenantsWait(long tenants) implements LifecycleRefusal {
        @Override
        public String detail() {
            return tenants + " tenants cannot go on for a fault of ours.";
        }
    }

    @Is(value = CONFLICT, title = "The first row has gone.")
    record RowsGone() implements LifecycleRefusal {
        @Override
        public String detail() {
            return "Rows of this tenant are deleted. Pause all deletions, or have a hold placed, to keep the rest.";
        }
    }

    @Is(value = CONFLICT, title = "Deletions do not get on.")
    record DeletionsStuck(long deletions) implements LifecycleRefusal {
        @Override
        public String detail() {
            return deletions + " deletions do not get on.";
        }
    }

    @Is(value = CONFLICT, title = "Ends of tenants are not proved.")
    record EndsUnproved(long ends) implements LifecycleRefusal {
        @Override
        public String detail() {
            return ends + " certificates are kept nowhere else, or wait for a backup to go.";
        }
    }

    @Is(value = CONFLICT, title = "A certificate is not the one that was kept.")
    record CertificatesDiffer(long certificates) implements LifecycleRefusal {
        @Override
        public String detail() {
            return certificates + " certificates differ from those that nobody can change.";
        }
    }

    @Is(value = CONFLICT, title = "Holds wait for their review.")
    record HoldsUnreviewed(long holds) implements LifecycleRefusal {
        @Override
        public String detail() {
            return holds + " holds bind whose review is due.";
        }
    }
}
