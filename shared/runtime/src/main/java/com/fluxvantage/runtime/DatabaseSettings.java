package com.fluxvantage.runtime;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.Set;

/**
 * How a function reaches PostgreSQL. Every setting keeps a multiplexing proxy from pinning the
 * session or keeps row data out of error texts.
 *
 * @param url {@code jdbc:postgresql://host:port/database}
 */
public record DatabaseSettings(String url, Login login) {
    /** How the function's login is proved. */
    public enum Login {
        /** A server on this machine that trusts local connections. */
        TRUSTED,
        /** A short-lived IAM token that the AWS JDBC wrapper signs, over verified TLS 1.3. */
        IAM
    }

    private static final Set<String> LIMITS_OF_JOBS =
            Set.of("fv_worker", "fv_dispatch", "fv_eraser", "fv_verifier");

    private static final String PLAIN = "jdbc:postgresql:";
    private static final String WRAPPED = "jdbc:aws-wrapper:postgresql:";

    public GuardedConnection.Opener opener(String role, String operation) {
        return () -> open(role, operation);
    }

    private Connection open(String role, String operation) throws SQLException {
        var properties = properties(role, operation);
        return switch (login) {
            case TRUSTED -> DriverManager.getConnection(url, properties);
            case IAM -> {
                properties.setProperty("wrapperPlugins", "iam");
                properties.setProperty("sslmode", "verify-full");
                yield DriverManager.getConnection(
                        WRAPPED + url.substring(PLAIN.length()), properties);
            }
        };
    }

    static Properties properties(String role, String operation) {
        var properties = new Properties();
        properties.setProperty("user", role);
        properties.setProperty("ApplicationName", "fv-" + operation);
        // With both of these the driver sends no SET after login.
        properties.setProperty("assumeMinServerVersion", "17");
        // A named statement pins a proxied session, and another client could be given it.
        properties.setProperty("prepareThreshold", "0");
        properties.setProperty("preparedStatementCacheQueries", "256");
        properties.setProperty("autosave", "never");
        properties.setProperty("gssEncMode", "disable");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("connectTimeout", "3");
        properties.setProperty("loginTimeout", "5");
        // Limits nest: lock 1.5 s, statement 3 s, transaction 4 s, socket 5 s, function 6 s. A
        // job's are its own, below these.
        properties.setProperty("socketTimeout", LIMITS_OF_JOBS.contains(role) ? "300" : "5");
        // Error texts of the server quote rows.
        properties.setProperty("logServerErrorDetail", "false");
        return properties;
    }
}
