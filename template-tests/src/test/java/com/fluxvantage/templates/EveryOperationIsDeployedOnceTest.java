package com.fluxvantage.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.infra.Settings;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.runtime.OperationCatalog;
import com.fluxvantage.templates.Cloud.Resource;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;

@ReadsTemplates
class EveryOperationIsDeployedOnceTest {
    private static final String FUNCTION = "AWS::Lambda::Function";

    @Test
    void every_operation_is_exactly_one_function_that_names_exactly_it() {
        assertThat(findings(Cloud.synthesised())).isEmpty();
    }

    @Test
    void finds_a_function_that_is_configured_for_another_operation() {
        var spoilt =
                Cloud.synthesised()
                        .with(
                                FUNCTION,
                                function ->
                                        ((ObjectNode) function.at("/Environment/Variables"))
                                                .put("FV_OPERATION", "open-tenant"));

        assertThat(findings(spoilt)).hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void finds_a_function_that_is_not_called_through_a_version_behind_its_alias() {
        assertThat(
                        findings(
                                Cloud.synthesised()
                                        .with(
                                                "AWS::Lambda::Alias",
                                                alias -> alias.put("FunctionVersion", "$LATEST"))))
                .singleElement()
                .asString()
                .contains("alias");
    }

    @Test
    void finds_a_function_on_another_runtime() {
        assertThat(
                        findings(
                                Cloud.synthesised()
                                        .with(
                                                FUNCTION,
                                                function -> function.put("Runtime", "java21"))))
                .singleElement()
                .asString()
                .contains("java25");
    }

    private static List<String> findings(Cloud cloud) {
        var findings = new ArrayList<String>();
        for (var operation : OperationCatalog.load().all()) {
            var functions =
                    cloud.operationFunctions()
                            .filter(it ->
                                    it.property("Environment/Variables/FV_OPERATION")
                                            .asString()
                                            .equals(operation.name()))
                            .toList();
            if (functions.size() != 1) {
                findings.add(operation + " is deployed " + functions.size() + " times");
            }
            functions.forEach(function -> check(operation, function, cloud, findings));
        }
        return findings;
    }

    private static void check(
            Operation<?, ?> operation, Resource function, Cloud cloud, List<String> findings) {
        String name = Cloud.production().functionName(operation);
        if (!function.property("FunctionName").asString("").equals(name)) {
            findings.add(function + " is not called " + name);
        }
        if (!function.property("Runtime").asString("").equals("java25")
                || !function.property("Architectures/0").asString("").equals("arm64")
                || !function.property("SnapStart/ApplyOn")
                        .asString("")
                        .equals("PublishedVersions")) {
            findings.add(function + " is not java25 on arm64 with SnapStart");
        }
        if (function.property("Timeout").asLong(0) != operation.timeLimit().toSeconds()) {
            findings.add(function + " has another time limit than its descriptor");
        }
        long aliases =
                cloud.resources("AWS::Lambda::Alias")
                        .filter(it -> it.stack().equals(function.stack()))
                        .filter(it ->
                                it.property("FunctionName/Ref").asString("").equals(function.id()))
                        .filter(it -> it.property("Name").asString("").equals(Settings.ALIAS))
                        .filter(it -> isVersion(it, cloud))
                        .count();
        if (aliases != 1) {
            findings.add(function + " has no alias on a published version");
        }
    }

    private static boolean isVersion(Resource alias, Cloud cloud) {
        String version = alias.property("FunctionVersion/Fn::GetAtt/0").asString("");
        return cloud.resources("AWS::Lambda::Version")
                .anyMatch(it -> it.stack().equals(alias.stack()) && it.id().equals(version));
    }
}
