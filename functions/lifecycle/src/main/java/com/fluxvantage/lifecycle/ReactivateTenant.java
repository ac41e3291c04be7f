package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Permission.TENANT_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Work;

/**
 * Takes a termination back before its date; after it, brings the tenant back as long as its
 * deletion has not begun. The tenant stands then where it stood before: whoever was suspended is
 * suspended again. What was queued for its end does nothing more.
 */
final class ReactivateTenant {
    static final Operation<Request, TenantCourse> OPERATION =
            Operation.post("reactivate-tenant", "/tenant/reactivate")
                    .summary("Takes a termination back, or brings the tenant back.")
                    .requires(TENANT_MANAGE)
                    .work(Work.PRIVACY)
                    .refuses(LifecycleRefusal.NotInThisState.class)
                    .refuses(LifecycleRefusal.NotTerminated.class)
                    .refuses(LifecycleRefusal.DeletionBegun.class)
                    .handledBy(
                            Request.class,
                            TenantCourse.class,
                            new Request(),
                            ReactivateTenant::handle);

    record Request() {}

    private static Outcome<TenantCourse> handle(Request request, Call call) {
        var answer =
                call.sql()
                        .createQuery("select fv.reactivate_tenant(:at)")
                        .bind("at", call.now())
                        .mapTo(String.class)
                        .one();
        return TenantCourse.after(answer, call);
    }
}
