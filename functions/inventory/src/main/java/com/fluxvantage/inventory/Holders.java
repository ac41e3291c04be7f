package com.fluxvantage.inventory;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.stock.BucketId;

import java.util.List;

/** Who holds the goods of a bucket: told with a refusal, so that somebody can ask them. */
final class Holders {
    /** More orders than this help nobody who stands before a bin. */
    static final int MOST = 20;

    private Holders() {}

    /** The orders with the oldest ids first; at most {@link #MOST}. */
    static List<OrderId> of(BucketId bucket, Call call) {
        // `holds` is the bucket of an active reservation and null of any other: its index is small.
        return call.sql()
                .createQuery(
                        """
                        select distinct line.order_id
                          from wms.reservation
                          join wms.outbound_order_line as line on line.order_line_id = reservation.demand_id
                         where reservation.holds = :bucket
                         order by line.order_id
                         limit :most
                        """)
                .bind("bucket", bucket)
                .bind("most", MOST)
                .mapTo(OrderId.class)
                .list();
    }
}
