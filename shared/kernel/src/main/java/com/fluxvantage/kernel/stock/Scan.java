package com.fluxvantage.kernel.stock;

import com.fluxvantage.kernel.id.Identifier;
import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.text.ClientEventId;

import java.util.Optional;
import java.util.UUID;

/**
 * What is known of a scan before it is counted. A device that is not sure whether a scan arrived
 * sends it again under the id that it gave to it: whoever notes the id first counts the scan, and
 * whoever comes second waits for that and is told. A scan without such an id is noted too, under
 * the id of its posting, so that it can be taken back.
 */
public sealed interface Scan {
    /** To be counted, as this posting. */
    record New(PostingId posting) implements Scan {}

    /** Counted before, as this posting: the same quantity of the same subject. */
    record Counted(PostingId posting, ItemId item) implements Scan {}

    /** Counted before and taken back since; its id counts nothing any more. */
    record Reversed(PostingId by) implements Scan {}

    /** The device gave one id to two scans. */
    record Reused() implements Scan {}

    /**
     * Notes the scan. After the document's locks and before the stock changes, so that what is
     * refused afterwards does not use up the id.
     *
     * @param subject what was scanned at: a receipt, a bucket, a pick
     */
    static Scan note(
            Optional<ClientEventId> event, Identifier subject, Quantity quantity, Call call) {
        var posting = new PostingId(Uuid7.next());
        var id = event.map(ClientEventId::uuid).orElse(posting.uuid());
        return isFirst(id, subject, posting, call)
                ? new New(posting)
                : earlier(id, subject, quantity, call).orElseGet(Reused::new);
    }

    private static boolean isFirst(UUID event, Identifier subject, PostingId posting, Call call) {
        return call.sql()
                        .createUpdate(
                                """
                                insert into wms.scan_event (client_event_id, subject_id, posting_id, actor, made_at)
                                values (:event, :subject, :posting, :actor, :now)
                                    on conflict do nothing
                                """)
                        .bind("event", event)
                        .bind("subject", subject)
                        .bind("posting", posting)
                        .bind("actor", call.actor().reference())
                        .bind("now", call.now())
                        .execute()
                == 1;
    }

    private static Optional<Scan> earlier(
            UUID event, Identifier subject, Quantity quantity, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select scan.posting_id, scan.reversed_by, moved.item_id
                          from wms.scan_event as scan
                         cross join lateral (
                               select movement.item_id, sum(movement.quantity) as quantity
                                 from wms.movement
                                where movement.posting_id = scan.posting_id
                                  and movement.quantity > 0
                                group by movement.item_id) as moved
                         where scan.client_event_id = :event
                           and scan.subject_id = :subject
                           and moved.quantity = :quantity
                        """)
                .bind("event", event)
                .bind("subject", subject)
                .bind("quantity", quantity)
                .<Scan>map((row, _) -> {
                    var by = row.getObject("reversed_by", UUID.class);
                    return by == null
                            ? new Counted(
                                    new PostingId(row.getObject("posting_id", UUID.class)),
                                    new ItemId(row.getObject("item_id", UUID.class)))
                            : new Reversed(new PostingId(by));
                })
                .findOne();
    }
}
