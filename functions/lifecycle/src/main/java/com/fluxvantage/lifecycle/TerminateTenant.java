package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Permission.TENANT_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Work;
import com.fluxvantage.kernel.text.Name;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Ends the tenant, at once or at a date that is chosen. From that date on nothing is written; for
 * at least 30 days after it everything can be read and taken away, and whoever ended it may come
 * back. The window may be chosen longer and is frozen by this call: it can be lengthened, never
 * shortened. Nothing is deleted before a week after its end.
 */
final class TerminateTenant {
    static final Operation<Request, TenantCourse> OPERATION =
            Operation.post("terminate-tenant", "/tenant/terminate")
                    .summary("Ends the tenant now or at a later date.")
                    .requires(TENANT_MANAGE)
                    .work(Work.PRIVACY)
                    .refuses(LifecycleRefusal.NotInThisState.class)
                    .refuses(LifecycleRefusal.AlreadyTerminated.class)
                    .refuses(LifecycleRefusal.NotConfirmed.class)
                    .refuses(LifecycleRefusal.DateInThePast.class)
                    .refuses(LifecycleRefusal.DateTooFar.class)
                    .handledBy(
                            Request.class,
                            TenantCourse.class,
                            Request.EXAMPLE,
                            TerminateTenant::handle);

    private static final Duration FARTHEST = Duration.ofDays(366);

    /**
     * @param effectiveAt from when on; now where it is left out
     * @param windowDays how long the data can be taken away after that; 30 where it is left out
     * @param confirmation the tenant's own name, typed by whoever wants this
     */
    record Request(
            Optional<Instant> effectiveAt, Optional<WindowDays> windowDays, Name confirmation) {
        static final Request EXAMPLE =
                new Request(
                        Optional.of(Instant.parse("2027-01-01T00:00:00Z")),
                        Optional.of(new WindowDays(60)),
                        new Name("Northwind Traders"));
    }

    private static Outcome<TenantCourse> handle(Request request, Call call) {
        var effective = request.effectiveAt.orElse(call.now());
        if (effective.isAfter(call.now().plus(FARTHEST))) {
            return Outcome.refused(new LifecycleRefusal.DateTooFar());
        }
        var answer =
                call.sql()
                        .createQuery(
                                "select fv.terminate_tenant(:effective, :window, :confirmation, :at)")
                        .bind("effective", effective)
                        .bind("window", request.windowDays.orElse(WindowDays.USUAL).days())
                        .bind("confirmation", request.confirmation)
                        .bind("at", call.now())
                        .mapTo(String.class)
                        .one();
        return TenantCourse.after(answer, call);
    }
}
