package com.fluxvantage.aws;

import com.fluxvantage.kernel.outside.ObjectStore;
import com.fluxvantage.kernel.outside.Unreachable;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.ObjectLockMode;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A bucket of S3. Each object goes there with the SHA-256 that S3 compares with what arrives, and
 * is encrypted with the key that the bucket names. Links are computed here; nothing is asked for
 * them. Safe for use by many threads.
 */
final class S3Objects implements ObjectStore {
    private static final String SERVICE = "S3";

    /** An object is in memory as a whole, so its signature is of the whole and not of chunks. */
    static final S3Configuration CONFIGURATION =
            S3Configuration.builder().chunkedEncodingEnabled(false).build();

    /** What one request lists or deletes at most. */
    private static final int PAGE = 1000;

    /** An object is there already. */
    private static final int TAKEN = 412;

    /** Somebody else is about to put it. */
    private static final int AT_ONCE = 409;

    private final Supplier<S3Client> opener;
    private final Supplier<S3Presigner> presigners;
    private final String bucket;
    private @Nullable S3Client opened;

    /** The function's own. S3's client is named in this file alone: not every zip has it. */
    static S3Objects in(String bucket) {
        return new S3Objects(
                () ->
                        S3Client.builder()
                                .httpClient(AwsPorts.http())
                                .serviceConfiguration(CONFIGURATION)
                                .build(),
                S3Presigner::create,
                bucket);
    }

    /** Nothing is opened before the first call, which comes after a snapshot. */
    S3Objects(Supplier<S3Client> opener, Supplier<S3Presigner> presigners, String bucket) {
        this.opener = opener;
        this.presigners = presigners;
        this.bucket = bucket;
    }

    @Override
    public void put(String key, String contentType, byte[] content) {
        asked(s3 ->
                s3.putObject(
                        it ->
                                it.bucket(bucket)
                                        .key(key)
                                        .contentType(contentType)
                                        .contentLength((long) content.length)
                                        .checksumSHA256(sha256(content))
                                        .serverSideEncryption(ServerSideEncryption.AWS_KMS),
                        RequestBody.fromBytes(content)));
    }

    // S3 itself decides who comes first, so two runs cannot both have kept it.
    @Override
    public boolean keep(String key, String contentType, byte[] content, Instant until, int days) {
        return asked(s3 -> {
            try {
                s3.putObject(
                        it ->
                                it.bucket(bucket)
                                        .key(key)
                                        .contentType(contentType)
                                        .contentLength((long) content.length)
                                        .checksumSHA256(sha256(content))
                                        .serverSideEncryption(ServerSideEncryption.AWS_KMS)
                                        .ifNoneMatch("*")
                                        .objectLockMode(ObjectLockMode.COMPLIANCE)
                                        .objectLockRetainUntilDate(until)
                                        .tagging("days=" + days),
                        RequestBody.fromBytes(content));
                return true;
            } catch (S3Exception e) {
                if (e.statusCode() == TAKEN) {
                    return false;
                }
                if (e.statusCode() == AT_ONCE) {
                    throw new Unreachable(SERVICE, e);
                }
                throw e;
            }
        });
    }

    @Override
    public Optional<byte[]> get(String key) {
        return asked(s3 -> {
            try {
                return Optional.of(
                        s3.getObjectAsBytes(it -> it.bucket(bucket).key(key)).asByteArray());
            } catch (NoSuchKeyException _) {
                return Optional.empty();
            }
        });
    }

    @Override
    public List<Stored> list(String prefix) {
        return asked(s3 ->
                s3
                        .listObjectsV2Paginator(it -> it.bucket(bucket).prefix(prefix))
                        .contents()
                        .stream()
                        .map(it -> new Stored(it.key(), it.size()))
                        .toList());
    }

    // Always from the start of the list: what is deleted is not on it any more.
    @Override
    public Deleted deleteAll(String prefix) {
        return asked(s3 -> {
            int deleted = 0;
            while (true) {
                var page =
                        s3.listObjectVersions(it -> it.bucket(bucket).prefix(prefix).maxKeys(PAGE));
                var versions =
                        Stream.concat(
                                        page.versions().stream()
                                                .map(it -> version(it.key(), it.versionId())),
                                        page.deleteMarkers().stream()
                                                .map(it -> version(it.key(), it.versionId())))
                                .toList();
                if (versions.isEmpty()) {
                    return new Deleted(deleted, false);
                }
                if (deleted + versions.size() > MOST_DELETED) {
                    return new Deleted(deleted, true);
                }
                remove(s3, versions);
                deleted += versions.size();
            }
        });
    }

    private void remove(S3Client s3, List<ObjectIdentifier> versions) {
        var answer =
                s3.deleteObjects(
                        it -> it.bucket(bucket).delete(all -> all.objects(versions).quiet(true)));
        if (answer.hasErrors() && !answer.errors().isEmpty()) {
            var codes = new ArrayList<String>();
            answer.errors().forEach(it -> codes.add(it.code()));
            // Of a request that succeeded some objects may be left: none of them counts as gone.
            throw new Unreachable(
                    SERVICE, new IllegalStateException("objects were not deleted: " + codes));
        }
    }

    private static ObjectIdentifier version(String key, String versionId) {
        return ObjectIdentifier.builder().key(key).versionId(versionId).build();
    }

    @Override
    public String link(String key, Duration validity) {
        try (var presigner = presigners.get()) {
            return presigner
                    .presignGetObject(it ->
                            it.signatureDuration(validity)
                                    .getObjectRequest(of -> of.bucket(bucket).key(key)))
                    .url()
                    .toExternalForm();
        }
    }

    private static String sha256(byte[] content) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    // A right that is missing or a bucket that is gone is a fault; what passes by itself is not.
    private <T> T asked(Function<S3Client, T> question) {
        try {
            return question.apply(client());
        } catch (SdkClientException e) {
            throw new Unreachable(SERVICE, e);
        } catch (S3Exception e) {
            if (e.isThrottlingException() || e.statusCode() >= 500) {
                throw new Unreachable(SERVICE, e);
            }
            throw e;
        }
    }

    private synchronized S3Client client() {
        var client = opened;
        if (client == null) {
            client = opener.get();
            opened = client;
        }
        return client;
    }
}
