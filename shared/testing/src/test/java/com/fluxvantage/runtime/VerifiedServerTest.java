package com.fluxvantage.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Base64;
import java.util.Properties;

/**
 * The functions' login over TLS to a real server, with a certificate of its own: who it is is
 * verified by issuer and by name before anything is sent.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class VerifiedServerTest {
    private static final String ROLE = "postgres";
    private static final char[] PASSWORD = "of a file that lives as long as a test".toCharArray();

    @TempDir private static Path folder;
    private static EmbeddedPostgres server;

    private final Properties usual = new Properties();

    @BeforeAll
    static void start() throws Exception {
        var key = identity("server", "dns:localhost");
        identity("stranger", "dns:localhost");
        server =
                EmbeddedPostgres.builder()
                        .setPGStartupWait(Duration.ofSeconds(60))
                        .setServerConfig("ssl", "on")
                        .setServerConfig("ssl_cert_file", certificate("server").toString())
                        .setServerConfig("ssl_key_file", key.toString())
                        .setServerConfig("ssl_min_protocol_version", "TLSv1.3")
                        .setServerConfig("fsync", "off")
                        .start();
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @BeforeEach
    void lendCredentials() {
        usual.putAll(System.getProperties());
        System.setProperty("aws.accessKeyId", "AKIAIOSFODNN7EXAMPLE");
        System.setProperty("aws.secretAccessKey", "of nobody");
    }

    @AfterEach
    void takeThemBack() {
        System.setProperties(usual);
    }

    @Test
    void what_is_sent_is_encrypted_by_the_newest_protocol() throws SQLException {
        try (var connection = open("localhost", "server");
                var statement = connection.createStatement();
                var row =
                        statement.executeQuery(
                                "select ssl, version from pg_stat_ssl where pid = pg_backend_pid()")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getBoolean("ssl")).isTrue();
            assertThat(row.getString("version")).isEqualTo("TLSv1.3");
        }
    }

    @Test
    void a_server_under_another_name_is_not_the_one() {
        assertThatThrownBy(() -> open("127.0.0.1", "server"))
                .isInstanceOf(SQLException.class)
                .hasStackTraceContaining("could not be verified");
    }

    @Test
    void a_server_whose_certificate_nobody_known_has_issued_is_not_the_one() {
        assertThatThrownBy(() -> open("localhost", "stranger"))
                .isInstanceOf(SQLException.class)
                .hasStackTraceContaining("PKIX path");
    }

    /** As the cloud has it: the issuers that the JVM knows, and this one is not among them. */
    @Test
    void by_the_jvms_own_roots_a_certificate_of_ones_own_making_is_nobodys() {
        assertThatThrownBy(() ->
                        opener("localhost", "sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory")
                                .open())
                .isInstanceOf(SQLException.class)
                .hasStackTraceContaining("PKIX path");
    }

    private static Connection open(String host, String knows) throws SQLException {
        return opener(host, "sslrootcert=" + certificate(knows)).open();
    }

    private static GuardedConnection.Opener opener(String host, String trust) {
        return new DatabaseSettings(
                        "jdbc:postgresql://%s:%d/postgres?iamRegion=eu-west-1&%s"
                                .formatted(host, server.getPort(), trust),
                        DatabaseSettings.Login.IAM)
                .opener(ROLE, "any");
    }

    private static Path certificate(String name) {
        return folder.resolve(name + ".pem");
    }

    /** A new key and a certificate that it has signed itself; answers where the key is. */
    private static Path identity(String name, String subject)
            throws IOException, InterruptedException, GeneralSecurityException {
        var store = folder.resolve(name + ".p12");
        var made =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-keystore",
                                store.toString(),
                                "-storetype",
                                "PKCS12",
                                "-storepass",
                                new String(PASSWORD),
                                "-alias",
                                name,
                                "-dname",
                                "CN=" + name,
                                "-ext",
                                "san=" + subject,
                                "-keyalg",
                                "EC",
                                "-groupname",
                                "secp256r1",
                                "-validity",
                                "2")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertThat(made.waitFor()).isZero();
        var keys = KeyStore.getInstance(store.toFile(), PASSWORD);
        Key key = keys.getKey(name, PASSWORD);
        Files.writeString(
                certificate(name), pem("CERTIFICATE", keys.getCertificate(name).getEncoded()));
        // The server refuses a key that others could read.
        var file =
                Files.createFile(
                        folder.resolve(name + ".key"),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, pem("PRIVATE KEY", key.getEncoded()));
    }

    private static String pem(String kind, byte[] content) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(
                        kind,
                        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content),
                        kind);
    }
}
