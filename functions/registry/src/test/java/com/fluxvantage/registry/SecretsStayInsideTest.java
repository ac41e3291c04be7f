package com.fluxvantage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.outside.Webhooks.Cause;
import com.fluxvantage.kernel.outside.Webhooks.Reply;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.GivenWarehouse;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;
import com.standardwebhooks.Webhook;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/**
 * Secrets go in and never out. Some are planted, in every way that there is and some that there is
 * not; then they work, fail, are replaced, sealed anew, exported and destroyed; and then whatever
 * the platform has written or said meanwhile is searched for them, in each form that bytes take.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SecretsStayInsideTest {
    private static final Duration A_MINUTE = Duration.ofMinutes(1);
    private static final int GZIP = 0x1f8b;

    private final Random random = new Random(20_261_128);
    private final Set<String> secrets = new LinkedHashSet<>();
    private final List<String> said = new ArrayList<>();

    @TempDir private Path folder;
    private TestPlatform platform;
    private Client mine;
    private GivenWarehouse given;
    private Jobs jobs;

    @BeforeEach
    void begin_in_the_morning() {
        platform = TestPlatform.keeping(folder);
        jobs = new Jobs(platform);
        jobs.untilSeven();
        mine = platform.openTenant();
        given = GivenWarehouse.of(mine);
        given.item("TEA");
    }

    @Test
    void no_planted_secret_stands_in_anything_that_was_written_or_said()
            throws SQLException, IOException {

        try (var logs = new Overheard("")) {
            aShopSends();
            itsSystemIsTold();
            badSecretsAreBrought();
            timePasses();
            logs.lines().forEach(said::add);
        }

        assertThat(secrets).hasSizeGreaterThan(8);
        assertThat(said).hasSizeGreaterThan(100);
        for (String one : said) {
            assertThat(SecretForms.in(one, secrets)).as(one).isEmpty();
        }
        assertThat(SecretForms.inTables(platform, secrets)).isEmpty();
        for (var file : objects()) {
            assertThat(SecretForms.in(text(file), secrets)).as(file.toString()).isEmpty();
        }
        var contract = OpenApiDocument.text(platform.catalog());
        assertThat(SecretForms.in(contract, secrets)).isEmpty();
    }

    @Test
    void what_is_searched_for_is_found_where_it_is() throws SQLException, IOException {
        String secret = planted();
        jobs.change("update wms.tenant set name = '" + secret + "' where tenant_id = ?", mine);
        Files.createDirectories(folder.resolve("exports"));
        Files.write(
                folder.resolve("exports/key"),
                Base64.getDecoder().decode(secret.substring("whsec_".length())));

        assertThat(SecretForms.inTables(platform, secrets))
                .isNotEmpty()
                .allMatch(it -> it.startsWith("wms.tenant "));
        assertThat(SecretForms.in(text(folder.resolve("exports/key")), secrets)).isNotEmpty();
    }

    private void aShopSends() {
        String first = planted();
        var connected = posted("connect-channel", Map.of(), connection("Shop", first));
        var path = Map.of("connection_id", connected.text("connection_id"));
        for (int order = 1; order <= 3; order++) {
            deliver(path, first, "evt-" + order, "TEA");
        }
        deliver(path, first, "evt-1", "TEA");
        deliver(path, first, "evt-4", "NOBODYS");
        deliver(path, planted(), "evt-5", "TEA");
        platform.clockwork().turn();
        got("get-connection", path);
        got("search-connections", Map.of());
        posted("pause-connection", path, "{}");
        posted("connect-channel", Map.of(), connection("Shop", planted()));
        posted("disconnect-channel", path, "{}");
        deliver(path, first, "evt-6", "TEA");
    }

    private void itsSystemIsTold() {
        for (var reply :
                List.of(
                        new Reply.Answered(204, Optional.empty()),
                        new Reply.Answered(500, Optional.empty()),
                        new Reply.Answered(410, Optional.empty()),
                        new Reply.Unanswered(Cause.TIMED_OUT))) {
            String host = "told-" + secrets.size() + ".example.org";
            platform.ports().webhooks().receive(host, _ -> reply);
            var added = posted("add-webhook-endpoint", Map.of(), endpoint(host, planted()));
            var path = Map.of("endpoint_id", added.text("endpoint_id"));
            posted("rotate-webhook-secret", path, "{\"secret\": \"%s\"}".formatted(planted()));
            order("SO-" + secrets.size());
            jobs.later(A_MINUTE);
            got("search-webhook-deliveries", path);
        }
        got("search-webhook-endpoints", Map.of());
    }

    // What is refused is not said back, and stands in no log.
    private void badSecretsAreBrought() {
        for (String bad :
                List.of(
                        planted() + "=",
                        planted() + "x".repeat(200),
                        "whsec " + planted(),
                        planted().substring(0, 30))) {
            posted("connect-channel", Map.of(), connection("Bad", bad));
            posted("add-webhook-endpoint", Map.of(), endpoint("bad.example.org", bad));
        }
        // A repeated key is answered from its record, and another body under it is refused.
        var same = Map.of("Idempotency-Key", "the same key twice");
        String body = connection("Twice", planted());
        for (String each : List.of(body, body, connection("Twice", planted()))) {
            said.add(mine.raw("connect-channel", Map.of(), Map.of(), each, same).toString());
        }
    }

    private void timePasses() {
        posted("request-export", Map.of(), "{}");
        jobs.later(A_MINUTE);
        jobs.later(A_MINUTE);
        got("search-exports", Map.of());
        got("search-audit", Map.of());
        jobs.later(Duration.ofDays(183));
        jobs.untilSeven();
        posted("request-export", Map.of(), "{}");
        jobs.later(A_MINUTE);
        jobs.later(A_MINUTE);
        platform.ports().mail().letters().forEach(it -> said.add(it.parameters().toString()));
    }

    /** One that nobody else has, and that is the same in each run. */
    private String planted() {
        var bytes = new byte[32];
        random.nextBytes(bytes);
        String secret = "whsec_" + Base64.getEncoder().encodeToString(bytes);
        secrets.add(secret);
        return secret;
    }

    private Answer posted(String operation, Map<String, String> path, String body) {
        var answer = mine.post(operation, path, body);
        said.add(operation + " " + answer.headers() + " " + answer);
        return answer;
    }

    private void got(String operation, Map<String, String> path) {
        var answer = mine.get(operation, path, Map.of());
        assertThat(answer.status()).as(operation).isEqualTo(200);
        said.add(operation + " " + answer.headers() + " " + answer);
    }

    private void deliver(Map<String, String> path, String secret, String id, String sku) {
        String body =
                """
                {"type": "ORDER_PLACED", "data": {"reference": "SHOP-%s", "lines": [{"sku": "%s", "quantity": 1}],
                 "recipient": {"name": "Rosa Recipient", "street": "1 Example Street", "city": "Exampleton",
                               "postcode": "EX1 2MP", "country": "GB"}}}\
                """
                        .formatted(id, sku);
        long now = Instant.now().getEpochSecond();
        try {
            var answer =
                    platform.signed(
                            "receive-channel-delivery",
                            path,
                            Map.of(
                                    "webhook-id", id,
                                    "webhook-timestamp", String.valueOf(now),
                                    "webhook-signature", new Webhook(secret).sign(id, now, body)),
                            body);
            said.add(answer.headers() + " " + answer);
        } catch (com.standardwebhooks.exceptions.EmptyWebhookSecretException
                | com.standardwebhooks.exceptions.WebhookSigningException e) {
            throw new AssertionError(e);
        }
    }

    private String connection(String name, String secret) {
        return """
        {"kind": "SIGNED_PUSH", "name": "%s", "warehouse_id": "%s", "secret": "%s"}\
        """
                .formatted(name, given.warehouseId(), secret);
    }

    private static String endpoint(String host, String secret) {
        return """
        {"url": "https://%s/hooks", "event_types": ["order.received", "webhook.disabled"], "secret": "%s"}\
        """
                .formatted(host, secret);
    }

    private void order(String reference) {
        posted(
                "accept-order",
                Map.of(),
                """
                {"warehouse_id": "%s", "reference": "%s", "lines": [{"sku": "TEA", "quantity": 1}],
                 "recipient": {"name": "Zoe Quill", "street": "7 Nib Lane", "city": "Inkwell", "postcode": "90210", "country": "US"}}\
                """
                        .formatted(given.warehouseId(), reference));
    }

    // The key that this machine seals with lies beside the objects; in the cloud it is KMS's.
    private List<Path> objects() throws IOException {
        try (var all = Files.walk(folder)) {
            var files = all.filter(Files::isRegularFile).toList();
            assertThat(files).as("an export was made").hasSizeGreaterThan(10);
            return files;
        }
    }

    /** As letters, and as hexadecimal digits for what is none. */
    private static String text(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length > 2 && ((bytes[0] & 0xff) << 8 | (bytes[1] & 0xff)) == GZIP) {
            try (var in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
                bytes = in.readAllBytes();
            }
        }
        return new String(bytes, StandardCharsets.UTF_8)
                + " "
                + java.util.HexFormat.of().formatHex(bytes);
    }
}
