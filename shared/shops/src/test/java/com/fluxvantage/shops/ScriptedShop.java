package com.fluxvantage.shops;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** Listens where a shop would and says what it is told, to each document its own. */
final class ScriptedShop implements AutoCloseable {
    static final JsonMapper JSON = JsonMapper.builder().build();

    /** What was asked. */
    record Asked(String document, JsonNode variables, Map<String, List<String>> headers) {
        String header(String name) {
            return headers.entrySet().stream()
                    .filter(it -> it.getKey().equalsIgnoreCase(name))
                    .map(it -> it.getValue().getFirst())
                    .findFirst()
                    .orElse("");
        }
    }

    @FunctionalInterface
    interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final HttpServer server;

    ScriptedShop() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::receive);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** To the document of this name, as in {@code query Orders}. */
    ScriptedShop says(String document, String data) {
        return answers(document, json(200, "{\"data\": " + data + "}"));
    }

    ScriptedShop answers(String document, Answer answer) {
        answers.put(document, answer);
        return this;
    }

    static Answer json(int status, String body) {
        return exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("content-type", "application/json");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    List<Asked> asked() {
        return List.copyOf(asked);
    }

    List<String> documents() {
        return asked.stream().map(Asked::document).toList();
    }

    private void receive(HttpExchange exchange) throws IOException {
        var body = JSON.readTree(exchange.getRequestBody().readAllBytes());
        var words = body.path("query").asString("").split("[ ({]", 3);
        asked.add(
                new Asked(
                        words[1],
                        body.path("variables"),
                        Map.copyOf(exchange.getRequestHeaders())));
        try (exchange) {
            answers.getOrDefault(words[1], json(500, "{}")).to(exchange);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
