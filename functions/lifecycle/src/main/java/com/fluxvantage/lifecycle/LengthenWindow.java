package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Permission.PLATFORM_TENANTS;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.tenancy.TenantId;

import java.util.UUID;

/**
 * Gives a tenant that ends more days to take its data away. Everything that follows moves with the
 * window. There is no way to give it fewer.
 */
final class LengthenWindow {
    static final Operation<Request, Result> OPERATION =
            Operation.post("lengthen-window", "/tenants/{tenant}/lengthen-window")
                    .summary("Gives a tenant that ends more time to take its data away.")
                    .forOperators()
                    .requires(PLATFORM_TENANTS)
                    .refuses(NotFound.class)
                    .refuses(LifecycleRefusal.NotInThisState.class)
                    .refuses(LifecycleRefusal.NotTerminated.class)
                    .refuses(LifecycleRefusal.WindowTooLong.class)
                    .handledBy(
                            Request.class, Result.class, Request.EXAMPLE, LengthenWindow::handle);

    record Request(TenantId tenant, int days) {
        static final Request EXAMPLE = new Request(new TenantId(new UUID(0, 1)), 14);

        Request {
            if (days < 1 || days > WindowDays.MOST) {
                throw new InvalidValue(
                        "days",
                        "out-of-range",
                        "A window grows by 1 to " + WindowDays.MOST + " days.");
            }
        }
    }

    record Result(TenantId tenant) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var answer =
                call.sql()
                        .createQuery("select fv.lengthen_window(:tenant, :days, :at)")
                        .bind("tenant", request.tenant)
                        .bind("days", request.days)
                        .bind("at", call.now())
                        .mapTo(String.class)
                        .one();
        return switch (answer) {
            case "DONE" -> Outcome.done(new Result(request.tenant), Subject.of(request.tenant));
            case "UNKNOWN" -> Outcome.missing("tenant", "tenant");
            default -> Outcome.refused(LifecycleRefusal.named(answer));
        };
    }
}
