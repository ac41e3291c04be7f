package com.fluxvantage.inbound;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.INBOUND_PUTAWAY;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.Bucket;
import com.fluxvantage.kernel.stock.BucketId;
import com.fluxvantage.kernel.stock.BucketVersion;
import com.fluxvantage.kernel.stock.LastScan;
import com.fluxvantage.kernel.stock.LastScan.Moved;
import com.fluxvantage.kernel.stock.Leg;
import com.fluxvantage.kernel.stock.Posting;
import com.fluxvantage.kernel.stock.PostingId;
import com.fluxvantage.kernel.stock.StockAnswer;

import java.util.List;
import java.util.UUID;

/**
 * Takes back the caller's own last putaway of goods from the dock: they stand at the dock again, as
 * before. Only while as many units lie free in the bin, promised to nobody, and only once.
 * Quantities are in the item's unit.
 */
final class ReversePutaway {
    static final Operation<Request, Result> OPERATION =
            Operation.post("reverse-putaway", "/buckets/{bucket_id}/putaway/reverse")
                    .summary("Takes back the caller's own last putaway of goods from the dock.")
                    .requires(INBOUND_PUTAWAY)
                    .refuses(NotFound.class)
                    .refuses(InboundRefusal.NothingToReverse.class)
                    .refuses(InboundRefusal.AlreadyReversed.class)
                    .refuses(InboundRefusal.ScanBuiltOn.class)
                    .handledBy(
                            Request.class, Result.class, Request.EXAMPLE, ReversePutaway::handle);

    /** {@code bucketId} is the goods at the dock, as the putaway named them. */
    record Request(BucketId bucketId) {
        static final Request EXAMPLE = new Request(new BucketId(new UUID(0, 1)));
    }

    /** {@code reversed} is the posting of the putaway. */
    record Result(PostingId postingId, PostingId reversed, List<BucketVersion> stock) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var scan = LastScan.of(request.bucketId, call);
        if (scan.isEmpty()) {
            return isThere(request.bucketId, call)
                    ? refused(new InboundRefusal.NothingToReverse())
                    : missing("bucket", "bucketId");
        }
        var moved = scan.get().moved(call);
        var taken = moved.stream().filter(it -> it.bucketId().equals(request.bucketId)).findFirst();
        if (taken.isEmpty()) {
            return missing("bucket", "bucketId"); // a scan of a receipt with the same bits
        }
        var dock = taken.get();
        var bin = moved.stream().filter(it -> it.units() > 0).findFirst().orElseThrow();
        var posting =
                Posting.within(
                                Posting.Kind.MOVE,
                                call.now(),
                                request.bucketId,
                                List.of(
                                        Leg.out(new Bucket.Known(bin.bucketId()), bin.quantity()),
                                        Leg.in(dock.bucket(), dock.quantity())))
                        .reversing(scan.get().posting());
        if (!scan.get().reverse(posting.id(), call)) {
            return refused(new InboundRefusal.AlreadyReversed(scan.get().posting()));
        }
        return switch (call.post(posting)) {
            case StockAnswer.Changed(var stock) ->
                    done(
                            new Result(posting.id(), scan.get().posting(), stock),
                            Subject.of(request.bucketId));
            case StockAnswer.Unchanged(var obstacles) -> refusal(bin, obstacles, call);
        };
    }

    private static Outcome<Result> refusal(
            Moved bin, List<StockAnswer.Obstacle> obstacles, Call call) {
        var inTheWay =
                obstacles.stream().filter(it -> it.bucket().equals(bin.bucketId())).findFirst();
        if (inTheWay.isEmpty()) {
            throw call.searchAgain(); // the dock's bucket was swept between look-up and lock
        }
        // A bin's bucket that was swept since holds nothing either.
        return refused(new InboundRefusal.ScanBuiltOn(inTheWay.get().free().orElse(Quantity.NONE)));
    }

    private static boolean isThere(BucketId bucket, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select exists (
                               select
                                 from wms.bucket
                                where bucket_id = :bucket)
                        """)
                .bind("bucket", bucket)
                .mapTo(Boolean.class)
                .one();
    }
}
