package com.fluxvantage.runtime;

import com.fluxvantage.kernel.outside.Bucket;
import com.fluxvantage.kernel.outside.Ports;
import com.fluxvantage.kernel.outside.Secrets;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Everything outside, on this machine, and as strict as what it stands for. */
public final class LocalPorts implements Ports {
    private final LocalSigner signer = new LocalSigner();
    private final LocalMail mail = new LocalMail();
    private final LocalWebhooks webhooks = new LocalWebhooks();
    private final LocalCarriers carriers = new LocalCarriers();
    private final LocalShops shops = new LocalShops();
    private final LocalBackups backups;
    private final Map<Bucket, FolderObjects> buckets = new EnumMap<>(Bucket.class);
    private final Path folder;
    private @Nullable Secrets secrets;

    /** Its objects go with the process, and its links lead to no server. */
    public LocalPorts() {
        this(() -> URI.create("http://localhost"), Clock.systemUTC());
    }

    /** Its objects go with the process; links begin with {@code gateway}. */
    public LocalPorts(Supplier<URI> gateway, Clock clock) {
        this(temporary(), gateway, clock);
    }

    /**
     * Keeps its objects.
     *
     * @param folder in which each bucket is a folder, and the key of secrets beside them
     * @param gateway with what links begin, once it is known
     */
    public LocalPorts(Path folder, Supplier<URI> gateway, Clock clock) {
        this.folder = folder;
        this.backups = new LocalBackups(clock);
        for (var bucket : Bucket.values()) {
            buckets.put(
                    bucket, new FolderObjects(folder.resolve(bucket.publicName()), gateway, clock));
        }
    }

    @Override
    public LocalSigner signer() {
        return signer;
    }

    @Override
    public LocalMail mail() {
        return mail;
    }

    /** Opened when it is first needed: most of what runs here keeps no secret. */
    @Override
    public synchronized Secrets secrets() {
        var opened = secrets;
        if (opened == null) {
            opened = LocalSecrets.in(folder);
            secrets = opened;
        }
        return opened;
    }

    @Override
    public LocalWebhooks webhooks() {
        return webhooks;
    }

    @Override
    public LocalCarriers carriers() {
        return carriers;
    }

    @Override
    public LocalShops shops() {
        return shops;
    }

    @Override
    public LocalBackups backups() {
        return backups;
    }

    @Override
    public FolderObjects objects(Bucket bucket) {
        var found = buckets.get(bucket);
        if (found == null) {
            throw new IllegalStateException("there is no bucket of " + bucket);
        }
        return found;
    }

    /** What a link shows, whichever bucket it leads to. */
    public Optional<FolderObjects.Shown> follow(URI link) {
        return buckets.values().stream()
                .map(it -> it.follow(link))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Path temporary() {
        try {
            var folder = Files.createTempDirectory("fluxvantage-objects-");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder)));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException("a temporary folder can be made", e);
        }
    }

    private static void remove(Path folder) {
        try (var all = Files.walk(folder)) {
            for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a temporary folder can be removed", e);
        }
    }
}
