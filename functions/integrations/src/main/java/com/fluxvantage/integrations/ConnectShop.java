package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.INTEGRATIONS_MANAGE;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.outside.Credential;
import com.fluxvantage.kernel.outside.SecretPurpose;
import com.fluxvantage.kernel.outside.ShopKey;
import com.fluxvantage.kernel.outside.ShopUrl;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.text.Name;

import java.util.Optional;
import java.util.UUID;

/**
 * Connects a shop that is called: its paid orders are fetched from now on, those included that were
 * paid before and of which nothing was sent. Its credential goes in here and never comes out again.
 * Whether the shop takes it the first fetch finds out, a few minutes later.
 */
final class ConnectShop {
    static final Operation<Request, Result> OPERATION =
            Operation.post("connect-shop", "/shops")
                    .summary("Connects a shop that orders are fetched from.")
                    .requires(INTEGRATIONS_MANAGE)
                    .needs(new Capability.SealsSecrets(SecretPurpose.SHOP_CREDENTIAL))
                    .refuses(NotFound.class)
                    .refuses(ConnectionRefusal.ConnectionNameTaken.class)
                    .creates()
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            it -> ShopCredential.brought(it.credential),
                            ConnectShop::handle);

    /**
     * What it is called by.
     *
     * @param url of the shop's own interface: of a Vendure shop, its Admin API
     * @param channel of a shop that sells on several channels, the one that is meant
     * @param location where the shop keeps the stock that lies with us
     * @param buffer so many of each item are not offered there; none if it is not said
     */
    record Request(
            ChannelKind kind,
            Name name,
            WarehouseId warehouseId,
            ShopUrl url,
            Credential credential,
            Optional<ShopKey> channel,
            Optional<ShopKey> location,
            Optional<Quantity> buffer) {
        static final Request EXAMPLE =
                new Request(
                        ChannelKind.VENDURE,
                        new Name("Shop in the square"),
                        new WarehouseId(new UUID(0, 1)),
                        new ShopUrl("https://shop.example.org/admin-api"),
                        new Credential("example-of-a-key-of-the-admin-api"),
                        Optional.empty(),
                        Optional.of(new ShopKey("1")),
                        Optional.of(Quantity.of(2)));

        Request {
            if (kind == ChannelKind.SIGNED_PUSH) {
                throw new InvalidValue(
                        "kind", "unsupported", "What sends its orders is connected as a channel.");
            }
        }
    }

    record Result(ConnectionId connectionId, String secretFingerprint, long version) {}

    private static Outcome<Result> handle(Request request, Call call) {
        if (!ConnectChannel.isWarehouse(request.warehouseId, call)) {
            return missing("warehouse", "warehouseId");
        }
        String fingerprint = ShopCredential.keep(request.credential, call);
        var connection = new ConnectionId(Uuid7.next());
        boolean isNew =
                ConnectChannel.save(
                        connection,
                        request.kind,
                        request.name,
                        request.warehouseId,
                        call.sealed().place().row(),
                        call);
        if (!isNew) {
            return refused(new ConnectionRefusal.ConnectionNameTaken());
        }
        save(connection, request, call);
        return done(new Result(connection, fingerprint, 1), Subject.of(connection));
    }

    private static void save(ConnectionId connection, Request request, Call call) {
        call.sql()
                .createUpdate(
                        """
                        insert into wms.shop_connection (connection_id, url, channel, location, buffer, next_pull_at)
                        values (:connection, :url, :channel, :location, :buffer, :now)
                        """)
                .bind("connection", connection)
                .bind("url", request.url)
                .bind("channel", request.channel)
                .bind("location", request.location)
                .bind("buffer", request.buffer.orElse(Quantity.NONE))
                .bind("now", call.now())
                .execute();
    }
}
