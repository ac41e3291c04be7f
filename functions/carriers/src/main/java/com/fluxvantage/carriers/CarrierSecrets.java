package com.fluxvantage.carriers;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.Sealing;
import com.fluxvantage.kernel.outside.Credential;
import com.fluxvantage.kernel.outside.SecretPlace;
import com.fluxvantage.kernel.outside.SecretPurpose;

import java.util.UUID;

/** Secrets of connections with carriers, among the tenant's stored ones. */
final class CarrierSecrets {
    private static final String KEY = "EZ[A-Za-z0-9_-]{10,200}";
    private static final int SHORTEST_SIGNATURE = 16;

    private CarrierSecrets() {}

    static SecretPlace place(UUID secret, SecretPurpose purpose, int version) {
        return new SecretPlace("wms.stored_secret", secret, "sealed", purpose, version);
    }

    static void checkKey(Credential key) {
        if (!key.sealed().matches(KEY)) {
            throw new InvalidValue(
                    "key", "malformed", "A key of EasyPost is EZ and then letters and digits.");
        }
    }

    static void checkSignature(Credential secret) {
        if (secret.sealed().length() < SHORTEST_SIGNATURE) {
            throw new InvalidValue(
                    "secret",
                    "guessable",
                    "A secret has at least " + SHORTEST_SIGNATURE + " characters.");
        }
    }

    static void keep(Sealing.Sealed sealed, String fingerprint, Call call) {
        call.sql()
                .createQuery(
                        """
                        select wms.store_secret(:secret, :purpose, :version, :sealed, :fingerprint, :now, :actor)
                        """)
                .bind("secret", sealed.place().row())
                .bind("purpose", sealed.place().purpose())
                .bind("version", sealed.place().version())
                .bind("sealed", sealed.secret())
                .bind("fingerprint", fingerprint)
                .bind("now", call.now())
                .bind("actor", call.actor().reference())
                .mapTo(String.class)
                .one();
    }

    static void destroy(UUID secret, Call call) {
        call.sql()
                .createQuery("select wms.destroy_secret(:secret, :now)")
                .bind("secret", secret)
                .bind("now", call.now())
                .mapTo(String.class)
                .one();
    }
}
