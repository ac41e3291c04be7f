package com.fluxvantage.audit;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Permission.AUDIT_READ;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.outside.Bytes;
import com.fluxvantage.kernel.outside.SigningKey;
import com.fluxvantage.kernel.outside.SigningPurpose;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * Hands out the public half of every key that has signed an audit trail, an export or a
 * certificate, of each purpose in the order in which they came: what was signed years ago is
 * verified with the key of that time.
 */
final class SearchSigningKeys {
    static final Operation<Request, Result> OPERATION =
            Operation.get("search-signing-keys", "/audit/signing-keys")
                    .summary("Hands out the public keys by which what we sign is verified.")
                    .requires(AUDIT_READ)
                    .handledBy(
                            Request.class, Result.class, new Request(), SearchSigningKeys::handle);

    record Request() {}

    record Result(List<Key> items) {}

    /**
     * @param purpose what it has signed: no key signs for two
     * @param publicKey as a PEM file
     * @param firstUsedAt it has signed nothing before
     */
    record Key(SigningPurpose purpose, String keyId, String publicKey, Instant firstUsedAt) {}

    private record Published(String keyId, Bytes spki, Instant firstUsedAt) {}

    private static Outcome<Result> handle(Request request, Call call) {
        return found(
                new Result(
                        Stream.of(SigningPurpose.values())
                                .flatMap(purpose -> published(purpose, call).stream())
                                .toList()));
    }

    private static List<Key> published(SigningPurpose purpose, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select key_id, spki, first_used_at
                          from fv.published_keys(:purpose)
                        """)
                .bind("purpose", purpose.publicName())
                .mapTo(Published.class)
                .map(it ->
                        new Key(
                                purpose,
                                it.keyId,
                                new SigningKey(it.keyId, it.spki).pem(),
                                it.firstUsedAt))
                .list();
    }
}
