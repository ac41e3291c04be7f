package com.fluxvantage.integrations;

import com.fluxvantage.kernel.outside.Credential;
import com.fluxvantage.kernel.outside.WebhookUrl;
import com.fluxvantage.kernel.outside.Webhooks.Cause;
import com.fluxvantage.kernel.outside.Webhooks.Reply;
import com.fluxvantage.runtime.LocalWebhooks;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.GivenWarehouse;
import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.EmptyWebhookSecretException;
import com.standardwebhooks.exceptions.WebhookVerificationException;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A tenant's own system: one endpoint, and what has arrived there. Answers as it is told. */
final class Receiver {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final AtomicInteger HOSTS = new AtomicInteger();

    private final Client tenant;
    private final String host = "shop-" + HOSTS.incrementAndGet() + ".example.org";
    private final List<LocalWebhooks.Received> received = new ArrayList<>();
    private final WebhookEndpointId endpoint;
    private LocalWebhooks.Receiver answer = _ -> answered(204);

    private Receiver(Client tenant, String secret, String... types) {
        this.tenant = tenant;
        tenant.platform().ports().webhooks().receive(host, this::receive);
        this.endpoint =
                tenant.done(
                                AddWebhookEndpoint.OPERATION,
                                new AddWebhookEndpoint.Request(
                                        url(), types(types), new Credential(secret)))
                        .endpointId();
    }

    static Receiver of(Client tenant, String... types) {
        return new Receiver(tenant, secret(1), types);
    }

    static List<WebhookEventType> types(String... types) {
        return java.util.Arrays.stream(types).map(WebhookEventType::new).toList();
    }

    /** The same each time, and another for each number. */
    static String secret(int number) {
        var bytes = new byte[32];
        for (int at = 0; at < bytes.length; at++) {
            bytes[at] = (byte) (number * 31 + at * 7);
        }
        return "whsec_" + Base64.getEncoder().encodeToString(bytes);
    }

    static Reply answered(int status) {
        return new Reply.Answered(status, Optional.empty());
    }

    static Reply busy(int status, Duration notBefore) {
        return new Reply.Answered(status, Optional.of(notBefore));
    }

    WebhookUrl url() {
        return new WebhookUrl("https://" + host + "/hooks");
    }

    WebhookEndpointId endpoint() {
        return endpoint;
    }

    /** From now on. */
    void answers(int status) {
        answer = _ -> answered(status);
    }

    void answers(LocalWebhooks.Receiver next) {
        answer = next;
    }

    void answersNot(Cause cause) {
        answer = _ -> new Reply.Unanswered(cause);
    }

    private synchronized Reply receive(LocalWebhooks.Received one) {
        received.add(one);
        return answer.receive(one);
    }

    synchronized List<LocalWebhooks.Received> received() {
        return List.copyOf(received);
    }

    List<String> ids() {
        return received().stream().map(it -> it.headers().get("webhook-id")).toList();
    }

    List<JsonNode> bodies() {
        return received().stream().map(it -> JSON.readTree(it.body())).toList();
    }

    List<String> heard() {
        return bodies().stream().map(it -> it.path("type").asString()).toList();
    }

    /** Whether the standard's own library takes this message for one that the secret has signed. */
    static boolean verifies(LocalWebhooks.Received one, String secret) {
        var headers = new HashMap<String, List<String>>();
        one.headers().forEach((name, value) -> headers.put(name, List.of(value)));
        try {
            new Webhook(secret).verify(one.body(), headers);
            return true;
        } catch (WebhookVerificationException _) {
            return false;
        } catch (EmptyWebhookSecretException e) {
            throw new IllegalStateException(e);
        }
    }

    List<SearchWebhookDeliveries.Delivery> log() {
        return tenant.done(
                        SearchWebhookDeliveries.OPERATION,
                        new SearchWebhookDeliveries.Request(
                                endpoint, Optional.empty(), Optional.empty(), Optional.empty()))
                .items();
    }

    SearchWebhookDeliveries.Delivery last() {
        return log().getFirst();
    }

    SearchWebhookEndpoints.Endpoint standing() {
        return tenant
                .done(
                        SearchWebhookEndpoints.OPERATION,
                        new SearchWebhookEndpoints.Request(Optional.empty(), Optional.empty()))
                .items()
                .stream()
                .filter(it -> it.endpointId().equals(endpoint))
                .findFirst()
                .orElseThrow();
    }

    void enable(boolean enabled) {
        tenant.done(
                ReviseWebhookEndpoint.OPERATION,
                new ReviseWebhookEndpoint.Request(
                        endpoint, Optional.empty(), Optional.empty(), Optional.of(enabled)));
    }

    /** An order comes in and is cancelled: two events, the first of them {@code order.received}. */
    static final class Shop {
        private final Client tenant;
        private final GivenWarehouse warehouse;
        private int orders;

        Shop(Client tenant) {
            this.tenant = tenant;
            this.warehouse = GivenWarehouse.of(tenant);
            warehouse.item("TEA");
        }

        String order() {
            var answer =
                    tenant.post(
                            "accept-order",
                            Map.of(),
                            """
                            {"warehouse_id": "%s", "reference": "SO-%d", "lines": [{"sku": "TEA", "quantity": 1}],
                             "recipient": {"name": "Zoe Quill", "street": "7 Nib Lane", "city": "Inkwell",
                                           "postcode": "90210", "country": "US", "email": "zoe@quill.example"}}
                            """
                                    .formatted(warehouse.warehouseId(), ++orders));
            if (answer.status() != 201) {
                throw new AssertionError(answer.toString());
            }
            return answer.text("order_id");
        }
    }
}
