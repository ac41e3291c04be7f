package com.fluxvantage.local;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.kernel.outside.SigningKey;
import com.fluxvantage.kernel.outside.SigningPurpose;
import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.local.gateway.Gateway;
import com.fluxvantage.local.gateway.LocalIssuer;
import com.fluxvantage.local.lambda.Zips;
import com.fluxvantage.migrations.Migrate;
import com.fluxvantage.runtime.Clockwork;
import com.fluxvantage.runtime.DatabaseSettings;
import com.fluxvantage.runtime.FolderObjects;
import com.fluxvantage.runtime.FunctionApplication;
import com.fluxvantage.runtime.LocalPorts;
import com.fluxvantage.runtime.LocalShops;
import com.fluxvantage.runtime.LocalWebhooks;
import com.fluxvantage.runtime.MovableClock;
import com.fluxvantage.runtime.OperationCatalog;
import com.fluxvantage.runtime.PlatformSecret;
import com.fluxvantage.runtime.ProofMinter;
import com.sun.net.httpserver.HttpHandler;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The whole platform on this machine: database migrated, issuer, authorizer, every operation, and
 * the gateway in front. What the cloud gives in other ways (keys, an operator) is made here at the
 * start.
 */
final class LocalPlatform implements AutoCloseable {
    static final String OPERATOR = "operator";

    private static final Logger LOG = LoggerFactory.getLogger(LocalPlatform.class);
    private static final String DATABASE = "fluxvantage";
    private static final String SUPERUSER = "postgres";
    private static final Duration KEY_LIFE = Duration.ofDays(1);
    private static final Timing MORNING = Timing.daily("07:00");

    private record ProofKey(String id, String base64) {}

    private final LocalIssuer issuer = new LocalIssuer();
    private final MovableClock business = new MovableClock();
    private final Functions functions;
    private final Gateway gateway;
    private final ScheduledExecutorService time =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
    private final Clockwork clockwork;
    private final Future<?> turns;
    private final LocalPorts ports;

    private LocalPlatform(
            LocalPostgres postgres,
            byte[] secret,
            int port,
            Optional<Zips> zips,
            Optional<Path> data)
            throws IOException {
        this.ports =
                data.map(it -> new LocalPorts(it.resolve("objects"), this::url, business))
                        .orElseGet(() -> new LocalPorts(this::url, business));
        var catalog = OperationCatalog.load();
        var key = installProofKey(postgres);
        var url = "jdbc:postgresql://127.0.0.1:%d/%s".formatted(postgres.port(), DATABASE);
        var settings = new DatabaseSettings(url, DatabaseSettings.Login.TRUSTED);
        var here =
                new InProcess(
                        catalog,
                        settings,
                        new PlatformSecret(secret),
                        issuer.verifier(),
                        new ProofMinter(
                                key.id, Base64.getDecoder().decode(key.base64), Clock.systemUTC()),
                        business,
                        ports);
        this.functions =
                zips.<Functions>map(it ->
                                new Packaged(
                                        catalog.named("authorize-call"),
                                        operation ->
                                                it.function(
                                                        operation,
                                                        environment(operation, url, secret, key)),
                                        here))
                        .orElse(here);
        this.clockwork = new Clockwork(catalog.all(), settings, business, ports);
        this.turns = time.scheduleWithFixedDelay(this::turn, 1, 1, TimeUnit.SECONDS);
        this.gateway =
                new Gateway(port, catalog, functions::authorize, functions::invoke, List.of());
        gateway.show(FolderObjects.PATH, ports::follow);
    }

    static LocalPlatform start(LocalPostgres postgres, byte[] secret) {
        return start(postgres, secret, 0, Optional.empty(), Optional.empty());
    }

    /**
     * The API listens at {@code port}; 0 takes any free one. With {@code zips} each operation is
     * served out of its domain's, without in this process. With {@code data} the objects that are
     * put aside are kept there.
     */
    static LocalPlatform start(
            LocalPostgres postgres,
            byte[] secret,
            int port,
            Optional<Zips> zips,
            Optional<Path> data) {
        try {
            makeDatabase(postgres);
            Migrate.run(postgres.dataSource(DATABASE, SUPERUSER));
            Migrate.enrollOperator(postgres.dataSource(DATABASE, SUPERUSER), OPERATOR);
            return new LocalPlatform(postgres, secret, port, zips, data);
        } catch (BindException e) {
            throw new CannotStart(
                    "Port %d of this machine is taken: choose another with --port N, or any free one with --port 0."
                            .formatted(port),
                    e);
        } catch (IOException e) {
            throw new UncheckedIOException("the gateway could not listen", e);
        }
    }

