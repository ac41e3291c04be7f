package com.fluxvantage.infra;

import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.iam.Effect;
import software.amazon.awscdk.services.iam.IRole;
import software.amazon.awscdk.services.iam.PolicyStatement;

import java.util.List;
import java.util.Map;

/**
 * A function in a network is placed there under its own role. The service needs the right, and the
 * function's code is denied it.
 */
final class NetworkInterfaces {
    private static final List<String> ACTIONS =
            List.of(
                    "ec2:AssignPrivateIpAddresses",
                    "ec2:CreateNetworkInterface",
                    "ec2:DeleteNetworkInterface",
                    "ec2:DescribeNetworkInterfaces",
                    "ec2:DescribeSubnets",
                    "ec2:UnassignPrivateIpAddresses");

    private NetworkInterfaces() {}

    static List<PolicyStatement> statements(Stack stack, String functionName) {
        return List.of(
                PolicyStatement.Builder.create()
                        .sid("PlacedInTheNetwork")
                        .actions(ACTIONS)
                        .resources(List.of("*"))
                        .build(),
                PolicyStatement.Builder.create()
                        .sid("NotByItsCode")
                        .effect(Effect.DENY)
                        .actions(ACTIONS)
                        .resources(List.of("*"))
                        .conditions(
                                Map.of(
                                        "ArnEquals",
                                        Map.of(
                                                "lambda:SourceFunctionArn",
                                                "arn:aws:lambda:"
                                                        + stack.getRegion()
                                                        + ":"
                                                        + stack.getAccount()
                                                        + ":function:"
                                                        + functionName)))
                        .build());
    }

    static void accept(IRole role) {
        Findings.acceptAnyResource(
                role,
                "These actions cannot be narrowed to an interface that is not made yet; the"
                        + " function's code is denied them.");
    }
}
