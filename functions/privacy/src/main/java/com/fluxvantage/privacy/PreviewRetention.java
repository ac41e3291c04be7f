package com.fluxvantage.privacy;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Permission.TENANT_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Work;

import java.util.List;
import java.util.Optional;

/**
 * Says by each rule how long its rows are kept and how many the next run would remove, without
 * removing any. It asks what the run itself asks, so it cannot promise what the night does not do.
 */
final class PreviewRetention {
    static final Operation<Request, Result> OPERATION =
            Operation.get("preview-retention", "/tenant/retention")
                    .summary("Says how long data is kept and what the next run would remove.")
                    .requires(TENANT_MANAGE)
                    .work(Work.PRIVACY)
                    .handledBy(
                            Request.class, Result.class, new Request(), PreviewRetention::handle);

    /** Counting further would keep a screen waiting, and "more than that" says enough. */
    static final int MOST_COUNTED = 10_000;

    record Request() {}

    record Result(List<Rule> rules) {}

    /**
     * @param rule the table
     * @param redacts whether the rows stay and only what they say of people goes
     * @param days after which it goes; absent, it stays while the subscription is active
     * @param leastDays and {@code mostDays}: what the tenant may choose between, where it may
     * @param due how many rows are due now
     * @param orMore counting ended there
     */
    record Rule(
            String rule,
            boolean redacts,
            Optional<Integer> days,
            Optional<Integer> leastDays,
            Optional<Integer> mostDays,
            long due,
            boolean orMore) {}

    private static Outcome<Result> handle(Request request, Call call) {
        return found(
                new Result(
                        call.sql()
                                .createQuery(
                                        """
                                        select rule, expiry = 'redact_columns' as redacts, days, least_days, most_days, due,
                                               due = :most as or_more
                                          from wms.preview_retention(:at, :most)
                                        """)
                                .bind("at", call.now())
                                .bind("most", MOST_COUNTED)
                                .mapTo(Rule.class)
                                .list()));
    }
}
