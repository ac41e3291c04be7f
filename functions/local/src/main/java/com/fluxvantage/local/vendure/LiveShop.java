package com.fluxvantage.local.vendure;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A Vendure shop, its buyers and its owner. It keeps everything in memory and ends with this
 * process.
 */
public final class LiveShop implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final List<String> FILES =
            List.of("package.json", "package-lock.json", "shop.js");
    private static final Duration OPENING = Duration.ofMinutes(2);
    private static final Duration INSTALLING = Duration.ofMinutes(5);
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final int OLDEST_NODE = 20;

    /** An order as the shop's owner sees it. */
    public record Sale(String state, List<String> tracking) {
        public Sale {
            tracking = List.copyOf(tracking);
        }
    }

    /** It cannot be opened here, and why. */
    public static final class NotHere extends Exception {
        private static final long serialVersionUID = 1L;

        NotHere(String sentence) {
            super(sentence);
        }
    }

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final JsonNode told;

    private LiveShop(Process process, JsonNode told) {
        this.process = process;
        this.told = told;
    }

    /**
     * Puts the shop's software, as its lock file has it, into {@code functions/local/target/shop},
     * if it is not there yet: some 160 MB from npm's registry.
     */
    public static Path install(Path root) throws NotHere {
        var from = root.resolve("functions/local/src/main/shop");
        var to = root.resolve("functions/local/target/shop");
        if (!Files.isRegularFile(from.resolve("shop.js"))) {
            throw new NotHere("its files are not in " + from);
        }
        checkNode();
        try {
            Files.createDirectories(to);
            boolean isThere =
                    Files.isDirectory(to.resolve("node_modules/@vendure/core"))
                            && Files.exists(to.resolve(FILES.get(1)))
                            && Files.mismatch(from.resolve(FILES.get(1)), to.resolve(FILES.get(1)))
                                    == -1;
            for (var file : FILES) {
                Files.copy(
                        from.resolve(file), to.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
            if (!isThere) {
                ran(to, INSTALLING, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts");
            }
            return to;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void checkNode() throws NotHere {
        String version = ran(Path.of("."), ANSWER, "node", "--version").strip();
        if (!version.matches("v\\d+\\..*")
                || Integer.parseInt(version.substring(1, version.indexOf('.'))) < OLDEST_NODE) {
            throw new NotHere("it wants Node " + OLDEST_NODE + " or later, and this is " + version);
        }
    }

    private static String ran(Path in, Duration longest, String... command) throws NotHere {
        try {
            var process =
                    new ProcessBuilder(command)
                            .directory(in.toFile())
                            .redirectErrorStream(true)
                            .start();
            var output =
                    CompletableFuture.supplyAsync(() -> {
                        try {
                            return new String(
                                    process.getInputStream().readAllBytes(),
                                    StandardCharsets.UTF_8);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
            if (!process.waitFor(longest.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new NotHere(command[0] + " took too long");
            }
            if (process.exitValue() != 0) {
                throw new NotHere(command[0] + " failed: " + lastLine(output.join()));
            }
            return output.join();
        } catch (IOException _) {
            throw new NotHere("there is no " + command[0] + " on this machine");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String lastLine(String output) {
        return output.lines().reduce("", (_, line) -> line);
    }

    /** Opens it with these items and so many of each. */
    public static LiveShop open(Path installed, Map<String, Integer> items) throws NotHere {
        try {
            var process =
                    new ProcessBuilder("node", "shop.js", JSON.writeValueAsString(items))
                            .directory(installed.toFile())
                            .redirectError(installed.resolve("shop.log").toFile())
                            .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            var lines =
                    new BufferedReader(
                            new InputStreamReader(
                                    process.getInputStream(), StandardCharsets.UTF_8));
            var opened = CompletableFuture.supplyAsync(() -> told(lines));
            try {
                return new LiveShop(
                        process, opened.get(OPENING.toSeconds(), TimeUnit.SECONDS).orElseThrow());
            } catch (ExecutionException | TimeoutException | RuntimeException _) {
                process.destroyForcibly();
                throw new NotHere(
                        "it did not open: " + installed.resolve("shop.log") + " says why");
            }
        } catch (IOException _) {
            throw new NotHere("there is no node on this machine");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Optional<JsonNode> told(BufferedReader lines) {
        return lines.lines().filter(it -> it.startsWith("{")).findFirst().map(JSON::readTree);
    }

    public int port() {
        return told.path("port").asInt();
    }

    /** What the warehouse calls it with. */
    public String apiKey() {
        return told.path("apiKey").asString();
    }

    /** Somebody buys one thing and pays; answers the order's number. */
    public String buy(String sku, int quantity, String buyer) {
        return buy(sku, quantity, buyer, "EX1 2MP");
    }

    /** As above, to where this postcode is. */
    public String buy(String sku, int quantity, String buyer, String postcode) {
        var cart =
                ask(
                        "shop-api",
                        Optional.empty(),
                        """
                        mutation ($variant: ID!, $quantity: Int!) {
                          addItemToOrder(productVariantId: $variant, quantity: $quantity) {
                            ... on Order { code } ... on ErrorResult { message } } }
                        """,
                        it ->
                                it.put("variant", told.path("variants").path(sku).asString())
                                        .put("quantity", quantity));
        ask(
                "shop-api",
                cart.token,
                """
                mutation ($name: String!, $email: String!, $postcode: String!) {
                  setCustomerForOrder(input: {firstName: $name, lastName: "Buyer", emailAddress: $email}) {
                    ... on Order { code } ... on ErrorResult { message } }
                  setOrderShippingAddress(input: {
                    fullName: $name, streetLine1: "1 Example Street", city: "Exampleton", postalCode: $postcode,
                    countryCode: "GB"}) { ... on Order { code } ... on ErrorResult { message } }
                  setOrderShippingMethod(shippingMethodId: ["1"]) {
                    ... on Order { code } ... on ErrorResult { message } }
                  transitionOrderToState(state: "ArrangingPayment") {
                    ... on Order { code } ... on ErrorResult { message } } }
                """,
                it ->
                        it.put("name", buyer)
                                .put(
                                        "email",
                                        buyer.toLowerCase(java.util.Locale.ROOT) + "@example.org")
                                .put("postcode", postcode));
        var paid =
                ask(
                        "shop-api",
                        cart.token,
                        """
                        mutation { addPaymentToOrder(input: {method: "card", metadata: {}}) {
                          ... on Order { code state } ... on ErrorResult { message } } }
                        """,
                        _ -> {});
        var order = paid.data.path("addPaymentToOrder");
        if (!order.path("state").asString("").equals("PaymentSettled")) {
            throw new IllegalStateException("the buyer paid: " + paid.data);
        }
        return order.path("code").asString();
    }

    /** What has become of an order, as the shop's owner sees it. */
    public Sale sale(String number) {
        var order =
                owner(
                                """
                                query ($code: String!) { orders(options: {filter: {code: {eq: $code}}}) {
                                  items { state fulfillments { state trackingCode } } } }
                                """,
                                it -> it.put("code", number))
                        .at("/orders/items/0");
        var tracking = new ArrayList<String>();
        for (var fulfilment : order.path("fulfillments")) {
            tracking.add(
                    fulfilment.path("trackingCode").asString("")
                            + " "
                            + fulfilment.path("state").asString(""));
        }
        return new Sale(order.path("state").asString(""), tracking);
    }

    /** What the shop believes to have. */
    public int onHand(String sku) {
        return owner(
                        """
                        query ($id: ID!) { productVariant(id: $id) { stockLevels { stockOnHand } } }
                        """,
                        it -> it.put("id", told.path("variants").path(sku).asString()))
                .at("/productVariant/stockLevels/0/stockOnHand")
                .asInt();
    }

    /** The owner cancels what was not sent, as the buyer wants it. */
    public void cancel(String number) {
        var id =
                owner(
                                """
                                query ($code: String!) { orders(options: {filter: {code: {eq: $code}}}) { items { id } } }
                                """,
                                it -> it.put("code", number))
                        .at("/orders/items/0/id")
                        .asString();
        owner(
                """
                mutation ($id: ID!) { cancelOrder(input: {orderId: $id, reason: "no more wanted"}) {
                  ... on Order { state } ... on ErrorResult { message } } }
                """,
                it -> it.put("id", id));
    }

    /** The owner takes the warehouse's key back. */
    public void revoke() {
        owner("mutation { deleteApiKey(input: {id: \"1\"}) { result } }", _ -> {});
    }

    private JsonNode owner(String query, java.util.function.Consumer<ObjectNode> variables) {
        return ask("admin-api", Optional.of(told.path("ownerToken").asString()), query, variables)
                .data;
    }

    private record Answered(JsonNode data, Optional<String> token) {}

    private Answered ask(
            String api,
            Optional<String> token,
            String query,
            java.util.function.Consumer<ObjectNode> variables) {
        var body = JSON.createObjectNode().put("query", query);
        variables.accept(body.putObject("variables"));
        var request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + "/" + api))
                        .timeout(ANSWER)
                        .header("content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
        token.ifPresent(it -> request.header("authorization", "Bearer " + it));
        try {
            var answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            var json = JSON.readTree(answer.body());
            if (json.has("errors")) {
                throw new IllegalStateException("the shop understands: " + json);
            }
            return new Answered(
                    json.path("data"),
                    answer.headers().firstValue("vendure-auth-token").or(() -> token));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
