package com.fluxvantage.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.templates.Cloud.Resource;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;

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
    void finds_one_that_answers_without_tls() {
        assertThat(
                        findings(
                                Cloud.synthesised()
                                        .with(
                                                "AWS::S3::BucketPolicy",
                                                it ->
                                                        ((ObjectNode) it.path("PolicyDocument"))
                                                                .putArray("Statement"))))
                .hasSize(1);
    }

    private static Cloud with(java.util.function.Consumer<ObjectNode> spoilt) {
        return Cloud.synthesised().with("AWS::S3::Bucket", spoilt);
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
                    if (!forgets(bucket)) {
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
        return cloud.resources("AWS::S3::BucketPolicy")
                .filter(it -> it.property("Bucket").path("Ref").asString("").equals(bucket.id()))
                .map(it -> it.property("PolicyDocument").toString())
                .anyMatch(it ->
                        it.contains("\"aws:SecureTransport\":\"false\"")
                                && it.contains("\"s3:TlsVersion\":1.3"));
    }
}
