package com.fluxvantage.inbound;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.INBOUND_PUTAWAY;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.Bucket;
import com.fluxvantage.kernel.stock.BucketId;
import com.fluxvantage.kernel.stock.BucketVersion;
import com.fluxvantage.kernel.stock.ItemId;
import com.fluxvantage.kernel.stock.Leg;
import com.fluxvantage.kernel.stock.LocationId;
import com.fluxvantage.kernel.stock.LotId;
import com.fluxvantage.kernel.stock.LpnId;
import com.fluxvantage.kernel.stock.OwnerId;
import com.fluxvantage.kernel.stock.Posting;
import com.fluxvantage.kernel.stock.PostingId;
import com.fluxvantage.kernel.stock.Scan;
import com.fluxvantage.kernel.stock.StockAnswer;
import com.fluxvantage.kernel.stock.StockStatus;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.text.ClientEventId;
import com.fluxvantage.kernel.text.Code;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Confirms that goods from the dock now lie in a bin: where the worker really put them, whatever
 * was suggested. Item, owner, lot, status and age stay what they were. Goods that are promised to
 * somebody are not carried away from under them. A device that is not sure whether a scan arrived
 * sends it again with the same event id, and it is counted once.
 */
final class ConfirmPutaway {
    static final Operation<Request, Result> OPERATION =
            Operation.post("confirm-putaway", "/buckets/{bucket_id}/putaway")
                    .summary("Confirms that goods from the dock were put into a bin.")
                    .requires(INBOUND_PUTAWAY)
                    .refuses(NotFound.class)
                    .refuses(InboundRefusal.LocationNotAllowed.class)
                    .refuses(InboundRefusal.InsufficientStock.class)
                    .refuses(InboundRefusal.BucketChanged.class)
                    .refuses(InboundRefusal.ScanReused.class)
                    .refuses(InboundRefusal.ScanReversed.class)
                    .handledBy(
                            Request.class, Result.class, Request.EXAMPLE, ConfirmPutaway::handle);

    record Request(
            BucketId bucketId,
            Quantity quantity,
            Code to,
            Optional<Long> seenVersion,
            Optional<ClientEventId> clientEventId) {
        static final Request EXAMPLE =
                new Request(
                        new BucketId(new UUID(0, 1)),
                        Quantity.of(12),
                        new Code("A-01-03"),
                        Optional.empty(),
                        Optional.of(new ClientEventId("0193a0b0-5d6e-7c1f-8a2b-3c4d5e6f7081")));

        Request {
            if (quantity.isNone()) {
                throw new InvalidValue("quantity", "out-of-range", "Nothing was carried.");
            }
        }
    }

    /** {@code stock} is empty where the scan had been counted before. */
    record Result(PostingId postingId, List<BucketVersion> stock) {}

    private record Goods(
            WarehouseId warehouseId,
            LocationId locationId,
            String kind,
            ItemId itemId,
            OwnerId ownerId,
            Optional<LotId> lotId,
            Optional<LpnId> lpnId,
            StockStatus status) {
        Bucket at(LocationId place) {
            return new Bucket.Keyed(itemId, place, ownerId, lotId, lpnId, status);
        }
    }

    private record Place(LocationId locationId, String kind, boolean locked) {}

    private static Outcome<Result> handle(Request request, Call call) {
        // Before the goods are looked for: the first scan may have taken the last of them.
        return switch (Scan.note(request.clientEventId, request.bucketId, request.quantity, call)) {
            case Scan.New(var posting) -> putAway(request, posting, call);
            case Scan.Counted(var posting, _) ->
                    done(new Result(posting, List.of()), Subject.of(request.bucketId));
            case Scan.Reversed(var by) -> refused(new InboundRefusal.ScanReversed(by));
            case Scan.Reused _ -> refused(new InboundRefusal.ScanReused());
        };
    }

    private static Outcome<Result> putAway(Request request, PostingId scan, Call call) {
        var goods = goods(request.bucketId, call);
        if (goods.isEmpty()) {
            return missing("bucket", "bucketId");
        }
        var place = place(goods.get().warehouseId, request.to, call);
        if (place.isEmpty()) {
            return missing("location", "to");
        }
        var objection = objection(goods.get(), place.get());
        if (objection.isPresent()) {
            return refused(new InboundRefusal.LocationNotAllowed(objection.get()));
        }
        var seen = request.seenVersion.map(OptionalLong::of).orElse(OptionalLong.empty());
        var from = Leg.out(new Bucket.Known(request.bucketId), request.quantity);
        var posting =
                Posting.within(
                                Posting.Kind.MOVE,
                                call.now(),
                                request.bucketId,
                                List.of(
                                        seen.isPresent() ? from.ifStill(seen.getAsLong()) : from,
                                        Leg.in(
                                                goods.get().at(place.get().locationId),
                                                request.quantity)))
                        .withId(scan);
        return switch (call.post(posting)) {
            case StockAnswer.Changed(var stock) ->
                    done(new Result(posting.id(), stock), Subject.of(request.bucketId));
            case StockAnswer.Unchanged(var obstacles) -> refusal(request, obstacles, call);
        };
    }

    private static Optional<String> objection(Goods goods, Place place) {
        if (!goods.kind.equals("DOCK")) {
            return Optional.of(
                    "These goods do not stand at a dock. Use a move to carry them elsewhere.");
        }
        if (!place.kind.equals("BIN")) {
            return Optional.of(
                    "Goods are put away into a bin; this place is a " + place.kind + ".");
        }
        return place.locked
                ? Optional.of("This bin is locked. Choose another one.")
                : Optional.empty();
    }

    private static Outcome<Result> refusal(
            Request request, List<StockAnswer.Obstacle> obstacles, Call call) {
        var source =
                obstacles.stream().filter(it -> it.bucket().equals(request.bucketId)).findFirst();
        if (source.isEmpty()) {
            throw call.searchAgain(); // the bin's bucket was swept between look-up and lock
        }
        return switch (source.get().reason()) {
            case GONE -> missing("bucket", "bucketId");
            case STALE ->
                    refused(new InboundRefusal.BucketChanged(source.get().version().orElse(0L)));
            case SHORT, UNFIT, NOT_RESERVED ->
                    refused(
                            new InboundRefusal.InsufficientStock(
                                    source.get().free().orElse(Quantity.NONE)));
        };
    }

    private static Optional<Goods> goods(BucketId bucket, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select bucket.warehouse_id,
                               bucket.location_id,
                               place.kind,
                               bucket.item_id,
                               bucket.owner_id,
                               bucket.lot_id,
                               bucket.lpn_id,
                               bucket.status
                          from wms.bucket as bucket
                          join wms.location as place on place.location_id = bucket.location_id
                         where bucket.bucket_id = :bucket
                        """)
                .bind("bucket", bucket)
                .mapTo(Goods.class)
                .findOne();
    }

    // Not locked: a bin that somebody locks right now may still get these goods, as if they had
    // come a moment earlier. A lock here would make every worker at one bin wait for the others.
    private static Optional<Place> place(WarehouseId warehouse, Code code, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select location_id, kind, locked
                          from wms.location
                         where warehouse_id = :warehouse
                           and code = :code
                        """)
                .bind("warehouse", warehouse)
                .bind("code", code)
                .mapTo(Place.class)
                .findOne();
    }
}
