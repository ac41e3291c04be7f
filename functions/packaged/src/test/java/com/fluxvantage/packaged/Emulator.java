package com.fluxvantage.packaged;

import com.fluxvantage.infra.CloudApp;
import com.fluxvantage.infra.Settings;
import com.fluxvantage.local.lambda.LambdaSandbox.Invocation;
import com.fluxvantage.local.lambda.Zips;

import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.sqs.SqsClient;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An emulator of AWS with the core stacks in it, deployed once for all tests by the CDK command
 * line. Its functions reach the platform's database.
 */
public final class Emulator {
    public static final String PREFIX = "fv-emulator";

    private static final Path ROOT = Path.of(System.getProperty("fv.root"));
    private static final Path BUILD = ROOT.resolve("target/localstack");
    private static final Path CDK = ROOT.resolve("infra-cdk/node_modules/.bin/cdk");
    private static final Region REGION = Region.EU_CENTRAL_1;
    static final String ACCOUNT = "000000000000";

    private static final class Deployed {
        static final Emulator EMULATOR = new Emulator();
    }

    private final Cloud cloud = new Cloud();
    private final URI endpoint;

    /** Starts what has to be started and deploys, at the first call. */
    public static Emulator deployed() {
        return Deployed.EMULATOR;
    }

    private Emulator() {
        try {
            var managed = layOutManagedRuntime();
            this.endpoint = URI.create(endpoint(managed));
            run("bootstrap", "aws://" + ACCOUNT + "/" + REGION);
            deploy(synthesise());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Deploys all stacks of this folder by the CDK command line; what it says of a failure is
     * thrown.
     */
    void deploy(Path templates) throws IOException {
        run(
                "deploy",
                "--all",
                "--concurrency",
                "6",
                "--require-approval",
                "never",
                "--app",
                templates.toString());
    }

    private static String endpoint(Path managedRuntime) throws IOException {
        String named =
                Optional.ofNullable(System.getenv("FV_AWS_ENDPOINT"))
                        .orElseThrow(() ->
                                new IllegalStateException(
                                        "FV_REQUIRE_AWS demands an emulator, and FV_AWS_ENDPOINT"
                                                + " names none"));
        return named.equals(EmulatorContainer.ASKED_FOR)
                ? EmulatorContainer.start(ROOT, managedRuntime)
                : named;
    }

    /** What the emulator runs Java functions on, where it looks for it: a JDK and the client. */
    private static Path layOutManagedRuntime() throws IOException {
        var managed = BUILD.resolve("managed-runtime");
        var libraries = Files.createDirectories(managed.resolve("lib"));
        for (var jar : Zips.managedRuntime()) {
            Files.copy(
                    jar, libraries.resolve(jar.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
        Files.deleteIfExists(managed.resolve("jdk"));
        Files.createSymbolicLink(
                managed.resolve("jdk"), Path.of(System.getProperty("java.home")).toRealPath());
        return managed;
    }

    private Path synthesise() {
        var templates = BUILD.resolve("cdk.out");
        CloudApp.synthesise(
                new App(AppProps.builder().outdir(templates.toString()).build()),
                new com.fluxvantage.infra.Zips.Packaged(ROOT),
                List.of(
                        Settings.of(
                                        Settings.Stage.EMULATOR,
                                        new Settings.Caller(
                                                "https://sign-in.example.com",
                                                "fluxvantage",
                                                "https://sign-in.example.com/keys",
                                                "2026-11"),
                                        Optional.empty())
                                .lent(cloud.platform().database().url())));
        return templates;
    }

    private void run(String... arguments) throws IOException {
        var log = BUILD.resolve("cdk-" + arguments[0] + ".log");
        var command = new ArrayList<>(List.of(CDK.toString(), "--no-notices"));
        command.addAll(List.of(arguments));
        var builder =
                new ProcessBuilder(command)
                        .directory(BUILD.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
        builder.environment()
                .putAll(
                        Map.of(
                                "AWS_ENDPOINT_URL", endpoint.toString(),
                                "AWS_ENDPOINT_URL_S3", endpoint.toString(),
                                "AWS_REGION", REGION.id(),
                                "AWS_ACCESS_KEY_ID", "test",
                                "AWS_SECRET_ACCESS_KEY", "test",
                                "CDK_DISABLE_CLI_TELEMETRY", "1",
                                "HOME", Files.createDirectories(BUILD.resolve("home")).toString()));
        try {
            int code = builder.start().waitFor();
            if (code != 0) {
                throw new AssertionError(
                        String.join(" ", command) + " failed:\n" + Files.readString(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    Cloud cloud() {
        return cloud;
    }

    public URI endpoint() {
        return endpoint;
    }

    EventBridgeClient events() {
        return at(EventBridgeClient.builder()).build();
    }

    public KmsClient keys() {
        return at(KmsClient.builder()).build();
    }

    LambdaClient functions() {
        return at(LambdaClient.builder()).build();
    }

    SqsClient queues() {
        return at(SqsClient.builder()).build();
    }

    private <B extends AwsClientBuilder<B, ?>> B at(B builder) {
        return builder.endpointOverride(endpoint)
                .region(REGION)
                .credentialsProvider(
                        StaticCredentialsProvider.create(
                                AwsBasicCredentials.create("test", "test")));
    }

    /** Calls the function of an operation as the gateway does: through its alias. */
    Cloud.Answer call(String operation, Object event) {
        long from = System.nanoTime();
        try (var functions = functions()) {
            var answer =
                    functions.invoke(it ->
                            it.functionName(PREFIX + "-" + operation)
                                    .qualifier(Settings.ALIAS)
                                    .payload(SdkBytes.fromUtf8String(event.toString())));
            return Cloud.answer(
                    new Invocation(
                            answer.responseMetadata().requestId(),
                            answer.payload().asUtf8String(),
                            answer.functionError() != null,
                            String.valueOf(answer.functionError()),
                            Duration.ofNanos(System.nanoTime() - from)));
        }
    }
}
