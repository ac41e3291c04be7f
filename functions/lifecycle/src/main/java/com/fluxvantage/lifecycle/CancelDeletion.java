package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Permission.TENANT_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Work;

/**
 * Cancels a deletion before its date. The tenant is back in its window; where that is over, it
 * opens once more for a week.
 */
final class CancelDeletion {
    static final Operation<Request, TenantCourse> OPERATION =
            Operation.post("cancel-deletion", "/tenant/cancel-deletion")
                    .summary("Cancels a deletion that has not begun.")
                    .requires(TENANT_MANAGE)
                    .work(Work.PRIVACY)
                    .refuses(LifecycleRefusal.NotInThisState.class)
                    .refuses(LifecycleRefusal.DeletionBegun.class)
                    .handledBy(
                            Request.class,
                            TenantCourse.class,
                            new Request(),
                            CancelDeletion::handle);

    record Request() {}

    private static Outcome<TenantCourse> handle(Request request, Call call) {
        var answer =
                call.sql()
                        .createQuery("select fv.cancel_deletion(:at)")
                        .bind("at", call.now())
                        .mapTo(String.class)
                        .one();
        return TenantCourse.after(answer, call);
    }
}
