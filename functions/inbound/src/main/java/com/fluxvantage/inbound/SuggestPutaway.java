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
import com.fluxvantage.kernel.stock.BucketId;
import com.fluxvantage.kernel.stock.ItemId;
import com.fluxvantage.kernel.stock.LocationId;
import com.fluxvantage.kernel.stock.LotId;
import com.fluxvantage.kernel.stock.OwnerId;
import com.fluxvantage.kernel.stock.StockStatus;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.text.Code;

import java.util.Optional;
import java.util.UUID;

/**
 * Suggests where goods of a bucket at the dock should go. The first rule that finds a place wins:
 * the item's own face; a bin that holds the same goods (item, owner, lot, status); the nearest
 * empty bin in walk order. It reads and reserves nothing: two workers may be sent to one bin, and
 * the one who comes second is told by {@link ConfirmPutaway} only if the place cannot take the
 * goods.
 */
final class SuggestPutaway {
    static final Operation<Request, Result> OPERATION =
            Operation.get("suggest-putaway", "/buckets/{bucket_id}/putaway-suggestion")
                    .summary("Suggests a bin for goods that stand at the dock.")
                    .requires(INBOUND_PUTAWAY)
                    .refuses(NotFound.class)
                    .refuses(InboundRefusal.NoPutawayLocation.class)
                    .handledBy(
                            Request.class, Result.class, Request.EXAMPLE, SuggestPutaway::handle);

    record Request(BucketId bucketId) {
        static final Request EXAMPLE = new Request(new BucketId(new UUID(0, 1)));
    }

    /** Why this place. */
    enum Strategy {
        HOME,
        CONSOLIDATE,
        NEAREST_EMPTY
    }

    record Result(Strategy strategy, LocationId locationId, Code location) {}

    private record Goods(
            WarehouseId warehouseId,
            ItemId itemId,
            OwnerId ownerId,
            Optional<LotId> lotId,
            StockStatus status) {}

    private record Place(LocationId locationId, Code code) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var goods =
                call.sql()
                        .createQuery(
                                """
                                select warehouse_id, item_id, owner_id, lot_id, status
                                  from wms.bucket
                                 where bucket_id = :bucket
                                """)
                        .bind("bucket", request.bucketId)
                        .mapTo(Goods.class)
                        .findOne();
        if (goods.isEmpty()) {
            return missing("bucket", "bucketId");
        }
        for (var strategy : Strategy.values()) {
            var place = place(strategy, goods.get(), call);
            if (place.isPresent()) {
                return done(
                        new Result(strategy, place.get().locationId, place.get().code),
                        Subject.of(request.bucketId));
            }
        }
        return refused(new InboundRefusal.NoPutawayLocation());
    }

    private static Optional<Place> place(Strategy strategy, Goods goods, Call call) {
        String sql =
                switch (strategy) {
                    case HOME -> HOME;
                    case CONSOLIDATE -> CONSOLIDATE;
                    case NEAREST_EMPTY -> NEAREST_EMPTY;
                };
        var query = call.sql().createQuery(sql).bind("warehouse", goods.warehouseId);
        if (strategy != Strategy.NEAREST_EMPTY) {
            query.bind("item", goods.itemId).bind("status", goods.status.name());
        }
        if (strategy == Strategy.CONSOLIDATE) {
            query.bind("owner", goods.ownerId).bind("lot", goods.lotId);
        }
        return query.mapTo(Place.class).findOne();
    }

    // Damaged goods are never put on the face that pickers take from.
    private static final String HOME =
            """
            select location_id, code
              from wms.location
             where home_item_id = :item
               and warehouse_id = :warehouse
               and kind = 'BIN'
               and not locked
               and :status = 'AVAILABLE'
             order by pick_seq, location_id
             limit 1
            """;

    // The place is looked up for each bucket of the item: a join reads all of the tenant's places.
    private static final String CONSOLIDATE =
            """
            select place.location_id, place.code
              from wms.bucket as bucket
             cross join lateral (
                    select location_id, code, pick_seq
                      from wms.location
                     where location_id = bucket.location_id
                       and kind = 'BIN'
                       and not locked
                     limit 1) as place
             where bucket.warehouse_id = :warehouse
               and bucket.item_id = :item
               and bucket.owner_id = :owner
               and bucket.lot_id is not distinct from cast(:lot as uuid)
               and bucket.status = :status
               and bucket.on_hand > 0
             order by place.pick_seq, place.location_id
             limit 1
            """;

    private static final String NEAREST_EMPTY =
            """
            select place.location_id, place.code
              from wms.location as place
             where place.warehouse_id = :warehouse
               and place.kind = 'BIN'
               and not place.locked
               and place.home_item_id is null
               and not exists (select from wms.bucket as bucket
                                where bucket.location_id = place.location_id
                                  and bucket.on_hand > 0)
             order by place.pick_seq, place.location_id
             limit 1
            """;
}
