package com.fluxvantage.testing;

import com.fluxvantage.kernel.outside.Webhooks.Reply;
import com.fluxvantage.runtime.LocalWebhooks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * A tenant's own system that outlives whoever sends to it: a message is a file. It knows the ids
 * that it has had and takes them again, as the standard asks.
 */
final class FolderReceiver {
    private final Path folder;

    FolderReceiver(Path folder) {
        this.folder = folder.resolve("received");
    }

    // A file is there as a whole or not at all, wherever the sender dies.
    synchronized Reply receive(LocalWebhooks.Received message) {
        try {
            Files.createDirectories(folder);
            var unfinished = Files.createTempFile(folder.getParent(), "unfinished", "");
            Files.writeString(
                    unfinished, message.headers().get("webhook-id") + " " + message.body());
            Files.move(
                    unfinished,
                    folder.resolve("%06d".formatted(received().size())),
                    StandardCopyOption.ATOMIC_MOVE);
            return new Reply.Answered(204, Optional.empty());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<String> received() {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (var all = Files.list(folder)) {
            return all.sorted().map(FolderReceiver::text).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
