package com.fluxvantage.integrations;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Sealing;
import com.fluxvantage.kernel.outside.SecretPlace;
import com.fluxvantage.kernel.outside.SecretPurpose;

import java.util.UUID;

/** The rows in which secrets of connected systems are kept, as ciphertext. */
final class StoredSecrets {
    private StoredSecrets() {}

    static SecretPlace place(UUID secret, SecretPurpose purpose, int version) {
        return new SecretPlace("wms.stored_secret", secret, "sealed", purpose, version);
    }

    /** Keeps what the boundary has sealed for its row. */
    static void keep(Sealing.Sealed sealed, String fingerprint, Call call) {
        call.sql()
                .createUpdate(
                        """
                        insert into wms.stored_secret (
                            secret_id, purpose, version, sealed, fingerprint, sealed_at, stored_at, stored_by)
                        values (:secret, :purpose, :version, :sealed, :fingerprint, :now, :now, :actor)
                        """)
                .bind("secret", sealed.place().row())
                .bind("purpose", sealed.place().purpose())
                .bind("version", sealed.place().version())
                .bind("sealed", sealed.secret())
                .bind("fingerprint", fingerprint)
                .bind("now", call.now())
                .bind("actor", call.actor().reference())
                .execute();
    }

    /** Nobody opens it any more, whatever backups of keys there are; that it was there is kept. */
    static void destroy(UUID secret, Call call) {
        call.sql()
                .createUpdate(
                        """
                        update wms.stored_secret
                           set sealed = '',
                               version = version + 1,
                               destroyed_at = :now
                         where secret_id = :secret
                           and destroyed_at is null
                        """)
                .bind("secret", secret)
                .bind("now", call.now())
                .execute();
    }
}
