package com.fluxvantage.integrations;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.outside.SealedSecret;
import com.fluxvantage.kernel.outside.Secret;
import com.fluxvantage.kernel.outside.ShopAccess;
import com.fluxvantage.kernel.outside.ShopKey;
import com.fluxvantage.kernel.outside.ShopOrder;
import com.fluxvantage.kernel.outside.ShopUrl;
import com.fluxvantage.kernel.outside.Shops.Cancelled;
import com.fluxvantage.kernel.outside.Shops.From;
import com.fluxvantage.kernel.outside.Shops.Page;
import com.fluxvantage.kernel.outside.Shops.Reply;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** One shop whose orders are being read, under a lease. Its times are the shop's own. */
record ShopPull(
        ConnectionId connectionId,
        ShopUrl url,
        Optional<ShopKey> channel,
        Optional<ShopKey> location,
        UUID secretId,
        int secretVersion,
        SealedSecret sealed,
        boolean untried,
        Optional<Instant> highWater,
        Optional<Instant> pageFrom,
        int pageSkip,
        long fence) {
    /** A shop may store late what it dates early: a purchase that took its time to be paid. */
    static final Duration OVERLAP = Duration.ofMinutes(5);

    /** The next tick reads again, and no tick comes sooner. */
    private static final Duration BETWEEN_READINGS = Duration.ofMinutes(4);

    private static final Duration A_WHILE = Duration.ofMinutes(1);

    /** A shop without end would keep all others waiting: after so many pages it is their turn. */
    private static final int MOST_PAGES_AT_ONCE = 100;

    static Optional<ShopPull> take(Call call) {
        return call.sql()
                .createQuery(
                        """
                        select connection_id, url, channel, location, secret_id, secret_version, sealed,
                               untried, high_water, page_from, page_skip, fence
                          from wms.take_shop(:now)
                        """)
                .bind("now", call.now())
                .mapTo(ShopPull.class)
                .findOne();
    }

    /** A credential that was just brought is tried, however ill the shop was with another. */
    boolean mayCall(Call call) {
        return CalledShop.PACE.ask(connectionId, 1, call) == 1 || untried;
    }

    /**
     * Nobody is called now. If that is since another errand's call was refused, the tenant is told
     * as if it had been ours.
     */
    void leaveAlone(Call call) {
        if (wasRefusedSince(call)) {
            tell(ShopOutcome.CREDENTIAL_REFUSED, call);
        }
        ConnectionIncidents.openIfSilent(connectionId, call);
        call.sql()
                .createUpdate(
                        """
                        update wms.shop_connection
                           set next_pull_at = :later,
                               leased_until = null
                         where connection_id = :connection
                        """)
                .bind("later", call.now().plus(A_WHILE))
                .bind("connection", connectionId)
                .execute();
    }

    private boolean wasRefusedSince(Call call) {
        return call.sql()
                        .createUpdate(
                                """
                                update wms.shop_connection as shop
                                   set outcome = :refused
                                  from wms.connection_pace as pace
                                 where shop.connection_id = :connection
                                   and pace.connection_id = shop.connection_id
                                   and pace.failure = :refused
                                   and shop.outcome not in (:refused, :unopenable)
                                """)
                        .bind("refused", ShopOutcome.CREDENTIAL_REFUSED)
                        .bind("unopenable", ShopOutcome.CREDENTIAL_UNOPENABLE)
                        .bind("connection", connectionId)
                        .execute()
                == 1;
    }

    ShopCredential credential() {
        return new ShopCredential(secretId, secretVersion, sealed);
    }

    ShopAccess access(Secret credential) {
        return new ShopAccess(url, credential, channel, location);
    }

    /** Where a page was the last that was stored, after it; else what may have come in late. */
    From from() {
        return pageFrom.map(it -> new From(Optional.of(it), pageSkip))
                .or(() -> highWater.map(it -> new From(Optional.of(it.minus(OVERLAP)), 0)))
                .orElse(From.THE_BEGINNING);
    }

    boolean isStillOurs(Call call) {
        return call.sql()
                .createQuery(
                        """
                        select connection_id
                          from wms.shop_connection
                         where connection_id = :connection
                           and fence = :fence
                           for no key update
                        """)
                .bind("connection", connectionId)
                .bind("fence", fence)
                .mapTo(ConnectionId.class)
                .findOne()
                .isPresent();
    }

    /** The page is stored: on to the next, or to the next reading. */
    void advance(Page page, Call call) {
        var newest =
                Stream.concat(
                                page.orders().stream().map(ShopOrder::updatedAt),
                                page.cancelled().stream().map(Cancelled::updatedAt))
                        .max(Comparator.naturalOrder());
        call.sql()
                .createUpdate(
                        """
                        update wms.shop_connection
                           set high_water = greatest(high_water, cast(:newest as timestamptz)),
                               page_from = :page_from,
                               page_skip = :page_skip,
                               pages = case when :goes_on then pages + 1 else 0 end,
                               next_pull_at = case
                                   when not :goes_on or (pages + 1) % :most_pages = 0 then :later
                                   else next_pull_at
                               end,
                               pulled_at = :now,
                               outcome = 'DONE',
                               failures = 0,
                               unreadable = unreadable + :unreadable,
                               leased_until = null
                         where connection_id = :connection
                        """)
                .bind("newest", newest)
                .bind("page_from", page.next().flatMap(From::updatedFrom))
                .bind("page_skip", page.next().map(From::skip).orElse(0))
                .bind("goes_on", page.next().isPresent())
                .bind("most_pages", MOST_PAGES_AT_ONCE)
                .bind("later", call.now().plus(BETWEEN_READINGS))
                .bind("now", call.now())
                .bind("unreadable", page.unreadable())
                .bind("connection", connectionId)
                .execute();
        ConnectionIncidents.end(
                connectionId,
                List.of(ConnectionTrouble.CREDENTIAL_REFUSED, ConnectionTrouble.NO_ANSWER),
                call);
    }

    /** Nothing was read: the same page again, a while later. */
    void rest(ShopOutcome outcome, Reply.Failed<Page> failed, Call call) {
        int failures =
                call.sql()
                        .createQuery(
                                """
                                update wms.shop_connection
                                   set failures = failures + 1
                                 where connection_id = :connection
                                returning failures
                                """)
                        .bind("connection", connectionId)
                        .mapTo(Integer.class)
                        .one();
        var before =
                call.sql()
                        .createQuery(
                                """
                                select outcome
                                  from wms.shop_connection
                                 where connection_id = :connection
                                """)
                        .bind("connection", connectionId)
                        .mapTo(ShopOutcome.class)
                        .findOne();
        call.sql()
                .createUpdate(
                        """
                        update wms.shop_connection
                           set outcome = :outcome,
                               next_pull_at = :again,
                               leased_until = null
                         where connection_id = :connection
                        """)
                .bind("outcome", outcome)
                .bind(
                        "again",
                        ShopSchedule.again(connectionId.uuid(), failures, failed, call.now()))
                .bind("connection", connectionId)
                .execute();
        boolean wasKnown = before.map(ShopOutcome::isOfTheCredential).orElse(false);
        if (outcome.isOfTheCredential() && !wasKnown) {
            tell(outcome, call);
        }
        ConnectionIncidents.openIfSilent(connectionId, call);
    }

    // Once, and not with each call in vain.
    private void tell(ShopOutcome outcome, Call call) {
        long version =
                call.sql()
                        .createQuery(
                                """
                                update wms.channel_connection
                                   set version = version + 1
                                 where connection_id = :connection
                                returning version
                                """)
                        .bind("connection", connectionId)
                        .mapTo(Long.class)
                        .one();
        call.announce(new ConnectionFailed(connectionId, version, outcome));
        ConnectionIncidents.open(connectionId, ConnectionTrouble.CREDENTIAL_REFUSED, call);
    }

    static boolean isAnyDue(Call call) {
        return call.sql()
                .createQuery(
                        """
                        select exists (
                            select
                              from wms.shop_connection as due
                              join wms.channel_connection as connection
                                on connection.connection_id = due.connection_id
                             where connection.state = 'ACTIVE'
                               and due.next_pull_at <= :now
                               and (due.leased_until is null or due.leased_until <= clock_timestamp()))
                        """)
                .bind("now", call.now())
                .mapTo(Boolean.class)
                .one();
    }

    /** Without the secret that it carries sealed. */
    @Override
    public String toString() {
        return "ShopPull[" + connectionId + "]";
    }
}
