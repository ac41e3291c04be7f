package com.fluxvantage.easypost;

import com.fluxvantage.kernel.outside.Carriers.Cause;
import com.fluxvantage.kernel.outside.Secret;
import com.fluxvantage.runtime.RetryAfter;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One question and one answer, both bounded: in time as a whole, in bytes by the reader. No proxy,
 * no redirect, no cookie, no second try. The key goes into one header and stands in no message.
 */
final class Exchange {
    private static final Duration CONNECT = Duration.ofSeconds(5);

    private final Duration longest;
    private final Clock clock = Clock.systemUTC();

    // Made by the first call: before a snapshot nobody has a thread of it.
    private static final class Client {
        static final HttpClient HTTP =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(CONNECT)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .proxy(HttpClient.Builder.NO_PROXY)
                        .build();
    }

    /** What came. */
    sealed interface Reply {
        @SuppressWarnings("ArrayRecordComponent") // read once, and compared with nothing
        record Answered(int status, byte[] body, Optional<Duration> notBefore) implements Reply {
            /** It may tell of people. */
            @Override
            public String toString() {
                return "Answered[" + status + "]";
            }
        }

        record Broken(Cause cause) implements Reply {}
    }

    Exchange(Duration longest) {
        this.longest = longest;
    }

    Reply send(Secret key, String method, URI to, Optional<byte[]> body, int mostBytes) {
        BodyPublisher sent =
                body.map(BodyPublishers::ofByteArray).orElseGet(BodyPublishers::noBody);
        return exchanged(
                HttpRequest.newBuilder(to)
                        .method(method, sent)
                        .header("Authorization", basic(key))
                        .header("Content-Type", "application/json")
                        .header("Accept", "application/json")
                        .header("User-Agent", "FluxVantage/1")
                        .build(),
                mostBytes);
    }

    /** Without the key: what is fetched so lies with somebody else. */
    Reply get(URI from, int mostBytes) {
        return exchanged(
                HttpRequest.newBuilder(from).header("User-Agent", "FluxVantage/1").GET().build(),
                mostBytes);
    }

    private Reply exchanged(HttpRequest request, int mostBytes) {
        var sending =
                Client.HTTP.sendAsync(
                        request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), mostBytes));
        try {
            return answered(sending.get(longest.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException _) {
            sending.cancel(true);
            return new Reply.Broken(Cause.UNANSWERED);
        } catch (InterruptedException e) {
            sending.cancel(true);
            Thread.currentThread().interrupt();
            throw new IllegalStateException("whoever asks is to stop", e);
        } catch (ExecutionException e) {
            return new Reply.Broken(cause(e));
        }
    }

    private Reply answered(HttpResponse<byte[]> response) {
        return new Reply.Answered(
                response.statusCode(),
                response.body(),
                response.headers()
                        .firstValue("Retry-After")
                        .flatMap(it -> RetryAfter.of(it, clock.instant())));
    }

    // A body that is too long ends as a fault of reading, as one that is cut off does; a connection
    // that was not made as one of connecting.
    private static Cause cause(ExecutionException e) {
        return switch (e.getCause()) {
            case HttpTimeoutException _ -> Cause.UNANSWERED;
            case java.net.ConnectException _ -> Cause.UNANSWERED;
            case IOException _ -> Cause.UNREADABLE;
            case null, default -> throw new IllegalStateException("a request was made wrong", e);
        };
    }

    private static String basic(Secret key) {
        byte[] text = key.reveal();
        byte[] pair = Arrays.copyOf(text, text.length + 1);
        pair[text.length] = ':';
        try {
            return "Basic "
                    + new String(Base64.getEncoder().encode(pair), StandardCharsets.US_ASCII);
        } finally {
            Arrays.fill(text, (byte) 0);
            Arrays.fill(pair, (byte) 0);
        }
    }
}
