package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Permission.TENANT_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Work;
import com.fluxvantage.kernel.text.Name;

/**
 * Has the data of a tenant that has ended deleted in 72 hours, without waiting for its window.
 * Until then it can be cancelled. Refused while an export runs, and where something keeps the data.
 */
final class DeleteTenantNow {
    static final Operation<Request, TenantCourse> OPERATION =
            Operation.post("delete-tenant-now", "/tenant/delete-now")
                    .summary(
                            "Has the data of an ended tenant deleted without waiting for its window.")
                    .requires(TENANT_MANAGE)
                    .work(Work.PRIVACY)
                    .refuses(LifecycleRefusal.NotInThisState.class)
                    .refuses(LifecycleRefusal.NotConfirmed.class)
                    .refuses(LifecycleRefusal.DeletionNotPossible.class)
                    .refuses(LifecycleRefusal.ExportStillRunning.class)
                    .handledBy(
                            Request.class,
                            TenantCourse.class,
                            Request.EXAMPLE,
                            DeleteTenantNow::handle);

    /** {@code confirmation} is the tenant's own name, typed by whoever wants this. */
    record Request(Name confirmation) {
        static final Request EXAMPLE = new Request(new Name("Northwind Traders"));
    }

    private static Outcome<TenantCourse> handle(Request request, Call call) {
        var answer =
                call.sql()
                        .createQuery("select fv.delete_tenant_now(:confirmation, :at)")
                        .bind("confirmation", request.confirmation)
                        .bind("at", call.now())
                        .mapTo(String.class)
                        .one();
        return TenantCourse.after(answer, call);
    }
}
