package com.fluxvantage.identity;

import static com.fluxvantage.kernel.operation.Outcome.found;

import com.fluxvantage.kernel.Release;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;

/**
 * Tells whether the service is well: that a function runs, reaches the database and is answered.
 * Whoever watches over it has no token, so nothing is told but the versions of code and schema.
 * When the database does not answer, neither does this: the boundary says 503.
 */
final class CheckHealth {
    static final Operation<Request, Result> OPERATION =
            Operation.get("check-health", "/health")
                    .summary("Tells whether the service and its database answer.")
                    .openTo("Load balancers and monitors ask it, and it tells nothing of a tenant.")
                    .handledBy(Request.class, Result.class, new Request(), CheckHealth::handle);

    record Request() {}

    /** {@code schema} is the newest migration that was applied. */
    record Result(String version, String schema) {}

    private static Outcome<Result> handle(Request request, Call call) {
        String schema =
                call.sql().createQuery("select fv.schema_version()").mapTo(String.class).one();
        return found(new Result(Release.VERSION, schema));
    }
}
