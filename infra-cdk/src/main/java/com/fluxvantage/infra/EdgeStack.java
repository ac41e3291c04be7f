package com.fluxvantage.infra;

import com.fluxvantage.kernel.operation.Caller;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Trigger;

import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.apigateway.AccessLogFormat;
import software.amazon.awscdk.services.apigateway.ApiDefinition;
import software.amazon.awscdk.services.apigateway.CfnBasePathMapping;
import software.amazon.awscdk.services.apigateway.CfnDomainName;
import software.amazon.awscdk.services.apigateway.CfnRestApi;
import software.amazon.awscdk.services.apigateway.EndpointType;
import software.amazon.awscdk.services.apigateway.LogGroupLogDestination;
import software.amazon.awscdk.services.apigateway.SpecRestApi;
import software.amazon.awscdk.services.apigateway.StageOptions;
import software.amazon.awscdk.services.lambda.CfnPermission;
import software.constructs.Construct;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One API, made from the contract: routes, the authorizer before them, who may invoke which
 * function by which route, and nothing but TLS 1.3. It finds functions by their names, so that a
 * domain can drop an operation without asking here first.
 */
final class EdgeStack extends Stack {
    private static final String STAGE = "api";
    private static final String TLS = "SecurityPolicy_TLS13_1_3_2025_09";

    private final Settings settings;
    private final EdgeDocument contract = new EdgeDocument();
    private final SpecRestApi api;

    EdgeStack(
            Construct scope,
            Settings settings,
            Settings.Edge edge,
            List<Domain> domains,
            KeysStack keys) {
        super(scope, settings.stackName("edge"));
        this.settings = settings;
        var operations = domains.stream().flatMap(it -> it.operations().stream()).toList();
        var authorizer =
                operations.stream()
                        .filter(it -> it.trigger() instanceof Trigger.Authorizer)
                        .findFirst()
                        .orElseThrow();
        this.api = api(edge, authorizer, operations, keys);
        for (var route : contract.routes()) {
            permit(route.operation(), methodArn(route));
        }
        permit(authorizer.name(), apiArn() + "/authorizers/*");
        domain(edge);
        new Firewall(this, settings, edge, api.getDeploymentStage());
    }

    private SpecRestApi api(
            Settings.Edge edge,
            Operation<?, ?> authorizer,
            List<Operation<?, ?>> operations,
            KeysStack keys) {
        var log =
                LogGroups.make(
                        this, "AccessLog", "/" + settings.prefix() + "/access", settings, keys);
        var made =
                SpecRestApi.Builder.create(this, "Api")
                        .restApiName(settings.prefix())
                        .apiDefinition(
                                ApiDefinition.fromInline(
                                        contract.document(
                                                settings.prefix(),
                                                invocation(authorizer.name()),
                                                this::invocation,
                                                open(operations))))
                        .endpointTypes(List.of(EndpointType.REGIONAL))
                        .disableExecuteApiEndpoint(true)
                        .cloudWatchRole(true)
                        .deployOptions(
                                StageOptions.builder()
                                        .stageName(STAGE)
                                        .accessLogDestination(new LogGroupLogDestination(log))
                                        .accessLogFormat(AccessLogFormat.custom(accessLog()))
                                        // It would write bodies and tokens.
                                        .dataTraceEnabled(false)
                                        .throttlingRateLimit(edge.callsPerSecond())
                                        .throttlingBurstLimit(edge.callsPerSecond())
                                        .build())
                        .build();
        var plain = (CfnRestApi) Objects.requireNonNull(made.getNode().getDefaultChild());
        plain.setSecurityPolicy(TLS);
        plain.setEndpointAccessMode("STRICT");
        Findings.accept(
                made,
                "AwsSolutions-APIG2",
                "Each function's boundary checks the whole request and says what is wrong with"
                        + " it.");
        Findings.accept(
                made,
                "AwsSolutions-APIG6",
                "The service would make that log itself: never expiring, not under our key. The"
                        + " access log and each function's own say what happened.");
        Findings.accept(
                made,
                "AwsSolutions-IAM4",
                "The one policy with which the service writes logs, once for the account.");
        return made;
    }

    /** When, which route, how it ended and how it was encrypted; not from where, nor who. */
    private static String accessLog() {
        return List.of(
                        "requestId",
                        "requestTimeEpoch",
                        "httpMethod",
                        "resourcePath",
                        "status",
                        "responseLatency",
                        "responseLength",
                        "tlsVersion",
                        "cipherSuite")
                .stream()
                .map(field -> "\"" + field + "\":\"$context." + field + "\"")
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static Set<String> open(List<Operation<?, ?>> operations) {
        return operations.stream()
                .filter(operation ->
                        switch (operation.caller()) {
                            case Caller.Member _, Caller.Operator _ -> false;
                            case Caller.Signature _, Caller.Open _ -> true;
                            case Caller.Job _ -> false;
                        })
                .map(Operation::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    private String aliasArn(String operation) {
        return "arn:aws:lambda:%s:%s:function:%s-%s:%s"
                .formatted(getRegion(), getAccount(), settings.prefix(), operation, Settings.ALIAS);
    }

    private String invocation(String operation) {
        return "arn:aws:apigateway:%s:lambda:path/2015-03-31/functions/%s/invocations"
                .formatted(getRegion(), aliasArn(operation));
    }

    private String apiArn() {
        return "arn:aws:execute-api:%s:%s:%s"
                .formatted(getRegion(), getAccount(), api.getRestApiId());
    }

    // The stage is named, so the console's test stage, which asks no authorizer, is let in nowhere.
    private String methodArn(EdgeDocument.Route route) {
        return "%s/%s/%s%s"
                .formatted(
                        apiArn(),
                        STAGE,
                        route.method().toUpperCase(Locale.ROOT),
                        route.path().replaceAll("\\{[^}]+}", "*"));
    }

    private void permit(String operation, String source) {
        CfnPermission.Builder.create(this, "Invoke-" + operation)
                .functionName(aliasArn(operation))
                .action("lambda:InvokeFunction")
                .principal("apigateway.amazonaws.com")
                .sourceAccount(getAccount())
                .sourceArn(source)
                .build();
    }

    private void domain(Settings.Edge edge) {
        var domain =
                CfnDomainName.Builder.create(this, "Domain")
                        .domainName(edge.domainName())
                        .regionalCertificateArn(edge.certificateArn())
                        .endpointConfiguration(
                                CfnDomainName.EndpointConfigurationProperty.builder()
                                        .types(List.of("REGIONAL"))
                                        .build())
                        .securityPolicy(TLS)
                        .endpointAccessMode("STRICT")
                        .build();
        CfnBasePathMapping.Builder.create(this, "Root")
                .domainName(domain.getRef())
                .restApiId(api.getRestApiId())
                .stage(api.getDeploymentStage().getStageName())
                .build();
        CfnOutput.Builder.create(this, "PointTheNameHere")
                .description("The name of the API is a CNAME of this")
                .value(domain.getAttrRegionalDomainName())
                .build();
    }
}
