package com.fluxvantage.templates;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

@ReadsTemplates
class LogsExpireTest {
    private static final int DAYS = 30;

    @Test
    void every_log_expires_and_everything_that_logs_has_one_made_for_it() {
        assertThat(findings(Cloud.synthesised())).isEmpty();
    }

    @Test
    void finds_a_log_that_is_kept_for_ever() {
        assertThat(
                        findings(
                                Cloud.synthesised()
                                        .with(
                                                "AWS::Logs::LogGroup",
                                                it -> it.remove("RetentionInDays"))))
                .hasSize(1);
    }

    @Test
    void finds_a_function_whose_log_the_service_would_make() {
        assertThat(
                        findings(
                                Cloud.synthesised()
                                        .with(
                                                "AWS::Lambda::Function",
                                                it -> it.remove("LoggingConfig"))))
                .hasSize(1);
    }

    @Test
    void finds_a_proxy_whose_log_the_service_would_make() {
        assertThat(
                        findings(
                                Cloud.synthesised()
                                        .with(
                                                "AWS::RDS::DBProxy",
                                                it -> it.put("DBProxyName", "another"))))
                .hasSize(1);
    }

    private static List<String> findings(Cloud cloud) {
        var findings = new ArrayList<String>();
        var names = new ArrayList<String>();
        cloud.resources("AWS::Logs::LogGroup")
                .forEach(log -> {
                    names.add(log.property("LogGroupName").asString(""));
                    int days = log.property("RetentionInDays").asInt(0);
                    if (days < 1 || days > DAYS) {
                        findings.add(log + " is kept " + days + " days");
                    }
                });
        cloud.resources("AWS::Lambda::Function")
                .filter(function ->
                        !cloud.of(function, function.property("LoggingConfig/LogGroup"))
                                .type()
                                .equals("AWS::Logs::LogGroup"))
                .forEach(function -> findings.add(function + " has no log of its own"));
        cloud.resources("AWS::RDS::DBCluster")
                .map(it ->
                        "/aws/rds/cluster/"
                                + it.property("DBClusterIdentifier").asString()
                                + "/postgresql")
                .filter(name -> !names.contains(name))
                .forEach(name -> findings.add("nobody made " + name));
        cloud.resources("AWS::RDS::DBProxy")
                .map(it -> "/aws/rds/proxy/" + it.property("DBProxyName").asString())
                .filter(name -> !names.contains(name))
                .forEach(name -> findings.add("nobody made " + name));
        return findings;
    }
}
