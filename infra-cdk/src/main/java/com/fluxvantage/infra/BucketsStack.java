package com.fluxvantage.infra;

import com.fluxvantage.kernel.outside.Bucket;

import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.kms.IKey;
import software.amazon.awscdk.services.s3.BlockPublicAccess;
import software.amazon.awscdk.services.s3.BucketEncryption;
import software.amazon.awscdk.services.s3.LifecycleRule;
import software.amazon.awscdk.services.s3.ObjectOwnership;
import software.constructs.Construct;

import java.util.List;

/**
 * Where objects are kept. A tenant's are below its own id. The jobs remove them when their time has
 * come; what they miss goes by the rule of the bucket, a week later.
 */
final class BucketsStack extends Stack {
    /** The longest that a file of an export is promised: a tenant that ends has 30 days. */
    static final int LONGEST_EXPORT_DAYS = 30;

    /** A label is of use until its parcel has left; the nightly job takes it away after that. */
    static final int LONGEST_LABEL_DAYS = 30;

    private static final int AFTER_THE_JOBS_DAYS = 7;

    BucketsStack(Construct scope, Settings settings, KeysStack keys) {
        super(scope, settings.stackName("buckets"));
        var key = keys.data(this);
        for (var bucket : Bucket.values()) {
            make(bucket, settings, keys, key);
        }
    }

    /** Names of buckets are the world's: the account is part of them. */
    static String name(Bucket bucket, Stack of, Settings settings) {
        return settings.prefix() + "-" + bucket.publicName() + "-" + of.getAccount();
    }

    static String arn(Bucket bucket, Stack of, Settings settings) {
        return "arn:aws:s3:::" + name(bucket, of, settings);
    }

    private void make(Bucket bucket, Settings settings, KeysStack keys, IKey key) {
        var made =
                software.amazon.awscdk.services.s3.Bucket.Builder.create(this, bucket.publicName())
                        .bucketName(name(bucket, keys, settings))
                        .encryption(BucketEncryption.KMS)
                        .encryptionKey(key)
                        // One call of KMS for many objects.
                        .bucketKeyEnabled(true)
                        .blockPublicAccess(BlockPublicAccess.BLOCK_ALL)
                        .objectOwnership(ObjectOwnership.BUCKET_OWNER_ENFORCED)
                        .enforceSsl(true)
                        .minimumTlsVersion(1.3)
                        .versioned(true)
                        .lifecycleRules(List.of(rule(bucket)))
                        .removalPolicy(settings.removal())
                        .build();
        Findings.accept(
                made,
                "AwsSolutions-S1",
                "Who fetched what is in the tenant's audit log: a link is made for each click."
                        + " Access logs would keep addresses of people.");
    }

    private static LifecycleRule rule(Bucket bucket) {
        return switch (bucket) {
            case EXPORTS -> ends("exports-end", LONGEST_EXPORT_DAYS);
            case LABELS -> ends("labels-end", LONGEST_LABEL_DAYS);
        };
    }

    private static LifecycleRule ends(String id, int days) {
        return LifecycleRule.builder()
                .id(id)
                .expiration(Duration.days(days + AFTER_THE_JOBS_DAYS))
                .noncurrentVersionExpiration(Duration.days(1))
                .abortIncompleteMultipartUploadAfter(Duration.days(1))
                .build();
    }
}
