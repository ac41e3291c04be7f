package com.fluxvantage.runtime;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An identity provider's key set over real HTTP on this machine: it can change, fail and go away.
 */
final class KeySetServer {
    private final HttpServer server;
    private final AtomicInteger fetches = new AtomicInteger();
    private volatile String document = "";
    private volatile int status = 200;

    private KeySetServer(HttpServer server) {
        this.server = server;
    }

    static KeySetServer serving(JWK... keys) {
        try {
            var http =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            var keySet = new KeySetServer(http);
            keySet.serve(keys);
            http.createContext("/keys", keySet::answer);
            http.start();
            return keySet;
        } catch (IOException e) {
            throw new UncheckedIOException("a server starts on the loopback", e);
        }
    }

    void serve(JWK... keys) {
        document = new JWKSet(List.of(keys)).toString();
    }

    void fail() {
        status = 503;
    }

    int fetches() {
        return fetches.get();
    }

    URL url() {
        try {
            return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/keys")
                    .toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException("a loopback address is a URL", e);
        }
    }

    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        fetches.incrementAndGet();
        byte[] body = document.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        try (var out = exchange.getResponseBody()) {
            out.write(body);
        }
    }
}
