package com.fluxvantage.audit;

import com.fluxvantage.kernel.audit.VerifyAuditFile;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.outside.Bucket;
import com.fluxvantage.kernel.outside.SigningPurpose;
import com.fluxvantage.kernel.outside.TenantObjects;
import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** A platform with tenants who leave a trail, and what can be seen of it and done to it. */
final class Trail {
    private final TestPlatform platform = TestPlatform.start();
    private final Jobs jobs = new Jobs(platform);

    /** An hour from now is over no job's deadline, whatever the minute in which a test runs. */
    Trail() {
        jobs.untilSeven();
    }

    TestPlatform platform() {
        return platform;
    }

    Jobs jobs() {
        return jobs;
    }

    /** Does so many things that are recorded. */
    void act(Client who, int times) {
        for (int time = 0; time < times; time++) {
            done(who.post("register-item", Map.of(), item("SKU-" + System.nanoTime())));
        }
    }

    private static String item(String sku) {
        return "{\"sku\": \"%s\", \"description\": \"A thing\"}".formatted(sku);
    }

    private static void done(com.fluxvantage.testing.Answer answer) {
        if (answer.status() >= 300) {
            throw new AssertionError(answer.toString());
        }
    }

    /** The minute's run of the sealer. */
    void chained() {
        jobs.later(Duration.ofMinutes(1));
    }

    /** The hour's run of the signer, after the sealer's. */
    void signed() {
        chained();
        jobs.later(Duration.ofHours(1));
    }

    /** The hour in which what was signed is copied. */
    void copied() {
        signed();
        jobs.later(Duration.ofHours(1));
    }

    /** Goes on to five in the morning and a little, when each night's job has been due. */
    void nightPasses() {
        var now = platform.clock().instant();
        jobs.later(Duration.between(now, Timing.daily("05:30").after(now)));
    }

    /** The segments that stand open are those of the month before last. */
    void monthsPass(Client tenant) throws SQLException {
        jobs.change(
                "update wms.audit_segment set month = month - interval '2 months' where tenant_id ="
                        + " ? and state = 'OPEN'",
                tenant);
    }

    /** Finding for finding: {@code CHANGED 1 3}. */
    List<String> verified(Client tenant) {
        var found = new ArrayList<String>();
        String cursor = null;
        do {
            var answer =
                    tenant.get(
                            "verify-audit",
                            Map.of(),
                            cursor == null ? Map.of() : Map.of("cursor", cursor));
            done(answer);
            answer.json()
                    .path("findings")
                    .forEach(it ->
                            found.add(
                                    "%s %d %d"
                                            .formatted(
                                                    it.path("kind").asString(),
                                                    it.path("segment_no").asInt(),
                                                    it.path("seq").asLong())));
            cursor = answer.json().path("next_cursor").asString(null);
        } while (cursor != null);
        return found;
    }

    /** The whole trail as lines, page by page. */
    List<String> lines(Client tenant) {
        var lines = new ArrayList<String>();
        String cursor = null;
        do {
            var query =
                    cursor == null ? Map.of("limit", "7") : Map.of("limit", "7", "cursor", cursor);
            var answer = tenant.get("read-audit-chain", Map.of(), query);
            done(answer);
            answer.json().path("lines").forEach(it -> lines.add(it.asString()));
            cursor = answer.json().path("next_cursor").asString(null);
        } while (cursor != null);
        return lines;
    }

    /** What the command says of such a file, and its exit code before it. */
    String offline(List<String> lines) {
        return offline(lines, List.of());
    }

    /** As above, compared with what was kept of the trail elsewhere. */
    String offline(List<String> lines, List<String> copies) {
        var out = new ByteArrayOutputStream();
        try {
            var folder = Files.createTempDirectory("audit");
            var file = Files.write(folder.resolve("trail.tsv"), lines);
            var key = Files.writeString(folder.resolve("key.pem"), pem());
            var kept = Files.write(folder.resolve("copies.tsv"), copies);
            int code =
                    VerifyAuditFile.run(
                            new String[] {
                                file.toString(), key.toString(), "--copies", kept.toString()
                            },
                            new PrintStream(out, true, StandardCharsets.UTF_8));
            deleted(file, key, kept, folder);
            return code + "\n" + out.toString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What was kept of the tenant's trail where nobody can change it. */
    List<String> copies(Client tenant) {
        var kept = kept(tenant);
        return kept.list("").stream()
                .map(it -> new String(kept.get(it.key()).orElseThrow(), StandardCharsets.UTF_8))
                .map(String::strip)
                .toList();
    }

    TenantObjects kept(Client tenant) {
        return new TenantObjects(
                platform.ports().objects(Bucket.AUDIT_HEADS), new TenantId(tenant.tenant().uuid()));
    }

    private String pem() {
        byte[] spki = platform.ports().signer().key(SigningPurpose.AUDIT_SEAL).spki().toArray();
        return "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n"
                .formatted(Base64.getMimeEncoder().encodeToString(spki));
    }

    private static void deleted(Path... paths) throws IOException {
        for (var path : paths) {
            Files.delete(path);
        }
    }

    /** One value, as the superuser sees it; the statement's one argument is the tenant. */
    String ask(String sql, Client tenant) throws SQLException {
        return jobs.rows(sql, tenant).getFirst();
    }
}
