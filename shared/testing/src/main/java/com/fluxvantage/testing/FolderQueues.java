package com.fluxvantage.testing;

import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.fluxvantage.runtime.Queues;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Queues that outlive the process that fills them, as those of the cloud do: a message is a file.
 * It stays until it is settled, and each time it is handed out is counted. One process at a time.
 */
final class FolderQueues implements Queues {
    private static final String SETTLED = "settled-";

    private final Path folder;

    FolderQueues(Path folder) {
        this.folder = folder;
    }

    @Override
    public Set<String> send(String consumer, List<Message> batch) {
        for (var message : batch) {
            if (!isKnown(consumer, message.deduplication())) {
                write(consumer, message);
            }
        }
        return Set.of();
    }

    /**
     * Hands each message out once, in the order in which they came; answers how many were settled.
     */
    int deliver(String consumer, Function<SQSEvent, SQSBatchResponse> function) {
        int settled = 0;
        var stopped = new HashSet<String>();
        for (var file : waiting(consumer)) {
            var lines = lines(file);
            var group = lines.getFirst();
            if (stopped.contains(group)) {
                continue;
            }
            int receives = Integer.parseInt(lines.get(2)) + 1;
            put(file, group, lines.get(1), receives, lines.get(3));
            var answer = function.apply(event(file, group, receives, lines.get(3)));
            if (answer.getBatchItemFailures().isEmpty()) {
                move(file, file.resolveSibling(SETTLED + file.getFileName()));
                settled++;
            } else {
                stopped.add(group);
            }
        }
        return settled;
    }

    /** How many wait in all queues. */
    int size() {
        if (!Files.exists(folder)) {
            return 0;
        }
        try (var consumers = Files.list(folder)) {
            return consumers
                    .filter(Files::isDirectory)
                    .mapToInt(it -> waiting(String.valueOf(it.getFileName())).size())
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SQSEvent event(Path file, String group, int receives, String body) {
        var record = new SQSEvent.SQSMessage();
        record.setMessageId(String.valueOf(file.getFileName()));
        record.setBody(body);
        record.setAttributes(
                Map.of(
                        "MessageGroupId",
                        group,
                        "ApproximateReceiveCount",
                        Integer.toString(receives)));
        var event = new SQSEvent();
        event.setRecords(List.of(record));
        return event;
    }

    private void write(String consumer, Message message) {
        var name = "%06d-%s".formatted(files(consumer).size(), hex(message.deduplication()));
        put(
                queue(consumer).resolve(name),
                message.group(),
                message.deduplication(),
                0,
                message.body());
    }

    // A file is there as a whole or not at all, wherever its writer dies.
    private void put(Path file, String group, String deduplication, int receives, String body) {
        try {
            var unfinished = Files.createTempFile(folder, "unfinished", "");
            Files.writeString(
                    unfinished,
                    String.join("\n", group, deduplication, Integer.toString(receives), body));
            move(unfinished, file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isKnown(String consumer, String deduplication) {
        return files(consumer).stream()
                .anyMatch(it -> String.valueOf(it.getFileName()).endsWith(hex(deduplication)));
    }

    private List<Path> waiting(String consumer) {
        return files(consumer).stream()
                .filter(it -> !String.valueOf(it.getFileName()).startsWith(SETTLED))
                .toList();
    }

    private List<Path> files(String consumer) {
        try (var all = Files.list(queue(consumer))) {
            return all.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path queue(String consumer) {
        try {
            return Files.createDirectories(folder.resolve(consumer));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return List.of(Files.readString(file).split("\n", 4));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hex(String text) {
        return HexFormat.of()
                .formatHex(
                        java.util.Arrays.copyOf(sha256(text.getBytes(StandardCharsets.UTF_8)), 16));
    }

    private static byte[] sha256(byte[] text) {
        try {
            return java.security.MessageDigest.getInstance("SHA-256").digest(text);
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
