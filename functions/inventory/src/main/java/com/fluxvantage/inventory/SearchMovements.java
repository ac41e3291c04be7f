package com.fluxvantage.inventory;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Permission.STOCK_READ;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursor;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Page;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.operation.PageRequest;
import com.fluxvantage.kernel.stock.BucketId;
import com.fluxvantage.kernel.stock.ItemId;
import com.fluxvantage.kernel.stock.LocationId;
import com.fluxvantage.kernel.stock.LotId;
import com.fluxvantage.kernel.stock.Posting;
import com.fluxvantage.kernel.stock.PostingId;
import com.fluxvantage.kernel.stock.StockStatus;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.tenancy.Actor;
import com.fluxvantage.kernel.tenancy.MemberId;
import com.fluxvantage.kernel.text.Code;
import com.fluxvantage.kernel.text.LotCode;
import com.fluxvantage.kernel.text.Sku;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Answers why there are seven: what went into and out of the buckets of an item in a warehouse, the
 * newest first, and where a place or a bucket is named how much its bucket held after each. Of the
 * last 31 days, or of a time that is asked for, at most 366 days long; with one end named, of the
 * 31 days from or up to it. Quantities are signed and in the item's unit. A filter that names
 * nothing, or another tenant's warehouse, finds nothing.
 *
 * <p>What was under way at the same moment stands in the order in which it began, so between two
 * such movements a balance may be one that nobody has seen, even below zero; after both it is
 * right. A balance is reckoned back from what the bucket holds now and takes the longer, the more
 * has happened to it since. People are told by their ids.
 */
final class SearchMovements {
    private static final Duration USUAL_TIME = Duration.ofDays(31);
    private static final Duration LONGEST_TIME = Duration.ofDays(366);

    static final Operation<Request, Result> OPERATION =
            Operation.get("search-movements", "/movements")
                    .summary("Finds what went into and out of the buckets of an item, and why.")
                    .requires(STOCK_READ)
                    .handledBy(
                            Request.class, Result.class, Request.EXAMPLE, SearchMovements::handle);

    /**
     * {@code postedFrom} is included, {@code postedBefore} is not: by the time at which the ledger
     * took a movement, which a device that was offline may have made earlier.
     */
    record Request(
            WarehouseId warehouseId,
            Sku sku,
            Optional<Code> location,
            Optional<LotCode> lot,
            Optional<BucketId> bucketId,
            Optional<OrderId> orderId,
            Optional<ReceiptId> receiptId,
            Optional<Instant> postedFrom,
            Optional<Instant> postedBefore,
            Optional<PageLimit> limit,
            Optional<Cursor> cursor) {
        static final Request EXAMPLE =
                new Request(
                        new WarehouseId(new UUID(0, 1)),
                        new Sku("TEA-EARL-GREY-50"),
                        Optional.of(new Code("A-01-1")),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(Instant.parse("2026-11-01T00:00:00Z")),
                        Optional.of(Instant.parse("2026-12-01T00:00:00Z")),
                        Optional.of(new PageLimit(20)),
                        Optional.empty());

        Request {
            if (postedFrom.isPresent() && postedBefore.isPresent()) {
                var time = Duration.between(postedFrom.get(), postedBefore.get());
                if (!time.isPositive() || time.compareTo(LONGEST_TIME) > 0) {
                    throw new InvalidValue(
                            "postedBefore",
                            "out-of-range",
                            "This is a time after the first one, and at most "
                                    + LONGEST_TIME.toDays()
                                    + " days.");
                }
            }
        }

        /** Absent: by the clock of the ledger, {@link #USUAL_TIME} ago. */
        Optional<Instant> from() {
            return postedFrom.or(() -> postedBefore.map(it -> it.minus(USUAL_TIME)));
        }

        /** Absent: until now. */
        Optional<Instant> before() {
            return postedBefore.or(() -> postedFrom.map(it -> it.plus(USUAL_TIME)));
        }

        boolean asksForBalances() {
            return bucketId.isPresent() || location.isPresent();
        }
    }

    record Result(List<Movement> items, Optional<Cursor> nextCursor) {}

    /**
     * @param balance what the bucket held after it
     * @param counterpart where the goods came from or went to: another place, or one of the places
     *     that stand for suppliers, customers and corrections
     * @param memberId who did it, if it was a person
     * @param occurredAt when it happened on the floor
     * @param reverses the posting that it takes back
     */
    record Movement(
            PostingId postingId,
            int leg,
            Posting.Kind kind,
            long quantity,
            Optional<Long> balance,
            BucketId bucketId,
            Code location,
            Optional<Code> counterpart,
            Optional<LotCode> lot,
            StockStatus status,
            Optional<Code> lpn,
            Optional<String> reason,
            Optional<OrderId> orderId,
            Optional<ReceiptId> receiptId,
            Actor.Kind actor,
            Optional<MemberId> memberId,
            Instant postedAt,
            Instant occurredAt,
            Optional<PostingId> reverses) {}

