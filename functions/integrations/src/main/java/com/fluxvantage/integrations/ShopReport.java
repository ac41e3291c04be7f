package com.fluxvantage.integrations;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.outside.SealedSecret;
import com.fluxvantage.kernel.outside.Secret;
import com.fluxvantage.kernel.outside.ShopAccess;
import com.fluxvantage.kernel.outside.ShopKey;
import com.fluxvantage.kernel.outside.ShopShipment;
import com.fluxvantage.kernel.outside.ShopUrl;
import com.fluxvantage.kernel.outside.Shops.Reply;
import com.fluxvantage.kernel.outside.Shops.Told;
import com.fluxvantage.kernel.text.Sku;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** One shipment that one shop is to be told of, under a lease. */
record ShopReport(Taken taken, List<ShopShipment.Line> lines) {
    /**
     * Tried for some three days. Then a person looks: what has left has left, whether the shop
     * knows or not.
     */
    static final int MOST_ATTEMPTS = 80;

    private static final Duration A_WHILE = Duration.ofMinutes(1);

    ShopReport {
        lines = List.copyOf(lines);
    }

    /** As it is stored. */
    record Taken(
            UUID shipmentId,
            UUID orderId,
            ShopKey externalKey,
            String carrier,
            String tracking,
            ConnectionId connectionId,
            ShopUrl url,
            Optional<ShopKey> channel,
            Optional<ShopKey> location,
            UUID secretId,
            int secretVersion,
            SealedSecret sealed,
            int attempts,
            long fence) {
        @Override
        public String toString() {
            return "Taken[" + shipmentId + "]";
        }
    }

    private record Line(Sku sku, long quantity) {}

    static Optional<ShopReport> take(Call call) {
        return call.sql()
                .createQuery(
                        """
                        select shipment_id, order_id, external_key, carrier, tracking, connection_id, url, channel, location, secret_id,
                               secret_version, sealed, attempts, fence
                          from wms.take_shop_report(:now)
                        """)
                .bind("now", call.now())
                .mapTo(Taken.class)
                .findOne()
                .map(it -> new ShopReport(it, lines(it.orderId, call)));
    }

    private static List<ShopShipment.Line> lines(UUID order, Call call) {
        return call
                .sql()
                .createQuery(
                        """
                        select coalesce(line.sold_as, item.sku) as sku, sum(line.shipped) as quantity
                          from wms.outbound_order_line as line
                          join wms.item on item.item_id = line.item_id
                         where line.order_id = :order
                           and line.shipped > 0
                         group by 1
                         order by 1
                        """)
                .bind("order", order)
                .mapTo(Line.class)
                .stream()
                .map(it -> new ShopShipment.Line(it.sku, it.quantity))
                .toList();
    }

    boolean mayCall(Call call) {
        return CalledShop.PACE.ask(taken.connectionId, 1, call) == 1;
    }

    /** Nobody is called now. That is no attempt. */
    void leaveAlone(Call call) {
        call.sql()
                .createUpdate(
                        """
                        update wms.shop_report
                           set next_attempt_at = :later,
                               leased_until = null
                         where shipment_id = :shipment
                        """)
                .bind("later", call.now().plus(A_WHILE))
                .bind("shipment", taken.shipmentId)
                .execute();
    }

    ShopCredential credential() {
        return new ShopCredential(taken.secretId, taken.secretVersion, taken.sealed);
    }

    ShopAccess access(Secret credential) {
        return new ShopAccess(taken.url, credential, taken.channel, taken.location);
    }

    ShopShipment shipment() {
        return new ShopShipment(taken.externalKey, taken.carrier, taken.tracking, lines);
    }

    /** Stores what became of it; false if the lease is another's. */
    boolean settle(ShopOutcome outcome, Reply<Told> reply, Call call) {
        int attempts = taken.attempts + 1;
        boolean isTold = reply instanceof Reply.Answered<Told>;
        boolean isOver = isTold || attempts >= MOST_ATTEMPTS;
        Optional<Instant> again =
                isOver
                        ? Optional.empty()
                        : Optional.of(
                                ShopSchedule.again(taken.shipmentId, attempts, reply, call.now()));
        return call.sql()
                        .createUpdate(
                                """
                                update wms.shop_report
                                   set state = :state,
                                       attempts = :attempts,
                                       next_attempt_at = :again,
                                       attempted_at = :now,
                                       outcome = :outcome,
                                       leased_until = null
                                 where shipment_id = :shipment
                                   and fence = :fence
                                """)
                        .bind("state", isTold ? "TOLD" : isOver ? "FAILED" : "PENDING")
                        .bind("attempts", attempts)
                        .bind("again", again)
                        .bind("now", call.now())
                        .bind("outcome", outcome)
                        .bind("shipment", taken.shipmentId)
                        .bind("fence", taken.fence)
                        .execute()
                == 1;
    }

    @Override
    public String toString() {
        return "ShopReport[" + taken.shipmentId + "]";
    }
}
