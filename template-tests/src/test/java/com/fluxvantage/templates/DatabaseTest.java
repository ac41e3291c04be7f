package com.fluxvantage.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.dispatch.PlatformFunction;
import com.fluxvantage.infra.Settings;
import com.fluxvantage.runtime.OperationCatalog;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

@ReadsTemplates
class DatabaseTest {
    private static final Map<String, String> PARAMETERS =
            Map.of(
                    "log_parameter_max_length", "0",
                    "log_parameter_max_length_on_error", "0",
                    "log_error_verbosity", "terse",
                    "log_statement", "none",
                    "rds.force_ssl", "1");

    @Test
    void nothing_that_was_bound_and_no_row_gets_into_its_log() {
        assertThat(parameters(Cloud.synthesised())).isEmpty();
    }

    @Test
    void finds_a_log_that_tells_what_was_bound() {
        var spoilt =
                Cloud.synthesised()
                        .with(
                                "AWS::RDS::DBClusterParameterGroup",
                                it ->
                                        ((ObjectNode) it.path("Parameters"))
                                                .remove("log_parameter_max_length"));

        assertThat(parameters(spoilt)).hasSize(1);
    }

    @Test
    void a_backup_lives_as_long_as_is_published() {
        assertThat(backups(Cloud.synthesised())).isEmpty();
    }

    @Test
    void finds_backups_of_another_age() {
        assertThat(
                        backups(
                                Cloud.synthesised()
                                        .with(
                                                "AWS::RDS::DBCluster",
                                                it -> it.put("BackupRetentionPeriod", 14))))
                .hasSize(1);
    }

    @Test
    void it_is_not_deleted_by_mistake_and_cannot_be_reached_from_outside() {
        assertThat(exposure(Cloud.synthesised())).isEmpty();
    }

    @Test
    void finds_a_database_that_the_internet_reaches() {
        assertThat(
                        exposure(
                                Cloud.synthesised()
                                        .with(
                                                "AWS::RDS::DBInstance",
                                                it -> it.put("PubliclyAccessible", true))))
                .hasSize(1);
    }

    @Test
    void finds_a_database_that_one_command_deletes() {
        assertThat(
                        exposure(
                                Cloud.synthesised()
                                        .with(
                                                "AWS::RDS::DBCluster",
                                                it -> it.put("DeletionProtection", false))))
                .hasSize(1);
    }

    @Test
    void the_proxy_logs_in_by_tokens_as_the_roles_of_the_descriptors_and_no_other() {
        assertThat(logins(Cloud.synthesised())).isEmpty();
    }

    @Test
    void finds_a_proxy_with_passwords() {
        assertThat(
                        logins(
                                Cloud.synthesised()
                                        .with(
                                                "AWS::RDS::DBProxy",
                                                it -> it.put("DefaultAuthScheme", "NONE"))))
                .hasSize(1);
    }

    private static List<String> parameters(Cloud cloud) {
        var findings = new ArrayList<String>();
        cloud.resources("AWS::RDS::DBClusterParameterGroup")
                .forEach(group ->
                        PARAMETERS.forEach((name, value) -> {
                            var found = group.property("Parameters").path(name);
                            if (!found.asString("").equals(value)) {
                                findings.add(name + " is " + found);
                            }
                        }));
        if (cloud.resources("AWS::RDS::DBCluster")
                .anyMatch(it -> !it.property("DBClusterParameterGroupName").has("Ref"))) {
            findings.add("a database has the provider's parameters");
        }
        return findings;
    }

    private static List<String> backups(Cloud cloud) {
        return cloud.resources("AWS::RDS::DBCluster")
                .filter(it -> it.property("BackupRetentionPeriod").asInt(0) != Settings.BACKUP_DAYS)
                .map(it -> it + " keeps its backups for another time than is published")
                .toList();
    }

    private static List<String> exposure(Cloud cloud) {
        var findings = new ArrayList<String>();
        cloud.resources("AWS::RDS::DBCluster")
                .filter(it ->
                        !it.property("DeletionProtection").asBoolean(false)
                                || !it.json()
                                        .path("DeletionPolicy")
                                        .asString("")
                                        .equals("Snapshot"))
                .forEach(it -> findings.add(it + " may be deleted"));
        cloud.resources("AWS::RDS::DBInstance")
                .filter(it -> it.property("PubliclyAccessible").asBoolean(true))
                .forEach(it -> findings.add(it + " can be reached from outside"));
        return findings;
    }

    private static List<String> logins(Cloud cloud) {
        var findings = new ArrayList<String>();
        cloud.resources("AWS::RDS::DBProxy")
                .filter(it -> !it.property("DefaultAuthScheme").asString("").equals("IAM_AUTH"))
                .forEach(it -> findings.add(it + " takes passwords"));
        cloud.resources("AWS::RDS::DBCluster")
                .filter(it -> !it.property("EnableIAMDatabaseAuthentication").asBoolean(false))
                .forEach(it -> findings.add(it + " takes passwords only"));
        var wanted =
                Stream.concat(
                                OperationCatalog.load().all().stream()
                                        .flatMap(it -> it.databaseRoles().stream()),
                                Stream.of(PlatformFunction.values())
                                        .map(PlatformFunction::databaseRole))
                        .collect(Collectors.toSet());
        var found =
                Statements.of(cloud)
                        .filter(it -> it.holder().stack().endsWith("-data"))
                        .filter(it -> it.actions().contains("rds-db:connect"))
                        .flatMap(it -> it.resources().stream())
                        .map(it -> it.substring(it.lastIndexOf('/') + 1))
                        .collect(Collectors.toSet());
        if (!found.equals(wanted)) {
            findings.add("the proxy logs in as " + found + ", the functions as " + wanted);
        }
        return findings;
    }
}
