package com.fluxvantage.infra;

import com.fluxvantage.kernel.outside.Bucket;

import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.iam.AnyPrincipal;
import software.amazon.awscdk.services.iam.Effect;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.kms.IKey;
import software.amazon.awscdk.services.s3.BlockPublicAccess;
import software.amazon.awscdk.services.s3.BucketEncryption;
import software.amazon.awscdk.services.s3.IBucket;
import software.amazon.awscdk.services.s3.LifecycleRule;
import software.amazon.awscdk.services.s3.ObjectLockRetention;
import software.amazon.awscdk.services.s3.ObjectOwnership;
import software.constructs.Construct;

import java.util.List;
import java.util.Map;

/**
 * Where objects are kept. A tenant's are below its own id. The jobs remove them when their time has
 * come; what they miss goes by the rule of the bucket, a week later. What is locked nobody removes:
 * it goes by the bucket's rules alone.
 */
final class BucketsStack extends Stack {
    /** The longest that a file of an export is promised: a tenant that ends has 30 days. */
    static final int LONGEST_EXPORT_DAYS = 30;

    /** A label is of use until its parcel has left; the nightly job takes it away after that. */
    static final int LONGEST_LABEL_DAYS = 30;

    private static final int AFTER_THE_JOBS_DAYS = 7;

    /** For how long audit trails are kept, and a certificate as long as the longest. */
    static final List<Integer> PERIODS_DAYS = List.of(90, 180, 400, 730, 2555);

    private static final int A_MONTH_DAYS = 31;

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
        var building =
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
                        .lifecycleRules(rules(bucket))
                        .removalPolicy(settings.removal());
        if (bucket.isLocked()) {
            // What comes without a date of its own stays for the shortest period that there is.
            building.objectLockEnabled(true)
                    .objectLockDefaultRetention(
                            ObjectLockRetention.compliance(Duration.days(PERIODS_DAYS.getFirst())));
        }
        var made = building.build();
        if (bucket.isLocked()) {
            made.addToResourcePolicy(neverOver(made));
            made.addToResourcePolicy(neverForLonger(made));
        }
        Findings.accept(
                made,
                "AwsSolutions-S1",
                "Who fetched what is in the tenant's audit log: a link is made for each click."
                        + " Access logs would keep addresses of people.");
    }

    // A version is hidden, not removed, while its lock lasts; and no second one is ever needed.
    private static PolicyStatement neverOver(IBucket bucket) {
        return PolicyStatement.Builder.create()
                .effect(Effect.DENY)
                .principals(List.of(new AnyPrincipal()))
                .actions(List.of("s3:PutObject"))
                .resources(List.of(bucket.arnForObjects("*")))
                .conditions(Map.of("Null", Map.of("s3:if-none-match", "true")))
                .build();
    }

    // Nobody can take back a lock, so nobody may make one for a century.
    private static PolicyStatement neverForLonger(IBucket bucket) {
        return PolicyStatement.Builder.create()
                .effect(Effect.DENY)
                .principals(List.of(new AnyPrincipal()))
                .actions(List.of("s3:PutObject", "s3:PutObjectRetention"))
                .resources(List.of(bucket.arnForObjects("*")))
                .conditions(
                        Map.of(
                                "NumericGreaterThan",
                                Map.of(
                                        "s3:object-lock-remaining-retention-days",
                                        PERIODS_DAYS.getLast() + A_MONTH_DAYS)))
                .build();
    }

    private static List<LifecycleRule> rules(Bucket bucket) {
        return switch (bucket) {
            case EXPORTS -> List.of(ends("exports-end", LONGEST_EXPORT_DAYS));
            case LABELS -> List.of(ends("labels-end", LONGEST_LABEL_DAYS));
            // Nothing else removes a copy: each goes by the period that it names, when the month in
            // which it was made and the period are over, and with them its lock.
            case AUDIT_HEADS, CERTIFICATES ->
                    PERIODS_DAYS.stream().map(BucketsStack::afterItsPeriod).toList();
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

    private static LifecycleRule afterItsPeriod(int days) {
        return LifecycleRule.builder()
                .id("kept-" + days + "-days")
                .tagFilters(Map.of("days", Integer.toString(days)))
                .expiration(Duration.days(days + A_MONTH_DAYS))
                .noncurrentVersionExpiration(Duration.days(1))
                .build();
    }
}
