package com.fluxvantage.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fluxvantage.kernel.outside.WebhookMessage;
import com.fluxvantage.kernel.outside.WebhookSecret;
import com.fluxvantage.kernel.outside.WebhookUrl;
import com.fluxvantage.kernel.outside.Webhooks.Cause;
import com.fluxvantage.kernel.outside.Webhooks.Reply;
import com.standardwebhooks.Webhook;
import com.sun.net.httpserver.HttpExchange;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/** How strangers are called, and whom nobody can make us call. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class PinnedWebhooksTest {
    private static final String NAME = "shop.example.org";
    private static final WebhookUrl URL = new WebhookUrl("https://" + NAME + "/hooks?from=wms");
    private static final WebhookSecret FIRST = secret(1);
    private static final WebhookSecret SECOND = secret(2);
    private static final Duration SHORT = Duration.ofMillis(1_500);

    private static TlsServer server;
    private static TlsServer another;

    private final List<String> lookedUp = new ArrayList<>();
    private PinnedNames.Lookup lookup = (_, _) -> List.of(server.address());
    private PinnedWebhooks webhooks;

    @BeforeAll
    static void listen() {
        server = new TlsServer(NAME);
        another = new TlsServer("another.example.org");
    }

    @AfterAll
    static void close() {
        server.close();
        another.close();
    }

    @BeforeEach
    void start() {
        server.answers(exchange -> exchange.sendResponseHeaders(204, -1));
        webhooks = webhooks(true, server);
    }

    @AfterEach
    void stop() {
        webhooks.close();
    }

    @Test
    void calls_the_address_that_was_judged_with_the_name_in_handshake_and_request() {
        int before = server.seen().size();

        var reply = post();

        assertThat(reply).isEqualTo(new Reply.Answered(204, Optional.empty()));
        assertThat(server.seen()).hasSize(before + 1);
        var seen = server.seen().getLast();
        assertThat(seen.method()).isEqualTo("POST");
        assertThat(seen.path()).isEqualTo("/hooks?from=wms");
        assertThat(seen.headers()).containsEntry("Host", List.of(NAME));
        assertThat(seen.headers())
                .hasEntrySatisfying(
                        "Content-type",
                        it -> assertThat(it.toString()).contains("application/json"));
        assertThat(seen.headers()).doesNotContainKeys("Cookie", "Authorization");
        assertThat(seen.askedFor()).contains(NAME);
        assertThat(lookedUp).containsExactly(NAME);
    }

    @Test
    void signs_with_each_secret_so_that_the_library_verifies_with_either() {
        post();

        var seen = server.seen().getLast();
        for (var secret : List.of(FIRST, SECOND)) {
            assertThatCode(() ->
                            new Webhook(secret.value())
                                    .verify(seen.body(), lowerCase(seen.headers())))
                    .doesNotThrowAnyException();
        }
        assertThat(seen.body()).isEqualTo("{\"größe\":\"1\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "10.1.2.3",
                "100.64.0.1",
                "100.100.100.200",
                "127.0.0.1",
                "127.255.255.254",
                "168.63.129.16",
                "169.254.169.254",
                "169.254.170.2",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.192",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.1.1",
                "198.18.0.1",
                "198.51.100.7",
                "203.0.113.9",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::127.0.0.1",
                "::ffff:127.0.0.1",
                "::ffff:169.254.169.254",
                "::ffff:0:10.0.0.1",
                "64:ff9b::a9fe:a9fe",
                "64:ff9b:1::1",
                "100::1",
                "2001::1",
                "2001:db8::1",
                "2002:a9fe:a9fe::1",
                "3fff::1",
                "5f00::1",
                "fc00::1",
                "fd00:ec2::254",
                "fe80::1",
                "fec0::1",
                "ff02::1"
            })
    void a_name_that_means_what_is_not_public_is_refused_and_nobody_is_called(String address)
            throws UnknownHostException {
        var there = new InetSocketAddress(InetAddress.getByName(address), 443);
        lookup = (_, _) -> List.of(there);
        webhooks = webhooks(false, server);

        assertThat(post()).isEqualTo(new Reply.Unanswered(Cause.FORBIDDEN_ADDRESS));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.0",
                "169.253.255.255",
                "169.255.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "223.255.255.255",
                "2001:200::1",
                "2606:4700::1111",
                "2a00:1450::1"
            })
    void what_lies_just_beside_is_public(String address) throws UnknownHostException {
        assertThat(PublicInternet.holds(InetAddress.getByName(address))).isTrue();
    }

    @Test
    void this_machine_is_called_by_an_explicit_setting_alone() {
        webhooks = webhooks(false, server);
        int before = server.seen().size();

        assertThat(post()).isEqualTo(new Reply.Unanswered(Cause.FORBIDDEN_ADDRESS));
        assertThat(server.seen()).hasSize(before);
    }

    @Test
    void a_name_of_which_one_address_is_not_public_is_refused_whole() throws UnknownHostException {
        var metadata = new InetSocketAddress(InetAddress.getByName("169.254.169.254"), 443);
        lookup = (_, _) -> List.of(server.address(), metadata);
        int before = server.seen().size();

        assertThat(post()).isEqualTo(new Reply.Unanswered(Cause.FORBIDDEN_ADDRESS));
        assertThat(server.seen()).hasSize(before);
    }

    @Test
    void an_answer_that_changes_between_judging_and_calling_changes_nothing()
            throws UnknownHostException {
        var metadata = new InetSocketAddress(InetAddress.getByName("169.254.169.254"), 443);
        lookup = (_, _) -> List.of(lookedUp.size() == 1 ? server.address() : metadata);
        int before = server.seen().size();

        assertThat(post()).isEqualTo(new Reply.Answered(204, Optional.empty()));
        assertThat(lookedUp).hasSize(1);
        assertThat(post()).isEqualTo(new Reply.Unanswered(Cause.FORBIDDEN_ADDRESS));
        assertThat(server.seen()).hasSize(before + 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254/latest/meta-data/",
                "https://localhost/",
                "https://shop.example.org/elsewhere"
            })
    void a_redirect_is_an_answer_and_is_not_followed(String target) {
        server.answers(exchange -> {
            exchange.getResponseHeaders().set("Location", target);
            exchange.sendResponseHeaders(307, -1);
        });
        int before = server.seen().size();

        assertThat(post()).isEqualTo(new Reply.Answered(307, Optional.empty()));
        assertThat(lookedUp).hasSize(1);
        assertThat(server.seen()).hasSize(before + 1);
    }

    @Test
    void an_address_that_was_not_looked_up_is_refused() {
        lookup = (host, port) -> List.of(InetSocketAddress.createUnresolved(host, port));

        assertThat(post()).isEqualTo(new Reply.Unanswered(Cause.FORBIDDEN_ADDRESS));
    }

    @Test
    void a_certificate_for_another_name_is_not_trusted() {
        lookup = (_, _) -> List.of(another.address());
        webhooks = webhooks(true, another);

        assertThat(post()).isEqualTo(new Reply.Unanswered(Cause.NOT_TRUSTED));
        assertThat(another.seen()).isEmpty();
    }

    @Test
    void a_certificate_by_nobody_known_is_not_trusted() {
        webhooks = webhooks(true, another);
        int before = server.seen().size();

        assertThat(post()).isEqualTo(new Reply.Unanswered(Cause.NOT_TRUSTED));
        assertThat(server.seen()).hasSize(before);
    }

    @Test
    void what_speaks_no_tls_gets_nothing() throws IOException {
        try (var plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var heard = new ArrayList<String>();
            var listening =
                    Thread.ofVirtual()
                            .start(() -> {
                                try (var socket = plain.accept()) {
                                    var bytes = new byte[4096];
                                    int count = socket.getInputStream().read(bytes);
                                    heard.add(
                                            new String(
                                                    bytes, 0, count, StandardCharsets.ISO_8859_1));
                                    socket.getOutputStream()
                                            .write(
                                                    "HTTP/1.1 200 OK\r\n\r\n"
                                                            .getBytes(StandardCharsets.US_ASCII));
                                } catch (IOException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            lookup = (_, _) -> List.of((InetSocketAddress) plain.getLocalSocketAddress());

            assertThat(post()).isInstanceOf(Reply.Unanswered.class);
            listening.join();
            assertThat(heard).noneMatch(it -> it.contains("webhook-signature"));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void where_nobody_listens_nobody_answers() throws IOException {
        InetSocketAddress closed;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = (InetSocketAddress) socket.getLocalSocketAddress();
        }
        lookup = (_, _) -> List.of(closed);

        assertThat(post()).isEqualTo(new Reply.Unanswered(Cause.NOT_CONNECTED));
    }

    @Test
    void a_name_that_nobody_knows_is_no_address() {
        lookup =
                (host, _) -> {
                    throw new UnknownHostException(host);
                };

        assertThat(post()).isEqualTo(new Reply.Unanswered(Cause.UNKNOWN_NAME));
    }

    @Test
    void a_receiver_that_takes_its_time_is_left_when_the_time_is_up() {
        var end = new CountDownLatch(1);
        server.answers(exchange -> await(end));

        assertThat(timed()).isEqualTo(new Reply.Unanswered(Cause.TIMED_OUT));
        end.countDown();
    }

    @Test
    void a_receiver_that_drips_is_left_when_the_time_is_up() {
        server.answers(PinnedWebhooksTest::drip);

        assertThat(timed()).isEqualTo(new Reply.Unanswered(Cause.TIMED_OUT));
    }

    @Test
    void a_lookup_that_takes_its_time_is_left_when_the_time_is_up() {
        var end = new CountDownLatch(1);
        lookup =
                (_, _) -> {
                    await(end);
                    return List.of(server.address());
                };

        assertThat(timed()).isEqualTo(new Reply.Unanswered(Cause.TIMED_OUT));
        end.countDown();
    }

    @Test
    void of_a_body_without_end_little_is_read() {
        var sent = new long[1];
        server.answers(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            var block = new byte[64 * 1024];
            for (int i = 0; i < 10_000; i++) {
                exchange.getResponseBody().write(block);
                sent[0] += block.length;
            }
        });

        assertThat(timed()).isEqualTo(new Reply.Answered(200, Optional.empty()));
        assertThat(sent[0]).isLessThan(10_000L * 64 * 1024);
    }

    @Test
    void a_head_without_end_is_no_answer() {
        server.answers(exchange -> {
            IntStream.range(0, 2_000)
                    .forEach(it -> exchange.getResponseHeaders().set("X-" + it, "value"));
            exchange.sendResponseHeaders(200, -1);
        });

        assertThat(post()).isEqualTo(new Reply.Unanswered(Cause.BROKEN_OFF));
    }

    @Test
    void a_receiver_says_how_long_it_wants_to_be_left_alone() {
        assertThat(waiting("120")).contains(Duration.ofMinutes(2));
        assertThat(waiting("999999999")).contains(Duration.ofDays(1));
        assertThat(waiting("soon")).isEmpty();
        assertThat(waiting("-5")).isEmpty();
        assertThat(waiting("Sat, 01 Jan 2000 00:00:00 GMT")).isEmpty();
        var date = Instant.now().plusSeconds(600).atZone(ZoneOffset.UTC);
        assertThat(waiting(DateTimeFormatter.RFC_1123_DATE_TIME.format(date)).orElseThrow())
                .isBetween(Duration.ofSeconds(570), Duration.ofMinutes(10));
    }

    /** A proxy would look the name up by itself, and find what it likes. */
    @Test
    void no_proxy_is_asked_whatever_the_machine_says() throws IOException {
        try (var trap = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var settings =
                    Map.of(
                            "https.proxyHost",
                            "127.0.0.1",
                            "https.proxyPort",
                            String.valueOf(trap.getLocalPort()),
                            "http.nonProxyHosts",
                            "",
                            "socksNonProxyHosts",
                            "",
                            "socksProxyHost",
                            "127.0.0.1",
                            "socksProxyPort",
                            String.valueOf(trap.getLocalPort()));
            settings.forEach(System::setProperty);
            try {
                assertThat(webhooks(true, server).post(message()))
                        .isEqualTo(new Reply.Answered(204, Optional.empty()));
            } finally {
                settings.keySet().forEach(System::clearProperty);
            }
        }
    }

    private Optional<Duration> waiting(String header) {
        server.answers(exchange -> {
            exchange.getResponseHeaders().set("Retry-After", header);
            exchange.sendResponseHeaders(429, -1);
        });
        return ((Reply.Answered) post()).notBefore();
    }

    // What takes longer than its limit and a little is not bounded by it.
    private Reply timed() {
        long begun = System.nanoTime();
        var reply = post();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SHORT.multipliedBy(4));
        return reply;
    }

    private Reply post() {
        return webhooks.post(message());
    }

    private static WebhookMessage message() {
        return new WebhookMessage(URL, "msg_1", "{\"größe\":\"1\"}", List.of(FIRST, SECOND));
    }

    private PinnedWebhooks webhooks(boolean allowsLoopback, TlsServer trusted) {
        return new PinnedWebhooks(
                (host, port) -> {
                    lookedUp.add(host);
                    return lookup.addresses(host, port);
                },
                allowsLoopback,
                trusted.trusting(),
                SHORT);
    }

    private static void drip(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        var out = exchange.getResponseBody();
        var never = new CountDownLatch(1);
        for (int i = 0; i < 200; i++) {
            out.write(' ');
            out.flush();
            try {
                never.await(100, java.util.concurrent.TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, List<String>> lowerCase(Map<String, List<String>> headers) {
        var lower = new java.util.HashMap<String, List<String>>();
        headers.forEach(
                (name, values) -> lower.put(name.toLowerCase(java.util.Locale.ROOT), values));
        return lower;
    }

    private static WebhookSecret secret(int seed) {
        var bytes = new byte[32];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (seed * 7 + i * 11);
        }
        return new WebhookSecret("whsec_" + Base64.getEncoder().encodeToString(bytes));
    }
}
