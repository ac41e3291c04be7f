package com.fluxvantage.runtime;

import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse.BatchItemFailure;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.events.SQSEvent.SQSMessage;
import com.fluxvantage.kernel.events.Heard;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Errand;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.LostLease;
import com.fluxvantage.kernel.operation.Names;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Refusal;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.kernel.operation.Unfinished;
import com.fluxvantage.kernel.outside.Outside;
import com.fluxvantage.kernel.outside.Ports;
import com.fluxvantage.kernel.outside.Transactions;
import com.fluxvantage.kernel.outside.Unreachable;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * The boundary of every operation that an event or a tick of the clock starts. Takes a batch from a
 * queue and answers which messages are to come again; of an ordered group, everything after the
 * first that failed. Each event has a transaction of its own in its own tenant, which the database
 * opens to the job's name; the inbox key is written in it, so an event that comes twice is done
 * once. An errand has two of them, and between them none: there it acts outside. What cannot be
 * done, now or after all retries, is given up with a reason.
 */
public final class EventFunction<Q extends Record, R extends Record>
        implements Function<SQSEvent, SQSBatchResponse>, Primed {
    private static final String GROUP = "MessageGroupId";
    private static final String RECEIVES = "ApproximateReceiveCount";
    private static final String OVERTAKEN = "{\"overtaken\": true}";

    private sealed interface Ending {
        record Done(boolean more) implements Ending {}

        /** The first part of an errand: what it leased is to be carried out. */
        record Begun() implements Ending {}

        /** It may well succeed a little later. */
        record Failed(String reason, @Nullable Throwable surprise) implements Ending {}

        /** Trying again would change nothing. */
        record GivenUp(String reason) implements Ending {}
    }

    private final Operation<Q, R> operation;
    private final TenantTransaction transaction;
    private final Clock clock;
    private final Ports ports;
    private final Transactions.Logins logins;
    private final Handling<Q, R> handling;
    private final Inbox inbox;
    private final JsonMapper requestJson = KernelJson.guarded();
    private final int retries;

    /** {@code ports} are for errands, and each gets those of them that its descriptor names. */
    public EventFunction(
            Operation<Q, R> operation,
            TenantTransaction transaction,
            Clock clock,
            Ports ports,
            Transactions.Logins logins) {
        this.operation = operation;
        this.transaction = transaction;
        this.clock = clock;
        this.ports = ports;
        this.logins = logins;
        this.handling = new Handling<>(operation, clock);
        this.inbox = new Inbox(operation);
        this.retries =
                switch (operation.trigger()) {
                    case Trigger.Event event -> event.retries();
                    case Trigger.Schedule schedule -> schedule.retries();
                    case Trigger.Http _, Trigger.Authorizer _ ->
                            throw new IllegalStateException(operation + " consumes no events");
                };
    }

    @Override
    public SQSBatchResponse apply(SQSEvent batch) {
        // Never "nothing failed" for what was not understood: the queue would delete it.
        Objects.requireNonNull(batch.getRecords(), "a batch has records");
        long end = System.nanoTime() + operation.timeLimit().toNanos();
        var failures = new ArrayList<BatchItemFailure>();
        var stopped = new HashSet<String>();
        for (var record : batch.getRecords()) {
            String group = record.getAttributes().getOrDefault(GROUP, record.getMessageId());
            if (stopped.contains(group) || !isSettled(record, end)) {
                stopped.add(group);
                failures.add(new BatchItemFailure(record.getMessageId()));
            }
        }
        return new SQSBatchResponse(failures);
    }

    /** Decides on the example in the tenant that holds nothing, then lets an empty batch come. */
    @Override
    public void prime(Runnable call) {
        try {
            transaction.prime(
                    operation,
                    new Entrance.Rehearsed(Priming.nobody(operation).tenant()),
                    (handle, search) ->
                            rehearsed(
                                    handling.call(
                                            Priming.nobody(operation).actor(),
                                            handle,
                                            search,
                                            new Heard("rehearsed", new UUID(0, 0), 0))));
        } catch (InvalidValue _) {
            // A tenant that holds nothing lacks what others have; by then all is loaded.
        }
        call.run();
    }

    // Of an errand the part that decides: what follows would act outside.
    private Object rehearsed(Call call) {
        return operation
                .errand()
                .<Object>map(it -> it.take().take(operation.example(), call))
                .orElseGet(() -> handling.decide(operation.example(), call));
    }

    // A message that names no event of ours belongs to no tenant: the queue itself puts it aside.
    private boolean isSettled(SQSMessage record, long end) {
        var message = EventMessage.parse(record.getBody());
        int attempt = Integer.parseInt(record.getAttributes().getOrDefault(RECEIVES, "1"));
        return message.isPresent() && isSettled(message.get(), attempt, end);
    }

    private boolean isSettled(EventMessage message, int attempt, long end) {
        long started = System.nanoTime();
        Ending ending = new Ending.Done(true);
        for (int part = 1; ending instanceof Ending.Done(var more) && more; part++) {
            ending =
                    System.nanoTime() < end
                            ? ended(message, part)
                            : new Ending.Failed("unfinished", null);
        }
        boolean isLast = attempt > retries;
        var took = Duration.ofNanos(System.nanoTime() - started);
        return switch (ending) {
            case Ending.Done _, Ending.Begun _ -> {
                CallLog.write(operation, message, attempt, "done", false, took, null);
                yield true;
            }
            case Ending.Failed(var reason, var surprise) -> {
                boolean isBuried = isLast && isBuried(message, reason, attempt);
                CallLog.write(operation, message, attempt, reason, isBuried, took, surprise);
                yield isBuried;
            }
            case Ending.GivenUp(var reason) -> {
                boolean isBuried = isBuried(message, reason, attempt);
                CallLog.write(operation, message, attempt, reason, isBuried, took, null);
                yield isBuried;
            }
        };
    }

    private Ending ended(EventMessage message, int part) {
        try {
            var errand = operation.errand();
            return errand.isPresent()
                    ? run(errand.get(), message, part)
                    : entered(message, part, this::decided);
        } catch (ProblemFound e) {
            // A tick that the tenant's state forbids is let go: the next one finds what is left.
            return operation.trigger() instanceof Trigger.Schedule
                            && e.problem().code().equals(BoundaryProblem.TENANT_STATE.code())
                    ? new Ending.Done(false)
                    : new Ending.Failed(e.problem().code(), null);
        } catch (InvalidValue e) {
            return new Ending.GivenUp("invalid-" + e.code());
        } catch (Unreachable _) {
            return new Ending.Failed("unreachable", null);
        } catch (RuntimeException | StackOverflowError e) {
            return new Ending.Failed("fault", e);
        } finally {
            // The sandbox serves another tenant next.
            MDC.clear();
        }
    }

    /** What happens in one transaction, once the message is known to be new and ours. */
    @FunctionalInterface
    private interface Step {
        Ending run(Arrived arrived, Call call);
    }

    private record Arrived(EventMessage message, int part, Inbox.Taken taken, Handle handle) {}

    // Between its transactions it holds nothing but what it has leased. The inbox key is asked for
    // in both and written in the second: a twin that was quicker ends the run there.
    private <T, C> Ending run(Errand<Q, T, C, R> errand, EventMessage message, int part) {
        var task = new ArrayList<T>();
        var begun = entered(message, part, (arrived, call) -> begun(errand, arrived, call, task));
        if (!(begun instanceof Ending.Begun)) {
            return begun;
        }
        C carried =
                errand.carryOut()
                        .carryOut(
                                task.getLast(),
                                new Outside(
                                        operation.capabilities(),
                                        ports,
                                        logins,
                                        message.tenantId()));
        return entered(
                message,
                part,
                (arrived, call) -> recorded(errand, arrived, call, task.getLast(), carried));
    }

    private <T, C> Ending begun(
            Errand<Q, T, C, R> errand, Arrived arrived, Call call, List<T> task) {
        return unlessOverdue(arrived, call)
                .orElseGet(() ->
                        switch (errand.take().take(request(payload(arrived)), call)) {
                            case Errand.Taken.Task<T, R>(var found) -> {
                                if (!call.announced().isEmpty()) {
                                    throw new IllegalStateException(
                                            operation + " announces what it has not done");
                                }
                                task.add(found);
                                yield new Ending.Begun();
                            }
                            case Errand.Taken.Nothing<T, R>(var result) ->
                                    finished(arrived, call, result);
                            case Errand.Taken.Held<T, R> _ ->
                                    throw rolledBack(new Ending.Failed("held", null));
                        });
    }

    private <T, C> Ending recorded(
            Errand<Q, T, C, R> errand, Arrived arrived, Call call, T task, C carried) {
        try {
            return concluded(
                    handling.held(errand.record().record(task, carried, call)), arrived, call);
        } catch (LostLease _) {
            throw rolledBack(new Ending.Failed("lease-lost", null));
        }
    }

    private Ending decided(Arrived arrived, Call call) {
        return unlessOverdue(arrived, call)
                .orElseGet(() ->
                        concluded(handling.decide(request(payload(arrived)), call), arrived, call));
    }

    private Ending concluded(Outcome<R> outcome, Arrived arrived, Call call) {
        return switch (outcome) {
            case Outcome.Refused<R>(var refusal) ->
                    throw rolledBack(new Ending.GivenUp(Refusal.code(refusal.getClass())));
            case Outcome.Done<R>(var result, _) -> finished(arrived, call, result);
        };
    }

    private Ending finished(Arrived arrived, Call call, R result) {
        boolean hasMore = result instanceof Unfinished unfinished && unfinished.more();
        inbox.finish(
                arrived.handle,
                call,
                arrived.message,
                arrived.part,
                !hasMore,
                handling.json().writeValueAsString(result));
        return new Ending.Done(hasMore);
    }

    private Ending entered(EventMessage message, int part, Step step) {
        return transaction.run(
                operation,
                new Entrance.Delegated(operation.name(), message.tenantId()),
                (handle, search) -> {
                    var taken = inbox.take(handle, message, part);
                    return switch (taken.outcome()) {
                        case "NEW" -> {
                            if (!isFor(String.valueOf(taken.type()))) {
                                throw rolledBack(new Ending.GivenUp("not-subscribed"));
                            }
                            yield step.run(
                                    new Arrived(message, part, taken, handle),
                                    handling.call(
                                            taken.job(),
                                            handle,
                                            search,
                                            new Heard(
                                                    String.valueOf(taken.type()),
                                                    message.stream(),
                                                    message.no())));
                        }
                        case "REPLAY" ->
                                throw rolledBack(
                                        new Ending.Done(hasMore(String.valueOf(taken.result()))));
                        case "IN_PROGRESS" ->
                                throw rolledBack(new Ending.Failed("in-progress", null));
                        case "UNKNOWN" -> throw rolledBack(new Ending.GivenUp("unknown-event"));
                        case "BEHIND" -> throw rolledBack(new Ending.GivenUp("behind-another"));
                        default ->
                                throw new IllegalStateException(
                                        "wms.take_event answers one of five words");
                    };
                });
    }

    // A replayed tick is wanted, whatever the hour.
    private Optional<Ending> unlessOverdue(Arrived arrived, Call call) {
        if (!(operation.trigger() instanceof Trigger.Schedule schedule)
                || arrived.part > 1
                || Boolean.TRUE.equals(arrived.taken.replayed())) {
            return Optional.empty();
        }
        if (schedule.overlap() == Trigger.Overlap.NEWEST_ONLY
                && !Boolean.TRUE.equals(arrived.taken.newest())) {
            inbox.finish(arrived.handle, call, arrived.message, arrived.part, true, OVERTAKEN);
            return Optional.of(new Ending.Done(false));
        }
        var due = Instant.parse(payload(arrived).path("scheduled_at").asString(""));
        if (call.now().isAfter(due.plus(schedule.deadline()))) {
            throw rolledBack(new Ending.GivenUp("too-late"));
        }
        return Optional.empty();
    }

    private boolean isFor(String type) {
        return operation.trigger() instanceof Trigger.Event event
                ? event.types().contains(type)
                : type.equals(Trigger.tick(operation.name()));
    }

    private ObjectNode payload(Arrived arrived) {
        try {
            return (ObjectNode) requestJson.readTree(String.valueOf(arrived.taken.payload()));
        } catch (JacksonException | ClassCastException _) {
            throw rolledBack(new Ending.GivenUp("undecodable"));
        }
    }

    // An event may say more than this consumer wants to know, and more in time: only the request's
    // own fields are read, and those strictly.
    private Q request(ObjectNode payload) {
        var wanted =
                Arrays.stream(operation.requestType().getRecordComponents())
                        .map(it -> Names.snake(it.getName()))
                        .toList();
        try {
            return requestJson.treeToValue(
                    payload.deepCopy().retain(wanted), operation.requestType());
        } catch (JacksonException _) {
            throw rolledBack(new Ending.GivenUp("undecodable"));
        }
    }

    private boolean hasMore(String result) {
        return requestJson.readTree(result).path("more").asBoolean(false);
    }

    // Where even this cannot be written, the message comes again until the queue puts it aside.
    private boolean isBuried(EventMessage message, String reason, int attempt) {
        try {
            return transaction.run(
                    operation,
                    new Entrance.Delegated(operation.name(), message.tenantId()),
                    (handle, _) -> {
                        inbox.bury(handle, message, reason, attempt, clock.instant());
                        return true;
                    });
        } catch (RuntimeException _) {
            return false;
        }
    }

    private static TenantTransaction.Rollback rolledBack(Ending ending) {
        return new TenantTransaction.Rollback(ending);
    }
}
