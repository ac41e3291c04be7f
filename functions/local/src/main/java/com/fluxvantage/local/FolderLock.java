package com.fluxvantage.local;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Says that a live program works in a folder. The operating system drops the lock with the process,
 * so a program that was killed leaves none behind; the file itself stays and means nothing.
 */
final class FolderLock implements AutoCloseable {
    private static final String FILE = "program.lock";

    private final FileChannel channel;

    private FolderLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Empty if another program holds it, or this one already. */
    static Optional<FolderLock> tryTake(Path folder) throws IOException {
        var channel = open(folder);
        var lock = lockOrNull(channel);
        if (lock == null) {
            channel.close();
            return Optional.empty();
        }
        return Optional.of(new FolderLock(channel));
    }

    /** Waits for other programs; for the few moments in which folders are made and swept. */
    static FolderLock await(Path folder) throws IOException {
        var channel = open(folder);
        channel.lock();
        return new FolderLock(channel);
    }

    private static FileChannel open(Path folder) throws IOException {
        return FileChannel.open(
                folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static @Nullable FileLock lockOrNull(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProgram) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
