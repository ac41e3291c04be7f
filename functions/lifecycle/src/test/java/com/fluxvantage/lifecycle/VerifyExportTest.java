package com.fluxvantage.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.GivenWarehouse;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** The verifier, as whoever has an export and the public key runs it, without the platform. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class VerifyExportTest {
    private final TestPlatform platform = TestPlatform.start();
    private final Client mine = platform.openTenant();
    private final Exports exports = new Exports(platform);
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    @TempDir private Path temporary;
    private Path folder;
    private Path key;

    @BeforeEach
    void an_export_is_fetched() throws IOException {
        GivenWarehouse.of(mine).item("TEA");
        folder = Files.createDirectory(temporary.resolve("export"));
        exports.fetch(mine, exports.made(mine), folder);
        key = Files.writeString(temporary.resolve("key.pem"), exports.publicKey());
    }

    @Test
    void says_that_all_is_well() {
        assertThat(exit()).isZero();
        assertThat(said()).isEqualTo("whole and signed\n");
    }

    @Test
    void names_the_file_of_which_one_byte_was_changed() throws IOException {
        for (var file : Exports.regularFiles(folder)) {
            byte[] content = Files.readAllBytes(file);
            // The key that lies beside says nothing, and is not asked.
            if (file.endsWith("signing-key.pem")) {
                continue;
            }
            for (int at : new int[] {0, content.length / 2, content.length - 1}) {
                byte[] spoilt = content.clone();
                spoilt[at] ^= 1;
                Files.write(file, spoilt);
                said.reset();

                assertThat(exit()).as("%s at %d", file, at).isEqualTo(1);
                assertThat(said()).contains(nameOf(file));
            }
            Files.write(file, content);
        }
        assertThat(exit()).isZero();
    }

    @Test
    void names_the_file_that_is_missing() throws IOException {
        for (var file : Exports.regularFiles(folder)) {
            if (file.endsWith("signing-key.pem")) {
                continue;
            }
            byte[] content = Files.readAllBytes(file);
            Files.delete(file);
            said.reset();

            assertThat(exit()).isEqualTo(1);
            assertThat(said()).contains(folder.relativize(file) + ": is missing");
            Files.write(file, content);
        }
    }

    @Test
    void names_a_file_that_does_not_belong_there() throws IOException {
        Files.writeString(folder.resolve("tables/wms.item/000002.ndjson.gz"), "x");

        assertThat(exit()).isEqualTo(1);
        assertThat(said()).contains("tables/wms.item/000002.ndjson.gz: is not in the manifest");
    }

    @Test
    void a_row_that_was_taken_out_and_packed_anew_is_found() throws IOException {
        var file = folder.resolve("tables/wms.location/000001.ndjson.gz");
        var lines = unpacked(file).lines().skip(1).toList();
        try (var packing = new GZIPOutputStream(Files.newOutputStream(file))) {
            packing.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        }

        assertThat(exit()).isEqualTo(1);
        assertThat(said()).contains("tables/wms.location/000001.ndjson.gz: has the SHA-256");
    }

    @Test
    void a_manifest_that_another_signed_is_not_ours() throws IOException {
        var others = TestPlatform.start();
        Files.writeString(key, new Exports(others).publicKey());

        assertThat(exit()).isEqualTo(1);
        assertThat(said()).contains("manifest.json.sig: is not the signature");
    }

    @Test
    void a_count_that_the_manifest_has_wrong_is_named() throws IOException {
        // Signed by us all the same, as if we had counted wrongly.
        var manifest = folder.resolve("manifest.json");
        String text = Files.readString(manifest);
        String wrong =
                text.replaceFirst(
                        "(\"path\":\"tables/wms.item/000001.ndjson.gz\",\"rows\":)1", "$12");
        assertThat(wrong).isNotEqualTo(text);
        Files.writeString(manifest, wrong);
        Files.write(folder.resolve("manifest.json.sig"), signed(wrong));

        assertThat(exit()).isEqualTo(1);
        assertThat(said())
                .contains("tables/wms.item/000001.ndjson.gz: has 1 rows in place of 2")
                .contains("wms.item: its files have 2 rows in place of 1");
    }

    @Test
    void says_how_it_is_called() {
        assertThat(VerifyExport.run(new String[0], new PrintStream(said))).isEqualTo(2);
        assertThat(said()).startsWith("usage:");
        said.reset();
        assertThat(
                        VerifyExport.run(
                                new String[] {folder.toString(), "/nowhere"},
                                new PrintStream(said)))
                .isEqualTo(2);
    }

    /** As a customer has it: one file, a Java, and nothing of ours on the class path. */
    @Test
    void runs_from_its_source_alone() throws Exception {
        var source =
                Path.of(System.getProperty("fv.root"))
                        .resolve(
                                "functions/lifecycle/src/main/java/com/fluxvantage/lifecycle/VerifyExport.java");
        var home = Files.createDirectories(temporary.resolve("alone/com/fluxvantage/lifecycle"));
        var alone = Files.copy(source, home.resolve("VerifyExport.java"));
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var process =
                new ProcessBuilder(
                                java,
                                "-XX:TieredStopAtLevel=1",
                                alone.toString(),
                                folder.toString(),
                                key.toString())
                        .redirectErrorStream(true)
                        .start();

        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("whole and signed\n");
        assertThat(process.waitFor()).isZero();
    }

    private byte[] signed(String manifest) {
        return platform.ports()
                .signer()
                .sign(
                        com.fluxvantage.kernel.outside.SigningPurpose.EXPORT_MANIFEST,
                        ExportObjects.sha256(manifest.getBytes(StandardCharsets.UTF_8)))
                .der()
                .toArray();
    }

    // Of the manifest it is the signature that no longer fits.
    private String nameOf(Path file) {
        String name = folder.relativize(file).toString();
        return name.startsWith("manifest.json") ? "manifest.json.sig" : name;
    }

    private static String unpacked(Path file) throws IOException {
        try (var in = new GZIPInputStream(Files.newInputStream(file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private int exit() {
        return VerifyExport.run(
                new String[] {folder.toString(), key.toString()},
                new PrintStream(said, true, StandardCharsets.UTF_8));
    }

    private String said() {
        return said.toString(StandardCharsets.UTF_8);
    }
}
