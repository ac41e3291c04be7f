package com.fluxvantage.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** Does the same thing many times at once: real threads, one start signal. */
public final class Together {
    private Together() {}

    /** What each of {@code callers} got, by their number from 0. */
    public static <T> List<T> all(int callers, IntFunction<T> each) {
        var start = new CountDownLatch(1);
        try (var threads = Executors.newFixedThreadPool(callers)) {
            var futures = new ArrayList<Future<T>>();
            for (int caller = 0; caller < callers; caller++) {
                int number = caller;
                Callable<T> task =
                        () -> {
                            start.await();
                            return each.apply(number);
                        };
                futures.add(threads.submit(task));
            }
            start.countDown();
            var results = new ArrayList<T>();
            for (var future : futures) {
                results.add(future.get());
            }
            return results;
        } catch (ExecutionException e) {
            throw new AssertionError("a caller failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("the test was interrupted", e);
        }
    }
}
