package com.fluxvantage.local.gateway;

import com.amazonaws.services.lambda.runtime.events.APIGatewayCustomAuthorizerEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.fluxvantage.kernel.operation.Caller;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.runtime.AuthorizerFunction;
import com.fluxvantage.runtime.BoundaryProblem;
import com.fluxvantage.runtime.FolderObjects;
import com.fluxvantage.runtime.OperationCatalog;
import com.fluxvantage.runtime.Routes;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A REST API in front of the operations: routes from the descriptors, the authorizer first, then
 * the operation's own boundary, with the gateway's limits on size and time. What it refuses itself
 * is a problem document too. Listens on loopback only.
 */
public final class Gateway implements AutoCloseable {
    /** API Gateway's own limits. */
    private static final int LARGEST_PAYLOAD_BYTES = 10 * 1024 * 1024;

    private static final Duration LONGEST_INTEGRATION = Duration.ofSeconds(29);
    private static final int BACKLOG = 256;
    private static final int SECONDS_TO_FINISH = 2;
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final RouteTable routes;
    private final AuthorizerCache authorizer;
    private final BiFunction<
                    Operation<?, ?>, APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent>
            invoke;
    private final List<String> origins;
    private final Duration longestIntegration;

    /**
     * Starts at once.
     *
     * @param port 0 takes any free one
     * @param origins the web pages that may call, for CORS
     */
    public Gateway(
            int port,
            OperationCatalog catalog,
            Function<APIGatewayCustomAuthorizerEvent, Map<String, Object>> authorizer,
            BiFunction<Operation<?, ?>, APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent>
                    invoke,
            List<String> origins)
            throws IOException {
        this(port, catalog, authorizer, invoke, origins, LONGEST_INTEGRATION);
    }

    Gateway(
            int port,
            OperationCatalog catalog,
            Function<APIGatewayCustomAuthorizerEvent, Map<String, Object>> authorizer,
            BiFunction<Operation<?, ?>, APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent>
                    invoke,
            List<String> origins,
            Duration longestIntegration)
            throws IOException {
        this.longestIntegration = longestIntegration;
        this.routes = new RouteTable(catalog);
        this.authorizer = new AuthorizerCache(authorizer);
        this.invoke = invoke;
        this.origins = List.copyOf(origins);
        this.server =
                HttpServer.create(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    /** Lets {@code other} answer what is not below the API's own path. */
    public void beside(HttpHandler other) {
        server.removeContext("/");
        server.createContext(Routes.VERSION + "/", this::serve);
        server.createContext("/", other);
    }

    /** Lets links below {@code path} show what they lead to, to whoever has them. */
    public void show(String path, Function<URI, Optional<FolderObjects.Shown>> follow) {
        server.createContext(
                path,
                exchange -> {
                    try (exchange) {
                        var shown =
                                exchange.getRequestMethod().equals("GET")
                                        ? follow.apply(exchange.getRequestURI())
                                        : Optional.<FolderObjects.Shown>empty();
                        if (shown.isEmpty()) {
                            send(exchange, Reply.problem(BoundaryProblem.NO_SUCH_ROUTE));
                            return;
                        }
                        var headers = exchange.getResponseHeaders();
                        headers.set("Content-Type", shown.get().contentType());
                        headers.set("Cache-Control", "no-store");
                        headers.set("Content-Disposition", "attachment");
                        byte[] content = shown.get().content().toArray();
                        exchange.sendResponseHeaders(
                                200, content.length == 0 ? -1 : content.length);
                        exchange.getResponseBody().write(content);
                    }
                });
    }

    /** Where it listens. */
    InetAddress address() {
        return server.getAddress().getAddress();
    }

    public URI url() {
        return URI.create("http://localhost:" + server.getAddress().getPort());
    }

    @Override
    public void close() {
        server.stop(SECONDS_TO_FINISH);
        threads.close();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            Reply reply;
            try {
                reply = reply(exchange);
            } catch (RuntimeException e) {
                LOG.atError().addKeyValue("surprise", e.getClass().getName()).log("gateway");
                reply = Reply.problem(BoundaryProblem.INTERNAL);
            }
            send(exchange, reply);
        }
    }

    private Reply reply(HttpExchange exchange) throws IOException {
        if (exchange.getRequestMethod().equals("OPTIONS")) {
            return new Reply(204, Map.of(), "");
        }
        // The gateway looks for the route before it asks who is calling, so a wrong path is a 404
        // to all.
        String path = exchange.getRequestURI().getPath();
        var match =
                path.startsWith("/")
                        ? routes.find(exchange.getRequestMethod(), path)
                        : Optional.<RouteTable.Match>empty();
        return switch (match.orElse(null)) {
            case null -> Reply.problem(BoundaryProblem.NO_SUCH_ROUTE);
            case RouteTable.Match.OtherMethod(var allowed) ->
                    Reply.problem(BoundaryProblem.METHOD_NOT_ALLOWED)
                            .with("Allow", String.join(", ", allowed));
            case RouteTable.Match.Found found ->
                    switch (found.operation().caller()) {
                        case Caller.Open _, Caller.Signature _ ->
                                passedOn(exchange, found, Map.of());
                        case Caller.Member _, Caller.Operator _, Caller.Job _ ->
                                authorized(exchange, found);
                    };
        };
    }

    private Reply authorized(HttpExchange exchange, RouteTable.Match.Found found)
            throws IOException {
        var tokens = exchange.getRequestHeaders().getOrDefault("Authorization", List.of());
        Optional<Map<String, Object>> context;
        try {
            context = tokens.size() == 1 ? authorizer.context(tokens.getFirst()) : Optional.empty();
        } catch (AuthorizerFunction.Unavailable _) {
            return Reply.problem(BoundaryProblem.RETRY_LATER);
        }
        if (context.isEmpty()) {
            return Reply.problem(BoundaryProblem.UNAUTHENTICATED)
                    .with("WWW-Authenticate", "Bearer");
        }
        return passedOn(exchange, found, context.get());
    }

    private Reply passedOn(
            HttpExchange exchange, RouteTable.Match.Found found, Map<String, Object> context)
            throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(LARGEST_PAYLOAD_BYTES + 1);
        if (body.length > LARGEST_PAYLOAD_BYTES) {
            return Reply.problem(BoundaryProblem.TOO_LARGE);
        }
        return invoked(found.operation(), event(exchange, found, context, body));
    }

