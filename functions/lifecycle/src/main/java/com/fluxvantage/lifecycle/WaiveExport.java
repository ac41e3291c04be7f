package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Permission.TENANT_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Work;
import com.fluxvantage.kernel.text.Name;

/**
 * Says that the tenant does not want its data. Its window closes at its date then, though no export
 * was made. Without this, and without an export, it closes only after two reminders.
 */
final class WaiveExport {
    static final Operation<Request, TenantCourse> OPERATION =
            Operation.post("waive-export", "/tenant/waive-export")
                    .summary("Says that the tenant does not want to take its data away.")
                    .requires(TENANT_MANAGE)
                    .work(Work.PRIVACY)
                    .refuses(LifecycleRefusal.NotInThisState.class)
                    .refuses(LifecycleRefusal.NotConfirmed.class)
                    .handledBy(
                            Request.class,
                            TenantCourse.class,
                            Request.EXAMPLE,
                            WaiveExport::handle);

    /** {@code confirmation} is the tenant's own name, typed by whoever wants this. */
    record Request(Name confirmation) {
        static final Request EXAMPLE = new Request(new Name("Northwind Traders"));
    }

    private static Outcome<TenantCourse> handle(Request request, Call call) {
        var answer =
                call.sql()
                        .createQuery("select fv.waive_export(:confirmation, :at)")
                        .bind("confirmation", request.confirmation)
                        .bind("at", call.now())
                        .mapTo(String.class)
                        .one();
        return TenantCourse.after(answer, call);
    }
}
