package com.fluxvantage.runtime;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.kernel.tenancy.TenantId;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A database that knows the jobs of these tests, their queues, and what has come of an event. */
final class Aftermath implements AutoCloseable {
    static final UUID STREAM = UUID.fromString("01938f4e-7c11-7abc-8def-00000000000f");

    private final House house = new House();
    private final MovableClock clock = new MovableClock();
    private final LocalPorts ports = new LocalPorts();
    private final LocalQueues queues = new LocalQueues(clock, 10);
    private final List<GuardedConnection> opened = new ArrayList<>();
    private final TenantId tenant;

    Aftermath() {
        // Minutes that pass from there are within an hour, whatever the minute in which a test
        // runs.
        var now = clock.instant();
        clock.move(Duration.between(now, Timing.every(Duration.ofHours(1)).after(now)));
        int number = 1;
        var jobs = new ArrayList<>(ConsumerOperations.ALL);
        jobs.addAll(ErrandOperations.ALL);
        for (var job : jobs) {
            house.execute(
                    "insert into guard.job (name, actor_id, scope, work, statement_seconds, transaction_seconds) values ('%s', '00000000-0000-7000-8009-00000000000%d', 'tenant', 'write', 5, 10)"
                            .formatted(job.name(), number++));
        }
        this.tenant = house.openTenant("active");
    }

    House house() {
        return house;
    }

    MovableClock clock() {
        return clock;
    }

    LocalQueues queues() {
        return queues;
    }

    LocalPorts ports() {
        return ports;
    }

    TenantId tenant() {
        return tenant;
    }

    <Q extends Record, R extends Record> EventFunction<Q, R> function(Operation<Q, R> operation) {
        return new EventFunction<>(
                operation,
                transaction("fv_worker"),
                clock,
                ports,
                new DatabaseLogins(house.database().settings(), "test"));
    }

    OutboxRelay relay(Queues to) {
        return relay(to, _ -> java.util.Set.of(), ConsumerOperations.FOLLOW);
    }

    OutboxRelay relay(Queues to, Bus bus, Operation<?, ?>... consumers) {
        return new OutboxRelay(
                transaction("fv_dispatch"), Subscriptions.of(List.of(consumers)), to, bus);
    }

    Clockwork clockwork(Operation<?, ?>... operations) {
        return new Clockwork(List.of(operations), house.database().settings(), clock, ports);
    }

    synchronized TenantTransaction transaction(String role) {
        var connection = new GuardedConnection(house.database().settings().opener(role, "test"));
        opened.add(connection);
        return new TenantTransaction(connection);
    }

    /** Steps were taken, of the one stream, as some operation would have announced them. */
    void steps(int first, int last) {
        for (int step = first; step <= last; step++) {
            step(STREAM, step);
        }
    }

    void step(UUID stream, int step) {
        step(tenant, stream, step);
    }

    void step(TenantId whose, UUID stream, int step) {
        house.execute(
                "insert into wms.outbox (tenant_id, stream_id, stream_no, type, payload, made_at) values ('%s', '%s', %d, 'step.taken', '{\"step\": %d, \"foot\": \"LEFT\"}', clock_timestamp())"
                        .formatted(whose.uuid(), stream, step, step));
    }

    /** The codes that the jobs have left, in the order in which they were written. */
    List<String> noted() {
        return noted(tenant);
    }

    List<String> noted(TenantId whose) {
        return list(
                "select code from wms.owner where tenant_id = '%s' and not house order by owner_id"
                        .formatted(whose.uuid()));
    }

    /** {@code consumer no reason state}. */
    List<String> deadLetters() {
        return list(
                "select consumer || ' ' || stream_no || ' ' || reason || ' ' || state from"
                        + " wms.dead_letter order by 1");
    }

    long unsent() {
        return Long.parseLong(house.ask("select count(*) from wms.outbox where sent_at is null"));
    }

    /** Delivers what a queue has now, once. */
    boolean deliver(Operation<?, ?> consumer) {
        return queues.deliver(consumer.name(), function(consumer));
    }

    private List<String> list(String sql) {
        String all =
                house.ask(
                        "select coalesce(string_agg(line, ',' ), '') from ("
                                + sql
                                + ") as lines (line)");
        return all.isEmpty() ? List.of() : List.of(all.split(",", -1));
    }

    static String tick(Operation<?, ?> job) {
        return Trigger.tick(job.name());
    }

    @Override
    public void close() {
        ConsumerOperations.INSIDE.set(_ -> {});
        opened.forEach(GuardedConnection::close);
        house.close();
    }
}
