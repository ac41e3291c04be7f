package com.fluxvantage.kernel.outside;

/**
 * A signature and the key that made it.
 *
 * @param keyId by which the key is found among those that were ever used
 * @param der ECDSA over P-256, as ASN.1 DER (RFC 3279, 2.2.3)
 */
public record Signature(String keyId, Bytes der) {}
