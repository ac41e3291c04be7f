package com.fluxvantage.runtime;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.fluxvantage.kernel.outside.Secret;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What Standard Webhooks 1.0.0 sends along with a body: an id, a time in seconds, and signatures of
 * all three, of which one has to be good. There are several while the sender changes its secret.
 */
record DeliverySignature(String id, long sentAt, List<byte[]> signatures) implements ProofOfSender {
    /** The specification's own: a delivery that was recorded is of no use later. */
    static final Duration TOLERANCE = Duration.ofMinutes(5);

    private static final int MOST_SIGNATURES = 8;
    private static final String SCHEME = "v1,";
    private static final String SECRET = "whsec_";

    // No dot: id, time and body are joined by dots, and could be cut elsewhere otherwise.
    private static final Pattern ID = Pattern.compile("[\\x21-\\x2d\\x2f-\\x7e]{1,255}");
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,12}");

    DeliverySignature {
        signatures = List.copyOf(signatures);
    }

    /** Empty where any of it is missing, twice there or malformed: it proves nothing then. */
    static Optional<DeliverySignature> of(APIGatewayProxyRequestEvent event) {
        var headers = RequestHeaders.of(event);
        var id = headers.only("webhook-id").filter(it -> ID.matcher(it).matches());
        var sentAt = headers.only("webhook-timestamp").filter(it -> SECONDS.matcher(it).matches());
        var signatures = headers.only("webhook-signature").map(DeliverySignature::parsed);
        return id.isEmpty() || sentAt.isEmpty() || signatures.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new DeliverySignature(
                                id.get(), Long.parseLong(sentAt.get()), signatures.get()));
    }

    private static List<byte[]> parsed(String header) {
        return Arrays.stream(header.split(" "))
                .limit(MOST_SIGNATURES)
                .filter(it -> it.startsWith(SCHEME))
                .map(it -> decoded(it.substring(SCHEME.length())))
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<byte[]> decoded(String base64) {
        try {
            return Optional.of(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    @Override
    public boolean isFresh(Instant now) {
        return Duration.between(Instant.ofEpochSecond(sentAt), now).abs().compareTo(TOLERANCE) <= 0;
    }

    @Override
    public boolean isGood(Secret secret, byte[] body) {
        byte[] expected = signed(secret, body);
        boolean isGood = false;
        for (byte[] signature : signatures) {
            isGood |= MessageDigest.isEqual(expected, signature);
        }
        return isGood;
    }

    private byte[] signed(Secret secret, byte[] body) {
        byte[] text = secret.reveal();
        try {
            byte[] key =
                    Base64.getDecoder()
                            .decode(Arrays.copyOfRange(text, SECRET.length(), text.length));
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update((id + "." + sentAt + ".").getBytes(StandardCharsets.UTF_8));
            Arrays.fill(key, (byte) 0);
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC is part of the platform", e);
        } finally {
            Arrays.fill(text, (byte) 0);
        }
    }
}
