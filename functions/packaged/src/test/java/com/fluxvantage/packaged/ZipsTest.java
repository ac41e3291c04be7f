package com.fluxvantage.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.local.lambda.Zips;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** What is in a zip, and what is not. The sizes are printed: they are what a deployment moves. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@NeedsZips
final class ZipsTest {
    /** Domains that sign, keep objects or send mail: their zips hold the ways to those services. */
    private static final Set<String> ACT_OUTSIDE =
            Set.of("audit", "carriers", "integrations", "lifecycle");

    private static final long LARGEST_BYTES = 25_000_000;

    /**
     * The library that seals secrets is nearly as large as all else; beside it is a client of HTTP.
     */
    private static final Set<String> KEEP_SECRETS = Set.of("carriers", "integrations");

    private static final long LARGEST_BYTES_WITH_SECRETS = 37_000_000;

    /** Labels, exports, copies of audit heads: the client of the object store is there. */
    private static final Set<String> KEEP_OBJECTS = Set.of("audit", "carriers", "lifecycle");

    private static final long LARGEST_BYTES_WITH_BOTH = 40_000_000;

    private static final String JAR = "lib/[^/]+\\.jar";

    // Of tests and of the day, and what the managed runtime brings itself.
    private static final String NOT_WANTED =
            ".*(junit|assertj|archunit|zonky|mock|webflux|netty|"
                    + "lambda-java-core|lambda-java-serialization|runtime-interface).*";

    /** Megabytes for a call or two. */
    private static final String CLIENTS = "lib/(kms|sesv2)-.*";

    /** By whom it is wanted: where they are not called, their libraries are not there. */
    private static final Pattern LEFT_OUT =
            Pattern.compile(
                    "(aws\\.S3Objects\\S*|runtime\\.TokenVerifier\\S*|registry\\.(OpenApiDocument|EventsDocument|Schemas)\\S*) +-> ");

    static Set<String> domains() {
        return Cloud.ZIPS.domains();
    }

    static Stream<Path> zips() {
        return Stream.concat(
                domains().stream().map(Cloud.ZIPS::of),
                Stream.of(Cloud.ZIPS.ofDispatch(), Cloud.ZIPS.ofMigrations()));
    }

    static Stream<Path> functions() {
        return Stream.concat(
                domains().stream().map(Cloud.ZIPS::of), Stream.of(Cloud.ZIPS.ofDispatch()));
    }

    @ParameterizedTest
    @MethodSource("domains")
    void a_zip_holds_the_one_domain_and_what_serves_it_and_nothing_more(String domain)
            throws IOException {
        var entries = entries(Cloud.ZIPS.of(domain));

        assertThat(entries).extracting(ZipEntry::getName).allMatch(it -> it.matches(JAR));
        var expected = new ArrayList<>(List.of(domain, "kernel", "runtime"));
        if (ACT_OUTSIDE.contains(domain)) {
            expected.add("aws");
        }
        if (KEEP_SECRETS.contains(domain)) {
            expected.add("secrets");
            expected.addAll(
                    domain.equals("carriers") ? List.of("easypost") : List.of("shops", "webhooks"));
        } else {
            assertThat(entries).extracting(ZipEntry::getName).noneMatch(it -> it.matches(CLIENTS));
        }
        assertThat(ours(entries)).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(entries).extracting(ZipEntry::getName).noneMatch(it -> it.matches(NOT_WANTED));
        assertThat(entries)
                .extracting(ZipEntry::getName)
                .noneMatch(it -> it.startsWith("lib/flyway"));
    }

    /** Nothing else is kept. */
    @Test
    void the_client_of_the_object_store_is_where_objects_are_kept() throws IOException {
        for (String domain : domains()) {
            assertThat(entries(Cloud.ZIPS.of(domain)).stream().map(ZipEntry::getName))
                    .as(domain)
                    .filteredOn(it -> it.startsWith("lib/s3-"))
                    .hasSize(KEEP_OBJECTS.contains(domain) ? 1 : 0);
        }
    }

    /** Only there a token is read, and only the authorizer reads one. */
    @Test
    void what_reads_tokens_is_in_the_authorizers_zip_alone() throws IOException {
        for (String domain : domains()) {
            assertThat(entries(Cloud.ZIPS.of(domain)).stream().map(ZipEntry::getName))
                    .as(domain)
                    .filteredOn(it -> it.contains("nimbus-jose-jwt"))
                    .hasSize(domain.equals("identity") ? 1 : 0);
        }
    }