    private Reply invoked(Operation<?, ?> operation, APIGatewayProxyRequestEvent event) {
        var answer = threads.submit(() -> invoke.apply(operation, event));
        try {
            var response = answer.get(longestIntegration.toMillis(), TimeUnit.MILLISECONDS);
            return new Reply(response.getStatusCode(), response.getHeaders(), response.getBody());
        } catch (TimeoutException _) {
            answer.cancel(true);
            return Reply.problem(BoundaryProblem.TOO_SLOW);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the boundary answers every call", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the gateway is stopping", e);
        }
    }

    private static APIGatewayProxyRequestEvent event(
            HttpExchange exchange,
            RouteTable.Match.Found found,
            Map<String, Object> context,
            byte[] body) {
        var headers = new HashMap<String, List<String>>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> {
                    // The function needs no credential: the context says who calls.
                    if (!name.equalsIgnoreCase("Authorization")) {
                        headers.put(name, List.copyOf(values));
                    }
                });
        var authorized = new APIGatewayProxyRequestEvent.ProxyRequestContext();
        authorized.setAuthorizer(context);
        var event = new APIGatewayProxyRequestEvent();
        try {
            event.withBody(
                            StandardCharsets.UTF_8
                                    .newDecoder()
                                    .decode(ByteBuffer.wrap(body))
                                    .toString())
                    .withIsBase64Encoded(false);
        } catch (CharacterCodingException _) {
            event.withBody(Base64.getEncoder().encodeToString(body)).withIsBase64Encoded(true);
        }
        return event.withHttpMethod(exchange.getRequestMethod())
                .withPath(exchange.getRequestURI().getPath())
                .withPathParameters(found.pathVariables())
                .withMultiValueQueryStringParameters(query(exchange.getRequestURI().getRawQuery()))
                .withMultiValueHeaders(headers)
                .withRequestContext(authorized);
    }

    private static Map<String, List<String>> query(String raw) {
        var query = new HashMap<String, List<String>>();
        if (raw == null || raw.isEmpty()) {
            return query;
        }
        for (String pair : raw.split("&", -1)) {
            var parts = pair.split("=", 2);
            query.computeIfAbsent(decode(parts[0]), _ -> new ArrayList<>())
                    .add(parts.length == 2 ? decode(parts[1]) : "");
        }
        return query;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            return text; // A torn escape is content that no parameter accepts.
        }
    }

    private void send(HttpExchange exchange, Reply reply) throws IOException {
        var headers = exchange.getResponseHeaders();
        reply.headers.forEach(headers::set);
        if (!headers.containsKey("Request-Id")) {
            headers.set("Request-Id", UUID.randomUUID().toString());
        }
        String origin = exchange.getRequestHeaders().getFirst("Origin");
        if (origin != null && origins.contains(origin)) {
            headers.set("Access-Control-Allow-Origin", origin);
            headers.set("Vary", "Origin");
            headers.set("Access-Control-Allow-Methods", "GET, POST");
            headers.set(
                    "Access-Control-Allow-Headers",
                    "Authorization, Content-Type, Idempotency-Key, If-Match");
            headers.set(
                    "Access-Control-Expose-Headers",
                    "Request-Id, ETag, Idempotency-Replayed, Retry-After");
        }
        byte[] body = reply.body.getBytes(StandardCharsets.UTF_8);
        boolean hasBody = body.length > 0 && !exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(reply.status, hasBody ? body.length : -1);
        if (hasBody) {
            exchange.getResponseBody().write(body);
        }
    }

    private record Reply(int status, Map<String, String> headers, String body) {
        static Reply problem(BoundaryProblem problem) {
            String id = UUID.randomUUID().toString();
            // Our own words only: nothing in them needs escaping.
            String document =
                    """
                    {"type":"https://docs.fluxvantage.com/problems/%s","title":"%s","status":%d,"detail":"%s","code":"%s","retryable":%b,"request_id":"%s"}\
                    """
                            .formatted(
                                    problem.code(),
                                    problem.title(),
                                    problem.status(),
                                    problem.detail(),
                                    problem.code(),
                                    problem.isRetryable(),
                                    id);
            var reply =
                    new Reply(
                            problem.status(),
                            Map.of("Content-Type", "application/problem+json", "Request-Id", id),
                            document);
            return problem.isRetryable() ? reply.with("Retry-After", "1") : reply;
        }

        Reply with(String header, String value) {
            var more = new HashMap<>(headers);
            more.put(header, value);
            return new Reply(status, more, body);
        }
    }
}
