package com.fluxvantage.webhooks;

import com.fluxvantage.kernel.outside.WebhookMessage;
import com.fluxvantage.kernel.outside.Webhooks;
import com.fluxvantage.runtime.RetryAfter;
import com.fluxvantage.runtime.SignedWebhook;

import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.routing.RoutingSupport;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.ssl.TLS;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/**
 * Posts over TLS to exactly the addresses that were judged ({@link PinnedNames}), with the name in
 * the handshake and in the certificate. There is no proxy, no redirect, no cookie, no second try;
 * each post has a connection of its own. Of the answer it reads the head, bounded, and little of
 * the body, which it throws away.
 */
public final class PinnedWebhooks implements Webhooks {
    private static final Timeout CONNECT = Timeout.ofSeconds(5);
    private static final Timeout SILENCE = Timeout.ofSeconds(10);
    private static final int MOST_AT_ONCE = 64;
    private static final int MOST_BODY_BYTES = 16 * 1024;
    private static final int LONGEST_LINE = 8 * 1024;
    private static final int MOST_HEADERS = 100;

    private final Clock clock;
    private final Duration longest;
    private final CloseableHttpClient client;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** To the public internet, and nowhere else. */
    public PinnedWebhooks() {
        this(PinnedNames::system, false, trusting(), LONGEST);
    }

    /**
     * For tests.
     *
     * @param allowsLoopback names may mean this machine
     */
    PinnedWebhooks(
            PinnedNames.Lookup lookup, boolean allowsLoopback, SSLContext tls, Duration longest) {
        this.clock = Clock.systemUTC();
        this.longest = longest;
        this.client = client(new PinnedNames(lookup, allowsLoopback), tls);
    }

    private static SSLContext trusting() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java speaks TLS", e);
        }
    }

    private static CloseableHttpClient client(PinnedNames names, SSLContext tls) {
        var connections =
                new Unproxied()
                        .setDnsResolver(names)
                        .setTlsSocketStrategy(
                                ClientTlsStrategyBuilder.create()
                                        .setSslContext(tls)
                                        .setTlsVersions(TLS.V_1_3, TLS.V_1_2)
                                        .setHostVerificationPolicy(HostnameVerificationPolicy.BOTH)
                                        .buildClassic())
                        .setConnectionFactory(
                                ManagedHttpClientConnectionFactory.builder()
                                        .http1Config(
                                                Http1Config.custom()
                                                        .setMaxLineLength(LONGEST_LINE)
                                                        .setMaxHeaderCount(MOST_HEADERS)
                                                        .build())
                                        .build())
                        .setDefaultSocketConfig(SocketConfig.custom().setSoTimeout(SILENCE).build())
                        .setDefaultConnectionConfig(
                                ConnectionConfig.custom()
                                        .setConnectTimeout(CONNECT)
                                        .setSocketTimeout(SILENCE)
                                        .build())
                        .setDefaultTlsConfig(
                                TlsConfig.custom().setHandshakeTimeout(CONNECT).build())
                        .setMaxConnTotal(MOST_AT_ONCE)
                        .setMaxConnPerRoute(MOST_AT_ONCE)
                        .build();
        return HttpClientBuilder.create()
                .setConnectionManager(connections)
                .setConnectionReuseStrategy((_, _, _) -> false)
                .setRoutePlanner(new DefaultRoutePlanner(null))
                .setDefaultRequestConfig(
                        RequestConfig.custom()
                                .setRedirectsEnabled(false)
                                .setAuthenticationEnabled(false)
                                .setProtocolUpgradeEnabled(false)
                                .setExpectContinueEnabled(false)
                                .setResponseTimeout(SILENCE)
                                .build())
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableAuthCaching()
                .disableContentCompression()
                .disableConnectionState()
                .setUserAgent("FluxVantage-Webhooks/1")
                .build();
    }

    // A proxy that the machine's settings name would look the name up itself.
    private static final class Unproxied extends PoolingHttpClientConnectionManagerBuilder {
        @Override
        protected HttpClientConnectionOperator createConnectionOperator(
                SchemePortResolver ports, DnsResolver names, TlsSocketStrategy tls) {
            return new DefaultHttpClientConnectionOperator(
                    _ -> new Socket(Proxy.NO_PROXY),
                    ports,
                    names,
                    name -> name.equalsIgnoreCase("https") ? tls : null);
        }
    }

    @Override
    public Reply post(WebhookMessage message) {
        var request = new HttpPost(message.to().uri());
        request.setEntity(new StringEntity(message.body(), ContentType.APPLICATION_JSON));
        SignedWebhook.headers(message, clock.instant()).forEach(request::setHeader);
        // A lookup has no limit of its own, and a receiver may drip: the whole has one.
        var sending = threads.submit(() -> sent(request));
        try {
            return sending.get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            request.cancel();
            return new Reply.Unanswered(Cause.TIMED_OUT);
        } catch (InterruptedException e) {
            request.cancel();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("whoever posts is to stop", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a post ends in a reply", e.getCause());
        }
    }

    private Reply sent(HttpPost request) {
        try {
            var response = client.executeOpen(RoutingSupport.determineHost(request), request, null);
            var reply =
                    new Reply.Answered(
                            response.getCode(),
                            Optional.ofNullable(response.getFirstHeader(HttpHeaders.RETRY_AFTER))
                                    .flatMap(it -> RetryAfter.of(it.getValue(), clock.instant())));
            discard(response, request);
            return reply;
        } catch (PinnedNames.ForbiddenAddress _) {
            return new Reply.Unanswered(Cause.FORBIDDEN_ADDRESS);
        } catch (UnknownHostException _) {
            return new Reply.Unanswered(Cause.UNKNOWN_NAME);
        } catch (SocketTimeoutException _) {
            return new Reply.Unanswered(Cause.TIMED_OUT);
        } catch (ConnectException _) {
            return new Reply.Unanswered(Cause.NOT_CONNECTED);
        } catch (InterruptedIOException _) {
            return new Reply.Unanswered(Cause.TIMED_OUT);
        } catch (SSLException _) {
            return new Reply.Unanswered(Cause.NOT_TRUSTED);
        } catch (IOException | HttpException _) {
            return new Reply.Unanswered(Cause.BROKEN_OFF);
        }
    }

    // An answer's head counts, whatever becomes of its body. Closing would read it to its end,
    // which may never come, so what is longer is cut off.
    private static void discard(ClassicHttpResponse response, HttpPost request) {
        var entity = response.getEntity();
        try (response) {
            if (entity != null
                    && entity.getContent().readNBytes(MOST_BODY_BYTES).length == MOST_BODY_BYTES) {
                request.cancel();
            }
        } catch (IOException _) {
            request.cancel();
        }
    }

    /** For tests: a process ends with all of it. */
    void close() {
        client.close(CloseMode.IMMEDIATE);
        threads.shutdownNow();
    }
}
