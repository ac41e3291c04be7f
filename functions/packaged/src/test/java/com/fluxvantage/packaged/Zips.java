package com.fluxvantage.packaged;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.OperationList;
import com.fluxvantage.testing.LambdaFunction;

import software.amazon.awssdk.utilslite.SdkInternalThreadLocal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/** The zips that the domains' own modules have made, and the functions that are started of them. */
final class Zips {
    static final String HANDLER =
            "org.springframework.cloud.function.adapter.aws.FunctionInvoker::handleRequest";

    private static final Path ROOT = Path.of(System.getProperty("fv.root"));
    private static final Path WORK = ROOT.resolve("functions/packaged/target/sandboxes");
    private static final Map<String, Path> UNPACKED = new ConcurrentHashMap<>();

    private Zips() {}

    /** Every folder below functions that holds operations. */
    static Set<String> domains() {
        try (var folders = Files.list(ROOT.resolve("functions"))) {
            var domains = new TreeSet<String>();
            folders.filter(it -> Files.exists(it.resolve("src/main/resources/META-INF/services")))
                    .forEach(it -> domains.add(it.getFileName().toString()));
            return domains;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path of(String domain) {
        return ROOT.resolve("functions").resolve(domain).resolve("target").resolve(domain + ".zip");
    }

    /** Why the zips cannot be used, or nothing. */
    static String fault() {
        var faults = new ArrayList<String>();
        for (String domain : domains()) {
            var zip = of(domain);
            if (Files.notExists(zip)) {
                faults.add(domain + " is not packaged");
            } else if (isOlderThanItsClasses(zip, domain)) {
                faults.add(domain + ".zip is older than its classes");
            }
        }
        return faults.isEmpty() ? "" : "run mvn verify: " + String.join(", ", faults);
    }

    private static boolean isOlderThanItsClasses(Path zip, String domain) {
        return Stream.of("functions/" + domain, "shared/kernel", "shared/runtime")
                .map(module -> ROOT.resolve(module).resolve("target/classes"))
                .flatMap(Zips::files)
                .anyMatch(it -> it.toFile().lastModified() > zip.toFile().lastModified());
    }

    private static Stream<Path> files(Path folder) {
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String domain(Operation<?, ?> operation) {
        var list =
                ServiceLoader.load(OperationList.class).stream()
                        .filter(it -> it.get().operations().contains(operation))
                        .findFirst()
                        .orElseThrow();
        return list.type().getPackageName().replace("com.fluxvantage.", "");
    }

    static LambdaFunction function(
            String domain, Operation<?, ?> operation, Map<String, String> environment) {
        return new LambdaFunction(
                operation.name(),
                HANDLER,
                UNPACKED.computeIfAbsent(domain, Zips::unpack),
                managedRuntime(),
                environment,
                operation.timeLimit(),
                WORK);
    }

    /** What the cloud has on the class path before any code of ours. */
    static List<Path> managedRuntime() {
        return Stream.of(
                        AWSLambda.class,
                        Context.class,
                        PojoSerializer.class,
                        SdkInternalThreadLocal.class)
                .map(Zips::jar)
                .toList();
    }

    private static Path jar(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path unpack(String domain) {
        try (var zip = new ZipFile(of(domain).toFile())) {
            var folder = Files.createTempDirectory(Files.createDirectories(WORK), domain + "-");
            for (var entry : zip.stream().filter(it -> !it.isDirectory()).toList()) {
                var file = folder.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                try (var content = zip.getInputStream(entry)) {
                    Files.copy(content, file);
                }
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
