package com.fluxvantage.shops;

import com.fluxvantage.kernel.outside.ShopAccess;
import com.fluxvantage.kernel.outside.Shops.Reply;
import com.fluxvantage.kernel.outside.Shops.Trouble;
import com.fluxvantage.kernel.outside.Webhooks.Cause;
import com.fluxvantage.webhooks.Strangers;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Asks a Vendure shop's Admin API, one GraphQL document after the other, within one time limit. The
 * key goes in a header of its own (Vendure 3.6 and later, where {@code tokenMethod} has {@code
 * api-key}). Used by one thread, for one call.
 */
final class VendureCalls {
    /** A page of a hundred orders, each with a hundred lines. */
    private static final int MOST_BYTES = 4 * 1024 * 1024;

    private static final int DEEPEST = 32;

    private static final JsonMapper JSON =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(DEEPEST)
                                                    .maxDocumentLength(MOST_BYTES)
                                                    .build())
                                    .build())
                    .build();

    private static final ConcurrentHashMap<String, String> DOCUMENTS = new ConcurrentHashMap<>();

    /** Ends the call, from however deep in it. */
    static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Trouble trouble;
        private final transient Optional<Duration> notBefore;

        Stopped(Trouble trouble, Optional<Duration> notBefore) {
            super(trouble.name(), null, false, false);
            this.trouble = trouble;
            this.notBefore = notBefore;
        }

        Stopped(Trouble trouble) {
            this(trouble, Optional.empty());
        }

        <T> Reply<T> reply() {
            return new Reply.Failed<>(trouble, notBefore);
        }
    }

    private final Strangers strangers;
    private final ShopAccess shop;
    private final long end;

    VendureCalls(Strangers strangers, ShopAccess shop, Duration longest) {
        this.strangers = strangers;
        this.shop = shop;
        this.end = System.nanoTime() + longest.toNanos();
    }

    /** Sends the document of this name; answers its data. */
    JsonNode ask(String document, Consumer<ObjectNode> variables) {
        var body = JSON.createObjectNode();
        body.put("query", DOCUMENTS.computeIfAbsent(document, VendureCalls::read));
        variables.accept(body.putObject("variables"));
        long left = end - System.nanoTime();
        if (left <= 0) {
            throw new Stopped(Trouble.TIMED_OUT);
        }
        var headers = new HashMap<String, String>();
        headers.put(
                "vendure-api-key", new String(shop.credential().reveal(), StandardCharsets.UTF_8));
        headers.put("Accept", "application/json");
        shop.channel().ifPresent(it -> headers.put("vendure-token", it.value()));
        return switch (strangers.post(
                shop.url().uri(),
                headers,
                JSON.writeValueAsString(body),
                MOST_BYTES,
                Duration.ofNanos(left))) {
            case Strangers.Heard.Unanswered(var cause) -> throw new Stopped(trouble(cause));
            case Strangers.Heard.Answered(int status, var notBefore, var answer) ->
                    data(status, notBefore, answer);
        };
    }

    private static JsonNode data(
            int status, Optional<Duration> notBefore, Optional<byte[]> answer) {
        if (status == 401 || status == 403) {
            throw new Stopped(Trouble.CREDENTIAL_REFUSED);
        }
        if (status == 429) {
            throw new Stopped(Trouble.THROTTLED, notBefore);
        }
        if (status >= 500) {
            throw new Stopped(Trouble.SHOP_FAULT, notBefore);
        }
        // A head without its body: it may have been done.
        var body = answer.orElseThrow(() -> new Stopped(Trouble.TIMED_OUT));
        JsonNode json;
        try {
            json = JSON.readTree(body);
        } catch (JacksonException _) {
            throw new Stopped(Trouble.NOT_UNDERSTOOD);
        }
        if (json.path("errors").isEmpty() && json.path("data").isObject()) {
            return json.path("data");
        }
        throw new Stopped(
                switch (json.at("/errors/0/extensions/code").asString("")) {
                    case "FORBIDDEN", "UNAUTHORIZED", "UNAUTHENTICATED" ->
                            Trouble.CREDENTIAL_REFUSED;
                    // The channel's token is part of what opens the shop.
                    case "CHANNEL_NOT_FOUND" -> Trouble.CREDENTIAL_REFUSED;
                    case "INTERNAL_SERVER_ERROR" -> Trouble.SHOP_FAULT;
                    case "ENTITY_NOT_FOUND", "USER_INPUT_ERROR" -> Trouble.REFUSED;
                    default -> Trouble.NOT_UNDERSTOOD;
                });
    }

    private static Trouble trouble(Cause cause) {
        return switch (cause) {
            case UNKNOWN_NAME -> Trouble.UNKNOWN_NAME;
            case FORBIDDEN_ADDRESS -> Trouble.FORBIDDEN_ADDRESS;
            case NOT_CONNECTED, NOT_TRUSTED, NOT_SIGNED -> Trouble.UNREACHABLE;
            case TIMED_OUT, BROKEN_OFF -> Trouble.TIMED_OUT;
        };
    }

    private static String read(String document) {
        try (var in = VendureCalls.class.getResourceAsStream(document + ".graphql")) {
            return new String(
                    Objects.requireNonNull(in, document).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
