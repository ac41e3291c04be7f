package com.fluxvantage.runtime;

import com.fluxvantage.kernel.outside.Bytes;
import com.fluxvantage.kernel.outside.ObjectStore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A bucket that is a folder of this machine, as strict as S3 with versions: it refuses the keys,
 * types and validities that S3 would refuse, keeps what was overwritten, lets nobody at what is
 * locked, and its links end. An object is a folder that is named like it with an {@code @} at the
 * end; in it is a file for each version. Thread-safe; one process at a time.
 */
public final class FolderObjects implements ObjectStore {
    /** Where links lead on this machine's gateway. */
    public static final String PATH = "/objects/";

    private static final String MARK = "@";
    private static final String LOCK = "until";
    private static final Pattern CONTENT_TYPE =
            Pattern.compile("[\\x21-\\x7e][\\x20-\\x7e]{0,254}");

    private final Path folder;
    private final Supplier<URI> gateway;
    private final Clock clock;
    private final byte[] linkKey = new byte[32];

    /**
     * Keeps its objects below {@code folder}, which is made when it is needed.
     *
     * @param gateway what links begin with
     * @param clock by which they end
     */
    public FolderObjects(Path folder, Supplier<URI> gateway, Clock clock) {
        this.folder = folder;
        this.gateway = gateway;
        this.clock = clock;
        new SecureRandom().nextBytes(linkKey);
    }

    /** What a link shows to whoever has it. */
    public record Shown(String contentType, Bytes content) {}

    @Override
    public synchronized void put(String key, String contentType, byte[] content) {
        mustBeAKey(key);
        mustBeOpen(home(key));
        write(key, contentType, content);
    }