    /** Whatever else a class of ours names is in the zip, or the managed runtime brings it. */
    @ParameterizedTest
    @MethodSource("functions")
    void nothing_is_missing_but_what_was_left_out(Path zip, @TempDir Path unpacked)
            throws IOException {
        var ours = new ArrayList<String>();
        var others = new ArrayList<>(Zips.managedRuntime().stream().map(Path::toString).toList());
        try (var file = new ZipFile(zip.toFile())) {
            for (var entry : file.stream().filter(it -> !it.isDirectory()).toList()) {
                var jar = unpacked.resolve(Path.of(entry.getName()).getFileName());
                Files.copy(file.getInputStream(entry), jar);
                (entry.getName().contains("fluxvantage-") ? ours : others).add(jar.toString());
            }
        }
        var said = new StringWriter();
        var arguments = new ArrayList<>(List.of("--multi-release", "25", "--missing-deps", "-cp"));
        arguments.add(String.join(File.pathSeparator, others));
        arguments.addAll(ours);
        ToolProvider.findFirst("jdeps")
                .orElseThrow()
                .run(
                        new PrintWriter(said),
                        new PrintWriter(said),
                        arguments.toArray(String[]::new));

        assertThat(said.toString().lines())
                .filteredOn(it -> it.endsWith("not found") && it.contains("   com.fluxvantage."))
                .allMatch(it -> LEFT_OUT.matcher(it).find());
        assertThat(ours).isNotEmpty();
    }

    /** It reads in the descriptors who wants what; the contract's generator stays behind. */
    @Test
    void the_zip_of_the_clock_holds_every_domain_and_the_clients_of_two_services()
            throws IOException {
        var entries = entries(Cloud.ZIPS.ofDispatch());

        assertThat(entries).extracting(ZipEntry::getName).allMatch(it -> it.matches(JAR));
        assertThat(ours(entries))
                .containsAll(domains())
                .contains("dispatch", "kernel", "registry", "runtime")
                .hasSize(domains().size() + 4);
        assertThat(entries)
                .extracting(ZipEntry::getName)
                .noneMatch(it -> it.matches(NOT_WANTED))
                .noneMatch(it -> it.matches(".*(apache-client|httpclient|victools|flyway).*"))
                .anyMatch(it -> it.startsWith("lib/sqs-"))
                .anyMatch(it -> it.startsWith("lib/eventbridge-"));
    }

    @Test
    void the_zip_that_migrates_holds_the_migrations_and_no_function() throws IOException {
        var entries = entries(Cloud.ZIPS.ofMigrations());

        assertThat(entries)
                .extracting(ZipEntry::getName)
                .allMatch(it -> it.matches(JAR) || it.equals("certificates/rds-ca.pem"));
        assertThat(ours(entries)).containsExactly("migrations");
        assertThat(entries)
                .extracting(ZipEntry::getName)
                .noneMatch(it -> it.matches(NOT_WANTED))
                .anyMatch(it -> it.startsWith("lib/flyway-database-postgresql-"))
                .anyMatch(it -> it.startsWith("lib/postgresql-"));
    }

    @ParameterizedTest
    @MethodSource("zips")
    void a_zip_is_small_and_its_entries_are_of_the_time_that_the_project_names(Path zip)
            throws IOException, GeneralSecurityException {
        byte[] content = Files.readAllBytes(zip);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
        System.out.printf(
                "%-14s %5.1f MB  sha256 %s%n",
                zip.getFileName(), content.length / 1e6, HexFormat.of().formatHex(digest));

        assertThat((long) content.length)
                .isLessThanOrEqualTo(most(zip.getFileName().toString().replace(".zip", "")));
        assertThat(entries(zip))
                .extracting(ZipEntry::getTimeLocal)
                .containsOnly(entries(zip).getFirst().getTimeLocal());
    }

    private static long most(String name) {
        if (!KEEP_SECRETS.contains(name)) {
            return LARGEST_BYTES;
        }
        return KEEP_OBJECTS.contains(name) ? LARGEST_BYTES_WITH_BOTH : LARGEST_BYTES_WITH_SECRETS;
    }

    private static List<? extends ZipEntry> entries(Path zip) throws IOException {
        try (var file = new ZipFile(zip.toFile())) {
            return file.stream().filter(it -> !it.isDirectory()).toList();
        }
    }

    private static List<String> ours(List<? extends ZipEntry> entries) {
        return entries.stream()
                .map(ZipEntry::getName)
                .filter(it -> it.startsWith("lib/fluxvantage-"))
                .map(it -> it.replaceAll("lib/fluxvantage-(.*)-0.*", "$1"))
                .toList();
    }
}
