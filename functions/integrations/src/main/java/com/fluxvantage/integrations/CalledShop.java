package com.fluxvantage.integrations;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.outside.Outside;
import com.fluxvantage.kernel.outside.SealedSecret;
import com.fluxvantage.kernel.outside.ShopAccess;
import com.fluxvantage.kernel.outside.ShopKey;
import com.fluxvantage.kernel.outside.ShopUrl;
import com.fluxvantage.kernel.outside.Shops.Reply;
import com.fluxvantage.kernel.outside.Shops.Trouble;
import com.fluxvantage.kernel.pace.Pace;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A shop that is called, and with what. It prints without its secret. */
record CalledShop(
        ConnectionId connectionId,
        ShopUrl url,
        Optional<ShopKey> channel,
        Optional<ShopKey> location,
        UUID secretId,
        int secretVersion,
        SealedSecret sealed) {
    /**
     * Four calls a second in the long run is what a small shop bears beside its buyers; there is no
     * number that Vendure asks for.
     */
    static final Pace PACE = new Pace(240, 20);

    /** Connections whose shops are called and that go on, in the order of their ids. */
    static List<CalledShop> active(Call call) {
        return of(Optional.empty(), call);
    }

    /** This one, unless it has ended or is none that is called. */
    static Optional<CalledShop> named(ConnectionId connection, Call call) {
        return of(Optional.of(connection), call).stream().findFirst();
    }

    private static List<CalledShop> of(Optional<ConnectionId> one, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select connection.connection_id, shop.url, shop.channel, shop.location, secret.secret_id,
                               secret.version as secret_version, secret.sealed
                          from wms.shop_connection as shop
                          join wms.channel_connection as connection on connection.connection_id = shop.connection_id
                          join wms.stored_secret as secret on secret.secret_id = connection.secret_id
                         where case when cast(:one as uuid) is null
                                    then connection.state = 'ACTIVE'
                                    else connection.state <> 'ENDED' and connection.connection_id = :one
                               end
                         order by connection.connection_id
                        """)
                .bind("one", one)
                .mapTo(CalledShop.class)
                .list();
    }

    /** Absent if the credential was altered: then nobody is called. */
    Optional<ShopAccess> access(Outside outside) {
        return new ShopCredential(secretId, secretVersion, sealed)
                .opened(outside)
                .map(it -> new ShopAccess(url, it, channel, location));
    }

    /** What a reply says about the shop as a whole, for its pace. */
    static Pace.Met met(Reply<?> reply) {
        return switch (reply) {
            case Reply.Answered<?> _ -> new Pace.Met.Answered();
            case Reply.Failed<?>(var trouble, var notBefore) -> met(trouble, notBefore);
        };
    }

    private static Pace.Met met(Trouble trouble, Optional<Duration> notBefore) {
        return switch (trouble) {
            case THROTTLED -> new Pace.Met.Throttled(notBefore);
            case CREDENTIAL_REFUSED -> new Pace.Met.Refused();
            // It has understood and answered, so it is well.
            case REFUSED -> new Pace.Met.Answered();
            case UNKNOWN_NAME,
                    FORBIDDEN_ADDRESS,
                    UNREACHABLE,
                    TIMED_OUT,
                    SHOP_FAULT,
                    NOT_UNDERSTOOD ->
                    new Pace.Met.Failed(trouble.name());
        };
    }

    /**
     * Stands for the answer of a shop that cannot be called, since its credential does not open.
     */
    static <T> Reply<T> notCalled() {
        return Reply.failed(Trouble.CREDENTIAL_REFUSED);
    }

    @Override
    public String toString() {
        return "CalledShop[" + connectionId + "]";
    }
}