    @Override
    public synchronized boolean keep(
            String key, String contentType, byte[] content, Instant until, int days) {
        mustBeAKey(key);
        if (!until.isAfter(clock.instant())) {
            throw new IllegalArgumentException("a lock ends in the future");
        }
        if (days < 1) {
            throw new IllegalArgumentException("a rule is of a day at least");
        }
        try {
            var home = home(key);
            if (!versions(home).isEmpty()) {
                return false;
            }
            Files.createDirectories(home);
            Files.writeString(home.resolve(LOCK), until.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("the folder of objects can be written", e);
        }
        write(key, contentType, content);
        return true;
    }

    private void write(String key, String contentType, byte[] content) {
        if (!CONTENT_TYPE.matcher(contentType).matches()) {
            throw new IllegalArgumentException("this is no content type");
        }
        try {
            var home = home(key);
            Files.createDirectories(home);
            int version = versions(home).size() + 1;
            var half = home.resolve("half");
            Files.write(half, content);
            Files.writeString(home.resolve("type"), contentType);
            // Whole or not at all, as an object is in S3.
            Files.move(
                    half, home.resolve("%06d".formatted(version)), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("the folder of objects can be written", e);
        }
    }

    @Override
    public synchronized Optional<byte[]> get(String key) {
        mustBeAKey(key);
        try {
            var versions = versions(home(key));
            return versions.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Files.readAllBytes(versions.getLast()));
        } catch (IOException e) {
            throw new UncheckedIOException("the folder of objects can be read", e);
        }
    }

    @Override
    public synchronized List<Stored> list(String prefix) {
        var found = new ArrayList<Stored>();
        for (var home : homes(prefix)) {
            try {
                var versions = versions(home);
                if (!versions.isEmpty()) {
                    found.add(new Stored(key(home), Files.size(versions.getLast())));
                }
            } catch (IOException e) {
                throw new UncheckedIOException("the folder of objects can be read", e);
            }
        }
        return List.copyOf(found);
    }

    @Override
    public synchronized Deleted deleteAll(String prefix) {
        int deleted = 0;
        for (var home : homes(prefix)) {
            mustBeOpen(home);
            try {
                for (var version : versions(home)) {
                    if (deleted == MOST_DELETED) {
                        return new Deleted(deleted, true);
                    }
                    Files.delete(version);
                    deleted++;
                }
                Files.deleteIfExists(home.resolve("half"));
                Files.deleteIfExists(home.resolve("type"));
                Files.deleteIfExists(home.resolve(LOCK));
                Files.delete(home);
            } catch (IOException e) {
                throw new UncheckedIOException("the folder of objects can be written", e);
            }
        }
        return new Deleted(deleted, false);
    }

    @Override
    public String link(String key, Duration validity) {
        mustBeAKey(key);
        if (validity.toSeconds() < 1 || validity.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("a link is valid for a second to a week");
        }
        long until = clock.instant().plus(validity).getEpochSecond();
        return gateway.get().resolve(PATH + key)
                + "?until="
                + until
                + "&signature="
                + URLEncoder.encode(signature(key, until), StandardCharsets.UTF_8);
    }

    /** What this link shows; nothing once it has ended, or if it is not one of ours. */
    public Optional<Shown> follow(URI link) {
        var query = Optional.ofNullable(link.getQuery()).orElse("").split("[=&]", -1);
        if (!link.getPath().startsWith(PATH)
                || query.length != 4
                || !query[1].matches("[0-9]{1,12}")) {
            return Optional.empty();
        }
        String key = link.getPath().substring(PATH.length());
        long until = Long.parseLong(query[1]);
        boolean isOurs =
                MessageDigest.isEqual(
                        signature(key, until).getBytes(StandardCharsets.UTF_8),
                        query[3].getBytes(StandardCharsets.UTF_8));
        if (!isOurs || clock.instant().isAfter(Instant.ofEpochSecond(until))) {
            return Optional.empty();
        }
        return get(key).map(it -> new Shown(contentType(key), Bytes.of(it)));
    }

    /** How many versions are kept of all whose keys begin so. */
    public synchronized int countVersions(String prefix) {
        try {
            int count = 0;
            for (var home : homes(prefix)) {
                count += versions(home).size();
            }
            return count;
        } catch (IOException e) {
            throw new UncheckedIOException("the folder of objects can be read", e);
        }
    }

    private String contentType(String key) {
        try {
            return Files.readString(home(key).resolve("type"));
        } catch (IOException e) {
            throw new UncheckedIOException("the folder of objects can be read", e);
        }
    }

    private String signature(String key, long until) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(linkKey, "HmacSHA256"));
            return HexFormat.of()
                    .formatHex(mac.doFinal((until + " " + key).getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC is part of the platform", e);
        }
    }

    private void mustBeOpen(Path home) {
        try {
            var lock = home.resolve(LOCK);
            if (Files.exists(lock)
                    && Instant.parse(Files.readString(lock)).isAfter(clock.instant())) {
                throw new IllegalStateException("this object is locked until its time");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the folder of objects can be read", e);
        }
    }

    private static void mustBeAKey(String key) {
        if (key.isEmpty()
                || key.getBytes(StandardCharsets.UTF_8).length > LONGEST_KEY_BYTES
                || key.contains(MARK)
                || Stream.of(key.split("/", -1))
                        .anyMatch(it -> it.isEmpty() || it.equals(".") || it.equals(".."))) {
            throw new IllegalArgumentException("this is no key of an object");
        }
    }

    private Path home(String key) {
        return folder.resolve(key + MARK);
    }

    private String key(Path home) {
        String path = folder.relativize(home).toString().replace('\\', '/');
        return path.substring(0, path.length() - MARK.length());
    }

    private List<Path> homes(String prefix) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var all = Files.walk(folder)) {
            return all.filter(it -> it.getFileName().toString().endsWith(MARK))
                    .filter(it -> key(it).startsWith(prefix))
                    .sorted(Comparator.comparing(this::key))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("the folder of objects can be read", e);
        }
    }

    private static List<Path> versions(Path home) throws IOException {
        try (var all = Files.list(home)) {
            return all.filter(it -> it.getFileName().toString().matches("[0-9]{6}"))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException _) {
            return List.of();
        }
    }
}
