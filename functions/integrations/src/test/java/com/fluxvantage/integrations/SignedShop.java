package com.fluxvantage.integrations;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.TestPlatform;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A shop that signs what it sends. */
record SignedShop(TestPlatform platform, ConnectionId connection) {
    Answer send(String id, String body) {
        return platform.signed(
                "receive-channel-delivery",
                Map.of("connection_id", Identifiers.text(connection)),
                signed(id, Instant.now().getEpochSecond(), body, Connections.SECRET),
                body);
    }

    /** As the specification says it, and not by our own code. */
    static Map<String, String> signed(String id, long at, String body, String secret) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(
                    new SecretKeySpec(
                            Base64.getDecoder().decode(secret.substring("whsec_".length())),
                            "HmacSHA256"));
            byte[] signature =
                    mac.doFinal((id + "." + at + "." + body).getBytes(StandardCharsets.UTF_8));
            return Map.of(
                    "webhook-id",
                    id,
                    "webhook-timestamp",
                    String.valueOf(at),
                    "webhook-signature",
                    "v1," + Base64.getEncoder().encodeToString(signature));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static String order(String reference, String sku, int quantity) {
        return """
        {"type": "ORDER_PLACED",
         "data": {"reference": "%s", "ship_by": "2026-11-30",
                  "lines": [{"sku": "%s", "quantity": %d}],
                  "recipient": {"name": "Rosa Recipient", "street": "1 Example Street",
                                "city": "Exampleton", "postcode": "EX1 2MP", "country": "GB",
                                "email": "rosa@example.org"}}}
        """
                .formatted(reference, sku, quantity);
    }
}
