package com.fluxvantage.local.lambda;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import org.jspecify.annotations.Nullable;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * One sandbox: a JVM under the real runtime client, and the Runtime API (version 2018-06-01) that
 * it talks to. It serves one event at a time; at the deadline it is ended, as the cloud does it.
 * What the client says out of turn is an error.
 */
public final class LambdaSandbox implements AutoCloseable {
    /** What came back for an event: an answer, or the error that the runtime client reported. */
    public record Invocation(
            String requestId, String payload, boolean isError, String errorType, Duration took) {}

    /** The function did not get as far as asking for an event. */
    public static final class InitFailed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int exitCode;
        private final String report;

        InitFailed(int exitCode, String report, String log) {
            super("exit code " + exitCode + ", reported: " + report + "\n" + log);
            this.exitCode = exitCode;
            this.report = report;
        }

        public int exitCode() {
            return exitCode;
        }

        /** What the runtime client reported: the type of the error and its document. */
        public String report() {
            return report;
        }
    }

    /** The function did not answer within its time limit and its sandbox is gone. */
    public static final class TimedOut extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TimedOut(Duration limit) {
            super("Task timed out after %.2f seconds".formatted(limit.toMillis() / 1000.0));
        }
    }

    /** What the runtime client does, in the order in which it does it. */
    private sealed interface Step {
        record AsksForEvent() implements Step {}

        record AtCheckpoint() implements Step {}

        record Answers(String requestId, String payload) implements Step {}

        record ReportsError(String requestId, String type, String payload) implements Step {}

        record ReportsFatal(String type, String payload) implements Step {}

        record Ends(int exitCode) implements Step {}
    }

    private record Event(String requestId, String payload, Instant deadline) {}

    private static final String ROOT = "/2018-06-01/runtime";
    private static final String CLIENT =
            "com.amazonaws.services.lambda.runtime.api.client.AWSLambda";
    private static final String NATIVE_LIBRARY =
            "com.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI";
    private static final Duration LONGEST_START = Duration.ofSeconds(60);

    private final LambdaFunction function;
    private final Path log;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final BlockingQueue<Step> steps = new LinkedBlockingQueue<>();
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final CountDownLatch restored = new CountDownLatch(1);
    private final Process process;
    private final long startedAt = System.nanoTime();
    private Duration init = Duration.ZERO;
    private int count;

    private LambdaSandbox(LambdaFunction function, Path folder, boolean isSnapStart)
            throws IOException {
        this.function = function;
        this.log = folder.resolve("sandbox.log");
        this.server = HttpServer.create(new InetSocketAddress(loopback(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
        this.process = process(folder, isSnapStart).start();
        var _ = process.onExit().thenAccept(ended -> steps.add(new Step.Ends(ended.exitValue())));
    }

    static LambdaSandbox open(LambdaFunction function, boolean isSnapStart) throws IOException {
        Files.createDirectories(function.folder());
        return new LambdaSandbox(
                function,
                Files.createTempDirectory(function.folder(), function.name() + "-"),
                isSnapStart);
    }

    private static InetAddress loopback() {
        return InetAddress.getLoopbackAddress();
    }

    private ProcessBuilder process(Path folder, boolean isSnapStart) throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // As the managed runtime starts it, save for the memory: the second compiler works only
        // where a snapshot makes it worth while.
        if (!isSnapStart) {
            command.add("-XX:TieredStopAtLevel=1");
        }
        command.addAll(
                List.of(
                        "-XX:+UseSerialGC",
                        "-Xmx96m",
                        "-Djava.net.preferIPv4Stack=true",
                        "-Djava.io.tmpdir=" + folder,
                        "-D" + NATIVE_LIBRARY + "=" + nativeLibrary(folder),
                        "--enable-native-access=ALL-UNNAMED",
                        "-classpath",
                        function.runtime().stream()
                                .map(Path::toString)
                                .collect(Collectors.joining(File.pathSeparator)),
                        CLIENT,
                        function.handler()));
        var builder =
                new ProcessBuilder(command)
                        .directory(function.taskRoot().toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        var environment = builder.environment();
        environment.clear();
        environment.put("TZ", ":UTC");
        environment.put("LANG", "en_US.UTF-8");
        environment.put("AWS_REGION", "eu-west-1");
        environment.put(
                "AWS_LAMBDA_RUNTIME_API",
                loopback().getHostAddress() + ":" + server.getAddress().getPort());
        environment.put("AWS_LAMBDA_FUNCTION_NAME", function.name());
        environment.put("AWS_LAMBDA_FUNCTION_VERSION", isSnapStart ? "1" : "$LATEST");
        environment.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024");
        environment.put("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/" + function.name());
        environment.put("AWS_LAMBDA_LOG_STREAM_NAME", folder.getFileName().toString());
        environment.put("AWS_LAMBDA_INITIALIZATION_TYPE", isSnapStart ? "snap-start" : "on-demand");
        environment.put("LAMBDA_TASK_ROOT", function.taskRoot().toString());
        environment.put("_HANDLER", function.handler());
        environment.putAll(function.environment());
        return builder;
    }

    // Left to itself the client unpacks it to one fixed file in /tmp, under the feet of another
    // sandbox that starts at the same time.
    private Path nativeLibrary(Path folder) throws IOException {
        String architecture =
                System.getProperty("os.arch").equals("aarch64") ? "aarch_64" : "x86_64";
        var library = folder.resolve("libaws-lambda-jni.so");
        try (var jar = FileSystems.newFileSystem(function.runtime().getFirst())) {
            Files.copy(
                    jar.getPath("/jni/libaws-lambda-jni.linux-" + architecture + ".so"),
                    library,
                    StandardCopyOption.REPLACE_EXISTING);
        }
        return library;
    }

    void awaitReady() {
        mustGetTo(Step.AsksForEvent.class);
        init = Duration.ofNanos(System.nanoTime() - startedAt);
    }

    void awaitCheckpoint() {
        mustGetTo(Step.AtCheckpoint.class);
        init = Duration.ofNanos(System.nanoTime() - startedAt);
    }

    private void mustGetTo(Class<? extends Step> wanted) {
        String report = "";
        var step = next(LONGEST_START);
        if (step instanceof Step.ReportsFatal(var type, var payload)) {
            report = type + " " + payload;
            step = next(LONGEST_START);
        }
        if (!wanted.isInstance(step)) {
            close();
            throw new InitFailed(step instanceof Step.Ends(int code) ? code : -1, report, log());
        }
    }

    /** Goes on from the checkpoint; answers how long it took until an event was asked for. */
    public Duration restore() {
        long from = System.nanoTime();
        restored.countDown();
        mustGetTo(Step.AsksForEvent.class);
        return Duration.ofNanos(System.nanoTime() - from);
    }

    /** From the start of the process until it asked for an event or had come to its checkpoint. */
    public Duration init() {
        return init;
    }

    public Invocation invoke(String payload) {
        return invoke(payload, function.timeLimit());
    }

    public Invocation invoke(String payload, Duration limit) {
        String requestId = "00000000-0000-4000-8000-%012d".formatted(++count);
        long from = System.nanoTime();
        events.add(new Event(requestId, payload, Instant.now().plus(limit)));
        var outcome = outcome(requestId, limit, from);
        var after = next(LONGEST_START);
        if (!(after instanceof Step.AsksForEvent)) {
            throw unexpected(after);
        }
        return outcome;
    }

    private Invocation outcome(String requestId, Duration limit, long from) {
        var step = poll(limit);
        var took = Duration.ofNanos(System.nanoTime() - from);
        return switch (step) {
            case Step.Answers(var id, var payload) when id.equals(requestId) ->
                    new Invocation(id, payload, false, "", took);
            case Step.ReportsError(var id, var type, var payload) when id.equals(requestId) ->
                    new Invocation(id, payload, true, type, took);
            case null -> {
                close();
                throw new TimedOut(limit);
            }
            default -> throw unexpected(step);
        };
    }

    /** Everything that the function has written. */
    public String log() {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException("a log can be read", e);
        }
    }

    public long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
        restored.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private Step next(Duration longest) {
        var step = poll(longest);
        if (step == null) {
            close();
            throw new IllegalStateException("nothing was heard of the function\n" + log());
        }
        return step;
    }

    private @Nullable Step poll(Duration longest) {
        try {
            return steps.poll(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the function", e);
        }
    }

    private IllegalStateException unexpected(Step step) {
        close();
        return new IllegalStateException("the runtime client did not keep turn: " + step + log());
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body =
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String type =
                    String.valueOf(
                            exchange.getRequestHeaders()
                                    .getFirst("Lambda-Runtime-Function-Error-Type"));
            String path = exchange.getRequestURI().getPath();
            if (!path.startsWith(ROOT)) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            var parts = path.substring(ROOT.length() + 1).split("/", -1);
            switch (parts[parts.length - 1]) {
                case "next" -> giveNext(exchange, parts[0]);
                case "response" -> take(exchange, new Step.Answers(parts[1], body));
                case "error" ->
                        take(
                                exchange,
                                parts[0].equals("invocation")
                                        ? new Step.ReportsError(parts[1], type, body)
                                        : new Step.ReportsFatal(type, body));
                default -> exchange.sendResponseHeaders(404, -1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // The sandbox is being closed.
        }
    }

    private void take(HttpExchange exchange, Step step) throws IOException {
        byte[] accepted = "{\"status\":\"OK\"}".getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(202, accepted.length);
        exchange.getResponseBody().write(accepted);
        steps.add(step);
    }

    private void giveNext(HttpExchange exchange, String kind)
            throws IOException, InterruptedException {
        if (kind.equals("restore")) {
            steps.add(new Step.AtCheckpoint());
            restored.await();
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        steps.add(new Step.AsksForEvent());
        var event = events.take();
        byte[] payload = event.payload().getBytes(StandardCharsets.UTF_8);
        var headers = exchange.getResponseHeaders();
        // Without it the native client ends the process.
        headers.set("Content-Type", "application/json");
        headers.set("Lambda-Runtime-Aws-Request-Id", event.requestId());
        headers.set("Lambda-Runtime-Deadline-Ms", Long.toString(event.deadline().toEpochMilli()));
        headers.set(
                "Lambda-Runtime-Invoked-Function-Arn",
                "arn:aws:lambda:eu-west-1:123456789012:function:" + function.name());
        headers.set(
                "Lambda-Runtime-Trace-Id",
                "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0");
        exchange.sendResponseHeaders(200, payload.length);
        exchange.getResponseBody().write(payload);
    }
}
