package com.fluxvantage.runtime;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger.Event;
import com.fluxvantage.kernel.operation.Trigger.Schedule;
import com.fluxvantage.kernel.operation.Unfinished;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.OwnerId;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Jobs that exist for these tests only. What each does is one more owner, whose code says which
 * event it was. What a test wants to happen inside one it puts into {@link #INSIDE}.
 */
final class ConsumerOperations {
    static final AtomicReference<Consumer<Noted>> INSIDE = new AtomicReference<>(_ -> {});

    record Noted(String code, Call call) {}

    /** Of an event that says more than this. */
    record Happened(Quantity step) {}

    record Nothing() {}

    record Done(String code) {}

    record Batch(int part, boolean more) implements Unfinished {}

    static final Operation<Happened, Done> FOLLOW =
            Operation.consumer("follow-steps", Event.of("step.taken").inOrder().retries(2))
                    .announces(OwnerOperations.OwnerAdded.class)
                    .refuses(OwnerOperations.CodeReserved.class)
                    .handledBy(
                            Happened.class,
                            Done.class,
                            new Happened(Quantity.of(1)),
                            (request, call) -> step("F", request.step, call));

    static final Operation<Happened, Done> OVERHEAR =
            Operation.consumer("overhear-steps", Event.of("step.taken").retries(2))
                    .refuses(OwnerOperations.CodeReserved.class)
                    .handledBy(
                            Happened.class,
                            Done.class,
                            new Happened(Quantity.of(1)),
                            (request, call) -> step("O", request.step, call));

    static final Operation<Nothing, Done> HOURLY =
            Operation.scheduled(
                            "count-hours",
                            Schedule.at(Timing.every(Duration.ofHours(1)))
                                    .deadline(Duration.ofHours(3))
                                    .retries(2))
                    .handledBy(
                            Nothing.class,
                            Done.class,
                            new Nothing(),
                            (_, call) -> note("H" + call.now().getEpochSecond() / 3600, call));

    static final Operation<Nothing, Done> EACH_HOUR =
            Operation.scheduled(
                            "count-each-hour",
                            Schedule.at(Timing.every(Duration.ofHours(1)))
                                    .deadline(Duration.ofHours(3))
                                    .eachTick())
                    .handledBy(
                            Nothing.class,
                            Done.class,
                            new Nothing(),
                            (_, call) -> note("E" + Uuid7.next(), call));

    /** Works in three batches. */
    static final Operation<Nothing, Batch> IN_PARTS =
            Operation.scheduled("work-in-parts", Schedule.at(Timing.every(Duration.ofHours(1))))
                    .handledBy(
                            Nothing.class,
                            Batch.class,
                            new Nothing(),
                            (_, call) -> {
                                int part =
                                        call.sql()
                                                        .createQuery(
                                                                "select count(*) from wms.owner"
                                                                        + " where code ^@ 'P'")
                                                        .mapTo(Integer.class)
                                                        .one()
                                                + 1;
                                note("P" + part, call);
                                return Outcome.found(new Batch(part, part < 3));
                            });

    static final List<Operation<?, ?>> ALL = List.of(FOLLOW, OVERHEAR, HOURLY, EACH_HOUR, IN_PARTS);

    private ConsumerOperations() {}

    /** The thirteenth is refused after it was written. */
    private static Outcome<Done> step(String code, Quantity step, Call call) {
        var noted = note(code + step.units(), call);
        return step.units() == 13 ? Outcome.refused(new OwnerOperations.CodeReserved(7)) : noted;
    }

    private static Outcome<Done> note(String code, Call call) {
        var owner = new OwnerId(Uuid7.next());
        call.sql()
                .createUpdate("insert into wms.owner (owner_id, code) values (:id, :code)")
                .bind("id", owner)
                .bind("code", code)
                .execute();
        INSIDE.get().accept(new Noted(code, call));
        return Outcome.found(new Done(code));
    }
}
