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
import com.fluxvantage.kernel.operation.Sealing;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.outside.Credential;
import com.fluxvantage.kernel.outside.SecretPurpose;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.text.Name;

import java.util.UUID;

/**
 * Connects a shop or another system, whose orders one warehouse sends. The secret that it signs
 * with goes in here and never comes out again; what is answered is a fingerprint, by which a person
 * sees that both sides hold the same one.
 */
final class ConnectChannel {
    static final Operation<Request, Result> OPERATION =
            Operation.post("connect-channel", "/connections")
                    .summary("Connects a shop or another system that sends orders.")
                    .requires(INTEGRATIONS_MANAGE)
                    .needs(new Capability.SealsSecrets(SecretPurpose.CHANNEL_SIGNATURE))
                    .refuses(NotFound.class)
                    .refuses(ConnectionRefusal.ConnectionNameTaken.class)
                    .creates()
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            ConnectChannel::brought,
                            ConnectChannel::handle);

    record Request(ChannelKind kind, Name name, WarehouseId warehouseId, Credential secret) {
        static final Request EXAMPLE =
                new Request(
                        ChannelKind.SIGNED_PUSH,
                        new Name("Shop in the square"),
                        new WarehouseId(new UUID(0, 1)),
                        new Credential("whsec_ZXhhbXBsZS1vZi1hLXNlY3JldC0wMDAx"));

        Request {
            if (kind != ChannelKind.SIGNED_PUSH) {
                throw new InvalidValue(
                        "kind",
                        "unsupported",
                        "What we call for its orders is connected as a shop.");
            }
            SigningSecret.check(secret);
        }
    }

    record Result(ConnectionId connectionId, String secretFingerprint, long version) {}

    private static Sealing.Brought brought(Request request) {
        return new Sealing.Brought(
                StoredSecrets.place(Uuid7.next(), SecretPurpose.CHANNEL_SIGNATURE, 1),
                request.secret.secret());
    }

    private static Outcome<Result> handle(Request request, Call call) {
        if (!isWarehouse(request.warehouseId, call)) {
            return missing("warehouse", "warehouseId");
        }
        var sealed = call.sealed();
        String fingerprint = request.secret.fingerprint(sealed.place().row());
        StoredSecrets.keep(sealed, fingerprint, call);
        var connection = new ConnectionId(Uuid7.next());
        return save(
                        connection,
                        request.kind,
                        request.name,
                        request.warehouseId,
                        sealed.place().row(),
                        call)
                ? done(new Result(connection, fingerprint, 1), Subject.of(connection))
                : refused(new ConnectionRefusal.ConnectionNameTaken());
    }

    static boolean isWarehouse(WarehouseId warehouse, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select exists (select from wms.warehouse where warehouse_id = :warehouse)
                        """)
                .bind("warehouse", warehouse)
                .mapTo(Boolean.class)
                .one();
    }

    /** Answers false where another open connection has this name. */
    static boolean save(
            ConnectionId connection,
            ChannelKind kind,
            Name name,
            WarehouseId warehouse,
            UUID secret,
            Call call) {
        return call.sql()
                        .createUpdate(
                                """
                                insert into wms.channel_connection (
                                    connection_id, kind, name, warehouse_id, secret_id, connected_at, connected_by)
                                values (:connection, :kind, :name, :warehouse, :secret, :now, :actor)
                                    on conflict do nothing
                                """)
                        .bind("connection", connection)
                        .bind("kind", kind)
                        .bind("name", name)
                        .bind("warehouse", warehouse)
                        .bind("secret", secret)
                        .bind("now", call.now())
                        .bind("actor", call.actor().reference())
                        .execute()
                == 1;
    }
}
