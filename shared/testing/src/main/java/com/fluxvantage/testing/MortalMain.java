package com.fluxvantage.testing;

import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.kernel.outside.Ports;
import com.fluxvantage.runtime.DatabaseLogins;
import com.fluxvantage.runtime.DatabaseSettings;
import com.fluxvantage.runtime.EventFunction;
import com.fluxvantage.runtime.EventMessage;
import com.fluxvantage.runtime.GuardedConnection;
import com.fluxvantage.runtime.LocalPorts;
import com.fluxvantage.runtime.OperationCatalog;
import com.fluxvantage.runtime.OutboxRelay;
import com.fluxvantage.runtime.Queues;
import com.fluxvantage.runtime.ScheduleFunction;
import com.fluxvantage.runtime.Subscriptions;
import com.fluxvantage.runtime.TenantTransaction;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A process of its own that plans, relays and consumes what some operations have to do, round by
 * round, as the scheduler, the relay and the queues do it; and that stops at one moment to be
 * killed.
 */
final class MortalMain {
    private final List<? extends Operation<?, ?>> operations;
    private final DatabaseSettings database;
    private final Watch watch;
    private final Path folder;
    private final URI others;
    private Instant now;

    private MortalMain(
            List<? extends Operation<?, ?>> operations,
            DatabaseSettings database,
            Watch watch,
            Path folder,
            URI others,
            Instant now) {
        this.operations = operations;
        this.database = database;
        this.watch = watch;
        this.folder = folder;
        this.others = others;
        this.now = now;
    }

    /**
     * URL, folder, moment, which time, where shops and carriers are called, when it begins, how
     * many rounds, minutes a round, operations.
     */
    public static void main(String[] arguments) throws SQLException {
        var watch =
                new Watch(
                        Pattern.compile(arguments[2]), Integer.parseInt(arguments[3]), System.out);
        DriverManager.registerDriver(new WatchedDriver(watch));
        var catalog = OperationCatalog.load();
        var mortal =
                new MortalMain(
                        Arrays.stream(arguments).skip(8).map(catalog::named).toList(),
                        new DatabaseSettings(
                                WatchedDriver.watched(arguments[0]),
                                DatabaseSettings.Login.TRUSTED),
                        watch,
                        Path.of(arguments[1]),
                        URI.create(arguments[4]),
                        Instant.parse(arguments[5]));
        mortal.live(
                Integer.parseInt(arguments[6]), Duration.ofMinutes(Long.parseLong(arguments[7])));
        System.exit(0);
    }

    private void live(int rounds, Duration step) {
        var clock =
                new Clock() {
                    @Override
                    public Instant instant() {
                        return now;
                    }

                    @Override
                    public java.time.ZoneId getZone() {
                        return ZoneOffset.UTC;
                    }

                    @Override
                    public Clock withZone(java.time.ZoneId zone) {
                        return this;
                    }
                };
        var local = new LocalPorts(folder, () -> URI.create("http://localhost"), clock);
        local.webhooks().receive(Mortal.RECEIVER, new FolderReceiver(folder)::receive);
        var ports = watch.over(PortsServer.called(local, others), Ports.class);
        var files = new FolderQueues(folder.resolve("queues"));
        var queues = watch.over(files, Queues.class);
        var dispatching =
                new TenantTransaction(
                        new GuardedConnection(database.opener("fv_dispatch", "relay")));
        var worker = new GuardedConnection(database.opener("fv_worker", "local"));
        var logins = new DatabaseLogins(database, "local");
        var scheduler = new ScheduleFunction(dispatching);
        var subscriptions = Subscriptions.of(operations);
        var relay =
                new OutboxRelay(
                        dispatching,
                        subscriptions,
                        queues,
                        batch -> toSubscribers(batch, subscriptions, queues));
        var functions = new ArrayList<EventFunction<?, ?>>();
        for (var operation : operations) {
            functions.add(
                    new EventFunction<>(
                            operation, new TenantTransaction(worker), clock, ports, logins));
        }
        for (int round = 0; round < rounds; round++) {
            plan(scheduler);
            boolean isBusy = true;
            while (isBusy) {
                isBusy = relay.drain() > 0;
                for (int at = 0; at < functions.size(); at++) {
                    isBusy |= files.deliver(operations.get(at).name(), functions.get(at)) > 0;
                }
            }
            now = now.plus(step);
        }
    }

    private void plan(ScheduleFunction scheduler) {
        for (var operation : operations) {
            if (operation.trigger() instanceof Trigger.Schedule schedule) {
                var due = schedule.timing().after(now.minus(Duration.ofDays(1)));
                for (var next = due; !next.isAfter(now); next = schedule.timing().after(next)) {
                    due = next;
                }
                scheduler.apply(new ScheduleFunction.Due(operation.name(), due));
            }
        }
    }

    private static Set<Integer> toSubscribers(
            List<EventMessage> batch, Subscriptions subscriptions, Queues queues) {
        for (var event : batch) {
            for (var consumer : subscriptions.subscribersOf(event)) {
                String once =
                        UUID.nameUUIDFromBytes(event.json().getBytes(StandardCharsets.UTF_8))
                                .toString();
                queues.send(consumer, List.of(new Queues.Message(once, once, event.json())));
            }
        }
        return Set.of();
    }
}
