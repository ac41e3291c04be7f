package com.fluxvantage.kernel.outside;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/**
 * The half of a key that everybody may have: with it a signature is verified anywhere, without the
 * platform.
 *
 * @param spki the public key as X.509 SubjectPublicKeyInfo (RFC 5480)
 */
public record SigningKey(String keyId, Bytes spki) {
    private static final VerifiedBefore VERIFIED = new VerifiedBefore();

    /** As a file that any tool reads (RFC 7468, 13). */
    public String pem() {
        return "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n"
                .formatted(
                        Base64.getMimeEncoder(64, new byte[] {'\n'})
                                .encodeToString(spki.toArray()));
    }

    /**
     * Whether this key signed the SHA-256 digest; what is no signature at all is none of it. One
     * that a process has verified is known from then on: a night's checks meet the same hourly
     * signatures in every tenant, and each costs milliseconds.
     */
    public boolean verifies(byte[] sha256, Bytes der) {
        return VERIFIED.isOrBecomes(
                new VerifiedBefore.Signed(spki, Bytes.of(sha256), der), () -> verify(sha256, der));
    }

    private boolean verify(byte[] sha256, Bytes der) {
        try {
            var verifying = java.security.Signature.getInstance("NONEwithECDSA");
            verifying.initVerify(
                    KeyFactory.getInstance("EC")
                            .generatePublic(new X509EncodedKeySpec(spki.toArray())));
            verifying.update(sha256);
            return verifying.verify(der.toArray());
        } catch (SignatureException _) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has ECDSA, and the key was made by us", e);
        }
    }
}
