package com.fluxvantage.runtime;

import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse.BatchItemFailure;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.events.SQSEvent.SQSMessage;
import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.operation.Names;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Refusal;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.kernel.operation.Unfinished;

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
import java.util.function.Function;

/**
 * The boundary of every operation that an event or a tick of the clock starts. Takes a batch from a
 * queue and answers which messages are to come again; of an ordered group, everything after the
 * first that failed. Each event has a transaction of its own in its own tenant, which the database
 * opens to the job's name; the inbox key is written in it, so an event that comes twice is done
 * once. What cannot be done, now or after all retries, is given up with a reason.
 */
public final class EventFunction<Q extends Record, R extends Record>
        implements Function<SQSEvent, SQSBatchResponse>, Primed {
    private static final String GROUP = "MessageGroupId";
    private static final String RECEIVES = "ApproximateReceiveCount";
    private static final String OVERTAKEN = "{\"overtaken\": true}";

    private sealed interface Ending {
        record Done(boolean more) implements Ending {}

        /** It may well succeed a little later. */
        record Failed(String reason, @Nullable Throwable surprise) implements Ending {}

        /** Trying again would change nothing. */
        record GivenUp(String reason) implements Ending {}
    }

    private final Operation<Q, R> operation;
    private final TenantTransaction transaction;
    private final Clock clock;
    private final Handling<Q, R> handling;
    private final Inbox inbox;
    private final JsonMapper requestJson = KernelJson.guarded();
    private final int retries;

    public EventFunction(Operation<Q, R> operation, TenantTransaction transaction, Clock clock) {
        this.operation = operation;
        this.transaction = transaction;
        this.clock = clock;
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
                            handling.decide(
                                    operation.example(),
                                    handling.call(
                                            Priming.nobody(operation).actor(), handle, search)));
        } catch (InvalidValue _) {
            // A tenant that holds nothing lacks what others have; by then all is loaded.
        }
        call.run();
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
            case Ending.Done _ -> {
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
            return transaction.run(
                    operation,
                    new Entrance.Delegated(operation.name(), message.tenantId()),
                    (handle, search) -> done(message, part, handle, search));
        } catch (ProblemFound e) {
            // A tick that the tenant's state forbids is let go: the next one finds what is left.
            return operation.trigger() instanceof Trigger.Schedule
                            && e.problem().code().equals(BoundaryProblem.TENANT_STATE.code())
                    ? new Ending.Done(false)
                    : new Ending.Failed(e.problem().code(), null);
        } catch (InvalidValue e) {
            return new Ending.GivenUp("invalid-" + e.code());
        } catch (RuntimeException | StackOverflowError e) {
            return new Ending.Failed("fault", e);
        } finally {
            // The sandbox serves another tenant next.
            MDC.clear();
        }
    }

    private Ending done(EventMessage message, int part, Handle handle, int search) {
        var taken = inbox.take(handle, message, part);
        return switch (taken.outcome()) {
            case "NEW" -> decided(message, part, taken, handle, search);
            case "REPLAY" ->
                    throw rolledBack(new Ending.Done(hasMore(String.valueOf(taken.result()))));
            case "IN_PROGRESS" -> throw rolledBack(new Ending.Failed("in-progress", null));
            case "UNKNOWN" -> throw rolledBack(new Ending.GivenUp("unknown-event"));
            case "BEHIND" -> throw rolledBack(new Ending.GivenUp("behind-another"));
            default -> throw new IllegalStateException("wms.take_event answers one of five words");
        };
    }

    private Ending decided(
            EventMessage message, int part, Inbox.Taken taken, Handle handle, int search) {
        var call = handling.call(taken.job(), handle, search);
        ObjectNode payload = payload(taken);
        if (!isFor(String.valueOf(taken.type()))) {
            throw rolledBack(new Ending.GivenUp("not-subscribed"));
        }
        // A replayed tick is wanted, whatever the hour.
        if (operation.trigger() instanceof Trigger.Schedule schedule
                && part == 1
                && !Boolean.TRUE.equals(taken.replayed())) {
            if (schedule.overlap() == Trigger.Overlap.NEWEST_ONLY
                    && !Boolean.TRUE.equals(taken.newest())) {
                inbox.finish(handle, call, message, part, true, OVERTAKEN);
                return new Ending.Done(false);
            }
            var due = Instant.parse(payload.path("scheduled_at").asString(""));
            if (call.now().isAfter(due.plus(schedule.deadline()))) {
                throw rolledBack(new Ending.GivenUp("too-late"));
            }
        }
        return switch (handling.decide(request(payload), call)) {
            case Outcome.Refused<R>(var refusal) ->
                    throw rolledBack(new Ending.GivenUp(Refusal.code(refusal.getClass())));
            case Outcome.Done<R>(var result, _) -> {
                boolean hasMore = result instanceof Unfinished unfinished && unfinished.more();
                inbox.finish(
                        handle,
                        call,
                        message,
                        part,
                        !hasMore,
                        handling.json().writeValueAsString(result));
                yield new Ending.Done(hasMore);
            }
        };
    }

    private boolean isFor(String type) {
        return operation.trigger() instanceof Trigger.Event event
                ? event.types().contains(type)
                : type.equals(Trigger.tick(operation.name()));
    }

    private ObjectNode payload(Inbox.Taken taken) {
        try {
            return (ObjectNode) requestJson.readTree(String.valueOf(taken.payload()));
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
