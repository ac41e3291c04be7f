package com.fluxvantage.privacy;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Permission.TENANT_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.operation.Work;

/**
 * Decides how many days after an order left, or was cancelled, the tenant keeps whom it went to.
 * The next night goes by it. What is gone by then does not come back when the time is lengthened.
 */
final class SetRecipientRetention {
    static final Operation<Request, Result> OPERATION =
            Operation.post("set-recipient-retention", "/tenant/retention/recipients")
                    .summary("Decides how long the recipients of orders are kept.")
                    .requires(TENANT_MANAGE)
                    .work(Work.PRIVACY)
                    .handledBy(
                            Request.class,
                            Result.class,
                            new Request(90),
                            SetRecipientRetention::handle);

    /** A parcel that went astray is asked about within a month. The data map says so too. */
    static final int LEAST_DAYS = 30;

    static final int MOST_DAYS = 730;

    record Request(int days) {
        Request {
            if (days < LEAST_DAYS || days > MOST_DAYS) {
                throw new InvalidValue(
                        "days",
                        "out-of-range",
                        "Recipients are kept from %d to %d days.".formatted(LEAST_DAYS, MOST_DAYS));
            }
        }
    }

    record Result(int days, long version) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var version =
                call.sql()
                        .createQuery(
                                """
                                insert into wms.retention_setting as mine (recipient_days, changed_at)
                                values (:days, :at)
                                    on conflict on constraint retention_setting_pkey do update
                                   set recipient_days = excluded.recipient_days,
                                       changed_at = excluded.changed_at,
                                       version = mine.version + 1
                                returning version
                                """)
                        .bind("days", request.days)
                        .bind("at", call.now())
                        .mapTo(Long.class)
                        .one();
        return done(new Result(request.days, version), Subject.nothing());
    }
}
