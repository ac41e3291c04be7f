package com.fluxvantage.local;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** So many workers who do one kind of job side by side. */
final class Crew implements AutoCloseable {
    private final ExecutorService workers;

    Crew(int size) {
        this.workers = Executors.newFixedThreadPool(size);
    }

    /** Returns when all is done; the first thing that goes wrong stops the rest from starting. */
    <T> void all(List<T> jobs, Consumer<T> each) {
        var running = new ArrayList<CompletableFuture<Void>>();
        for (T job : jobs) {
            running.add(CompletableFuture.runAsync(() -> each.accept(job), workers));
        }
        join(CompletableFuture.allOf(running.toArray(CompletableFuture[]::new)));
    }

    ExecutorService workers() {
        return workers;
    }

    static void join(CompletableFuture<Void> future) {
        try {
            future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        workers.shutdownNow();
    }
}
