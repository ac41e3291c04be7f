package com.fluxvantage.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.outside.Bucket;
import com.fluxvantage.templates.Cloud.Resource;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

@ReadsTemplates
class BucketsTest {
    private static final int LONGEST_EXPORT_DAYS = 30;

    @Test
    void buckets_keep_versions_are_closed_to_the_public_and_forget() {
        assertThat(Cloud.synthesised().resources("AWS::S3::Bucket")).isNotEmpty();
        assertThat(findings(Cloud.synthesised())).isEmpty();
    }

    @Test
    void finds_one_that_keeps_no_versions() {
        assertThat(findings(with(it -> it.remove("VersioningConfiguration")))).hasSize(1);
    }

    @Test
    void finds_one_that_may_be_opened_to_the_public() {
        assertThat(
                        findings(
                                with(it ->
                                        ((ObjectNode) it.path("PublicAccessBlockConfiguration"))
                                                .put("RestrictPublicBuckets", false))))
                .hasSize(1);
    }

    @Test
    void finds_one_that_keeps_what_should_be_gone() {
        assertThat(findings(with(it -> it.remove("LifecycleConfiguration")))).hasSize(1);
        assertThat(
                        findings(
                                with(it ->
                                        ((ObjectNode) it.at("/LifecycleConfiguration/Rules/0"))
                                                .put("ExpirationInDays", 365))))
                .hasSize(1);
    }

    @Test
    void the_witnesses_are_locked_for_everybody_and_each_goes_by_the_period_it_names() {
        for (var bucket : List.of(Bucket.AUDIT_HEADS, Bucket.CERTIFICATES)) {
            assertThat(lockFindings(bucket, Cloud.synthesised())).isEmpty();
            assertThat(
                            lockFindings(
                                    bucket,
                                    with(
                                            bucket,
                                            it -> {
                                                ((ObjectNode)
                                                                it.at(
                                                                        "/ObjectLockConfiguration/Rule/DefaultRetention"))
                                                        .put("Mode", "GOVERNANCE");
                                            })))
                    .as("a lock that some right opens")
                    .hasSize(1);
            assertThat(lockFindings(bucket, with(bucket, it -> it.remove("ObjectLockEnabled"))))
                    .hasSize(1);
            assertThat(
                            lockFindings(
                                    bucket,
                                    with(
                                            bucket,
                                            it ->
                                                    ((ArrayNode)
                                                                    it.at(
                                                                            "/LifecycleConfiguration/Rules"))
                                                            .remove(2))))
                    .as("copies of one period would stay for ever")
                    .hasSize(1);
            assertThat(lockFindings(bucket, withoutPolicies()))
                    .as("written over, or locked for a century")
                    .hasSize(2);
        }
    }

    @Test
    void no_role_may_remove_what_is_locked_or_shorten_a_lock() {
        assertThat(
                        Statements.of(Cloud.synthesised())
                                .filter(Statements.Statement::allows)
                                .filter(it ->
                                        it.resources().stream()
                                                .anyMatch(BucketsTest::isOfALockedBucket))
                                .flatMap(it -> it.actions().stream())
                                .distinct())
                .containsExactlyInAnyOrder(
                        "s3:PutObject",
                        "s3:PutObjectRetention",
                        "s3:PutObjectTagging",
                        "s3:GetObject",
                        "s3:ListBucket");
    }

    @Test
    void finds_one_that_answers_without_tls() {
        assertThat(findings(withoutPolicies())).hasSize(Bucket.values().length);
    }

    private static Cloud withoutPolicies() {
        var cloud = Cloud.synthesised();
        for (var policy : cloud.resources("AWS::S3::BucketPolicy").toList()) {
            cloud =
                    cloud.with(
                            policy,
                            it -> ((ObjectNode) it.path("PolicyDocument")).putArray("Statement"));
        }
        return cloud;
    }

    private static Cloud with(Consumer<ObjectNode> spoilt) {
        return with(Bucket.EXPORTS, spoilt);
    }

    private static Cloud with(Bucket bucket, Consumer<ObjectNode> spoilt) {
        return Cloud.synthesised().with(made(bucket, Cloud.synthesised()), spoilt);
    }

