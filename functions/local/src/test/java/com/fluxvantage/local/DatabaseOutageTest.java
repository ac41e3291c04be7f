package com.fluxvantage.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.migrations.StockCheck;
import com.fluxvantage.runtime.AuthorizerFunction;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The database goes away while receivers count goods in, each unit under its own key and again
 * until it is told to be done. The program runs on; callers hear nothing but "later"; and what
 * stands on the shelf is what was counted, once.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DatabaseOutageTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Path BUILD = Path.of(System.getProperty("fv.build", "target"));
    private static final int RECEIVERS = 4;
    private static final int UNITS_EACH = 30;
    private static final int UNITS_BEFORE = 20;
    private static final long PAUSE_NANOS = 20_000_000;
    private static final Duration LONGEST = Duration.ofSeconds(90);

    private final Set<String> heard = new ConcurrentSkipListSet<>();
    private final AtomicInteger counted = new AtomicInteger();

    @TempDir private Path data;
    private LocalPostgres postgres;
    private LocalPlatform platform;
    private String token;
    private String receipt;

    @BeforeEach
    void a_receipt_to_count_into() {
        postgres = LocalPostgres.kept(data, BUILD);
        platform = LocalPlatform.start(postgres, DaySecret.of(Optional.empty()));
        String operator =
                platform.token(
                        LocalPlatform.OPERATOR, AuthorizerFunction.PLATFORM, Duration.ofHours(1));
        var tenant =
                made(
                        operator,
                        "/tenants",
                        """
                        {"name": "T", "administrator": {"subject": "boss", "email": "b@example.org", "display_name": "B"}}\
                        """);
        token =
                platform.token(
                        "boss",
                        Identifiers.parse(TenantId.class, tenant.path("tenant_id").asString())
                                .orElseThrow(),
                        Duration.ofHours(1));
        String warehouse =
                made(
                                token,
                                "/warehouses",
                                """
                                {"code": "MAIN", "name": "Main", "time_zone": "Europe/London"}\
                                """)
                        .path("warehouse_id")
                        .asString();
        made(
                token,
                "/items",
                """
                {"sku": "TEA", "description": "Tea"}\
                """);
        String asn =
                made(
                                token,
                                "/asns",
                                """
                                {"warehouse_id": "%s", "reference": "1", "lines": [{"sku": "TEA", "quantity": 1000}]}\
                                """
                                        .formatted(warehouse))
                        .path("asn_id")
                        .asString();
        receipt = made(token, "/asns/" + asn + "/receipts", "{}").path("receipt_id").asString();
    }

    @AfterEach
    void stop() {
        platform.close();
        postgres.close();
    }

    @Test
    void a_restart_of_the_database_loses_nothing_and_counts_nothing_twice() throws Exception {
        countWhile(() -> {
            postgres.close();
            postgres = LocalPostgres.kept(data, BUILD);
        });

        assertThat(heard).contains("503 retry-later");
        assertSound();
    }

    @Test
    void a_crash_of_the_server_loses_nothing_and_counts_nothing_twice() throws Exception {
        countWhile(this::crash);

        assertSound();
    }

    @FunctionalInterface
    private interface Fault {
        void happen() throws SQLException;
    }

    private void countWhile(Fault fault) throws SQLException, InterruptedException {
        try (var hands = Executors.newFixedThreadPool(RECEIVERS)) {
            var receivers = new ArrayList<Future<?>>();
            for (int receiver = 0; receiver < RECEIVERS; receiver++) {
                receivers.add(hands.submit(this::countAll));
            }
            while (counted.get() < UNITS_BEFORE && !receivers.getFirst().isDone()) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            fault.happen();
            for (var receiver : receivers) {
                receiver.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError("a receiver gave up", e.getCause());
        }
    }

    private void countAll() {
        for (int unit = 0; unit < UNITS_EACH; unit++) {
            count(UUID.randomUUID().toString());
        }
    }

    private void count(String key) {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (true) {
            var answer =
                    post(
                            token,
                            "/receipts/" + receipt + "/receive",
                            key,
                            """
                            {"sku": "TEA", "quantity": 1, "condition": "GOOD"}\
                            """);
            if (answer.statusCode() == 200) {
                counted.incrementAndGet();
                return;
            }
            heard.add(
                    answer.statusCode()
                            + " "
                            + JSON.readTree(answer.body()).path("code").asString(""));
            assertThat(answer.headers().firstValue("Retry-After")).contains("1");
            assertThat(System.nanoTime()).as("heard only " + heard).isLessThan(end);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** A backend that dies without a word makes the server throw all others out and start anew. */
    private void crash() throws SQLException {
        try (var owner = LocalPlatform.owner(postgres);
                var statement = owner.createStatement();
                var row =
                        statement.executeQuery(
                                "select pid from pg_stat_activity where usename = 'fv_api'")) {
            row.next();
            ProcessHandle.of(row.getLong(1)).orElseThrow().destroyForcibly();
        }
    }

    private void assertSound() throws SQLException {
        int units = RECEIVERS * UNITS_EACH;
        assertThat(heard).isSubsetOf("503 retry-later", "409 idempotency-in-progress");
        assertThat(counted).hasValue(units);
        try (var owner = LocalPlatform.owner(postgres);
                var statement = owner.createStatement();
                var row =
                        statement.executeQuery(
                                """
                                select (select sum(on_hand) from wms.bucket),
                                       (select count(distinct posting_id) from wms.movement),
                                       (select count(*) from wms.idempotency_record where operation = 'receive-line'),
                                       (select count(*) from wms.audit_entry where action = 'receive-line')
                                """)) {
            row.next();
            assertThat(List.of(row.getInt(1), row.getInt(2), row.getInt(3), row.getInt(4)))
                    .containsOnly(units);
        }
        try (var checker = LocalPlatform.checker(postgres)) {
            assertThat(StockCheck.run(checker)).isEmpty();
        }
    }

    private JsonNode made(String as, String path, String body) {
        var answer = post(as, path, UUID.randomUUID().toString(), body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return JSON.readTree(answer.body());
    }

    private HttpResponse<String> post(String as, String path, String key, String body) {
        try {
            return HTTP.send(
                    HttpRequest.newBuilder(platform.url().resolve("/v1" + path))
                            .header("Authorization", "Bearer " + as)
                            .header("Idempotency-Key", key)
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException("the gateway stands while the database does not", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the test was interrupted", e);
        }
    }
}
