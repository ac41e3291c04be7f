package com.fluxvantage.inventory;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.STOCK_MOVE;

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
import com.fluxvantage.kernel.stock.OwnerId;
import com.fluxvantage.kernel.stock.Posting;
import com.fluxvantage.kernel.stock.PostingId;
import com.fluxvantage.kernel.stock.StockAnswer;
import com.fluxvantage.kernel.stock.StockAnswer.Obstacle;
import com.fluxvantage.kernel.stock.StockStatus;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.text.Code;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Carries goods from one place of a warehouse to another. Item, owner, lot, status and age stay
 * what they were, and so does the sum over both places. Only free goods are moved: what is promised
 * to an order stays where its picker will look for it. Quantities are in the item's unit.
 */
final class MoveStock {
    static final Operation<Request, Result> OPERATION =
            Operation.post("move-stock", "/buckets/{bucket_id}/move")
                    .summary("Moves free goods to another place of the warehouse.")
                    .requires(STOCK_MOVE)
                    .announces(LevelChanged.class)
                    .refuses(NotFound.class)
                    .refuses(InventoryRefusal.VirtualPlace.class)
                    .refuses(InventoryRefusal.LocationLocked.class)
                    .refuses(InventoryRefusal.AlreadyThere.class)
                    .refuses(InventoryRefusal.InsufficientStock.class)
                    .refuses(InventoryRefusal.BucketChanged.class)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, MoveStock::handle);

    /**
     * @param seenVersion the bucket's version on the screen; if it is another one now, nothing
     *     moves
     */
    record Request(BucketId bucketId, Quantity quantity, Code to, Optional<Long> seenVersion) {
        static final Request EXAMPLE =
                new Request(
                        new BucketId(new UUID(0, 1)),
                        Quantity.of(12),
                        new Code("A-01-1"),
                        Optional.of(7L));

        Request {
            if (quantity.isNone()) {
                throw new InvalidValue("quantity", "out-of-range", "Nothing was carried.");
            }
        }
    }

    record Result(PostingId postingId, List<BucketVersion> stock) {}

    private record Goods(
            WarehouseId warehouseId,
            LocationId locationId,
            ItemId itemId,
            OwnerId ownerId,
            Optional<LotId> lotId,
            StockStatus status) {
        // Without a license plate: what is taken out of a container stands loose.
        Bucket at(LocationId place) {
            return new Bucket.Keyed(itemId, place, ownerId, lotId, Optional.empty(), status);
        }
    }

    private record Place(LocationId locationId, String kind, boolean holdsGoods, boolean locked) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var goods = goods(request.bucketId, call);
        if (goods.isEmpty()) {
            return missing("bucket", "bucketId");
        }
        var place = place(goods.get().warehouseId, request.to, call);
        if (place.isEmpty()) {
            return missing("location", "to");
        }
        if (!place.get().holdsGoods) {
            return refused(new InventoryRefusal.VirtualPlace(place.get().kind));
        }
        if (place.get().locked) {
            return refused(new InventoryRefusal.LocationLocked());
        }
        if (place.get().locationId.equals(goods.get().locationId)) {
            return refused(new InventoryRefusal.AlreadyThere());
        }
        return move(request, goods.get(), place.get().locationId, call);
    }

    private static Outcome<Result> move(Request request, Goods goods, LocationId to, Call call) {
        var out = Leg.out(new Bucket.Known(request.bucketId), request.quantity);
        var in = Leg.in(goods.at(to), request.quantity);
        var posting =
                Posting.within(
                        Posting.Kind.MOVE,
                        call.now(),
                        request.bucketId,
                        List.of(request.seenVersion.map(out::ifStill).orElse(out), in));
        return switch (call.post(posting)) {
            case StockAnswer.Changed(var stock) -> {
                announce(request, goods, to, stock, call);
                yield done(new Result(posting.id(), stock), Subject.of(request.bucketId));
            }
            case StockAnswer.Unchanged(var obstacles) -> refusal(request, obstacles, call);
        };
    }

    private static void announce(
            Request request, Goods goods, LocationId to, List<BucketVersion> stock, Call call) {
        for (var bucket : stock) {
            boolean isSource = bucket.bucket().equals(request.bucketId);
            long units = request.quantity.units();
            call.announce(
                    isSource
                            ? LevelChanged.of(bucket, goods.itemId, goods.locationId, -units)
                            : LevelChanged.of(bucket, goods.itemId, to, units));
        }
    }

    private static Outcome<Result> refusal(Request request, List<Obstacle> obstacles, Call call) {
        var source =
                obstacles.stream().filter(it -> it.bucket().equals(request.bucketId)).findFirst();
        if (source.isEmpty()) {
            throw call.searchAgain(); // the bucket at the other end was swept between look-up and
            // lock
        }
        return switch (source.get().reason()) {
            case GONE -> missing("bucket", "bucketId");
            case STALE ->
                    refused(
                            new InventoryRefusal.BucketChanged(
                                    source.get().version().orElseThrow()));
            case SHORT, UNFIT, NOT_RESERVED ->
                    refused(
                            new InventoryRefusal.InsufficientStock(
                                    source.get().free().orElse(Quantity.NONE),
                                    Holders.of(request.bucketId, call)));
        };
    }

    private static Optional<Goods> goods(BucketId bucket, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select warehouse_id, location_id, item_id, owner_id, lot_id, status
                          from wms.bucket
                         where bucket_id = :bucket
                        """)
                .bind("bucket", bucket)
                .mapTo(Goods.class)
                .findOne();
    }

    // Not locked: if somebody locks the place at this moment, the goods came a moment before.
    private static Optional<Place> place(WarehouseId warehouse, Code code, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select location_id,
                               kind,
                               kind in ('BIN', 'DOCK', 'STAGE') as holds_goods,
                               locked
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
