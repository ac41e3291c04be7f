package com.fluxvantage.local.vendure;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A way to a shop on which a fifth of what is sent fares badly: the shop does it and its answer is
 * lost, or it is sent twice, or it takes its time. The same faults each time, by a seed.
 */
final class FaultyWay implements AutoCloseable {
    private static final List<String> PASSED_ON =
            List.of("content-type", "vendure-api-key", "vendure-token", "accept");
    private static final int ONE_IN = 5;
    private static final int A_WHILE_MILLIS = 400;

    private final HttpClient http = HttpClient.newHttpClient();
    private final HttpServer server;
    private final int shop;
    private final Random random;
    private final AtomicInteger lost = new AtomicInteger();
    private final AtomicInteger doubled = new AtomicInteger();
    private final AtomicInteger delayed = new AtomicInteger();
    private final AtomicInteger all = new AtomicInteger();

    FaultyWay(int shop, long seed) throws IOException {
        this.shop = shop;
        this.random = new Random(seed);
        this.server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::pass);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void pass(HttpExchange exchange) throws IOException {
        int draw;
        int kind;
        synchronized (random) {
            draw = random.nextInt(ONE_IN);
            kind = random.nextInt(3);
        }
        all.incrementAndGet();
        byte[] body = exchange.getRequestBody().readAllBytes();
        try (exchange) {
            var answer = asked(exchange, body);
            if (draw == 0 && kind == 0) {
                lost.incrementAndGet();
                return;
            }
            if (draw == 0 && kind == 1) {
                doubled.incrementAndGet();
                answer = asked(exchange, body);
            }
            if (draw == 0 && kind == 2) {
                delayed.incrementAndGet();
                Thread.sleep(A_WHILE_MILLIS);
            }
            exchange.getResponseHeaders().add("content-type", "application/json");
            exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
            exchange.getResponseBody().write(answer.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private HttpResponse<byte[]> asked(HttpExchange exchange, byte[] body)
            throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + shop + exchange.getRequestURI()))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body));
        for (var name : PASSED_ON) {
            var value = exchange.getRequestHeaders().getFirst(name);
            if (value != null) {
                request.header(name, value);
            }
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    /** So much fared badly, of so much. */
    @Override
    public String toString() {
        return "%d lost, %d doubled, %d delayed of %d"
                .formatted(lost.get(), doubled.get(), delayed.get(), all.get());
    }

    boolean hasBeenFaulty() {
        return lost.get() > 0 && doubled.get() > 0 && delayed.get() > 0;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