    private static Resource made(Bucket bucket, Cloud cloud) {
        return cloud.resources("AWS::S3::Bucket")
                .filter(it ->
                        it.property("BucketName").toString().contains("-" + bucket.publicName()))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isOfALockedBucket(String resource) {
        return Stream.of(Bucket.values())
                .filter(Bucket::isLocked)
                .anyMatch(
                        it -> resource.startsWith("arn:aws:s3:::fv-production-" + it.publicName()));
    }

    private static List<String> lockFindings(Bucket bucket, Cloud cloud) {
        var findings = new ArrayList<String>();
        var made = made(bucket, cloud);
        var lock = made.property("ObjectLockConfiguration/Rule/DefaultRetention");
        if (!made.property("ObjectLockEnabled").asBoolean(false)) {
            findings.add(made + " has no lock");
        } else if (!lock.path("Mode").asString("").equals("COMPLIANCE")
                || lock.path("Days").asInt(0) != 90) {
            findings.add(made + " has a lock that somebody opens");
        }
        var days = new TreeMap<Integer, Integer>();
        made.property("LifecycleConfiguration/Rules")
                .valueStream()
                .filter(it -> it.path("Status").asString("").equals("Enabled"))
                .filter(it -> it.at("/TagFilters/0/Key").asString("").equals("days"))
                .forEach(it ->
                        days.put(
                                Integer.valueOf(it.at("/TagFilters/0/Value").asString()),
                                it.path("ExpirationInDays").asInt()));
        if (!days.equals(Map.of(90, 121, 180, 211, 400, 431, 730, 761, 2555, 2586))) {
            findings.add(made + " forgets " + days);
        }
        var policy = policy(made, cloud);
        if (!policy.contains("\"Null\":{\"s3:if-none-match\":\"true\"}")) {
            findings.add(made + " may be written over");
        }
        if (!policy.contains("\"s3:object-lock-remaining-retention-days\":2586")) {
            findings.add(made + " may be locked for ever");
        }
        return findings;
    }

    private static String policy(Resource bucket, Cloud cloud) {
        return cloud.resources("AWS::S3::BucketPolicy")
                .filter(it -> it.property("Bucket").path("Ref").asString("").equals(bucket.id()))
                .map(it -> it.property("PolicyDocument").toString())
                .findFirst()
                .orElse("");
    }

    private static List<String> findings(Cloud cloud) {
        var findings = new ArrayList<String>();
        cloud.resources("AWS::S3::Bucket")
                .forEach(bucket -> {
                    if (!bucket.property("VersioningConfiguration/Status")
                            .asString("")
                            .equals("Enabled")) {
                        findings.add(bucket + " keeps no versions");
                    }
                    if (isOpen(bucket)) {
                        findings.add(bucket + " may be opened to the public");
                    }
                    if (bucket.property("ObjectLockEnabled").isMissingNode() && !forgets(bucket)) {
                        findings.add(bucket + " keeps what should be gone");
                    }
                    if (!isTlsOnly(bucket, cloud)) {
                        findings.add(bucket + " answers without TLS 1.3");
                    }
                });
        return findings;
    }

    private static boolean isOpen(Resource bucket) {
        return !List.of(
                        "BlockPublicAcls",
                        "BlockPublicPolicy",
                        "IgnorePublicAcls",
                        "RestrictPublicBuckets")
                .stream()
                .allMatch(it ->
                        bucket.property("PublicAccessBlockConfiguration/" + it).asBoolean(false));
    }

    private static boolean forgets(Resource bucket) {
        var rule = bucket.property("LifecycleConfiguration/Rules/0");
        int days = rule.path("ExpirationInDays").asInt(0);
        return rule.path("Status").asString("").equals("Enabled")
                && days > LONGEST_EXPORT_DAYS
                && days <= LONGEST_EXPORT_DAYS + 7
                && rule.at("/NoncurrentVersionExpiration/NoncurrentDays").asInt(0) == 1;
    }

    private static boolean isTlsOnly(Resource bucket, Cloud cloud) {
        var policy = policy(bucket, cloud);
        return policy.contains("\"aws:SecureTransport\":\"false\"")
                && policy.contains("\"s3:TlsVersion\":1.3");
    }
}
