package com.fluxvantage.packaged;

import static java.util.Map.entry;

import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * The emulator in a container, where Linux has Docker and no Python 3.13. Its functions run as they
 * do without Docker, on this machine's JDK, and it shares this machine's network: so they reach the
 * database, which listens on loopback alone. No container needs to start another.
 */
final class EmulatorContainer {
    static final String ASKED_FOR = "docker";

    private static final DockerImageName IMAGE =
            DockerImageName.parse(
                    "localstack/localstack:4.14.0@sha256:3ebc37595918b8accb852f8048fef2aff047d465167edd655528065b07bc364a");

    private EmulatorContainer() {}

    static boolean canStart() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    /** Starts it, for as long as this JVM lives, and answers where it is. */
    static String start(Path root, Path managedRuntime) throws IOException {
        var localstack = root.resolve("infra-cdk/localstack");
        String jdk = managedRuntime.resolve("jdk").toRealPath().toString();
        @SuppressWarnings("resource") // Testcontainers stops it with this JVM.
        var container =
                new GenericContainer<>(IMAGE)
                        .withNetworkMode("host")
                        .withEnv(
                                Map.ofEntries(
                                        entry("GATEWAY_LISTEN", "127.0.0.1:4566"),
                                        entry("LOCALSTACK_HOST", "127.0.0.1:4566"),
                                        entry("API_ENDPOINT", "http://127.0.0.1:9"),
                                        entry("DISABLE_EVENTS", "1"),
                                        entry("DNS_ADDRESS", "0"),
                                        entry("CFN_IGNORE_UNSUPPORTED_RESOURCE_TYPES", "0"),
                                        entry("SQS_ENDPOINT_STRATEGY", "path"),
                                        entry("LAMBDA_RUNTIME_EXECUTOR", "java"),
                                        entry("FV_MANAGED_RUNTIME", managedRuntime.toString()),
                                        entry("XDG_CACHE_HOME", "/tmp/cache"),
                                        entry("PYTHONPATH", "/opt/java-functions")))
                        .withFileSystemBind(jdk, jdk, BindMode.READ_ONLY)
                        .withFileSystemBind(
                                managedRuntime.toString(),
                                managedRuntime.toString(),
                                BindMode.READ_ONLY)
                        .withCopyFileToContainer(
                                MountableFile.forHostPath(localstack.resolve("aws_catalog.json")),
                                "/var/lib/localstack/cache/aws_catalog.json")
                        .withFileSystemBind(
                                localstack.toString(), "/opt/java-functions", BindMode.READ_ONLY)
                        .waitingFor(Wait.forLogMessage(".*Ready\\..*", 1));
        container.start();
        return "http://127.0.0.1:4566";
    }
}
