package com.fluxvantage.kernel.outside;

import com.fluxvantage.kernel.tenancy.TenantId;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One tenant's part of a bucket. Keys are given and answered as they are inside it, so no key that
 * an operation can write is another tenant's.
 */
public final class TenantObjects implements ObjectStore {
    // What needs no escape in a URL, a folder's name or an XML document, which S3 calls safe.
    private static final Pattern SAFE =
            Pattern.compile("[A-Za-z0-9!_.*'()-]+(/[A-Za-z0-9!_.*'()-]+)*");

    private final ObjectStore bucket;
    private final String root;

    public TenantObjects(ObjectStore bucket, TenantId tenant) {
        this.bucket = bucket;
        this.root = "t/" + tenant.uuid() + "/";
    }

    @Override
    public void put(String key, String contentType, byte[] content) {
        mustFit(content);
        bucket.put(whole(key), contentType, content);
    }

    @Override
    public boolean keep(String key, String contentType, byte[] content, Instant until, int days) {
        mustFit(content);
        return bucket.keep(whole(key), contentType, content, until, days);
    }

    @Override
    public Optional<byte[]> get(String key) {
        return bucket.get(whole(key));
    }

    @Override
    public List<Stored> list(String prefix) {
        return bucket.list(root + folder(prefix)).stream()
                .map(it -> new Stored(it.key().substring(root.length()), it.bytes()))
                .toList();
    }

    @Override
    public Deleted deleteAll(String prefix) {
        return bucket.deleteAll(root + folder(prefix));
    }

    @Override
    public String link(String key, Duration validity) {
        if (validity.compareTo(Duration.ofSeconds(1)) < 0
                || validity.compareTo(LONGEST) > 0
                || !validity.equals(Duration.ofSeconds(validity.toSeconds()))) {
            throw new IllegalArgumentException("a link is valid for a second to a week");
        }
        return bucket.link(whole(key), validity);
    }

    private static void mustFit(byte[] content) {
        if (content.length > LARGEST_BYTES) {
            throw new IllegalArgumentException("an object has at most " + LARGEST_BYTES + " bytes");
        }
    }

    private String whole(String key) {
        String whole = root + key;
        if (!SAFE.matcher(key).matches()
                || List.of(key.split("/")).stream()
                        .anyMatch(it -> it.equals(".") || it.equals(".."))
                || whole.getBytes(StandardCharsets.UTF_8).length > LONGEST_KEY_BYTES) {
            throw new IllegalArgumentException("this is no key of an object");
        }
        return whole;
    }

    // Whole folders only: "exports/1" would take "exports/10" along.
    private String folder(String prefix) {
        if (prefix.isEmpty()) {
            return "";
        }
        if (!prefix.endsWith("/")) {
            throw new IllegalArgumentException("a prefix is a folder and ends with a slash");
        }
        whole(prefix.substring(0, prefix.length() - 1));
        return prefix;
    }
}
