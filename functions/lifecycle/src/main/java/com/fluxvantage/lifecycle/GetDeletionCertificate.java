package com.fluxvantage.lifecycle;

import static com.fluxvantage.kernel.operation.Outcome.found;
import static com.fluxvantage.kernel.operation.Outcome.missing;
import static com.fluxvantage.kernel.operation.Permission.PLATFORM_TENANTS;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.outside.Bytes;
import com.fluxvantage.kernel.tenancy.TenantId;

import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/**
 * Hands out the certificate of a deletion: the file that whoever was deleted keeps, and that {@link
 * VerifyCertificate} checks without the platform. The tenant cannot ask for it itself any more, so
 * the operator does.
 */
final class GetDeletionCertificate {
    static final Operation<Request, Result> OPERATION =
            Operation.get("get-deletion-certificate", "/tenants/{tenant}/deletion/certificate")
                    .summary("Hands out the certificate of a tenant's deletion.")
                    .forOperators()
                    .requires(PLATFORM_TENANTS)
                    .refuses(NotFound.class)
                    .handledBy(
                            Request.class,
                            Result.class,
                            Request.EXAMPLE,
                            GetDeletionCertificate::handle);

    record Request(TenantId tenant) {
        static final Request EXAMPLE = new Request(new TenantId(new UUID(0, 1)));
    }

    /**
     * @param file one line of JSON, to be kept as it is
     * @param keyId which key has signed it; the key itself comes another way
     * @param backups the second certificate, that no backup holds the tenant any more; absent until
     *     the day that the first one names
     */
    record Result(String file, String keyId, Optional<Backups> backups) {}

    record Backups(String file, String keyId) {}

    private record Kept(String certificate, String signedBy, String signature) {
        String file() {
            return CertificateFile.of(
                    certificate, signedBy, Bytes.of(Base64.getMimeDecoder().decode(signature)));
        }
    }

    private static Outcome<Result> handle(Request request, Call call) {
        return signed("fv.find_certificate", request, call)
                .map(it ->
                        found(
                                new Result(
                                        it.file(),
                                        it.signedBy(),
                                        signed("fv.find_backup_certificate", request, call)
                                                .map(aged ->
                                                        new Backups(
                                                                aged.file(), aged.signedBy())))))
                .orElseGet(() -> missing("certificate", "tenant"));
    }

    private static Optional<Kept> signed(String finding, Request request, Call call) {
        return call.sql()
                .createQuery(
                        """
                        select found.certificate, found.signed_by, encode(found.signature, 'base64') as signature
                          from (select distinct run_id from fv.report_deletion(:tenant)) as run
                         cross join lateral %s(run.run_id) as found
                        """
                                .formatted(finding))
                .bind("tenant", request.tenant)
                .mapTo(Kept.class)
                .findOne();
    }
}
