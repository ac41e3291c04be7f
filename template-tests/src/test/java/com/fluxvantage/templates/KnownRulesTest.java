package com.fluxvantage.templates;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** The rules of cdk-nag for AWS solutions. */
@ReadsTemplates
class KnownRulesTest {
    @Test
    void no_rule_is_broken_without_a_reason() {
        assertThat(findings(Cloud.synthesised())).isEmpty();
    }

    @Test
    void the_rules_were_really_asked() {
        assertThat(Cloud.reports()).hasSameSizeAs(Cloud.synthesised().templates());
        assertThat(String.join("", Cloud.reports().values()))
                .contains("\"AwsSolutions-IAM5\"", "\"AwsSolutions-RDS10\"", "\"Compliant\"");
    }

    @Test
    void finds_a_broken_rule() {
        assertThat(
                        broken(
                                "stack",
                                "\"R1\",\"stack/X\",\"Non-Compliant\",\"N/A\",\"Error\",\"No.\""))
                .hasSize(1);
    }

    private static List<String> findings(Cloud cloud) {
        var findings = new ArrayList<String>();
        Cloud.reports().forEach((stack, report) -> findings.addAll(broken(stack, report)));
        for (String stack : cloud.templates().keySet()) {
            if (!Cloud.reports().containsKey(stack)) {
                findings.add(stack + " was not looked at");
            }
        }
        return findings;
    }

    private static List<String> broken(String stack, String report) {
        return report.lines()
                .filter(line -> line.contains("\"Non-Compliant\"") || line.contains("\"UNKNOWN\""))
                .map(line -> stack + ": " + line)
                .toList();
    }
}
