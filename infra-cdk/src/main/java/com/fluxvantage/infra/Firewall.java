package com.fluxvantage.infra;

import software.amazon.awscdk.services.apigateway.Stage;
import software.amazon.awscdk.services.wafv2.CfnWebACL;
import software.amazon.awscdk.services.wafv2.CfnWebACLAssociation;
import software.constructs.Construct;

import java.util.List;

/**
 * What is turned away before the API: too much from one address or with one token, addresses of bad
 * repute, and inputs that only attacks use. It keeps no log: its records hold addresses.
 */
final class Firewall extends Construct {
    private static final int FIVE_MINUTES = 300;

    Firewall(Construct scope, Settings settings, Settings.Edge edge, Stage stage) {
        super(scope, "Firewall");
        var acl =
                CfnWebACL.Builder.create(this, "Rules")
                        .name(settings.prefix())
                        .scope("REGIONAL")
                        .defaultAction(
                                CfnWebACL.DefaultActionProperty.builder()
                                        .allow(CfnWebACL.AllowActionProperty.builder().build())
                                        .build())
                        .visibilityConfig(seenAs(settings.prefix()))
                        .rules(
                                List.of(
                                        rate(1, "rate-of-an-address", ofAnAddress(edge)),
                                        rate(2, "rate-of-a-token", ofAToken(edge)),
                                        managed(3, "AWSManagedRulesAmazonIpReputationList"),
                                        managed(4, "AWSManagedRulesKnownBadInputsRuleSet")))
                        .build();
        CfnWebACLAssociation.Builder.create(this, "BeforeTheApi")
                .resourceArn(stage.getStageArn())
                .webAclArn(acl.getAttrArn())
                .build();
    }

    private static CfnWebACL.RateBasedStatementProperty ofAnAddress(Settings.Edge edge) {
        return CfnWebACL.RateBasedStatementProperty.builder()
                .aggregateKeyType("IP")
                .evaluationWindowSec(FIVE_MINUTES)
                .limit(edge.callsPerAddress())
                .build();
    }

    // One person or machine asks far less than the house that it stands in.
    private static CfnWebACL.RateBasedStatementProperty ofAToken(Settings.Edge edge) {
        return CfnWebACL.RateBasedStatementProperty.builder()
                .aggregateKeyType("CUSTOM_KEYS")
                .customKeys(
                        List.of(
                                CfnWebACL.RateBasedStatementCustomKeyProperty.builder()
                                        .header(
                                                CfnWebACL.RateLimitHeaderProperty.builder()
                                                        .name("authorization")
                                                        .textTransformations(
                                                                List.of(
                                                                        CfnWebACL
                                                                                .TextTransformationProperty
                                                                                .builder()
                                                                                .priority(0)
                                                                                .type("NONE")
                                                                                .build()))
                                                        .build())
                                        .build()))
                .evaluationWindowSec(FIVE_MINUTES)
                .limit(edge.callsPerAddress() / 4)
                .build();
    }

    private static CfnWebACL.RuleProperty rate(
            int priority, String name, CfnWebACL.RateBasedStatementProperty statement) {
        return CfnWebACL.RuleProperty.builder()
                .name(name)
                .priority(priority)
                .action(
                        CfnWebACL.RuleActionProperty.builder()
                                .block(CfnWebACL.BlockActionProperty.builder().build())
                                .build())
                .statement(
                        CfnWebACL.StatementProperty.builder().rateBasedStatement(statement).build())
                .visibilityConfig(seenAs(name))
                .build();
    }

    private static CfnWebACL.RuleProperty managed(int priority, String name) {
        return CfnWebACL.RuleProperty.builder()
                .name(name)
                .priority(priority)
                .overrideAction(
                        CfnWebACL.OverrideActionProperty.builder().none(java.util.Map.of()).build())
                .statement(
                        CfnWebACL.StatementProperty.builder()
                                .managedRuleGroupStatement(
                                        CfnWebACL.ManagedRuleGroupStatementProperty.builder()
                                                .vendorName("AWS")
                                                .name(name)
                                                .build())
                                .build())
                .visibilityConfig(seenAs(name))
                .build();
    }

    private static CfnWebACL.VisibilityConfigProperty seenAs(String metric) {
        return CfnWebACL.VisibilityConfigProperty.builder()
                .cloudWatchMetricsEnabled(true)
                .metricName(metric)
                // Samples are requests, with tokens and addresses.
                .sampledRequestsEnabled(false)
                .build();
    }
}
