package com.fluxvantage.integrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fluxvantage.runtime.LocalWebhooks;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;
import com.standardwebhooks.Webhook;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URISyntaxException;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import javax.tools.ToolProvider;

/** What the page for receivers shows, on messages that were really sent. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ReceiveWebhooksPageTest {
    private static final Path ROOT = Path.of(System.getProperty("fv.root", "../.."));
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final TestPlatform platform = TestPlatform.start();
    private final Client mine = platform.openTenant();

    @Test
    void the_receiver_in_java_takes_what_we_send_and_nothing_else(@TempDir Path folder)
            throws ReflectiveOperationException, IOException, URISyntaxException {
        var source = folder.resolve("WarehouseHook.java");
        Files.writeString(source, block("java").replace("static int", "public static int"));
        int failed =
                ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-cp",
                                Path.of(
                                                Webhook.class
                                                        .getProtectionDomain()
                                                        .getCodeSource()
                                                        .getLocation()
                                                        .toURI())
                                        .toString(),
                                "-d",
                                folder.toString(),
                                source.toString());
        assertThat(failed).isZero();
        try (var loader =
                new URLClassLoader(
                        new java.net.URL[] {folder.toUri().toURL()},
                        Webhook.class.getClassLoader())) {
            var receive =
                    loader.loadClass("WarehouseHook")
                            .getDeclaredMethod("receive", String.class, Map.class, String.class);
            receive.setAccessible(true);
            var sent = sent();

            assertThat(received(receive, Receiver.secret(1), sent, sent.body())).isEqualTo(204);
            assertThat(received(receive, Receiver.secret(2), sent, sent.body())).isEqualTo(401);
            assertThat(received(receive, Receiver.secret(1), sent, sent.body() + " "))
                    .isEqualTo(401);
        }
    }

    /** {@code .ci/layer-webhooks} installs the library that this needs. */
    @Test
    void the_receiver_in_javascript_takes_what_we_send_and_nothing_else(@TempDir Path folder)
            throws IOException, InterruptedException {
        var library = ROOT.resolve("functions/integrations").resolve("target/js/node_modules");
        boolean isThere = Files.isDirectory(library.resolve("standardwebhooks"));
        if ("1".equals(System.getenv("FV_REQUIRE_NODE"))) {
            assertThat(isThere).as("npm ci has put the library there").isTrue();
        }
        assumeTrue(isThere, "the JavaScript library is not installed: run .ci/layer-webhooks");
        Files.createSymbolicLink(folder.resolve("node_modules"), library.toAbsolutePath());
        Files.writeString(folder.resolve("receive.mjs"), block("js"));
        var sent = sent();
        Files.writeString(
                folder.resolve("sent.json"),
                JSON.writeValueAsString(
                        Map.of(
                                "headers", sent.headers(),
                                "body", sent.body(),
                                "secret", Receiver.secret(1),
                                "another", Receiver.secret(2))));
        Files.writeString(
                folder.resolve("run.mjs"),
                """
                import { readFileSync } from "node:fs";
                import { receive } from "./receive.mjs";
                const sent = JSON.parse(readFileSync("sent.json", "utf8"));
                console.log([
                  receive(sent.secret, sent.headers, sent.body),
                  receive(sent.another, sent.headers, sent.body),
                  receive(sent.secret, sent.headers, sent.body + " "),
                ].join(" "));
                """);
        var node =
                new ProcessBuilder("node", "run.mjs")
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(node.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(said.strip()).isEqualTo("204 401 401");
    }

    @Test
    void the_page_lists_the_events_and_the_times_that_there_are() throws IOException {
        String page = page();
        for (String type : WebhookEventType.ALL) {
            assertThat(page).contains("`" + type + "`");
        }
        assertThat(WebhookSchedule.RETRIES)
                .containsExactly(
                        Duration.ofSeconds(5),
                        Duration.ofMinutes(5),
                        Duration.ofMinutes(30),
                        Duration.ofHours(2),
                        Duration.ofHours(5),
                        Duration.ofHours(10),
                        Duration.ofHours(14),
                        Duration.ofHours(20),
                        Duration.ofHours(24));
        assertThat(page)
                .contains("after 5 seconds, 5 and 30 minutes, 2, 5, 10, 14, 20 and 24 hours")
                .contains("There are " + AddWebhookEndpoint.MOST_ENDPOINTS + " at most");
    }

    private static int received(
            java.lang.reflect.Method receive,
            String secret,
            LocalWebhooks.Received sent,
            String body)
            throws IllegalAccessException, InvocationTargetException {
        var headers = new HashMap<String, List<String>>();
        sent.headers().forEach((name, value) -> headers.put(name, List.of(value)));
        return (int) receive.invoke(null, secret, headers, body);
    }

    private LocalWebhooks.Received sent() {
        var receiver = Receiver.of(mine, "order.received");
        new Receiver.Shop(mine).order();
        new Jobs(platform).later(Duration.ofMinutes(1));
        return receiver.received().getFirst();
    }

    private static String block(String language) throws IOException {
        var found =
                Pattern.compile("```" + language + "\\n(.*?)```", Pattern.DOTALL).matcher(page());
        assertThat(found.find()).isTrue();
        return found.group(1);
    }

    private static String page() throws IOException {
        return Files.readString(ROOT.resolve("docs/receive-webhooks.md"));
    }
}
