package com.fluxvantage.integrations;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Sealing;
import com.fluxvantage.kernel.outside.Credential;
import com.fluxvantage.kernel.outside.Outside;
import com.fluxvantage.kernel.outside.SealedSecret;
import com.fluxvantage.kernel.outside.Secret;
import com.fluxvantage.kernel.outside.SecretPurpose;
import com.fluxvantage.kernel.outside.Unopenable;

import java.util.Optional;
import java.util.UUID;

/** What proves to a shop that we call it for its owner, as it is stored. It prints nothing. */
record ShopCredential(UUID secretId, int version, SealedSecret sealed) {
    static Sealing.Brought brought(Credential typed) {
        return new Sealing.Brought(
                StoredSecrets.place(Uuid7.next(), SecretPurpose.SHOP_CREDENTIAL, 1),
                typed.secret());
    }

    /** Keeps what the call was brought; answers its fingerprint. */
    static String keep(Credential typed, Call call) {
        String fingerprint = typed.fingerprint(call.sealed().place().row());
        StoredSecrets.keep(call.sealed(), fingerprint, call);
        return fingerprint;
    }

    /** Absent if it was altered. */
    Optional<Secret> opened(Outside outside) {
        try {
            return Optional.of(
                    outside.open(
                            StoredSecrets.place(secretId, SecretPurpose.SHOP_CREDENTIAL, version),
                            sealed));
        } catch (Unopenable _) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return "ShopCredential[" + secretId + "]";
    }
}
