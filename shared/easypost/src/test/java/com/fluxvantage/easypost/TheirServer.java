package com.fluxvantage.easypost;

import com.fluxvantage.kernel.outside.Secret;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** A server on this machine that answers as it is told and keeps what it was asked. */
final class TheirServer implements AutoCloseable {
    static final String KEY = "EZTKof-no-account";

    /** A request as it arrived. */
    record Asked(String method, String path, String authorization, JsonNode body) {}

    /** Answers one request. */
    @FunctionalInterface
    interface Answering {
        void answer(HttpExchange exchange) throws IOException;
    }

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpServer server;
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private volatile Answering answering = exchange -> answer(exchange, 500, "");

    TheirServer() {
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException("a server can listen on this machine", e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    EasyPost client(Duration longest) {
        return new EasyPost(
                new Exchange(longest), uri(""), it -> it.toString().startsWith(uri("").toString()));
    }

    EasyPost client() {
        return client(Duration.ofSeconds(20));
    }

    static Secret key() {
        return Secret.of(KEY.getBytes(StandardCharsets.UTF_8));
    }

    URI uri(String path) {
        return URI.create("http://localhost:" + server.getAddress().getPort() + path);
    }

    void answers(Answering next) {
        answering = next;
    }

    /** In their order; where there is none left it fails. */
    void replays(List<Recorded> recorded) {
        var left = new CopyOnWriteArrayList<>(recorded);
        answering =
                exchange -> {
                    var next = left.removeFirst();
                    answer(exchange, next.status(), next.response());
                };
    }

    List<Asked> asked() {
        return List.copyOf(asked);
    }

    static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            asked.add(
                    new Asked(
                            exchange.getRequestMethod(),
                            exchange.getRequestURI().toString(),
                            Objects.requireNonNullElse(
                                    exchange.getRequestHeaders().getFirst("Authorization"), ""),
                            body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body)));
            answering.answer(exchange);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
