package com.fluxvantage.lifecycle;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.tenancy.TenantId;

import java.time.Instant;
import java.util.Optional;

/**
 * Where the tenant stands after a step of its own, with the dates that hold from now on.
 *
 * @param terminatesAt from then on nothing is written any more
 * @param exportUntil until then the data can be taken along
 * @param deletionStartsAt not before then is anything deleted
 */
record TenantCourse(
        TenantState state,
        Optional<Instant> terminatesAt,
        Optional<Instant> exportUntil,
        Optional<Instant> deletionStartsAt,
        long version) {
    private record Row(
            TenantId tenantId,
            TenantState state,
            Optional<Instant> terminatesAt,
            Optional<Instant> exportUntil,
            Optional<Instant> deletionStartsAt,
            long version) {}

    /** The answer of a step: what the database has said, and where the tenant stands now. */
    static Outcome<TenantCourse> after(String answer, Call call) {
        if (!answer.equals("DONE")) {
            return Outcome.refused(LifecycleRefusal.named(answer));
        }
        var now =
                call.sql()
                        .createQuery(
                                """
                                select fv.tenant() as "tenantId", upper(state) as state, terminates_at,
                                       export_until, deletion_starts_at, version
                                  from wms.tenant
                                """)
                        .mapTo(Row.class)
                        .one();
        return Outcome.done(
                new TenantCourse(
                        now.state,
                        now.terminatesAt,
                        now.exportUntil,
                        now.deletionStartsAt,
                        now.version),
                Subject.of(now.tenantId));
    }
}