    /** What was named, as far as it is there. */
    private record Named(
            Optional<ItemId> itemId, Optional<LocationId> locationId, Optional<LotId> lotId) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var page = call.page(request.limit, request.cursor);
        var named = named(request, call);
        boolean isThere =
                named.itemId.isPresent()
                        && named.locationId.isPresent() == request.location.isPresent()
                        && named.lotId.isPresent() == request.lot.isPresent();
        if (!isThere) {
            return found(new Result(List.of(), Optional.empty()));
        }
        Page<Movement> movements =
                page.of(
                        movements(request, named, page, call),
                        it ->
                                List.of(
                                        it.postedAt.toString(),
                                        it.postingId.uuid().toString(),
                                        Integer.toString(it.leg)));
        return found(new Result(movements.items(), movements.nextCursor()));
    }

    private static Named named(Request request, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select (select item_id
                                  from wms.item
                                 where sku = :sku) as item_id,
                               (select location_id
                                  from wms.location
                                 where warehouse_id = :warehouse
                                   and code = :location) as location_id,
                               (select lot_id
                                  from wms.lot
                                 where code = :lot
                                   and item_id = (select item_id
                                                    from wms.item
                                                   where sku = :sku)) as lot_id
                        """)
                .bind("sku", request.sku)
                .bind("warehouse", request.warehouseId)
                .bind("location", request.location)
                .bind("lot", request.lot)
                .mapTo(Named.class)
                .one();
    }

    // The ledger is kept by months: both ends of the time are there in every statement, so that
    // months outside are not opened. Nothing is posted in the future, and the hour is for what was
    // begun after this statement. Each balance is what the bucket holds now, less what was posted
    // after the page, less what stands above it.
    private static List<Movement> movements(
            Request request, Named named, PageRequest page, Call call) {
        return call.sql()
                .createQuery(
                        """
                        with found as materialized (
                            select posted_at, posting_id, leg, occurred_at, kind, quantity, bucket_id, location_id,
                                   owner_id, lot_id, lpn_id, status, reason, document_type, document_id, actor,
                                   reverses_posting_id
                              from wms.movement
                             where item_id = :item
                               and warehouse_id = :warehouse
                               and bucket_id is not null
                               and (cast(:location as uuid) is null or location_id = :location)
                               and (cast(:lot as uuid) is null or lot_id = :lot)
                               and (cast(:bucket as uuid) is null or bucket_id = :bucket)
                               and (cast(:order as uuid) is null or document_id = :order)
                               and (cast(:receipt as uuid) is null or document_id = :receipt)
                               and posted_at >= coalesce(:from, now() - cast(:usual_time as interval))
                               and posted_at < coalesce(:before, now() + interval '1 hour')
                               and posted_at <= :after_at
                               and (posted_at, posting_id, leg) < (:after_at, :after_posting, :after_leg)
                             order by posted_at desc, posting_id desc, leg desc
                             limit :fetch),
                        span as (
                            select bucket_id, min(posted_at) as oldest_at, max(posted_at) as newest_at
                              from found
                             where :balances
                             group by bucket_id),
                        balance as (
                            select inside.posting_id,
                                   inside.leg,
                                   cast(there.units - after.units - inside.units as bigint) as units
                              from span
                             cross join lateral (
                                   select coalesce(max(bucket.on_hand), 0) as units
                                     from wms.bucket
                                    where bucket.bucket_id = span.bucket_id) as there
                             cross join lateral (
                                   select coalesce(sum(movement.quantity), 0) as units
                                     from wms.movement
                                    where movement.bucket_id = span.bucket_id
                                      and movement.posted_at > span.newest_at
                                      and movement.posted_at < now() + interval '1 hour') as after
                             cross join lateral (
                                   select movement.posting_id,
                                          movement.leg,
                                          coalesce(sum(movement.quantity) over (
                                              order by movement.posted_at desc, movement.posting_id desc, movement.leg desc
                                              rows between unbounded preceding and 1 preceding), 0) as units
                                     from wms.movement
                                    where movement.bucket_id = span.bucket_id
                                      and movement.posted_at between span.oldest_at and span.newest_at) as inside)
                        select found.posting_id,
                               found.leg,
                               found.kind,
                               found.quantity,
                               balance.units as balance,
                               found.bucket_id,
                               (select code
                                  from wms.location
                                 where location.location_id = found.location_id) as location,
                               (select (select code
                                          from wms.location
                                         where location.location_id = other.location_id)
                                  from wms.movement as other
                                 where other.posting_id = found.posting_id
                                   and other.posted_at = found.posted_at
                                   and other.item_id = :item
                                   and other.owner_id = found.owner_id
                                   and other.lot_id is not distinct from found.lot_id
                                   and (other.quantity > 0) <> (found.quantity > 0)
                                 order by other.leg
                                 limit 1) as counterpart,
                               (select code
                                  from wms.lot
                                 where lot.lot_id = found.lot_id) as lot,
                               found.status,
                               (select code
                                  from wms.lpn
                                 where lpn.lpn_id = found.lpn_id) as lpn,
                               found.reason,
                               case when found.document_type = 'order' then found.document_id end as order_id,
                               case when found.document_type = 'receipt' then found.document_id end as receipt_id,
                               upper(split_part(found.actor, ':', 1)) as actor,
                               case when found.actor ^@ 'member:'
                                    then cast(split_part(found.actor, ':', 2) as uuid)
                                    end as member_id,
                               found.posted_at,
                               found.occurred_at,
                               found.reverses_posting_id as reverses
                          from found
                          left join balance
                            on balance.posting_id = found.posting_id
                           and balance.leg = found.leg
                         order by found.posted_at desc, found.posting_id desc, found.leg desc
                        """)
                .bind("item", named.itemId)
                .bind("warehouse", request.warehouseId)
                .bind("location", named.locationId)
                .bind("lot", named.lotId)
                .bind("bucket", request.bucketId)
                .bind("order", request.orderId)
                .bind("receipt", request.receiptId)
                .bind("from", request.from())
                .bind("before", request.before())
                .bind("usual_time", USUAL_TIME.toString())
                .bind("after_at", Instant.parse(page.after(0, "9999-12-31T23:59:59Z")))
                .bind("after_posting", UUID.fromString(page.after(1, new UUID(-1, -1).toString())))
                .bind("after_leg", Integer.parseInt(page.after(2, "0")))
                .bind("fetch", page.fetch())
                .bind("balances", request.asksForBalances())
                .mapTo(Movement.class)
                .list();
    }
}
