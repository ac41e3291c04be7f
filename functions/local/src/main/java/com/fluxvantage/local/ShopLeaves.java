package com.fluxvantage.local;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.outside.SigningKey;
import com.fluxvantage.kernel.outside.SigningPurpose;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * The end of one tenant, after the day: the shop terminates and takes its data along; weeks later,
 * by the time of the business, it is deleted to the last row while its supplier works on. Each step
 * is one that a customer takes, or that the clock takes by itself.
 */
final class ShopLeaves {
    private static final Duration HOUR = Duration.ofHours(1);

    /** 30 to take the data along, 7 to think it over, some for the deletion itself. */
    private static final int MOST_DAYS = 45;

    private static final int MOST_SHOWN = 8;
    private static final int TURNS = 20;
    private static final int CARRIED = 50;

    /**
     * What the supplier's own work writes meanwhile, and the jobs of its nights. Everything else of
     * it stays as it is.
     */
    private static final Set<String> OF_ITS_WORK =
            Set.of(
                    "wms.audit_checkpoint",
                    "wms.audit_entry",
                    "wms.audit_head",
                    "wms.audit_segment",
                    "wms.bucket",
                    "wms.dead_letter",
                    "wms.idempotency_record",
                    "wms.movement",
                    "wms.outbox",
                    "wms.retention_run",
                    "wms.scan_event",
                    "wms.stream_lease");

    private final Terminal terminal;
    private final LocalPostgres postgres;
    private final LocalPlatform platform;
    private final Path folder;
    private final HttpClient http;
    private final ApiClient operator;

    ShopLeaves(
            Terminal terminal,
            LocalPostgres postgres,
            LocalPlatform platform,
            Path folder,
            HttpClient http,
            ApiClient operator) {
        this.terminal = terminal;
        this.postgres = postgres;
        this.platform = platform;
        this.folder = folder;
        this.http = http;
        this.operator = operator;
    }

    /** Whether everything of it is as promised. */
    boolean play(Floor shop, Floor supplier) {
        try {
            terminal.line(terminal.bold("The shop leaves."));
            terminate(shop);
            boolean isRight = takesItsDataAlong(shop);
            var before = rows(shop);
            var others = rows(supplier);
            var working = CompletableFuture.supplyAsync(() -> supplier.carryAbout(CARRIED));
            delete(shop);
            isRight &= isGone(shop, before);
            isRight &= isUntouched(supplier, others, working.join());
            isRight &= isCertified(shop);
            isRight &= new StockReport(terminal).print(postgres, List.of(supplier));
            return isRight;
        } catch (IOException | SQLException e) {
            throw new CannotStart("The shop's leaving could not be followed.", e);
        }
    }

    private void terminate(Floor shop) {
        var body = ApiClient.object();
        body.put("confirmation", "The " + shop.name());
        shop.staff()
                .administrator()
                .post("terminate-tenant", "/tenant/terminate", "terminate-" + shop.name(), body);
        platform.later(HOUR);
        var tenant = tenant(shop);
        terminal.line(
                "  It has terminated: %s, its data can be taken along until %s."
                        .formatted(tenant.path("state").asString(), date(tenant, "export_until")));
    }

    private static JsonNode tenant(Floor floor) {
        return floor.staff().administrator().get("get-tenant", "/tenant");
    }

    private static String date(JsonNode json, String field) {
        return json.path(field).asString().substring(0, "2026-11-24".length());
    }

    // What the administrator of a shop does who wants everything: asks, fetches file by file under
    // a link of a quarter of an hour, and has the folder verified by a program that knows no
    // database.
    private boolean takesItsDataAlong(Floor shop) throws IOException {
        var administrator = shop.staff().administrator();
        String export =
                administrator
                        .post("request-export", "/tenant/exports", "export-1", ApiClient.object())
                        .path("export_id")
                        .asString();
        long started = System.nanoTime();
        var shown = administrator.get("get-export", "/tenant/exports/" + export);
        for (int turn = 0; turn < TURNS && !isReady(shown); turn++) {
            platform.later(Duration.ZERO);
            shown = administrator.get("get-export", "/tenant/exports/" + export);
        }
        if (!isReady(shown)) {
            terminal.line(terminal.red("  Its export did not get ready."));
            return false;
        }
        var taken = folder.resolve("export");
        int files = fetch(administrator, export, taken);
        double seconds = (System.nanoTime() - started) / 1e9;
        var key =
                Files.writeString(
                        folder.resolve("export-key.pem"),
                        pem(platform.signingKey(SigningPurpose.EXPORT_MANIFEST)));
        boolean isWhole =
                isVerified(
                        "com.fluxvantage.lifecycle.VerifyExport", taken.toString(), key.toString());
        String sentence =
                "  It has taken %d rows of %d tables along, in %d files and %.1f s: "
                        .formatted(
                                shown.path("rows").asLong(),
                                shown.path("tables").asLong(),
                                files,
                                seconds);
        terminal.line(
                isWhole
                        ? terminal.green(sentence + "whole and signed.")
                        : terminal.red(sentence + "they do not verify."));
        return isWhole;
    }

    private static boolean isReady(JsonNode export) {
        return export.path("state").asString().equals("READY");
    }

