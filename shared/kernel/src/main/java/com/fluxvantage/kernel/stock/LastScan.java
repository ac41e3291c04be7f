package com.fluxvantage.kernel.stock;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.quantity.Quantity;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The last scan of the acting person at one receipt, bucket or pick, which that person may take
 * back once. It stays the last one when it is taken back, so that a slip on the button does not
 * take back the scan before it too.
 */
public record LastScan(UUID event, PostingId posting) {
    /**
     * Goods that the scan took out of a bucket or put into one.
     *
     * @param units signed as in a leg
     * @param lineId the line of the document that they were for
     * @param reservationId the promise that was used up or made with them
     */
    public record Moved(
            BucketId bucketId,
            LocationId locationId,
            ItemId itemId,
            OwnerId ownerId,
            Optional<LotId> lotId,
            Optional<LpnId> lpnId,
            StockStatus status,
            long units,
            Optional<UUID> lineId,
            Optional<ReservationId> reservationId) {
        public Quantity quantity() {
            return new Quantity(Math.abs(units));
        }

        /** Where they lie, or lay before; the bucket itself may have been swept since. */
        public Bucket bucket() {
            return new Bucket.Keyed(itemId, locationId, ownerId, lotId, lpnId, status);
        }
    }

    public static Optional<LastScan> of(Identifier subject, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select client_event_id as event, posting_id as posting
                          from wms.scan_event
                         where subject_id = :subject
                           and actor = :actor
                         order by made_at desc, posting_id desc
                         limit 1
                        """)
                .bind("subject", subject)
                .bind("actor", call.actor().reference())
                .mapTo(LastScan.class)
                .findOne();
    }

    /** In the order in which they were posted, which is that of the lines. */
    public List<Moved> moved(Call call) {
        return call.sql()
                .createQuery(
                        """
                        select bucket_id,
                               location_id,
                               item_id,
                               owner_id,
                               lot_id,
                               lpn_id,
                               status,
                               quantity as units,
                               line_id,
                               reservation_id
                          from wms.movement
                         where posting_id = :posting
                           and bucket_id is not null
                         order by leg
                        """)
                .bind("posting", posting)
                .mapTo(Moved.class)
                .list();
    }

    /**
     * Marks the scan as taken back by a posting; false if another one has taken it back. After the
     * document's locks and before the stock changes: two who take it back wait for each other here.
     */
    public boolean reverse(PostingId by, Call call) {
        return call.sql()
                        .createUpdate(
                                """
                                update wms.scan_event
                                   set reversed_by = :by
                                 where client_event_id = :event
                                   and reversed_by is null
                                """)
                        .bind("by", by)
                        .bind("event", event)
                        .execute()
                == 1;
    }
}
