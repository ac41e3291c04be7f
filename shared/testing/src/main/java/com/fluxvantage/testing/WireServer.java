package com.fluxvantage.testing;

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
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Stands where a service of AWS would, over real HTTP, and keeps what it was asked. */
public final class WireServer implements AutoCloseable {
    /**
     * A request as it came.
     *
     * @param target the service and what it is to do, {@code AmazonSQS.SendMessageBatch}
     * @param signature the header that says who asks
     */
    public record Asked(String target, String contentType, String signature, JsonNode body) {}

    /** What is answered. */
    public record Answer(int status, String body) {
        public static Answer ok(String body) {
            return new Answer(200, body);
        }
    }

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private volatile Function<Asked, Answer> answers = _ -> new Answer(500, "{}");

    public WireServer() {
        server = onLoopback();
        server.createContext("/", this::serve);
        server.start();
    }

    static HttpServer onLoopback() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException("a server starts on the loopback", e);
        }
    }

    public WireServer answering(Function<Asked, Answer> with) {
        answers = with;
        return this;
    }

    public URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    public List<Asked> asked() {
        return asked;
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            var headers = exchange.getRequestHeaders();
            var request =
                    new Asked(
                            String.valueOf(headers.getFirst("X-Amz-Target")),
                            String.valueOf(headers.getFirst("Content-Type")),
                            String.valueOf(headers.getFirst("Authorization")),
                            JSON.readTree(exchange.getRequestBody()));
            asked.add(request);
            var answer = answers.apply(request);
            byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", request.contentType);
            exchange.sendResponseHeaders(answer.status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
