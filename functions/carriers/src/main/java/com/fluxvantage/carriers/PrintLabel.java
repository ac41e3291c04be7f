package com.fluxvantage.carriers;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.ORDERS_DISPATCH;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.outside.Bucket;
import com.fluxvantage.kernel.outside.LabelFormat;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * Makes a link under which the file of a label is fetched within minutes, to be printed. A label
 * shows who lives where, so this is an audited read: the entry says who printed which. The link is
 * kept nowhere.
 */
final class PrintLabel {
    static final Operation<Request, Result> OPERATION =
            Operation.get("print-label", "/labels/{label_id}/file")
                    .summary("Makes a link under which a label is fetched to be printed.")
                    .requires(ORDERS_DISPATCH)
                    .readsAudited()
                    .needs(new Capability.LinksObjects(Bucket.LABELS))
                    .refuses(NotFound.class)
                    .refuses(LabelRefusal.LabelNotThere.class)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, PrintLabel::handle);

    /** A printer fetches at once. */
    static final Duration VALIDITY = Duration.ofMinutes(5);

    record Request(LabelId labelId) {
        static final Request EXAMPLE = new Request(new LabelId(new UUID(0, 4)));
    }

    /**
     * The link.
     *
     * @param link with the key to the file in it
     */
    record Result(LabelId labelId, LabelFormat format, String link, Instant validUntil) {
        @Override
        public String toString() {
            return "Result[" + labelId + ", valid until " + validUntil + "]";
        }
    }

    private record Found(LabelFormat format, LabelState state, boolean isThere) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var found =
                call.sql()
                        .createQuery(
                                """
                                select format, state, stored_at is not null and removed_at is null as is_there
                                  from wms.carrier_label
                                 where label_id = :label
                                """)
                        .bind("label", request.labelId)
                        .mapTo(Found.class)
                        .findOne();
        if (found.isEmpty()) {
            return missing("label", "labelId");
        }
        if (!found.get().isThere || found.get().state != LabelState.BOUGHT) {
            return refused(new LabelRefusal.LabelNotThere());
        }
        var format = found.get().format;
        return done(
                new Result(
                        request.labelId,
                        format,
                        call.link(Bucket.LABELS, LabelFiles.key(request.labelId, format), VALIDITY),
                        call.now().plus(VALIDITY)),
                Subject.of(request.labelId));
    }
}