    static Connection checker(LocalPostgres postgres) throws SQLException {
        return postgres.dataSource(DATABASE, "fv_checker").getConnection();
    }

    /** The machine's owner, who sees every tenant. */
    static Connection owner(LocalPostgres postgres) throws SQLException {
        return postgres.dataSource(DATABASE, SUPERUSER).getConnection();
    }

    /** What autovacuum does a minute later: tells the planner how large the tables have become. */
    static void analyze(LocalPostgres postgres) {
        try (var connection = owner(postgres);
                var statement = connection.createStatement()) {
            statement.execute("analyze");
        } catch (SQLException e) {
            throw new CannotStart("The database could not be analyzed.", e);
        }
    }

    static String databaseUrl(LocalPostgres postgres) {
        return postgres.url(DATABASE, SUPERUSER);
    }

    /** Lets {@code other} answer what is not the API's. */
    void beside(HttpHandler other) {
        gateway.beside(other);
    }

    URI url() {
        return gateway.url();
    }

    String token(String subject, TenantId tenant, Duration life) {
        return issuer.token(subject, tenant, life);
    }

    /**
     * Sets the time of the business forward, and does what has become due by then. Proofs, tokens
     * and leases go by the time of the machine, as ever.
     */
    void later(Duration by) {
        try {
            time.submit(
                            () -> {
                                business.move(by);
                                turn();
                            })
                    .get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The day was interrupted.", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("time can be set forward", e);
        }
    }

    /** Goes on to seven in the morning, when every job of the night has been due. */
    void nextMorning() {
        later(Duration.between(business.instant(), MORNING.after(business.instant())));
    }

    /** The shops that are called from here. */
    LocalShops shops() {
        return ports.shops();
    }

    /** Where messages to endpoints arrive: in this process. */
    LocalWebhooks webhooks() {
        return ports.webhooks();
    }

    /** How many letters have left. */
    int letters() {
        return ports.mail().letters().size();
    }

    /** The public half of the key that signs now. */
    SigningKey signingKey(SigningPurpose purpose) {
        return ports.signer().key(purpose);
    }

    // What fails is told in the log, waits in the outbox or a queue, and comes again next time.
    private void turn() {
        try {
            clockwork.turn();
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("surprise", e.getClass().getName()).log("clockwork");
        }
    }

    @Override
    public void close() {
        gateway.close();
        turns.cancel(false);
        time.close();
        clockwork.close();
        functions.close();
        issuer.close();
    }

    private static void makeDatabase(LocalPostgres postgres) {
        try (var connection = postgres.dataSource(SUPERUSER, SUPERUSER).getConnection();
                var statement = connection.createStatement();
                var found =
                        statement.executeQuery(
                                "select from pg_database where datname = '" + DATABASE + "'")) {
            if (!found.next()) {
                statement.execute("create database " + DATABASE);
            }
        } catch (SQLException e) {
            throw new CannotStart("The database could not be made.", e);
        }
    }

    // A new key at each start; the one before it is good until its proofs have ended.
    private static ProofKey installProofKey(LocalPostgres postgres) {
        var random = new SecureRandom();
        byte[] key = new byte[32];
        byte[] id = new byte[4];
        random.nextBytes(key);
        random.nextBytes(id);
        String keyId = "local-" + HexFormat.of().formatHex(id);
        Migrate.installProofKey(postgres.dataSource(DATABASE, SUPERUSER), keyId, key, KEY_LIFE);
        return new ProofKey(keyId, base64(key));
    }

    // What the cloud puts there, and to each function only what is its own.
    private Map<String, String> environment(
            Operation<?, ?> operation, String url, byte[] secret, ProofKey key) {
        var environment = new HashMap<String, String>();
        environment.put("MAIN_CLASS", FunctionApplication.class.getName());
        environment.put("FV_OPERATION", operation.name());
        environment.put("FV_DATABASE_URL", url);
        environment.put("FV_DATABASE_LOGIN", DatabaseSettings.Login.TRUSTED.name());
        switch (operation.trigger()) {
            case Trigger.Http _ -> environment.put("FV_PLATFORM_SECRET", base64(secret));
            case Trigger.Authorizer _ -> {
                environment.put("FV_ISSUER", issuer.issuer());
                environment.put("FV_AUDIENCE", LocalIssuer.AUDIENCE);
                environment.put("FV_KEY_SET", issuer.keySet().toString());
                environment.put("FV_PROOF_KEY_ID", key.id);
                environment.put("FV_PROOF_KEY", key.base64);
            }
            case Trigger.Schedule _, Trigger.Event _ -> {}
        }
        return environment;
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
