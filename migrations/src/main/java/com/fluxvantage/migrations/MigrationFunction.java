package com.fluxvantage.migrations;

import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;

import javax.sql.DataSource;

/**
 * The step of a deployment that migrates the database. CloudFormation calls it without waiting and
 * hears the outcome at an address that it sends along; a failure there ends the deployment. Called
 * by a person with {@code subject}, {@code email} and {@code name}, it makes one of the platform's
 * own people an operator.
 */
public final class MigrationFunction {
    /** Long enough that a year without a deployment ends no proofs; a new key ends an old one. */
    private static final Duration KEY_LIFE = Duration.ofDays(400);

    /** A managed server knows by membership in this role who logs in with a token. */
    private static final String LET_LOGINS_USE_TOKENS =
            """
            do $tokens$
            declare
                login text;
            begin
                if not exists (select from pg_roles where rolname = 'rds_iam') then
                    return;
                end if;
                for login in
                    select rolname
                      from pg_roles
                     where rolname ^@ 'fv_'
                       and rolcanlogin
                       and rolname <> current_user
                loop
                    execute format('grant rds_iam to %I', login);
                end loop;
            end
            $tokens$
            """;

    private final DataSource owner;
    private final String proofKeyId;
    private final byte[] proofKey;

    /** As the function's environment says. */
    public MigrationFunction() {
        this(
                database(),
                setting("FV_PROOF_KEY_ID"),
                Base64.getDecoder().decode(setting("FV_PROOF_KEY")));
    }

    MigrationFunction(DataSource owner, String proofKeyId, byte[] proofKey) {
        this.owner = owner;
        this.proofKeyId = proofKeyId;
        this.proofKey = proofKey.clone();
    }

    /** The runtime finds it by its name and hands it the decoded event. */
    public String handleRequest(Map<String, Object> event) throws IOException {
        if (!(event.get("ResponseURL") instanceof String address)) {
            Migrate.enrollOperator(
                    owner, text(event, "subject"), text(event, "email"), text(event, "name"));
            return "enrolled";
        }
        String failure = null;
        try {
            // A database outlives the step that migrated it: there is nothing to take back.
            if (!text(event, "RequestType").equals("Delete")) {
                bringUpToDate();
            }
        } catch (RuntimeException e) {
            failure = reason(e);
        }
        tell(address, event, failure);
        return failure == null ? "migrated" : failure;
    }

    private void bringUpToDate() {
        Migrate.run(owner);
        Migrate.installProofKey(owner, proofKeyId, proofKey, KEY_LIFE);
        try (var connection = owner.getConnection();
                var statement = connection.createStatement()) {
            statement.execute(LET_LOGINS_USE_TOKENS);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    // The types and the state, not the messages: those quote statements and rows.
    private static String reason(Throwable failure) {
        var reason = new StringBuilder("The migration failed");
        for (Throwable at = failure; at != null; at = at.getCause()) {
            reason.append(", ").append(at.getClass().getSimpleName());
            if (at instanceof SQLException sql) {
                reason.append(' ').append(sql.getSQLState());
            }
        }
        return reason.toString();
    }

    // Whatever stands in it is an identifier of CloudFormation's or a sentence of ours.
    private static void tell(String address, Map<String, Object> event, @Nullable String failure)
            throws IOException {
        String answer =
                """
                {"Status":"%s","Reason":"%s","PhysicalResourceId":"database","StackId":"%s","RequestId":"%s","LogicalResourceId":"%s"}\
                """
                        .formatted(
                                failure == null ? "SUCCESS" : "FAILED",
                                failure == null ? "The database is up to date" : failure,
                                text(event, "StackId"),
                                text(event, "RequestId"),
                                text(event, "LogicalResourceId"));
        try (var client = HttpClient.newHttpClient()) {
            var request =
                    HttpRequest.newBuilder(URI.create(address))
                            .timeout(Duration.ofSeconds(20))
                            .PUT(HttpRequest.BodyPublishers.ofString(answer))
                            .build();
            client.send(request, HttpResponse.BodyHandlers.discarding());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String text(Map<String, Object> event, String name) {
        if (event.get(name) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("the event has no " + name);
    }

    private static DataSource database() {
        var database = new PGSimpleDataSource();
        database.setUrl(setting("FV_DATABASE_URL"));
        database.setPassword(setting("FV_DATABASE_PASSWORD"));
        return database;
    }

    private static String setting(String name) {
        String value = System.getenv(name);
        if (value == null) {
            throw new IllegalStateException(name + " is not set");
        }
        return value;
    }
}
