package com.fluxvantage.testing;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.fluxvantage.kernel.operation.Operation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Processes that do what some operations have to do, over a test's database, and are killed with
 * SIGKILL at named moments: nothing of theirs gets to tidy up. What they have sent and put lies in
 * a folder and outlives them; so do the shops and carriers that they call, which are those of the
 * test's own process.
 */
public final class Mortal {
    /** A host that takes every webhook and outlives the processes that send them. */
    public static final String RECEIVER = "outlives.example.org";

    /** Never seen: such a process comes to its end. */
    private static final String NEVER = "(?!)";

    private static final int KILLED = 128 + 9;
    private static final int LINES_SHOWN = 30;
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private final TestPlatform platform;
    private final Path folder;

    public Mortal(TestPlatform platform, Path folder) {
        this.platform = platform;
        this.folder = folder;
    }

    /**
     * Where it dies.
     *
     * @param seen is looked for in {@code before commit <statements>}, {@code after commit ...},
     *     {@code before Signer.sign}, {@code after ObjectStore.put}, {@code after Queues.send};
     *     and, of a shop or a carrier, in {@code arrived Carriers.buy}, which is then done for
     *     nobody, and {@code done Carriers.buy}, which is not answered
     * @param time the first time that it is seen, or the second, ...
     */
    public record Moment(String seen, int time) {
        public static Moment of(String seen) {
            return new Moment(seen, 1);
        }
    }

    /**
     * What it does.
     *
     * @param from the time of the business when it begins
     * @param rounds ticks of each operation
     * @param minutes from one round to the next
     */
    public record Life(Instant from, int rounds, int minutes, List<String> operations) {
        public Life {
            operations = List.copyOf(operations);
        }

        private List<String> words() {
            var words = new ArrayList<String>();
            words.addAll(
                    List.of(from.toString(), Integer.toString(rounds), Integer.toString(minutes)));
            words.addAll(operations);
            return words;
        }
    }

    /** Lets one live until the moment and kills it there; it has to come to that moment. */
    public void dies(Moment moment, Life life) {
        if (!lived(moment, MortalMain.class, life.words(), life.operations)) {
            throw new AssertionError("no process came to " + moment);
        }
    }

    /** Lets one serve a call until the moment and kills it there; nobody hears an answer. */
    public void dies(Moment moment, Operation<?, ?> operation, APIGatewayProxyRequestEvent asked) {
        var words =
                List.of(
                        platform.clock().instant().toString(),
                        operation.name(),
                        Base64.getEncoder().encodeToString(PortBytes.of(asked)));
        if (!lived(moment, MortalCall.class, words, List.of())) {
            throw new AssertionError("no process came to " + moment);
        }
    }

    /** Lets one live to its end. */
    public void lives(Life life) {
        if (lived(Moment.of(NEVER), MortalMain.class, life.words(), life.operations)) {
            throw new AssertionError("nothing was to stop it");
        }
    }

    /** How many messages nobody has settled. */
    public int queued() {
        return new FolderQueues(folder.resolve("queues")).size();
    }

    /** What has arrived at {@link #RECEIVER}, in this order: {@code id body}. */
    public List<String> received() {
        return new FolderReceiver(folder).received();
    }

    private boolean lived(
            Moment moment, Class<?> main, List<String> words, List<String> operations) {
        var killer = new Killer(moment);
        Process process = null;
        try (var others = new PortsServer(platform.ports(), killer::kills)) {
            process =
                    new ProcessBuilder(command(moment, main, others.address(), words, operations))
                            .redirectErrorStream(true)
                            .start();
            killer.of(process);
            boolean isReached = isReached(process, killer);
            if (isReached) {
                // On this system that is SIGKILL.
                process.destroyForcibly();
            }
            if (!process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("it does not end");
            }
            if (isReached && process.exitValue() != KILLED) {
                throw new AssertionError("it ended by itself: " + process.exitValue());
            }
            return isReached;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } finally {
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }

    /** Kills a process at a moment of those whom it calls. */
    private static final class Killer {
        private final Pattern seen;
        private final CompletableFuture<Process> process = new CompletableFuture<>();
        private int left;
        private volatile boolean hasKilled;

        Killer(Moment moment) {
            this.seen = Pattern.compile(moment.seen);
            this.left = moment.time;
        }

        void of(Process started) {
            process.complete(started);
        }

        boolean kills(String what) {
            if (!seen.matcher(what).find() || --left != 0) {
                return false;
            }
            hasKilled = true;
            process.join().destroyForcibly().onExit().join();
            return true;
        }
    }

    private static boolean isReached(Process process, Killer killer)
            throws IOException, InterruptedException {
        var last = new ArrayDeque<String>();
        try (var output = process.inputReader(StandardCharsets.UTF_8)) {
            for (var line = output.readLine(); line != null; line = output.readLine()) {
                if (line.equals(Watch.REACHED)) {
                    return true;
                }
                last.add(line);
                if (last.size() > LINES_SHOWN) {
                    last.remove();
                }
            }
        }
        int ended = process.waitFor();
        if (killer.hasKilled) {
            return true;
        }
        if (ended != 0) {
            throw new AssertionError("it failed: " + String.join("\n", last));
        }
        return false;
    }

    private List<String> command(
            Moment moment, Class<?> main, URI others, List<String> words, List<String> operations) {
        var idle = new ArrayList<>(List.of(NEVER, "1", others.toString()));
        idle.addAll(new Life(platform.clock().instant(), 1, 1, operations).words());
        var command = new ArrayList<>(MortalStart.command(idle));
        command.addAll(
                List.of(
                        main.getName(),
                        platform.database().settings().url(),
                        folder.toString(),
                        moment.seen,
                        Integer.toString(moment.time),
                        others.toString()));
        command.addAll(words);
        return command;
    }
}
