package com.fluxvantage.local.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.OperationList;

import software.amazon.awssdk.utilslite.SdkInternalThreadLocal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/** The zips that the modules have made, and the functions that are started of them. */
public final class Zips {
    /** Spring Cloud Function's, for every operation. */
    public static final String HANDLER =
            "org.springframework.cloud.function.adapter.aws.FunctionInvoker::handleRequest";

    private static final int DIGEST_BYTES = 8;

    private final Path root;
    private final Path work;
    private final Map<Path, Path> unpacked = new ConcurrentHashMap<>();

    /**
     * @param root the project's folder
     * @param work where zips are unpacked and sandboxes keep their logs
     */
    public Zips(Path root, Path work) {
        this.root = root;
        this.work = work;
    }

    /** Every folder below functions that holds operations. */
    public Set<String> domains() {
        try (var folders = Files.list(root.resolve("functions"))) {
            var domains = new TreeSet<String>();
            folders.filter(it -> Files.exists(it.resolve("src/main/resources/META-INF/services")))
                    .forEach(it -> domains.add(it.getFileName().toString()));
            return domains;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path of(String domain) {
        return root.resolve("functions").resolve(domain).resolve("target").resolve(domain + ".zip");
    }

    public Path ofMigrations() {
        return root.resolve("migrations/target/migrations.zip");
    }

    /** The platform's own functions. */
    public Path ofDispatch() {
        return of("dispatch");
    }

    /** Why the zips cannot be used and what helps, in one sentence, or nothing. */
    public String fault() {
        var faults = new ArrayList<String>();
        for (String domain : domains()) {
            addFault(faults, of(domain), "shared/kernel", "shared/runtime", "functions/" + domain);
        }
        addFault(faults, ofDispatch(), "shared/kernel", "shared/runtime", "functions/dispatch");
        addFault(faults, ofMigrations(), "migrations");
        return faults.isEmpty()
                ? ""
                : "Build the zips with mvn -q -DskipTests package: %s."
                        .formatted(String.join(", ", faults));
    }

    private void addFault(List<String> faults, Path zip, String... modules) {
        if (Files.notExists(zip)) {
            faults.add(zip.getFileName() + " is missing");
        } else if (!holdsWhatIsCompiled(zip, modules)) {
            faults.add(zip.getFileName() + " is of other code than what is compiled");
        }
    }

    // By content and not by time: a compiler that changes nothing may write its files again.
    private boolean holdsWhatIsCompiled(Path file, String... modules) {
        try (var zip = new ZipFile(file.toFile())) {
            for (String module : modules) {
                String jar = "lib/fluxvantage-" + Path.of(module).getFileName();
                var packed = zip.stream().filter(it -> it.getName().startsWith(jar)).findFirst();
                if (packed.isEmpty()
                        || !isPackedFrom(
                                root.resolve(module).resolve("target/classes"),
                                zip.getInputStream(packed.get()))) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isPackedFrom(Path classes, InputStream content) throws IOException {
        try (var jar = new ZipInputStream(content)) {
            for (var entry = jar.getNextEntry(); entry != null; entry = jar.getNextEntry()) {
                if (entry.getName().endsWith(".class")
                        && !isSame(classes.resolve(entry.getName()), jar.readAllBytes())) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean isSame(Path file, byte[] content) throws IOException {
        return Files.exists(file) && Arrays.equals(Files.readAllBytes(file), content);
    }

    /** The domain in whose zip an operation is. */
    public static String domain(Operation<?, ?> operation) {
        var list =
                ServiceLoader.load(OperationList.class).stream()
                        .filter(it -> it.get().operations().contains(operation))
                        .findFirst()
                        .orElseThrow();
        return list.type().getPackageName().replace("com.fluxvantage.", "");
    }

    /** An operation as its domain's zip has it. */
    public LambdaFunction function(Operation<?, ?> operation, Map<String, String> environment) {
        return function(
                of(domain(operation)),
                operation.name(),
                HANDLER,
                environment,
                operation.timeLimit());
    }

    /** A zip's handler under whatever name. */
    public LambdaFunction function(
            Path zip,
            String name,
            String handler,
            Map<String, String> environment,
            Duration timeLimit) {
        return new LambdaFunction(
                name,
                handler,
                unpacked.computeIfAbsent(zip, this::unpack),
                managedRuntime(),
                environment,
                timeLimit,
                work);
    }

    /** What the cloud has on the class path before any code of ours. */
    public static List<Path> managedRuntime() {
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

    // Under the digest of its content, so that another run finds it there.
    private Path unpack(Path from) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(from));
            var folder = work.resolve(HexFormat.of().formatHex(digest, 0, DIGEST_BYTES));
            if (Files.notExists(folder)) {
                var making = Files.createTempDirectory(Files.createDirectories(work), "unpacking-");
                unpack(from, making);
                Files.move(making, folder);
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of the platform", e);
        }
    }

    private static void unpack(Path from, Path folder) throws IOException {
        try (var zip = new ZipFile(from.toFile())) {
            for (var entry : zip.stream().filter(it -> !it.isDirectory()).toList()) {
                var file = folder.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                try (var content = zip.getInputStream(entry)) {
                    Files.copy(content, file);
                }
            }
        }
    }
}
