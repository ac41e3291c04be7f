package com.fluxvantage.carriers;

import static com.fluxvantage.kernel.operation.Outcome.found;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.Errand;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Unfinished;
import com.fluxvantage.kernel.operation.Work;
import com.fluxvantage.kernel.outside.Bucket;
import com.fluxvantage.kernel.outside.Outside;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * Removes each night the files of labels that have served: given back, a month old, of a recipient
 * who is forgotten, of a tenant that ends. A tenant under a hold keeps them, unless the bucket's
 * own rule lets them go. It takes no lease: to remove what is gone has no effect.
 */
final class RemoveLabels {
    static final Operation<Request, Result> OPERATION =
            Operation.scheduled(
                            "remove-labels",
                            Schedule.at(Timing.daily("03:20")).jitter(Duration.ofMinutes(10)))
                    .summary("Removes the files of labels that have served.")
                    .work(Work.PRIVACY)
                    .needs(new Capability.StoresObjects(Bucket.LABELS))
                    .runBy(
                            Request.class,
                            Result.class,
                            new Request(),
                            new Errand<>(
                                    (_, call) -> take(call),
                                    RemoveLabels::carryOut,
                                    RemoveLabels::record));

    /** A parcel that has not left by then is packed anew. */
    static final Duration LONGEST = Duration.ofDays(30);

    private static final int BATCH = 50;

    record Request() {}

    record Result(int removed, boolean more) implements Unfinished {}

    private static Errand.Taken<List<LabelId>, Result> take(Call call) {
        var over = over(call);
        return over.isEmpty() ? Errand.nothing(new Result(0, false)) : Errand.task(over);
    }

    private static List<LabelId> over(Call call) {
        return call.sql()
                .createQuery(
                        """
                        select label.label_id
                          from wms.carrier_label as label
                         cross join wms.tenant as tenant
                          left join wms.order_recipient as recipient on recipient.order_id = label.order_id
                         where label.stored_at is not null
                           and label.removed_at is null
                           and tenant.hold_count = 0
                           and (label.state = 'VOIDED'
                                or label.stored_at <= :oldest
                                or recipient.redacted_at is not null
                                or tenant.deletion_starts_at <= :now)
                         order by label.label_id
                         limit :most
                        """)
                .bind("oldest", call.now().minus(LONGEST))
                .bind("now", call.now())
                .bind("most", BATCH)
                .mapTo(LabelId.class)
                .list();
    }

    private static Integer carryOut(List<LabelId> labels, Outside outside) {
        int versions = 0;
        for (var label : labels) {
            versions +=
                    outside.objects(Bucket.LABELS).deleteAll(LabelFiles.folder(label)).versions();
        }
        return versions;
    }

    private static Outcome<Result> record(List<LabelId> labels, Integer versions, Call call) {
        int removed =
                call.sql()
                        .createUpdate(
                                """
                                update wms.carrier_label
                                   set removed_at = :now,
                                       version = version + 1
                                 where label_id = any(:labels)
                                   and removed_at is null
                                """)
                        .bind("now", call.now())
                        .bind("labels", labels.stream().map(LabelId::uuid).toArray(UUID[]::new))
                        .execute();
        return found(new Result(removed, labels.size() == BATCH));
    }
}
