package com.fluxvantage.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.outside.Bytes;
import com.fluxvantage.kernel.outside.SigningPurpose;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Base64;
import java.util.HexFormat;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VerifyCertificateTest {
    private final TestPlatform platform = GivenEnding.platform();
    private final GivenEnding given = new GivenEnding(platform);
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    @TempDir private Path folder;
    private Client left;
    private String certificate;
    private String file;

    @BeforeAll
    void a_tenant_has_been_deleted() throws SQLException {
        left = given.due();
        given.toTheEnd(left);
        certificate =
                given.only("select certificate from guard.deletion_run where tenant_id = ?", left);
        var der =
                given.only(
                        "select encode(signature, 'hex') from guard.deletion_run where tenant_id = ?",
                        left);
        var keyId =
                given.only("select signed_by from guard.deletion_run where tenant_id = ?", left);
        file = CertificateFile.of(certificate, keyId, Bytes.of(HexFormat.of().parseHex(der)));
    }

    private int verify(String text) throws IOException {
        said.reset();
        var key = platform.ports().signer().key(SigningPurpose.DELETION_CERTIFICATE);
        Files.writeString(folder.resolve("certificate.json"), text);
        Files.writeString(
                folder.resolve("key"), Base64.getEncoder().encodeToString(key.spki().toArray()));
        return VerifyCertificate.run(
                new PrintStream(said, true, StandardCharsets.UTF_8),
                folder.resolve("certificate.json").toString(),
                folder.resolve("key").toString(),
                key.keyId());
    }

    private String said() {
        return said.toString(StandardCharsets.UTF_8);
    }

    @Test
    void the_certificate_of_a_deletion_is_verified_with_the_public_key_alone() throws IOException {
        assertThat(verify(file)).isZero();
        assertThat(said()).startsWith("The certificate is what was signed.");
    }

    @Test
    void it_names_no_tenant_and_says_when_backups_are_gone() {
        assertThat(certificate)
                .contains("\"ageing_out\":{\"backups\":\"")
                .contains("\"wms.movement\":{\"after\":0,\"before\":")
                .contains("\"kept_until\":\"")
                .doesNotContain(left.tenant().uuid().toString())
                .doesNotContain("Tenant ")
                .doesNotContain("example.org");
    }

    @Test
    void one_byte_less_of_a_figure_is_noticed_and_its_part_named() throws IOException {
        assertThat(verify(file.replaceFirst("\"before\":1", "\"before\":2"))).isEqualTo(1);
        assertThat(said())
                .contains("The part tables is not the one that was handed out.")
                .contains("The signature is not this key's");
    }

    /** Wherever it falls: in a figure, a name, a digest, the signature, a bracket. */
    @Test
    void any_changed_byte_is_noticed() throws IOException {
        for (int at = 0; at < file.length(); at += 7) {
            char other = file.charAt(at) == '7' ? '8' : '7';
            assertThat(verify(file.substring(0, at) + other + file.substring(at + 1)))
                    .as("byte %d", at)
                    .isNotZero();
        }
    }

    /** The last letter of a signature may hold bits that no byte of it needs. */
    @Test
    void every_other_end_of_the_signature_is_noticed() throws IOException {
        int end = file.indexOf('"', file.indexOf("\"signature\":\"") + 13) - 1;
        for (int at = end - 3; at <= end; at++) {
            for (char other :
                    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/=".toCharArray()) {
                if (other != file.charAt(at)) {
                    assertThat(verify(file.substring(0, at) + other + file.substring(at + 1)))
                            .as("%s at %d", other, at)
                            .isNotZero();
                }
            }
        }
    }

    @Test
    void a_part_that_was_cut_out_is_named() throws IOException {
        var without = file.replaceFirst("\"holds_seen\":0,", "");
        assertThat(verify(without)).isEqualTo(1);
        assertThat(said()).contains("The part holds_seen is missing.");
    }

    @Test
    void what_is_no_certificate_and_a_wrong_call_are_told_apart() throws IOException {
        assertThat(verify("{\"certificate\":1}")).isEqualTo(1);
        assertThat(verify("")).isEqualTo(1);
        assertThat(VerifyCertificate.run(System.out)).isEqualTo(2);
        assertThat(VerifyCertificate.run(System.out, "/nowhere", "/nowhere", "k")).isEqualTo(2);
    }
}
