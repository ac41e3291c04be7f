package com.fluxvantage.local.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.tenancy.TenantId;
import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/** Who gets a token or a page, spoken to as any program can: with headers of its own choice. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PagesTest {
    private static final String GOOD = "{\"tenant\": \"shop\", \"role\": \"PICKER\"}";

    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        var shop =
                new ServedTenant(
                        "shop",
                        new TenantId(new UUID(0, 7)),
                        List.of(new ServedTenant.Person("PICKER", "shop-picker")));
        server.createContext(
                "/",
                new Pages(
                        "{}",
                        List.of(shop),
                        (tenant, person, life) -> person.subject() + " for " + life,
                        new AtHand(() -> {
                            throw new IllegalStateException("nothing is looked up here");
                        })));
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void makes_a_token_for_whoever_asks_from_this_machine() {
        assertThat(token(here(), "application/json", GOOD))
                .startsWith("HTTP/1.1 200")
                .contains("shop-picker for PT1H", "\"expires_in\":3600");
    }

    @Test
    void a_shell_gets_the_bare_token() {
        assertThat(
                        send(
                                "POST /local/token HTTP/1.1",
                                "Host: " + here(),
                                "Accept: text/plain",
                                "Content-Type: application/json",
                                GOOD))
                .endsWith("\r\n\r\nshop-picker for PT1H");
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example:%d", "127.0.0.1", "localhost:1", "127.0.0.1.evil:%d"})
    void a_name_that_was_made_to_point_here_gets_neither_token_nor_page(String host) {
        String name = host.formatted(server.getAddress().getPort());

        assertThat(token(name, "application/json", GOOD)).startsWith("HTTP/1.1 403");
        assertThat(send("GET / HTTP/1.1", "Host: " + name)).startsWith("HTTP/1.1 403");
    }

    @Test
    void a_page_of_another_origin_gets_no_token() {
        assertThat(
                        send(
                                "POST /local/token HTTP/1.1",
                                "Host: " + here(),
                                "Origin: https://evil.example",
                                "Content-Type: application/json",
                                GOOD))
                .startsWith("HTTP/1.1 403");
        assertThat(
                        send(
                                "POST /local/token HTTP/1.1",
                                "Host: " + here(),
                                "Origin: http://" + here(),
                                "Content-Type: application/json",
                                GOOD))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void a_form_cannot_ask_for_a_token() {
        assertThat(token(here(), "text/plain", GOOD)).startsWith("HTTP/1.1 415");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"tenant\": \"shop\", \"role\": \"MANAGER\"}",
                "{\"tenant\": \"other\", \"role\": \"PICKER\"}",
                "{}",
                "[]"
            })
    void a_role_that_nobody_has_gets_no_token(String body) {
        assertThat(token(here(), "application/json", body)).startsWith("HTTP/1.1 404");
    }

    @Test
    void a_torn_question_is_told_so() {
        assertThat(token(here(), "application/json", "{\"tenant\"")).startsWith("HTTP/1.1 400");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/local/swagger-ui/../page.js",
                "/local/swagger-ui/index.html",
                "/local/at-hand.sql",
                "/local/Pages.class",
                "/local/at-hand?tenant=other",
                "/favicon.ico"
            })
    void nothing_else_is_served(String path) {
        assertThat(send("GET " + path + " HTTP/1.1", "Host: " + here()))
                .startsWith("HTTP/1.1 404")
                .containsIgnoringCase("Content-Security-Policy: default-src 'none'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"page.html", "page.js", "page.css"})
    void our_own_files_name_no_other_place(String file) {
        assertThat(AtHand.text(file)).doesNotContainPattern("(?i)https?://|//[a-z0-9-]+\\.[a-z]");
    }

    private String here() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    private String token(String host, String type, String body) {
        return send("POST /local/token HTTP/1.1", "Host: " + host, "Content-Type: " + type, body);
    }

    /** The last line is the body of a POST. */
    private String send(String... lines) {
        boolean hasBody = lines[0].startsWith("POST");
        int headers = hasBody ? lines.length - 1 : lines.length;
        String body = hasBody ? lines[headers] : "";
        var request = new StringBuilder();
        for (int at = 0; at < headers; at++) {
            request.append(lines[at]).append("\r\n");
        }
        request.append("Connection: close\r\nContent-Length: ")
                .append(body.length())
                .append("\r\n\r\n")
                .append(body);
        try (var socket =
                new Socket(InetAddress.getLoopbackAddress(), server.getAddress().getPort())) {
            socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
