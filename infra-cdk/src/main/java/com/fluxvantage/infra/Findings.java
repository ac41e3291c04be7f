package com.fluxvantage.infra;

import io.github.cdklabs.cdknag.NagPackSuppression;
import io.github.cdklabs.cdknag.NagSuppressions;

import software.constructs.IConstruct;

import java.util.List;

/** Rules of cdk-nag that a resource breaks on purpose, each with its reason in the template. */
final class Findings {
    private Findings() {}

    static void accept(IConstruct resource, String rule, String reason) {
        suppress(resource, NagPackSuppression.builder().id(rule).reason(reason).build());
    }

    /** A right on every resource, and why it is not narrower. */
    static void acceptAnyResource(IConstruct resource, String reason) {
        suppress(
                resource,
                NagPackSuppression.builder()
                        .id("AwsSolutions-IAM5")
                        .appliesTo(List.of("Resource::*"))
                        .reason(reason)
                        .build());
    }

    private static void suppress(IConstruct resource, NagPackSuppression suppression) {
        NagSuppressions.addResourceSuppressions(resource, List.of(suppression), true);
    }
}
