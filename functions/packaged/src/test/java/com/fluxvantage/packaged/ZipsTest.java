package com.fluxvantage.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.LocalDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** What is in a zip, and what is not. The sizes are printed: they are what a deployment moves. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@NeedsZips
final class ZipsTest {
    private static final long LARGEST_BYTES = 25_000_000;

    static Set<String> domains() {
        return Zips.domains();
    }

    @ParameterizedTest
    @MethodSource("domains")
    void a_zip_holds_the_one_domain_and_what_serves_it_and_nothing_more(String domain)
            throws IOException, GeneralSecurityException {
        var zip = Zips.of(domain);
        byte[] content = Files.readAllBytes(zip);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
        System.out.printf(
                "%-14s %5.1f MB  sha256 %s%n",
                zip.getFileName(), content.length / 1e6, HexFormat.of().formatHex(digest));

        assertThat((long) content.length).isLessThanOrEqualTo(LARGEST_BYTES);
        try (var file = new ZipFile(zip.toFile())) {
            var entries = file.stream().filter(it -> !it.isDirectory()).toList();
            assertThat(entries)
                    .extracting(ZipEntry::getName)
                    .allMatch(it -> it.matches("lib/[^/]+\\.jar"));
            assertThat(entries)
                    .extracting(ZipEntry::getName)
                    .filteredOn(it -> it.startsWith("lib/fluxvantage-"))
                    .extracting(it -> it.replaceAll("lib/fluxvantage-(.*)-0.*", "$1"))
                    .containsExactlyInAnyOrder(domain, "kernel", "runtime");
            assertThat(entries)
                    .extracting(ZipEntry::getName)
                    .noneMatch(it ->
                            it.matches(
                                    ".*(junit|assertj|archunit|zonky|flyway|mock|webflux|netty|"
                                        + "lambda-java-core|lambda-java-serialization|runtime-interface).*"));
            assertThat(entries).extracting(ZipEntry::getTimeLocal).containsOnly(first(entries));
        }
    }

    private static LocalDateTime first(List<? extends ZipEntry> entries) {
        return entries.getFirst().getTimeLocal();
    }
}
