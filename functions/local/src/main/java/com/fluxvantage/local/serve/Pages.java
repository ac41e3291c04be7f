package com.fluxvantage.local.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/**
 * What a person's browser gets beside the API: the page, the contract, tokens, and what is at hand.
 * For this machine only: a request that names another host is refused, so a web site that points
 * its own name at this address gets nothing, and no other page can ask for a token.
 */
public final class Pages implements HttpHandler {
    /** How long a token lives. */
    public static final Duration TOKEN_LIFE = Duration.ofHours(1);

    private static final int LARGEST_BODY_BYTES = 1_000;
    private static final String JSON = "application/json";
    private static final String TEXT = "text/plain; charset=utf-8";

    /** Everything comes from here, and nothing else may be asked. */
    private static final String CONTENT_SECURITY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'"
                    + " data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
                    + " frame-ancestors 'none'";

    private static final Map<String, String> OWN =
            Map.of(
                    "/", "page.html",
                    "/local/page.js", "page.js",
                    "/local/page.css", "page.css");
    private static final Set<String> RENDERER =
            Set.of("swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png");

    /** Makes a token as the identity provider does at sign-in. */
    @FunctionalInterface
    public interface Issuer {
        String token(ServedTenant tenant, ServedTenant.Person person, Duration life);
    }

    @SuppressWarnings("ArrayRecordComponent") // sent at once, never compared
    private record Reply(int status, String type, byte[] body) {
        static Reply of(int status, String type, String body) {
            return new Reply(status, type, body.getBytes(StandardCharsets.UTF_8));
        }

        static Reply no(int status, String sentence) {
            return of(status, TEXT, sentence + "\n");
        }
    }

    private final JsonMapper json = new JsonMapper();
    private final String renderer = renderer();
    private final String contract;
    private final List<ServedTenant> tenants;
    private final Issuer issuer;
    private final AtHand atHand;

    /**
     * Serves these tenants and no others.
     *
     * @param contract the OpenAPI document
     */
    public Pages(String contract, List<ServedTenant> tenants, Issuer issuer, AtHand atHand) {
        this.contract = contract;
        this.tenants = List.copyOf(tenants);
        this.issuer = issuer;
        this.atHand = atHand;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var reply =
                    isFromHere(exchange)
                            ? reply(exchange)
                            : Reply.no(403, "This is for pages and programs of this machine only.");
            var headers = exchange.getResponseHeaders();
            headers.set("Content-Type", reply.type);
            headers.set("Content-Security-Policy", CONTENT_SECURITY);
            headers.set("X-Content-Type-Options", "nosniff");
            headers.set("Referrer-Policy", "no-referrer");
            headers.set("Cache-Control", "no-store");
            boolean hasBody = !exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(reply.status, hasBody ? reply.body.length : -1);
            if (hasBody) {
                exchange.getResponseBody().write(reply.body);
            }
        }
    }

    // A name that was made to point here (DNS rebinding) still stands in the Host header; a page of
    // another origin has its own in Origin.
    private static boolean isFromHere(HttpExchange exchange) {
        int port = exchange.getLocalAddress().getPort();
        var hosts = Set.of("127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port);
        var host = exchange.getRequestHeaders().getOrDefault("Host", List.of());
        var origin = exchange.getRequestHeaders().getOrDefault("Origin", List.of());
        return host.size() == 1
                && hosts.contains(host.getFirst())
                && origin.stream().allMatch(it -> it.equals("http://" + host.getFirst()));
    }

    private Reply reply(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String method = exchange.getRequestMethod();
        if (path.equals("/local/token")) {
            return method.equals("POST") ? token(exchange) : Reply.no(405, "Use POST.");
        }
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return Reply.no(405, "Use GET.");
        }
        return switch (path) {
            case "/local/openapi.json" -> Reply.of(200, JSON, contract);
            case "/local/tenants" -> Reply.of(200, JSON, json.writeValueAsString(chooser()));
            case "/local/at-hand" -> atHand(exchange.getRequestURI().getRawQuery());
            default -> file(path);
        };
    }

    private List<Map<String, Object>> chooser() {
        return tenants.stream()
                .<Map<String, Object>>map(tenant ->
                        Map.of(
                                "name",
                                tenant.name(),
                                "roles",
                                tenant.people().stream().map(ServedTenant.Person::role).toList()))
                .toList();
    }

    private Reply atHand(String query) {
        return tenants.stream()
                .filter(tenant -> ("tenant=" + tenant.name()).equals(query))
                .findFirst()
                .map(tenant -> Reply.of(200, JSON, atHand.of(tenant)))
                .orElseGet(() -> Reply.no(404, "There is no such tenant."));
    }

    private Reply token(HttpExchange exchange) throws IOException {
        // A form of another page could send any other type without asking first.
        if (!JSON.equals(exchange.getRequestHeaders().getFirst("Content-Type"))) {
            return Reply.no(415, "Send Content-Type: application/json.");
        }
        JsonNode wanted;
        try {
            wanted = json.readTree(exchange.getRequestBody().readNBytes(LARGEST_BODY_BYTES));
        } catch (JacksonException _) {
            return Reply.no(400, "Send {\"tenant\": \"...\", \"role\": \"...\"}.");
        }
        String name = wanted.path("tenant").asString("");
        String role = wanted.path("role").asString("");
        var tenant = tenants.stream().filter(it -> it.name().equals(name)).findFirst();
        var person = tenant.flatMap(it -> it.person(role));
        if (person.isEmpty()) {
            return Reply.no(404, "There is no such tenant with such a role.");
        }
        String token = issuer.token(tenant.get(), person.get(), TOKEN_LIFE);
        // A shell wants the bare token.
        return TEXT.startsWith(
                        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Accept"))
                                .orElse(JSON))
                ? Reply.of(200, TEXT, token)
                : Reply.of(
                        200,
                        JSON,
                        json.writeValueAsString(
                                Map.of("token", token, "expires_in", TOKEN_LIFE.toSeconds())));
    }

    private Reply file(String path) throws IOException {
        var own = OWN.get(path);
        if (own != null) {
            return Reply.of(200, type(own), AtHand.text(own));
        }
        String name = path.substring(path.lastIndexOf('/') + 1);
        if (!path.equals("/local/swagger-ui/" + name) || !RENDERER.contains(name)) {
            return Reply.no(404, "There is nothing here. The page is at /, the API below /v1.");
        }
        try (var file = Pages.class.getResourceAsStream(renderer + name)) {
            if (file == null) {
                throw new IllegalStateException("the renderer has a file " + name);
            }
            return new Reply(200, type(name), file.readAllBytes());
        }
    }

    private static String type(String file) {
        return switch (file.substring(file.lastIndexOf('.'))) {
            case ".html" -> "text/html; charset=utf-8";
            case ".css" -> "text/css; charset=utf-8";
            case ".js" -> "text/javascript; charset=utf-8";
            default -> "image/png";
        };
    }

    /** Where the renderer's files are on the class path: its version is part of the folder. */
    private static String renderer() {
        var properties = new Properties();
        try (var file =
                Pages.class.getResourceAsStream(
                        "/META-INF/maven/org.webjars/swagger-ui/pom.properties")) {
            properties.load(java.util.Objects.requireNonNull(file, "the renderer's jar"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("the renderer's jar cannot be read", e);
        }
        return "/META-INF/resources/webjars/swagger-ui/" + properties.getProperty("version") + "/";
    }
}
