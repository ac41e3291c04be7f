package com.fluxvantage.runtime;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.fluxvantage.kernel.outside.Secret;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.text.Normalizer;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * How EasyPost signs: HMAC-SHA256 of the body in one header, with the secret in normal form KD. No
 * time is signed, so an event that somebody has recorded proves itself for ever: whoever takes one
 * in has to be indifferent to having had it.
 */
record EasyPostSignature(String id) implements ProofOfSender {
    private static final Pattern HEADER = Pattern.compile("hmac-sha256-hex=([0-9a-f]{64})");

    static Optional<EasyPostSignature> of(APIGatewayProxyRequestEvent event) {
        return RequestHeaders.of(event)
                .only("x-hmac-signature")
                .map(HEADER::matcher)
                .filter(it -> it.matches())
                .map(it -> new EasyPostSignature(it.group(1)));
    }

    @Override
    public boolean isFresh(Instant now) {
        return true;
    }

    @Override
    public boolean isGood(Secret secret, byte[] body) {
        byte[] text = secret.reveal();
        try {
            byte[] key =
                    Normalizer.normalize(
                                    new String(text, StandardCharsets.UTF_8), Normalizer.Form.NFKD)
                            .getBytes(StandardCharsets.UTF_8);
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            Arrays.fill(key, (byte) 0);
            return MessageDigest.isEqual(mac.doFinal(body), HexFormat.of().parseHex(id));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC is part of the platform", e);
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }
}
