package com.fluxvantage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.operation.Caller;
import com.fluxvantage.kernel.operation.Mode;
import com.fluxvantage.migrations.StockCheck;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.TestPlatform;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Thousands of requests that nobody should send, to every operation, drawn from the contract. Each
 * answer is one that the contract knows, none is a fault of ours, what is refused changes nothing,
 * and what was typed is never said back, to the caller or to a log.
 *
 * <p>{@code -Dfv.fuzz.seed=N} draws the same again, {@code -Dfv.fuzz.case=N} only that one, {@code
 * -Dfv.fuzz.calls=N} so many.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class HostileCallsTest {
    /** Refused always here: a tenant that has ended, or is deleted, has no working day. */
    private static final Set<String> OF_AN_ENDED_TENANT =
            Set.of(
                    "waive-export",
                    "delete-tenant-now",
                    "cancel-deletion",
                    "get-deletion",
                    "stop-deletion",
                    "get-deletion-certificate");

    private static final TestPlatform PLATFORM = TestPlatform.start();
    private static final Duration SLOWEST = Duration.ofSeconds(6);
    private static final Duration LONGEST = Duration.ofSeconds(45);
    private static final int USUAL_CALLS = 3_000;
    private static final @Nullable Integer CALLS = Integer.getInteger("fv.fuzz.calls");
    private static final int CALLS_A_DAY = 600;
    private static final int CALLS_A_CHECK = 100;
    private static final int CALLS_A_REPEAT = 5;
    private static final int FAULTS_SHOWN = 12;

    private final Contract contract = new Contract(PLATFORM.catalog());
    private final long seed = Long.getLong("fv.fuzz.seed", System.nanoTime());
    private final int calls = CALLS == null ? USUAL_CALLS : CALLS;
    private final Map<String, String> faults = new LinkedHashMap<>();
    private final Map<String, Map<Integer, Integer>> answers = new TreeMap<>();

    @Test
    void whatever_is_sent_is_answered_as_the_contract_says_and_never_said_back()
            throws SQLException {
        System.out.println(
                "HostileCallsTest: "
                        + calls
                        + " calls, give them again with -Dfv.fuzz.seed="
                        + seed);
        int only = Integer.getInteger("fv.fuzz.case", -1);
        var drawn = new HostileCalls(contract, seed);
        var theirs = new World(PLATFORM.openTenant());
        var foreign = HostileCalls.ids(theirs);
        try (var changes = new Changes(PLATFORM.database().superuser());
                var overheard = new Overheard(HostileCalls.MARK)) {
            World ours = null;
            long end = System.nanoTime() + LONGEST.toNanos();
            for (int number = Math.max(0, only); number < calls; number++) {
                if (CALLS == null && System.nanoTime() > end) {
                    System.out.println("HostileCallsTest: stopped in good time at " + number);
                    break;
                }
                if (ours == null || number % CALLS_A_DAY == 0) {
                    ours = new World(PLATFORM.openTenant());
                    changes.startHere();
                }
                play(number, drawn.draw(number, ours, theirs), ours, foreign, changes, overheard);
                if (number % CALLS_A_CHECK == CALLS_A_CHECK - 1 || only >= 0) {
                    for (String change : changes.unaccounted()) {
                        fault(number, "somewhere", "a refused call has changed " + change, "");
                    }
                }
                if (only >= 0) {
                    break;
                }
            }
            assertThat(overheard.lines()).as("what was typed stands in a log").isEmpty();
            assertThat(PLATFORM.database().serverLog().lines())
                    .as("what was typed stands in PostgreSQL's log")
                    .noneMatch(line -> line.contains(HostileCalls.MARK));
        }
        System.out.println("HostileCallsTest: " + summary());
        assertThat(faults.values().stream().limit(FAULTS_SHOWN).toList()).isEmpty();
        try (var checker = PLATFORM.database().as("fv_checker")) {
            assertThat(StockCheck.run(checker)).isEmpty();
        }
        if (only < 0) {
            everyOperationWasReached();
        }
    }

    @Test
    void a_change_by_a_call_that_was_not_answered_with_success_is_noticed() throws SQLException {
        var world = new World(PLATFORM.openTenant());
        try (var changes = new Changes(PLATFORM.database().superuser())) {
            assertThat(changes.unaccounted()).isEmpty();
            var done = world.play(world.client(), "register-item");
            assertThat(changes.unaccounted()).anyMatch(it -> it.contains("1 rows of item by"));
            changes.done(done.headers().getOrDefault("Request-Id", ""));
            assertThat(changes.unaccounted()).isEmpty();

            try (var behind = PLATFORM.database().superuser();
                    var statement = behind.createStatement()) {
                statement.execute("update wms.item set version = version where sku = 'POT'");
            }

            assertThat(changes.unaccounted()).containsExactly("1 rows of item by null");
        }
    }

    @Test
    void what_postgresql_logs_is_read() throws SQLException {
        try (var connection = PLATFORM.database().superuser();
                var statement = connection.createStatement()) {
            statement.execute("do $$ begin raise log 'Zq8 stands here'; end $$");
            long end = System.nanoTime() + SLOWEST.toNanos();
            String log;
            do {
                log = PLATFORM.database().serverLog();
            } while (!log.contains("Zq8 stands here") && System.nanoTime() < end);

            assertThat(log).contains("Zq8 stands here");
        }
    }

    private void play(
            int number,
            HostileCall call,
            World ours,
            List<String> foreign,
            Changes changes,
            Overheard overheard) {
        String name = call.operation().name();
        boolean isForOperators = PLATFORM.catalog().named(name).caller() instanceof Caller.Operator;
        var client = isForOperators ? PLATFORM.operator() : ours.client();
        long started = System.nanoTime();
        Answer answer;
        try {
            answer = client.send(name, call.in(client.event()));
        } catch (RuntimeException e) {
            fault(number, name, "no answer: " + e.getClass().getName(), call.toString());
            return;
        }
        answers.computeIfAbsent(name, _ -> new TreeMap<>()).merge(answer.status(), 1, Integer::sum);
        var found = new ArrayList<>(contract.faults(call.operation(), answer));
        found.addAll(faults(call, answer, foreign));
        if (System.nanoTime() - started > SLOWEST.toNanos()) {
            found.add("took longer than a function may");
        }
        if (answer.status() < 300) {
            // A read may leave an entry too: that somebody has read.
            changes.done(answer.headers().getOrDefault("Request-Id", ""));
            if (PLATFORM.catalog().named(name).mode() == Mode.WRITES
                    && number % CALLS_A_REPEAT == 0) {
                var again = client.send(name, call.in(client.event()));
                if (!again.json().equals(answer.json())
                        || !again.headers().containsKey("Idempotency-Replayed")) {
                    found.add("sent again it is answered otherwise: " + again);
                }
            }
        }
        String where = answer.status() >= 500 ? "\n    " + overheard.lastFault() : "";
        for (String fault : found) {
            fault(number, name, fault, call + "\n    " + answer + where);
        }
    }

    private static List<String> faults(HostileCall call, Answer answer, List<String> foreign) {
        var faults = new ArrayList<String>();
        if (answer.status() >= 500) {
            faults.add("a fault of ours");
        }
        boolean isRefused = answer.status() >= 300;
        if ((isRefused ? answer.toString() : answer.headers().toString()).contains(call.mark())) {
            faults.add("what was typed is said back");
        }
        var misfit = call.misfit();
        if (misfit.isPresent() && !isRefused && !call.operation().isRead()) {
            faults.add("accepted what the contract forbids: " + misfit.get());
        }
        boolean isMalformed = answer.status() == 400 || answer.status() == 413;
        if (misfit.isEmpty() && isMalformed) {
            faults.add("called malformed what the contract allows: " + answer.code());
        }
        if (!isRefused && !call.operation().isRead() && call.names(foreign)) {
            faults.add("worked on what is another tenant's");
        }
        return faults;
    }

    private void fault(int number, String operation, String fault, String details) {
        faults.putIfAbsent(
                operation + fault,
                "%n%s: %s (-Dfv.fuzz.seed=%d -Dfv.fuzz.case=%d)%n    %s"
                        .formatted(operation, fault, seed, number, details));
    }

    private String summary() {
        var byStatus = new TreeMap<Integer, Integer>();
        answers.values()
                .forEach(each ->
                        each.forEach((status, n) -> byStatus.merge(status, n, Integer::sum)));
        return "answers by status " + byStatus;
    }

    // A storm that is refused at the door tests the door alone.
    private void everyOperationWasReached() {
        var reached = new TreeSet<String>();
        answers.forEach((name, statuses) -> {
            if (statuses.keySet().stream().anyMatch(status -> status < 300)
                    && statuses.keySet().stream().anyMatch(status -> status >= 400)) {
                reached.add(name);
            }
        });
        assertThat(reached)
                .containsAll(
                        contract.operations().stream()
                                .map(Contract.Described::name)
                                .filter(it -> !OF_AN_ENDED_TENANT.contains(it))
                                // Nobody who only knows the contract can sign.
                                .filter(it ->
                                        !(PLATFORM.catalog().named(it).caller()
                                                instanceof Caller.Signature))
                                .toList());
    }
}
