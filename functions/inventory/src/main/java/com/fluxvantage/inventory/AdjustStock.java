package com.fluxvantage.inventory;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.STOCK_ADJUST;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Refusal;
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
import com.fluxvantage.kernel.text.LotCode;
import com.fluxvantage.kernel.text.Sku;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Corrects what the system believes lies in a place, by a difference and never by a total: two
 * people who correct the same bin at once are both heard. More is always taken; less only down to
 * what is promised to orders, and the refusal names them. Quantities are in the item's unit. The
 * goods are the house owner's and stand loose.
 */
final class AdjustStock {
    static final Operation<Request, Result> OPERATION =
            Operation.post("adjust-stock", "/stock/adjust")
                    .summary("Corrects what lies in a place, with the reason.")
                    .requires(STOCK_ADJUST)
                    .announces(LevelChanged.class)
                    .refuses(NotFound.class)
                    .refuses(InventoryRefusal.VirtualPlace.class)
                    .refuses(InventoryRefusal.LotRequired.class)
                    .refuses(InventoryRefusal.LotNotWanted.class)
                    .refuses(InventoryRefusal.InsufficientStock.class)
                    .handledBy(Request.class, Result.class, Request.EXAMPLE, AdjustStock::handle);

    /**
     * @param delta signed: negative when there is less than the system believes
     */
    record Request(
            WarehouseId warehouseId,
            Code location,
            Sku sku,
            Optional<LotCode> lot,
            Optional<StockStatus> status,
            long delta,
            AdjustmentReason reason) {
        static final Request EXAMPLE =
                new Request(
                        new WarehouseId(new UUID(0, 1)),
                        new Code("A-01-1"),
                        new Sku("TEA-EARL-GREY-50"),
                        Optional.of(new LotCode("L2026-31")),
                        Optional.of(StockStatus.AVAILABLE),
                        -2,
                        AdjustmentReason.LOST);

        Request {
            if (delta == 0) {
                throw new InvalidValue("delta", "out-of-range", "Nothing is corrected.");
            }
            if (delta < -Quantity.MOST || delta > Quantity.MOST) {
                throw new InvalidValue(
                        "delta",
                        "out-of-range",
                        "At most " + Quantity.MOST + " are corrected at once.");
            }
        }

        Quantity quantity() {
            return Quantity.of(Math.abs(delta));
        }
    }

    record Result(PostingId postingId, List<BucketVersion> stock) {}

    /** Everything that was named, as far as it is there. */
    private record Named(
            OwnerId houseOwnerId,
            Optional<WarehouseId> warehouseId,
            Optional<LocationId> locationId,
            Optional<String> locationKind,
            boolean holdsGoods,
            Optional<ItemId> itemId,
            boolean lotControlled,
            Optional<LotId> lotId,
            Optional<BucketId> bucketId) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var named = named(request, call);
        if (named.warehouseId.isEmpty()) {
            return missing("warehouse", "warehouseId");
        }
        if (named.locationId.isEmpty()) {
            return missing("location", "location");
        }
        if (named.itemId.isEmpty()) {
            return missing("item", "sku");
        }
        var objection = objection(request, named);
        if (objection.isPresent()) {
            return refused(objection.get());
        }
        return adjust(request, named, named.itemId.get(), named.locationId.get(), call);
    }

    private static Optional<Refusal> objection(Request request, Named named) {
        if (!named.holdsGoods) {
            return Optional.of(new InventoryRefusal.VirtualPlace(named.locationKind.orElseThrow()));
        }
        if (named.lotControlled && request.lot.isEmpty()) {
            return Optional.of(new InventoryRefusal.LotRequired());
        }
        if (!named.lotControlled && request.lot.isPresent()) {
            return Optional.of(new InventoryRefusal.LotNotWanted());
        }
        if (request.lot.isPresent() && named.lotId.isEmpty()) {
            // Lots are born at the dock, where their expiry date is read off the goods.
            return Optional.of(new NotFound("lot", "lot"));
        }
        if (request.delta < 0 && named.bucketId.isEmpty()) {
            return Optional.of(new InventoryRefusal.InsufficientStock(Quantity.NONE, List.of()));
        }
        return Optional.empty();
    }

    private static Outcome<Result> adjust(
            Request request, Named named, ItemId item, LocationId location, Call call) {
        var status = request.status.orElse(StockStatus.AVAILABLE);
        Bucket bucket =
                named.bucketId
                        .<Bucket>map(Bucket.Known::new)
                        .orElseGet(() ->
                                new Bucket.Keyed(
                                        item,
                                        location,
                                        named.houseOwnerId,
                                        named.lotId,
                                        Optional.empty(),
                                        status));
        var leg =
                request.delta < 0
                        ? Leg.out(bucket, request.quantity())
                        : Leg.in(bucket, request.quantity());
        var posting =
                Posting.against(
                                Posting.Counterpart.ADJUST,
                                Posting.Kind.ADJUST,
                                call.now(),
                                location,
                                List.of(leg))
                        .because(request.reason);
        return switch (call.post(posting)) {
            case StockAnswer.Changed(var stock) -> {
                var now = stock.getFirst();
                call.announce(LevelChanged.of(now, item, location, request.delta));
                yield done(new Result(posting.id(), stock), Subject.of(now.bucket()));
            }
            case StockAnswer.Unchanged(var obstacles) -> refusal(obstacles.getFirst(), call);
        };
    }

    private static Outcome<Result> refusal(Obstacle obstacle, Call call) {
        return switch (obstacle.reason()) {
            case GONE -> {
                if (call.maySearchAgain()) {
                    throw call
                            .searchAgain(); // swept between look-up and lock; there may be another
                    // one by now
                }
                yield refused(new InventoryRefusal.InsufficientStock(Quantity.NONE, List.of()));
            }
            case SHORT, STALE, UNFIT, NOT_RESERVED ->
                    refused(
                            new InventoryRefusal.InsufficientStock(
                                    obstacle.free().orElse(Quantity.NONE),
                                    Holders.of(obstacle.bucket(), call)));
        };
    }

    private static Named named(Request request, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select owner.owner_id as house_owner_id,
                               warehouse.warehouse_id,
                               location.location_id,
                               location.kind as location_kind,
                               coalesce(location.kind in ('BIN', 'DOCK', 'STAGE'), false) as holds_goods,
                               item.item_id,
                               coalesce(item.lot_controlled, false) as lot_controlled,
                               lot.lot_id,
                               bucket.bucket_id
                          from wms.owner
                          left join wms.warehouse on warehouse.warehouse_id = :warehouse
                          left join wms.location on location.warehouse_id = warehouse.warehouse_id
                                                and location.code = :location
                          left join wms.item on item.sku = :sku
                          left join wms.lot on lot.item_id = item.item_id
                                           and lot.code = cast(:lot as text)
                          left join wms.bucket on bucket.item_id = item.item_id
                                              and bucket.location_id = location.location_id
                                              and bucket.owner_id = owner.owner_id
                                              and bucket.status = :status
                                              and bucket.lot_id is not distinct from lot.lot_id
                                              and bucket.lpn_id is null
                         where owner.house
                        """)
                .bind("warehouse", request.warehouseId)
                .bind("location", request.location)
                .bind("sku", request.sku)
                .bind("lot", request.lot)
                .bind("status", request.status.orElse(StockStatus.AVAILABLE).name())
                .mapTo(Named.class)
                .one();
    }
}
