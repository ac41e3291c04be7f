package com.fluxvantage.testing;

import com.fluxvantage.kernel.outside.Carriers;
import com.fluxvantage.kernel.outside.Ports;
import com.fluxvantage.kernel.outside.Shops;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * The shops and carriers of a test's process, over HTTP on the loopback, for processes that die
 * while they call them: what was bought there stays bought. A process may be killed at a moment of
 * theirs: when its request has arrived, {@code arrived Carriers.buy}, and it is then done for
 * nobody; or when it was done and before it is answered, {@code done Carriers.buy}.
 */
final class PortsServer implements AutoCloseable {
    private static final Map<String, Class<?>> OUTLIVING =
            Map.of("carriers", Carriers.class, "shops", Shops.class);

    private static final int DONE = 200;
    private static final int FAILED = 500;

    private final Ports ports;
    private final Predicate<String> killsAt;
    private final HttpServer server;

    /**
     * @param killsAt is told each moment of a call; answers whether it has killed the caller, who
     *     is dead by then
     */
    PortsServer(Ports ports, Predicate<String> killsAt) {
        this.ports = ports;
        this.killsAt = killsAt;
        this.server = WireServer.onLoopback();
        server.createContext("/", this::serve);
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** What was asked for is done by now, also for a caller that is dead. */
    @Override
    public synchronized void close() {
        server.stop(0);
    }

    private synchronized void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            var names = exchange.getRequestURI().getPath().split("/", -1);
            var type = Objects.requireNonNull(OUTLIVING.get(names[1]), "this one does not outlive");
            var method = method(type, names[2]);
            var port = port(ports, names[1]);
            String what = type.getSimpleName() + "." + method.getName();
            var arguments = (Object[]) PortBytes.value(exchange.getRequestBody().readAllBytes());
            boolean isDead = killsAt.test("arrived " + what);
            Object answer;
            try {
                answer = method.invoke(port, arguments);
            } catch (ReflectiveOperationException e) {
                answer(exchange, FAILED, new byte[0]);
                throw new IllegalStateException("a port has failed: " + what, e);
            }
            if (!isDead && !killsAt.test("done " + what)) {
                answer(exchange, DONE, PortBytes.of(answer));
            }
        }
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    /** The ports of this process, but for those that outlive it: they are called at the address. */
    static Ports called(Ports local, URI address) {
        return proxy(
                Ports.class,
                (method, arguments) ->
                        OUTLIVING.containsKey(method.getName())
                                ? far(
                                        method.getReturnType(),
                                        address.resolve("/" + method.getName()))
                                : method.invoke(local, arguments));
    }

    private static <P> P far(Class<P> port, URI address) {
        return proxy(
                port,
                (method, arguments) ->
                        asked(URI.create(address + "/" + method.getName()), arguments));
    }

    // The old client of HTTP: the new one would be half of what such a process loads.
    private static Object asked(URI address, Object[] arguments) throws IOException {
        var connection = (HttpURLConnection) address.toURL().openConnection();
        byte[] question = PortBytes.of(arguments);
        connection.setDoOutput(true);
        // So it is sent once: it would be sent again by itself where an answer is lost.
        connection.setFixedLengthStreamingMode(question.length);
        try (var body = connection.getOutputStream()) {
            body.write(question);
        }
        if (connection.getResponseCode() != DONE) {
            throw new IllegalStateException("a port has failed in the process of the test");
        }
        try (var answer = connection.getInputStream()) {
            return PortBytes.value(answer.readAllBytes());
        }
    }

    private interface Call {
        Object to(Method method, Object[] arguments) throws Throwable;
    }

    private static <P> P proxy(Class<P> type, Call call) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (_, method, arguments) -> {
                            try {
                                return call.to(method, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        }));
    }

    private static Object port(Ports ports, String name) {
        try {
            return Ports.class.getMethod(name).invoke(ports);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("there is no such port", e);
        }
    }

    private static Method method(Class<?> port, String name) {
        return Arrays.stream(port.getMethods())
                .filter(it -> it.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
