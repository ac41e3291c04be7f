package com.fluxvantage.local;

import com.amazonaws.services.lambda.runtime.events.APIGatewayCustomAuthorizerEvent;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.tenancy.Grant;
import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.kernel.tenancy.TokenClaims;
import com.fluxvantage.local.gateway.Gateway;
import com.fluxvantage.local.gateway.LocalIssuer;
import com.fluxvantage.migrations.Migrate;
import com.fluxvantage.runtime.AuthorizerFunction;
import com.fluxvantage.runtime.DatabaseSettings;
import com.fluxvantage.runtime.GuardedConnection;
import com.fluxvantage.runtime.OperationCatalog;
import com.fluxvantage.runtime.PlatformSecret;
import com.fluxvantage.runtime.ProofMinter;
import com.fluxvantage.runtime.Sandboxes;
import com.fluxvantage.runtime.TenantTransaction;
import com.sun.net.httpserver.HttpHandler;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.URI;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The whole platform in this process: database migrated, issuer, authorizer, every operation in its
 * sandboxes, and the gateway in front. What the cloud gives in other ways (keys, an operator) is
 * made here at the start.
 */
final class LocalPlatform implements AutoCloseable {
    static final String OPERATOR = "operator";

    private static final String DATABASE = "fluxvantage";
    private static final String SUPERUSER = "postgres";
    private static final Duration KEY_LIFE = Duration.ofDays(1);
    private static final int MOST_CALLS_AT_ONCE = 8;

    private final LocalIssuer issuer = new LocalIssuer();
    private final GuardedConnection authorizerConnection;
    private final Sandboxes sandboxes;
    private final Gateway gateway;

    private LocalPlatform(LocalPostgres postgres, PlatformSecret secret, int port)
            throws IOException {
        var proofs = installProofKey(postgres);
        var catalog = OperationCatalog.load();
        var settings =
                new DatabaseSettings(
                        "jdbc:postgresql://127.0.0.1:%d/%s".formatted(postgres.port(), DATABASE),
                        DatabaseSettings.Login.TRUSTED);
        this.authorizerConnection =
                new GuardedConnection(settings.opener("fv_authorizer", "authorize-call"));
        this.sandboxes = new Sandboxes(settings, secret, Clock.systemUTC(), MOST_CALLS_AT_ONCE);
        this.gateway =
                new Gateway(
                        port, catalog, authorizer(catalog, proofs), sandboxes::invoke, List.of());
    }

    static LocalPlatform start(LocalPostgres postgres, PlatformSecret secret) {
        return start(postgres, secret, 0);
    }

    /** The API listens at {@code port}; 0 takes any free one. */
    static LocalPlatform start(LocalPostgres postgres, PlatformSecret secret, int port) {
        try {
            makeDatabase(postgres);
            Migrate.run(postgres.dataSource(DATABASE, SUPERUSER));
            Migrate.enrollOperator(postgres.dataSource(DATABASE, SUPERUSER), OPERATOR);
            return new LocalPlatform(postgres, secret, port);
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

    @Override
    public void close() {
        gateway.close();
        sandboxes.close();
        authorizerConnection.close();
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
    private static ProofMinter installProofKey(LocalPostgres postgres) {
        var random = new SecureRandom();
        byte[] key = new byte[32];
        byte[] id = new byte[4];
        random.nextBytes(key);
        random.nextBytes(id);
        String keyId = "local-" + HexFormat.of().formatHex(id);
        Migrate.installProofKey(postgres.dataSource(DATABASE, SUPERUSER), keyId, key, KEY_LIFE);
        return new ProofMinter(keyId, key, Clock.systemUTC());
    }

    private Function<APIGatewayCustomAuthorizerEvent, Map<String, Object>> authorizer(
            OperationCatalog catalog, ProofMinter proofs) {
        @SuppressWarnings("unchecked") // the one operation of this name has these types
        var operation = (Operation<TokenClaims, Grant>) catalog.named("authorize-call");
        var function =
                new AuthorizerFunction(
                        operation,
                        issuer.verifier(),
                        new TenantTransaction(authorizerConnection),
                        proofs,
                        Clock.systemUTC());
        return event -> {
            // One sandbox, so one call at a time; its answers are kept for a minute.
            synchronized (function) {
                return function.apply(event);
            }
        };
    }
}
