package com.fluxvantage.webhooks;

import com.fluxvantage.kernel.outside.Webhooks.Cause;
import com.fluxvantage.runtime.RetryAfter;

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
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
 * each post has a connection of its own. Of the answer it reads the head, bounded, and no more of
 * the body than it was told. Safe for use by many threads.
 */
public final class Strangers {
    private static final Timeout CONNECT = Timeout.ofSeconds(5);
    private static final Timeout SILENCE = Timeout.ofSeconds(10);
    private static final int MOST_AT_ONCE = 64;
    private static final int LONGEST_LINE = 8 * 1024;
    private static final int MOST_HEADERS = 100;

    /** What became of a post. */
    public sealed interface Heard {
        /**
         * Somebody answered.
         *
         * @param body absent if it is longer than wanted or was broken off
         */
        record Answered(int status, Optional<Duration> notBefore, Optional<byte[]> body)
                implements Heard {}

        record Unanswered(Cause cause) implements Heard {}
    }

    private final Clock clock = Clock.systemUTC();
    private final CloseableHttpClient client;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    Strangers(String agent, DnsResolver names, @Nullable SSLContext tls) {
        this.client = client(agent, names, tls);
    }

    /** To the public internet, and nowhere else. */
    public static Strangers onTheInternet(String agent) {
        return new Strangers(agent, new PinnedNames(PinnedNames::system, false), trusting());
    }

    /**
     * For programs that run on one machine: these names mean a port of its own, without TLS, and no
     * other name means anything.
     */
    public static Strangers onThisMachine(String agent, Map<String, Integer> ports) {
        var known = Map.copyOf(ports);
        PinnedNames.Lookup lookup =
                (host, _) -> {
                    var port = known.get(host.toLowerCase(Locale.ROOT));
                    if (port == null) {
                        throw new UnknownHostException();
                    }
                    return List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                };
        return new Strangers(agent, new PinnedNames(lookup, true), null);
    }

    static SSLContext trusting() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java speaks TLS", e);
        }
    }

    private static CloseableHttpClient client(
            String agent, DnsResolver names, @Nullable SSLContext tls) {
        var connections =
                new Unproxied(tls == null)
                        .setDnsResolver(names)
                        .setTlsSocketStrategy(
                                ClientTlsStrategyBuilder.create()
                                        .setSslContext(tls == null ? trusting() : tls)
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
                .setUserAgent(agent)
                .build();
    }

    // A proxy that the machine's settings name would look the name up itself.
    private static final class Unproxied extends PoolingHttpClientConnectionManagerBuilder {
        private final boolean plain;

        Unproxied(boolean plain) {
            this.plain = plain;
        }

        @Override
        protected HttpClientConnectionOperator createConnectionOperator(
                SchemePortResolver ports, DnsResolver names, TlsSocketStrategy tls) {
            return new DefaultHttpClientConnectionOperator(
                    _ -> new Socket(Proxy.NO_PROXY),
                    ports,
                    names,
                    name -> name.equalsIgnoreCase("https") && !plain ? tls : null);
        }
    }

    /**
     * Posts JSON once.
     *
     * @param mostBytes of the answer's body
     * @param longest looking up the name, connecting and waiting for the answer, all together
     */
    public Heard post(
            URI to, Map<String, String> headers, String json, int mostBytes, Duration longest) {
        var request = new HttpPost(to);
        request.setEntity(new StringEntity(json, ContentType.APPLICATION_JSON));
        headers.forEach(request::setHeader);
        // A lookup has no limit of its own, and a stranger may drip: the whole has one.
        var sending = threads.submit(() -> sent(request, mostBytes));
        try {
            return sending.get(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            request.cancel();
            return new Heard.Unanswered(Cause.TIMED_OUT);
        } catch (InterruptedException e) {
            request.cancel();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("whoever posts is to stop", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a post ends in a reply", e.getCause());
        }
    }

    private Heard sent(HttpPost request, int mostBytes) {
        try {
            var response = client.executeOpen(RoutingSupport.determineHost(request), request, null);
            int status = response.getCode();
            var notBefore =
                    Optional.ofNullable(response.getFirstHeader(HttpHeaders.RETRY_AFTER))
                            .flatMap(it -> RetryAfter.of(it.getValue(), clock.instant()));
            return new Heard.Answered(status, notBefore, body(response, request, mostBytes));
        } catch (PinnedNames.ForbiddenAddress _) {
            return new Heard.Unanswered(Cause.FORBIDDEN_ADDRESS);
        } catch (UnknownHostException _) {
            return new Heard.Unanswered(Cause.UNKNOWN_NAME);
        } catch (SocketTimeoutException _) {
            return new Heard.Unanswered(Cause.TIMED_OUT);
        } catch (ConnectException _) {
            return new Heard.Unanswered(Cause.NOT_CONNECTED);
        } catch (InterruptedIOException _) {
            return new Heard.Unanswered(Cause.TIMED_OUT);
        } catch (SSLException _) {
            return new Heard.Unanswered(Cause.NOT_TRUSTED);
        } catch (IOException | HttpException _) {
            return new Heard.Unanswered(Cause.BROKEN_OFF);
        }
    }

    // An answer's head counts, whatever becomes of its body. Closing would read it to its end,
    // which may never come, so what is longer is cut off.
    private static Optional<byte[]> body(
            ClassicHttpResponse response, HttpPost request, int mostBytes) {
        var entity = response.getEntity();
        try (response) {
            if (entity == null) {
                return Optional.of(new byte[0]);
            }
            byte[] body = entity.getContent().readNBytes(mostBytes + 1);
            if (body.length > mostBytes) {
                request.cancel();
                return Optional.empty();
            }
            return Optional.of(body);
        } catch (IOException _) {
            request.cancel();
            return Optional.empty();
        }
    }

    /** For tests: a process ends with all of it. */
    void close() {
        client.close(CloseMode.IMMEDIATE);
        threads.shutdownNow();
    }
}
