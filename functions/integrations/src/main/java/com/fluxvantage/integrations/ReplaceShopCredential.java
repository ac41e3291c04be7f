package com.fluxvantage.integrations;

import static com.fluxvantage.kernel.operation.Outcome.done;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Outcome.refused;
import static com.fluxvantage.kernel.operation.Permission.INTEGRATIONS_MANAGE;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Subject;
import com.fluxvantage.kernel.outside.Credential;
import com.fluxvantage.kernel.outside.SecretPurpose;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Brings a shop's new credential in the place of one that it takes no more. The old one is
 * destroyed, and the shop is called at once and not when its rest would end.
 */
final class ReplaceShopCredential {
    static final Operation<Request, Result> OPERATION =
            Operation.post("replace-shop-credential", "/connections/{connection_id}/credential")
                    .summary("Brings a new credential for a connected shop.")
                    .requires(INTEGRATIONS_MANAGE)
                    .needs(new Capability.SealsSecrets(SecretPurpose.SHOP_CREDENTIAL))
                    .refuses(NotFound.class)
                    .refuses(ConnectionRefusal.ConnectionNotInThisState.class)
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            it -> ShopCredential.brought(it.credential),
                            ReplaceShopCredential::handle);

    record Request(ConnectionId connectionId, Credential credential) {
        static final Request EXAMPLE =
                new Request(
                        new ConnectionId(new UUID(0, 2)),
                        new Credential("example-of-another-key-of-the-api"));
    }

    record Result(ConnectionId connectionId, String secretFingerprint, long version) {}

    private record Standing(ConnectionState state, UUID secretId) {}

    private static Outcome<Result> handle(Request request, Call call) {
        var found = locked(request.connectionId, call);
        if (found.isEmpty()) {
            return missing("connection", "connectionId");
        }
        if (found.get().state == ConnectionState.ENDED) {
            return refused(
                    new ConnectionRefusal.ConnectionNotInThisState(found.get().state.name()));
        }
        String fingerprint = ShopCredential.keep(request.credential, call);
        long version = replace(request.connectionId, call);
        StoredSecrets.destroy(found.get().secretId, call);
        callAtOnce(request.connectionId, call);
        ConnectionIncidents.end(
                request.connectionId, List.of(ConnectionTrouble.CREDENTIAL_REFUSED), call);
        return done(
                new Result(request.connectionId, fingerprint, version),
                Subject.of(request.connectionId));
    }

    // Of a channel that signs, the secret is another: for this it is not there.
    private static Optional<Standing> locked(ConnectionId connection, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select state, secret_id
                          from wms.channel_connection
                         where connection_id = :connection
                           and kind <> 'SIGNED_PUSH'
                           for no key update
                        """)
                .bind("connection", connection)
                .mapTo(Standing.class)
                .findOne();
    }

    private static long replace(ConnectionId connection, Call call) {
        return call.sql()
                .createQuery(
                        """
                        update wms.channel_connection
                           set secret_id = :secret,
                               version = version + 1
                         where connection_id = :connection
                        returning version
                        """)
                .bind("secret", call.sealed().place().row())
                .bind("connection", connection)
                .mapTo(Long.class)
                .one();
    }

    private static void callAtOnce(ConnectionId connection, Call call) {
        call.sql()
                .createUpdate(
                        """
                        update wms.shop_connection
                           set next_pull_at = :now,
                               outcome = null,
                               failures = 0
                         where connection_id = :connection
                        """)
                .bind("now", call.now())
                .bind("connection", connection)
                .execute();
    }
}
