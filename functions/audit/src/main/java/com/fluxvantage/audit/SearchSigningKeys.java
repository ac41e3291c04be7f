package com.fluxvantage.audit;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Permission.AUDIT_READ;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.outside.SigningPurpose;

import java.time.Instant;
import java.util.Base64;
import java.util.List;

/**
 * Hands out the public half of every key that has signed an audit trail, in the order in which they
 * came: what was signed years ago is verified with the key of that time.
 */
final class SearchSigningKeys {
    static final Operation<Request, Result> OPERATION =
            Operation.get("search-signing-keys", "/audit/signing-keys")
                    .summary("Hands out the public keys by which audit trails are verified.")
                    .requires(AUDIT_READ)
                    .handledBy(
                            Request.class, Result.class, new Request(), SearchSigningKeys::handle);

    record Request() {}

    record Result(List<Key> items) {}

    /**
     * @param publicKey as a PEM file
     * @param firstUsedAt it has signed nothing before
     */
    record Key(String keyId, String publicKey, Instant firstUsedAt) {}

    private static Outcome<Result> handle(Request request, Call call) {
        return found(
                new Result(
                        call.sql()
                                .createQuery(
                                        """
                                        select key_id, spki, first_used_at
                                          from fv.published_keys(:purpose)
                                        """)
                                .bind("purpose", SigningPurpose.AUDIT_SEAL.publicName())
                                .map((row, _) ->
                                        new Key(
                                                row.getString("key_id"),
                                                pem(row.getBytes("spki")),
                                                row.getTimestamp("first_used_at").toInstant()))
                                .list()));
    }

    private static String pem(byte[] spki) {
        return "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n"
                .formatted(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(spki));
    }
}