    private int fetch(ApiClient administrator, String export, Path into) throws IOException {
        int files = 0;
        String cursor = "";
        do {
            var page =
                    administrator.get(
                            "search-export-files",
                            "/tenant/exports/"
                                    + export
                                    + "/files?limit=200"
                                    + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
            for (JsonNode file : page.path("items")) {
                var link =
                        administrator.get(
                                "mint-download",
                                "/tenant/exports/%s/files/%s/download"
                                        .formatted(export, file.path("file_id").asString()));
                var target = into.resolve(file.path("path").asString()).normalize();
                Files.createDirectories(target.getParent());
                follow(URI.create(link.path("link").asString()), target);
                files++;
            }
            cursor = page.path("next_cursor").asString("");
        } while (!cursor.isEmpty());
        return files;
    }

    private void follow(URI link, Path target) throws IOException {
        try {
            var answer =
                    http.send(
                            HttpRequest.newBuilder(link).GET().build(),
                            HttpResponse.BodyHandlers.ofFile(target));
            if (answer.statusCode() != 200) {
                throw new IOException("a link was answered " + answer.statusCode());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The day was interrupted.", e);
        }
    }

    private static String pem(SigningKey key) {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.spki().toArray())
                + "\n-----END PUBLIC KEY-----\n";
    }

    // In a JVM of its own, as a stranger would: nothing of the platform is at its disposal.
    private static boolean isVerified(String verifier, String... arguments) throws IOException {
        var command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                verifier));
        command.addAll(List.of(arguments));
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The day was interrupted.", e);
        }
    }

    // The window ends, a week passes, and the clock does the rest.
    private void delete(Floor shop) throws SQLException {
        int days = 0;
        try (var bar = terminal.progress("Days pass", MOST_DAYS)) {
            while (days < MOST_DAYS && !state(shop).equals("deleted")) {
                platform.nextMorning();
                days++;
                bar.advance();
            }
        }
        terminal.line(
                "  %d days have passed; its administrator was written to %d times."
                        .formatted(days, platform.letters()));
    }

    private String state(Floor floor) throws SQLException {
        try (var owner = LocalPlatform.owner(postgres);
                var statement =
                        owner.prepareStatement(
                                "select state from wms.tenant where tenant_id = ?")) {
            statement.setObject(1, floor.tenant().uuid());
            try (var row = statement.executeQuery()) {
                return row.next() ? row.getString(1) : "deleted";
            }
        }
    }

    private TenantRows rows(Floor floor) throws SQLException {
        try (var owner = LocalPlatform.owner(postgres)) {
            return TenantRows.of(owner, floor.tenant());
        }
    }

    private boolean isGone(Floor shop, TenantRows before) throws SQLException {
        var after = rows(shop);
        terminal.line("  Rows of the shop before and after:");
        before.tables().entrySet().stream()
                .sorted((one, other) ->
                        Long.compare(other.getValue().rows(), one.getValue().rows()))
                .limit(MOST_SHOWN)
                .forEach(it -> row(it.getKey(), it.getValue().rows(), after.rows(it.getKey())));
        row("all tables", before.total(), after.total());
        var kept = kept();
        var left = new TreeSet<String>();
        after.tables()
                .forEach((table, sum) -> {
                    if (sum.rows() > 0 && !kept.contains(table)) {
                        left.add(table);
                    }
                });
        terminal.line(
                left.isEmpty()
                        ? terminal.green(
                                "  It is deleted: what is left are its audit trail, which ends on a"
                                        + " schedule of its own, and the record of its end.")
                        : terminal.red("  It is not deleted: rows are left in " + left + "."));
        return left.isEmpty();
    }

    private void row(String table, long before, long after) {
        terminal.line(terminal.dim("    %-28s %8d %8d".formatted(table, before, after)));
    }

    // The data map says what outlives a tenant.
    private Set<String> kept() throws SQLException {
        try (var owner = LocalPlatform.owner(postgres);
                var statement = owner.createStatement();
                var row =
                        statement.executeQuery(
                                "select table_name from fv.mapped_tables() where at_end <> 'delete'")) {
            var kept = new TreeSet<String>();
            while (row.next()) {
                kept.add(row.getString(1));
            }
            return kept;
        }
    }

    private boolean isUntouched(Floor supplier, TenantRows before, int carried)
            throws SQLException {
        var after = rows(supplier);
        var touched = new TreeSet<>(after.changedSince(before));
        touched.removeAll(OF_ITS_WORK);
        String sentence =
                "  The supplier carried goods %d times meanwhile; its other %d tables are "
                        .formatted(carried, after.tables().size() - OF_ITS_WORK.size());
        terminal.line(
                touched.isEmpty()
                        ? terminal.green(sentence + "to the byte what they were.")
                        : terminal.red(sentence + "what they were but for " + touched + "."));
        return touched.isEmpty();
    }

    private boolean isCertified(Floor shop) throws IOException {
        var handed =
                operator.get(
                        "get-deletion-certificate",
                        "/tenants/%s/deletion/certificate"
                                .formatted(Identifiers.text(shop.tenant())));
        var certificate =
                Files.writeString(
                        folder.resolve("certificate.json"), handed.path("file").asString());
        var key = platform.signingKey(SigningPurpose.DELETION_CERTIFICATE);
        var publicKey =
                Files.writeString(
                        folder.resolve("certificate-key.txt"),
                        Base64.getEncoder().encodeToString(key.spki().toArray()));
        boolean isSigned =
                isVerified(
                        "com.fluxvantage.lifecycle.VerifyCertificate",
                        certificate.toString(),
                        publicKey.toString(),
                        key.keyId());
        String sentence = "  The certificate of its deletion is in " + certificate + ": ";
        terminal.line(
                isSigned
                        ? terminal.green(sentence + "it is what was signed.")
                        : terminal.red(sentence + "it does not verify."));
        return isSigned;
    }
}
