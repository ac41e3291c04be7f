package com.fluxvantage.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.templates.Cloud.Resource;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

@ReadsTemplates
class OnTheWireTest {
    private static final String TLS = "SecurityPolicy_TLS13_1_3_2025_09";
    private static final String API = "AWS::ApiGateway::RestApi";

    @Test
    void the_service_speaks_tls_1_3_only_and_under_one_name_only() {
        assertThat(findings(Cloud.synthesised())).isEmpty();
    }

    @Test
    void finds_an_older_policy() {
        assertThat(
                        findings(
                                Cloud.synthesised()
                                        .with(API, it -> it.put("SecurityPolicy", "TLS_1_2"))))
                .hasSize(1);
        assertThat(
                        findings(
                                Cloud.synthesised()
                                        .with(
                                                "AWS::ApiGateway::DomainName",
                                                it -> it.put("SecurityPolicy", "TLS_1_2"))))
                .hasSize(1);
    }

    @Test
    void finds_that_the_providers_own_name_still_answers() {
        assertThat(
                        findings(
                                Cloud.synthesised()
                                        .with(
                                                API,
                                                it -> it.put("DisableExecuteApiEndpoint", false))))
                .hasSize(1);
    }

    @Test
    void finds_a_proxy_that_takes_plain_connections() {
        assertThat(
                        findings(
                                Cloud.synthesised()
                                        .with(
                                                "AWS::RDS::DBProxy",
                                                it -> it.put("RequireTLS", false))))
                .hasSize(1);
    }

    @Test
    void who_migrates_verifies_the_server_by_the_certificates_in_its_own_zip() {
        var urls =
                Cloud.synthesised()
                        .resources("AWS::Lambda::Function")
                        .filter(it ->
                                it.property("Description").asString("").contains("in the database"))
                        .map(it -> it.property("Environment/Variables/FV_DATABASE_URL").toString());

        assertThat(urls)
                .isNotEmpty()
                .allMatch(it ->
                        it.contains(
                                "sslmode=verify-full&sslrootcert=/var/task/certificates/rds-ca.pem"));
    }

    @Test
    void finds_a_function_that_would_speak_an_older_tls() {
        var cloud = Cloud.synthesised();
        var spoilt =
                cloud.with(
                        cloud.function("receive-line"),
                        it ->
                                ((ObjectNode) it.at("/Environment/Variables"))
                                        .remove("JAVA_TOOL_OPTIONS"));

        assertThat(findings(spoilt)).hasSize(1);
    }

    @Test
    void the_access_log_says_how_a_call_was_encrypted_and_not_where_it_came_from() {
        assertThat(accessLog(Cloud.synthesised())).isEmpty();
    }

    @Test
    void finds_an_access_log_with_addresses() {
        var spoilt =
                Cloud.synthesised()
                        .with(
                                "AWS::ApiGateway::Stage",
                                it ->
                                        ((ObjectNode) it.path("AccessLogSetting"))
                                                .put("Format", "$context.identity.sourceIp"));

        assertThat(accessLog(spoilt)).hasSize(2);
    }

    @Test
    void a_firewall_with_rate_rules_stands_before_the_api_and_the_whole_api_has_a_limit() {
        assertThat(limits(Cloud.synthesised())).isEmpty();
    }

    @Test
    void finds_a_firewall_without_a_rate_and_an_api_without_a_limit() {
        assertThat(
                        limits(
                                Cloud.synthesised()
                                        .with("AWS::WAFv2::WebACL", it -> it.putArray("Rules"))))
                .hasSize(1);
        assertThat(
                        limits(
                                Cloud.synthesised()
                                        .with(
                                                "AWS::ApiGateway::Stage",
                                                it -> it.putArray("MethodSettings"))))
                .hasSize(1);
        var cloud = Cloud.synthesised();
        var association = cloud.resources("AWS::WAFv2::WebACLAssociation").findFirst();
        assertThat(limits(cloud.without(association.orElseThrow()))).hasSize(1);
    }

    private static List<String> findings(Cloud cloud) {
        var findings = new ArrayList<String>();
        Stream.concat(cloud.resources(API), cloud.resources("AWS::ApiGateway::DomainName"))
                .filter(it ->
                        !it.property("SecurityPolicy").asString("").equals(TLS)
                                || !it.property("EndpointAccessMode").asString("").equals("STRICT"))
                .forEach(it -> findings.add(it + " speaks more than TLS 1.3"));
        cloud.resources(API)
                .filter(it -> !it.property("DisableExecuteApiEndpoint").asBoolean(false))
                .forEach(it -> findings.add(it + " answers under the provider's name"));
        cloud.resources("AWS::RDS::DBProxy")
                .filter(it -> !it.property("RequireTLS").asBoolean(false))
                .forEach(it -> findings.add(it + " takes plain connections"));
        cloud.resources("AWS::Lambda::Function")
                .filter(it ->
                        !it.property("Environment/Variables/JAVA_TOOL_OPTIONS")
                                .asString("")
                                .contains("-Djdk.tls.client.protocols=TLSv1.3"))
                .forEach(it -> findings.add(it + " may speak an older TLS"));
        return findings;
    }

    private static List<String> accessLog(Cloud cloud) {
        var findings = new ArrayList<String>();
        cloud.resources("AWS::ApiGateway::Stage")
                .forEach(stage -> {
                    String format = stage.property("AccessLogSetting/Format").asString("");
                    if (!format.contains("$context.tlsVersion")) {
                        findings.add(stage + " does not log the version of TLS");
                    }
                    if (Stream.of("identity", "authorizer", "path\"", "Override", "extended")
                            .anyMatch(format::contains)) {
                        findings.add(stage + " logs who or from where");
                    }
                });
        return findings;
    }

    private static List<String> limits(Cloud cloud) {
        var findings = new ArrayList<String>();
        boolean hasRates =
                cloud.resources("AWS::WAFv2::WebACL")
                        .flatMap(it -> it.property("Rules").valueStream())
                        .anyMatch(rule -> rule.at("/Statement/RateBasedStatement").has("Limit"));
        if (!hasRates) {
            findings.add("no firewall limits a rate");
        }
        long guarded =
                cloud.resources("AWS::WAFv2::WebACLAssociation")
                        .filter(it -> it.property("ResourceArn").toString().contains("/stages/"))
                        .count();
        if (guarded != cloud.resources("AWS::ApiGateway::Stage").count()) {
            findings.add("a stage has no firewall");
        }
        cloud.resources("AWS::ApiGateway::Stage")
                .filter(OnTheWireTest::isUnlimited)
                .forEach(stage -> findings.add(stage + " has no limit"));
        return findings;
    }

    private static boolean isUnlimited(Resource stage) {
        return stage.property("MethodSettings")
                .valueStream()
                .noneMatch(it ->
                        it.path("ResourcePath").asString().equals("/*")
                                && it.path("ThrottlingRateLimit").asInt(0) > 0);
    }
}
