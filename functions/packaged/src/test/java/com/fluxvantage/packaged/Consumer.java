package com.fluxvantage.packaged;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.Target;
import software.amazon.awssdk.services.lambda.model.FunctionResponseType;
import software.amazon.awssdk.services.lambda.model.Runtime;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

import tools.jackson.databind.JsonNode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A consumer of the deployed bus: a rule, a FIFO queue with its dead letters, and a function. Which
 * events it refuses, the test says.
 */
final class Consumer {
    /** An event that came, and how often it had come by then. */
    record Attempt(int number, int times) {}

    static final String WANTED = "receipt.received";
    static final int MOST_ATTEMPTS = 2;

    private static final int SECONDS = 5;
    private static final int PATIENCE_SECONDS = 60;

    private final Emulator emulator;
    private final SqsClient queues;
    private final BlockingQueue<Attempt> attempts = new LinkedBlockingQueue<>();
    private final String deadLetters;
    private volatile Set<Attempt> refused = Set.of();

    Consumer(Emulator emulator) {
        this.emulator = emulator;
        this.queues = emulator.queues();
        this.deadLetters = queue("dead-letters.fifo", Map.of());
        String redrive =
                "{\"deadLetterTargetArn\": \"%s\", \"maxReceiveCount\": %d}"
                        .formatted(arn(deadLetters), MOST_ATTEMPTS);
        String queue =
                queue(
                        "consumer.fifo",
                        Map.of(
                                QueueAttributeName.REDRIVE_POLICY,
                                redrive,
                                QueueAttributeName.VISIBILITY_TIMEOUT,
                                Integer.toString(SECONDS)));
        route(arn(queue));
        listen(arn(queue));
    }

    private String queue(String name, Map<QueueAttributeName, String> more) {
        var attributes = new HashMap<>(more);
        attributes.put(QueueAttributeName.FIFO_QUEUE, "true");
        attributes.put(QueueAttributeName.CONTENT_BASED_DEDUPLICATION, "true");
        return queues.createQueue(it -> it.queueName(name).attributes(attributes)).queueUrl();
    }

    private String arn(String queue) {
        var attributes =
                queues.getQueueAttributes(
                        it -> it.queueUrl(queue).attributeNames(QueueAttributeName.QUEUE_ARN));
        return Objects.requireNonNull(attributes.attributes().get(QueueAttributeName.QUEUE_ARN));
    }

    private void route(String queueArn) {
        try (var events = emulator.events()) {
            events.putRule(it ->
                    it.name("consumer")
                            .eventBusName(Emulator.PREFIX)
                            .eventPattern("{\"detail-type\": [\"" + WANTED + "\"]}"));
            events.putTargets(it ->
                    it.rule("consumer")
                            .eventBusName(Emulator.PREFIX)
                            .targets(
                                    Target.builder()
                                            .id("queue")
                                            .arn(queueArn)
                                            .sqsParameters(group -> group.messageGroupId("all"))
                                            .build()));
        }
    }

    private void listen(String queueArn) {
        try (var functions = emulator.functions()) {
            String test = "http://127.0.0.1:" + server().getAddress().getPort();
            functions.createFunction(it ->
                    it.functionName("consumer")
                            .runtime(Runtime.JAVA25)
                            .handler(ConsumerForTests.class.getName() + "::handleRequest")
                            .role("arn:aws:iam::000000000000:role/consumer")
                            .timeout(SECONDS)
                            .environment(variables -> variables.variables(Map.of("FV_TEST", test)))
                            .code(code -> code.zipFile(SdkBytes.fromByteArray(zip()))));
            functions.waiter().waitUntilFunctionActiveV2(it -> it.functionName("consumer"));
            functions.createEventSourceMapping(it ->
                    it.functionName("consumer")
                            .eventSourceArn(queueArn)
                            .batchSize(1)
                            .functionResponseTypes(
                                    FunctionResponseType.REPORT_BATCH_ITEM_FAILURES));
        }
    }

    private HttpServer server() {
        try {
            var server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", this::take);
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            var record =
                    Cloud.json(
                                    new String(
                                            exchange.getRequestBody().readAllBytes(),
                                            StandardCharsets.UTF_8))
                            .path("Records")
                            .path(0);
            var attempt =
                    new Attempt(
                            number(record.path("body")),
                            record.at("/attributes/ApproximateReceiveCount").asInt());
            String failures =
                    refused.contains(attempt)
                            ? "{\"itemIdentifier\": \"%s\"}"
                                    .formatted(record.path("messageId").asString())
                            : "";
            byte[] answer =
                    "{\"batchItemFailures\": [%s]}"
                            .formatted(failures)
                            .getBytes(StandardCharsets.UTF_8);
            attempts.add(attempt);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private static int number(JsonNode body) {
        return Cloud.json(body.asString()).at("/detail/number").asInt();
    }

    private static byte[] zip() {
        String file = ConsumerForTests.class.getName().replace('.', '/') + ".class";
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes);
                var code = ConsumerForTests.class.getClassLoader().getResourceAsStream(file)) {
            zip.putNextEntry(new ZipEntry(file));
            Objects.requireNonNull(code).transferTo(zip);
            zip.closeEntry();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    void refuses(Attempt... these) {
        refused = Set.of(these);
    }

    void announce(String type, int... numbers) {
        try (var events = emulator.events()) {
            for (int number : numbers) {
                events.putEvents(it ->
                        it.entries(
                                PutEventsRequestEntry.builder()
                                        .eventBusName(Emulator.PREFIX)
                                        .source("fluxvantage")
                                        .detailType(type)
                                        .detail("{\"number\": " + number + "}")
                                        .build()));
            }
        }
    }

    Attempt next() throws InterruptedException {
        var next = attempts.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no event came within a minute");
        }
        return next;
    }

    /** The numbers of the events that wait for a person by now; they are taken out. */
    List<Integer> deadLetters() {
        return queues
                .receiveMessage(
                        it -> it.queueUrl(deadLetters).waitTimeSeconds(20).maxNumberOfMessages(10))
                .messages()
                .stream()
                .map(it -> Cloud.json(it.body()).at("/detail/number").asInt())
                .toList();
    }
}
