package com.fluxvantage.migrations;

import org.flywaydb.core.Flyway;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;

import javax.sql.DataSource;

/**
 * Brings a database up to date, and does the two other things that only the migrator's role may do
 * once it is: install a key that proofs are verified with, and enrol one of the platform's own
 * people.
 *
 * <p>The login needs no superuser. It owns the database and may create roles; what it creates it
 * owns through {@code fv_owner} and {@code fv_guard}. Running any of these again is harmless.
 */
public final class Migrate {
    private static final String MIGRATIONS = "classpath:com/fluxvantage/migrations/sql";
    private static final String HISTORY_SCHEMA = "flyway";

    private static final String INSTALL_PROOF_KEY =
            """
            select fv.install_proof_key(?, ?, now(), now() + cast(? as bigint) * interval '1 second')
            """;

    private static final String ENROLL_OPERATOR =
            """
            select fv.enroll_operator(fv.uuid7(), ?, ?, ?, now())
            """;

    private static final String STORE_DATA_MAP =
            """
            select fv.store_data_map(?, ?)
            """;

    private Migrate() {}

    /**
     * Applies what is missing, each migration in a transaction of its own, and stores the data map
     * that these migrations come with.
     */
    public static void run(DataSource owner) {
        Flyway.configure()
                .dataSource(owner)
                .locations(MIGRATIONS)
                .defaultSchema(HISTORY_SCHEMA)
                .createSchemas(true)
                .validateMigrationNaming(true)
                .cleanDisabled(true)
                .load()
                .migrate();
        var map = CompiledDataMap.read();
        asMigrator(
                owner,
                connection -> {
                    try (var statement = connection.prepareStatement(STORE_DATA_MAP)) {
                        statement.setString(1, map.version());
                        statement.setString(2, map.canonical());
                        statement.execute();
                    }
                });
    }

    /**
     * From now on proofs made with this key are accepted. The two newest keys are valid at a time,
     * so that the authorizer can change over; an older one ends at once.
     *
     * @param keyId letters, digits, hyphens and underscores: what a proof names the key by
     * @param key at least 32 bytes
     * @param validFor by the database's clock
     */
    public static void installProofKey(
            DataSource owner, String keyId, byte[] key, Duration validFor) {
        asMigrator(
                owner,
                connection -> {
                    try (var statement = connection.prepareStatement(INSTALL_PROOF_KEY)) {
                        statement.setString(1, keyId);
                        statement.setBytes(2, key);
                        statement.setLong(3, validFor.toSeconds());
                        statement.execute();
                    }
                });
    }

    /** For a machine of one's own, where the operator is nobody in particular. */
    public static void enrollOperator(DataSource owner, String subject) {
        enrollOperator(
                owner, subject, subject.toLowerCase(Locale.ROOT) + "@platform.invalid", "Operator");
    }

    /**
     * Makes one of the platform's own people a member of the platform's tenant, where tenants are
     * opened.
     */
    public static void enrollOperator(
            DataSource owner, String subject, String email, String displayName) {
        asMigrator(
                owner,
                connection -> {
                    try (var statement = connection.prepareStatement(ENROLL_OPERATOR)) {
                        statement.setString(1, subject);
                        statement.setString(2, email);
                        statement.setString(3, displayName);
                        statement.execute();
                    }
                });
    }

    private interface Work {
        void run(Connection connection) throws SQLException;
    }

    private static void asMigrator(DataSource owner, Work work) {
        try (var connection = owner.getConnection();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("set local role fv_migrator");
            work.run(connection);
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "the migrator's role may do this in a migrated database", e);
        }
    }
}
