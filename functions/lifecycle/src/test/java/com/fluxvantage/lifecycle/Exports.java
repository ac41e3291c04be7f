package com.fluxvantage.lifecycle;

import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.fluxvantage.kernel.outside.Bucket;
import com.fluxvantage.kernel.outside.ObjectStore;
import com.fluxvantage.kernel.outside.Ports;
import com.fluxvantage.kernel.outside.Signature;
import com.fluxvantage.kernel.outside.Signer;
import com.fluxvantage.kernel.outside.SigningKey;
import com.fluxvantage.kernel.outside.SigningPurpose;
import com.fluxvantage.runtime.DatabaseLogins;
import com.fluxvantage.runtime.EventFunction;
import com.fluxvantage.runtime.EventMessage;
import com.fluxvantage.runtime.GuardedConnection;
import com.fluxvantage.runtime.TenantTransaction;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Exports of a test's platform: asked for, run by the clockwork or by a worker that may die,
 * fetched.
 */
final class Exports {
    /** Stands for a process that is killed: no boundary catches it. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** What may happen around each thing that is done outside. */
    interface Fate {
        default void before(String act) {}

        default void after(String act) {}
    }

    private final TestPlatform platform;
    private final Jobs jobs;

    Exports(TestPlatform platform) {
        this.platform = platform;
        this.jobs = new Jobs(platform);
    }

    static ExportId request(Client client) {
        return client.done(RequestExport.OPERATION, new RequestExport.Request()).exportId();
    }

    /** Asked for and run to its end. */
    ExportId made(Client client) {
        var export = request(client);
        platform.clockwork().turn();
        return export;
    }

    static GetExport.Result get(Client client, ExportId export) {
        return client.done(GetExport.OPERATION, new GetExport.Request(export));
    }

    static List<SearchExportFiles.File> files(Client client, ExportId export) {
        var files = new ArrayList<SearchExportFiles.File>();
        Optional<com.fluxvantage.kernel.operation.Cursor> next = Optional.empty();
        do {
            var page =
                    client.done(
                            SearchExportFiles.OPERATION,
                            new SearchExportFiles.Request(export, Optional.empty(), next));
            files.addAll(page.items());
            next = page.nextCursor();
        } while (next.isPresent());
        return files;
    }

    static MintDownload.Result mint(Client client, ExportId export, ExportFileId file) {
        return client.done(MintDownload.OPERATION, new MintDownload.Request(export, file));
    }

    /** Every file by its link, below {@code folder}, as a tenant's administrator fetches them. */
    Path fetch(Client client, ExportId export, Path folder) throws IOException {
        for (var file : files(client, export)) {
            var link = mint(client, export, file.fileId()).link();
            var target = folder.resolve(file.path());
            Files.createDirectories(target.getParent());
            Files.write(
                    target,
                    platform.ports()
                            .objects(Bucket.EXPORTS)
                            .follow(URI.create(link))
                            .orElseThrow()
                            .content()
                            .toArray());
        }
        return folder;
    }

    /** The key that a tenant has been given by another way. */
    String publicKey() {
        return "-----BEGIN PUBLIC KEY-----\n"
                + java.util.Base64.getMimeEncoder()
                        .encodeToString(
                                platform.ports()
                                        .signer()
                                        .key(SigningPurpose.EXPORT_MANIFEST)
                                        .spki()
                                        .toArray())
                + "\n-----END PUBLIC KEY-----\n";
    }

    List<String> faults(Client client, ExportId export, Path folder) throws IOException {
        return VerifyExport.verify(fetch(client, export, folder), publicKey());
    }

    /** Of what a run holds nothing is left, as a minute later. */
    void lapse(Client client) throws SQLException {
        jobs.change("update wms.export set leased_until = null where tenant_id = ?", client);
    }

    /** A worker with a connection of its own, whose acts outside have this fate. */
    Worker worker(Fate fate) {
        return new Worker(fate);
    }

    final class Worker implements AutoCloseable {
        private final GuardedConnection connection =
                new GuardedConnection(platform.database().settings().opener("fv_worker", "export"));
        private final EventFunction<RunExport.Request, RunExport.Result> function;

        private Worker(Fate fate) {
            this.function =
                    new EventFunction<>(
                            RunExport.OPERATION,
                            new TenantTransaction(connection),
                            platform.clock(),
                            new Fated(platform.ports(), fate),
                            new DatabaseLogins(platform.database().settings(), "export"));
        }

        /** Hands it an event of the export; whether it is done with it. */
        boolean take(Client client, ExportId export, long no, String type) {
            var record = new SQSEvent.SQSMessage();
            record.setMessageId(UUID.randomUUID().toString());
            record.setBody(
                    new EventMessage(client.tenant().uuid(), export.uuid(), no, type).json());
            record.setAttributes(
                    new HashMap<>(Map.of("MessageGroupId", "one", "ApproximateReceiveCount", "1")));
            var batch = new SQSEvent();
            batch.setRecords(List.of(record));
            return function.apply(batch).getBatchItemFailures().isEmpty();
        }

        boolean takeRequest(Client client, ExportId export) {
            return take(client, export, 1, "export.requested");
        }

        @Override
        public void close() {
            connection.close();
        }
    }

    private record Fated(Ports real, Fate fate) implements Ports {
        @Override
        public com.fluxvantage.kernel.outside.Mail mail() {
            return real.mail();
        }

        @Override
        public com.fluxvantage.kernel.outside.Backups backups() {
            return real.backups();
        }

        @Override
        public com.fluxvantage.kernel.outside.Secrets secrets() {
            return real.secrets();
        }

        @Override
        public com.fluxvantage.kernel.outside.Webhooks webhooks() {
            return real.webhooks();
        }

        @Override
        public com.fluxvantage.kernel.outside.Carriers carriers() {
            return real.carriers();
        }

        @Override
        public com.fluxvantage.kernel.outside.Shops shops() {
            return real.shops();
        }

        @Override
        public Signer signer() {
            return new Signer() {
                @Override
                public Signature sign(SigningPurpose purpose, byte[] sha256) {
                    fate.before("sign");
                    var signature = real.signer().sign(purpose, sha256);
                    fate.after("sign");
                    return signature;
                }

                @Override
                public SigningKey key(SigningPurpose purpose) {
                    return real.signer().key(purpose);
                }
            };
        }

        @Override
        public ObjectStore objects(Bucket bucket) {
            var store = real.objects(bucket);
            return new ObjectStore() {
                @Override
                public void put(String key, String contentType, byte[] content) {
                    fate.before("put " + key);
                    store.put(key, contentType, content);
                    fate.after("put " + key);
                }

                @Override
                public boolean keep(
                        String key,
                        String contentType,
                        byte[] content,
                        java.time.Instant until,
                        int days) {
                    return store.keep(key, contentType, content, until, days);
                }

                @Override
                public Optional<byte[]> get(String key) {
                    return store.get(key);
                }

                @Override
                public List<Stored> list(String prefix) {
                    return store.list(prefix);
                }

                @Override
                public Deleted deleteAll(String prefix) {
                    return store.deleteAll(prefix);
                }

                @Override
                public String link(String key, Duration validity) {
                    return store.link(key, validity);
                }
            };
        }
    }

    static List<Path> regularFiles(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
