package com.fluxvantage.local;

import com.fluxvantage.local.foodmart.Order;
import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookSigningException;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

/**
 * The shop's own system, which has no token: it signs what it sends, with the library that the
 * standard's authors keep. As such systems do, it sends once more what it is not sure of; and
 * somebody who does not know the secret tries it too.
 */
final class ShopSends {
    private static final int SECRET_BYTES = 32;
    private static final int TIMES = 3;
    private static final int FORGERIES = 1;
    private static final Duration A_SECOND = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(35);
    private static final String OPERATION = "receive-channel-delivery";

    private final LocalPlatform platform;
    private final Floor shop;
    private final HttpClient http;
    private final Latencies latencies;
    private final String secret = newSecret();
    private String connection = "";
    private String orderId = "";
    private int taken;
    private int known;
    private int refused;

    ShopSends(LocalPlatform platform, Floor shop, HttpClient http, Latencies latencies) {
        this.platform = platform;
        this.shop = shop;
        this.http = http;
        this.latencies = latencies;
    }

    /** As a shop makes one for each thing it signs or verifies. */
    static String newSecret() {
        var random = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(random);
        return "whsec_" + Base64.getEncoder().encodeToString(random);
    }

    /** From now on its orders go to the shop's warehouse. */
    void connect() {
        var body = ApiClient.object();
        body.put("kind", "SIGNED_PUSH");
        body.put("name", "The web shop");
        body.put("warehouse_id", shop.warehouse());
        body.put("secret", secret);
        connection =
                shop.staff()
                        .administrator()
                        .post("connect-channel", "/connections", "web-shop", body)
                        .path("connection_id")
                        .asString();
    }

    /** What the first time was answered. There is one order of it, however often it came. */
    JsonNode send(Order order) {
        String id = "placed-" + Fingerprint.of(order.reference());
        String body = Requests.placed(order).toString();
        post(id, body, newSecret());
        var first = post(id, body, secret);
        for (int again = 1; again < TIMES; again++) {
            post(id, body, secret);
        }
        platform.later(A_SECOND);
        var found =
                shop.staff()
                        .manager()
                        .get(
                                "search-orders",
                                "/orders?reference="
                                        + URLEncoder.encode(
                                                order.reference(), StandardCharsets.UTF_8))
                        .path("items");
        if (found.size() == 1) {
            orderId = found.path(0).path("order_id").asString();
        }
        return first;
    }

    /** Of what was sent; empty where nothing, or more than one order, came of it. */
    String orderId() {
        return orderId;
    }

    /** Whether it was taken in once, and what nobody had signed was not. */
    boolean isRight() {
        return !orderId.isEmpty() && taken == 1 && known == TIMES - 1 && refused == FORGERIES;
    }

    String counts() {
        return "The shop's own system sent an order in by webhook: %d times signed, taken in %d time; %d time forged, refused %d time"
                .formatted(TIMES, taken, FORGERIES, refused);
    }

    private JsonNode post(String id, String body, String signedWith) {
        var now = Instant.now();
        var request =
                HttpRequest.newBuilder(
                                platform.url()
                                        .resolve("/v1/channels/" + connection + "/deliveries"))
                        .timeout(LONGEST_WAIT)
                        .header("Content-Type", "application/json")
                        .header(Webhook.UNBRANDED_MSG_ID_KEY, id)
                        .header(
                                Webhook.UNBRANDED_MSG_TIMESTAMP_KEY,
                                String.valueOf(now.getEpochSecond()))
                        .header(
                                Webhook.UNBRANDED_MSG_SIGNATURE_KEY,
                                signature(signedWith, id, now, body))
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        try {
            long started = System.nanoTime();
            var response = http.send(request, HttpResponse.BodyHandlers.ofString());
            latencies.add(OPERATION, System.nanoTime() - started);
            var answer = ApiClient.JSON.readTree(response.body());
            count(response.statusCode(), answer.path("receipt").asString(""));
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException("The API did not answer " + OPERATION + ".", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The day was interrupted.", e);
        }
    }

    private void count(int status, String receipt) {
        if (status == 401) {
            refused++;
        } else if (receipt.equals("TAKEN")) {
            taken++;
        } else if (receipt.equals("KNOWN")) {
            known++;
        }
    }

    private static String signature(String secret, String id, Instant at, String body) {
        try {
            return new Webhook(secret).sign(id, at.getEpochSecond(), body);
        } catch (EmptyWebhookSecretException | WebhookSigningException e) {
            throw new IllegalStateException("every Java signs with HMAC-SHA256", e);
        }
    }
}
