package com.fluxvantage.local;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** The program as a person starts it to look around, in a process of its own. */
final class ServedProgram implements AutoCloseable {
    static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final String UP = "FluxVantage is up: ";
    private static final String LAST_LINE = "Ctrl-C stops it all.";

    private final Process process;
    private final List<String> printed = new ArrayList<>();
    private final BufferedReader output;

    private ServedProgram(Process process) {
        this.process = process;
        this.output =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Returns when it is up. */
    static ServedProgram start(String... options) {
        var command =
                new ArrayList<>(
                        List.of(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-Dfv.build=" + build(),
                                "-Djava.net.preferIPv4Stack=true",
                                "-cp",
                                System.getProperty("java.class.path"),
                                WarehouseDay.class.getName(),
                                "--serve",
                                "--port",
                                "0",
                                "--orders",
                                "2"));
        command.addAll(List.of(options));
        try {
            var program =
                    new ServedProgram(
                            new ProcessBuilder(command).redirectErrorStream(true).start());
            program.readUntil(LAST_LINE);
            return program;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String build() {
        return System.getProperty("fv.build", "target");
    }

    private void readUntil(String last) throws IOException {
        String line = output.readLine();
        while (line != null && !line.equals(last)) {
            printed.add(line);
            line = output.readLine();
        }
        if (line == null) {
            throw new AssertionError("it ended early: " + String.join("\n", printed));
        }
    }

    List<String> printed() {
        return List.copyOf(printed);
    }

    URI url() {
        return printed.stream()
                .filter(it -> it.startsWith(UP))
                .map(it -> URI.create(it.substring(UP.length())))
                .findFirst()
                .orElseThrow();
    }

    JsonNode atHand(String tenant) {
        return JSON.readTree(get("/local/at-hand?tenant=" + tenant).body());
    }

    String token(String tenant, String role) {
        var answer =
                send(
                        HttpRequest.newBuilder(url().resolve("/local/token"))
                                .header("Content-Type", "application/json")
                                .header("Accept", "text/plain")
                                .POST(
                                        HttpRequest.BodyPublishers.ofString(
                                                "{\"tenant\": \"%s\", \"role\": \"%s\"}"
                                                        .formatted(tenant, role))));
        if (answer.statusCode() != 200) {
            throw new AssertionError("a token is made: " + answer.body());
        }
        return answer.body();
    }

    HttpResponse<String> get(String path, String... headers) {
        return send(with(HttpRequest.newBuilder(url().resolve(path)), headers).GET());
    }

    HttpResponse<String> post(String path, String token, String body) {
        return send(
                HttpRequest.newBuilder(url().resolve(path))
                        .header("Authorization", "Bearer " + token)
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", UUID.randomUUID().toString())
                        .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static HttpRequest.Builder with(HttpRequest.Builder request, String... headers) {
        return headers.length == 0 ? request : request.headers(headers);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Tells it to end, as Ctrl-C does; answers its exit code. */
    int stop() {
        process.toHandle().destroy();
        try {
            output.lines().forEach(printed::add);
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                throw new AssertionError("it does not end");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        stop();
    }
}
