package com.fluxvantage.runtime;

import com.fluxvantage.kernel.operation.Mode;

import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Carries events out of the outbox: leases streams, sends, marks, each step a short transaction of
 * its own, so no lock is held while it talks to a queue. Killed after sending and before marking,
 * it or another sends again when the lease has ended: at least once, in the order of each stream.
 * Two may run at once. One instance is used by one thread.
 */
public final class OutboxRelay {
    private static final int LEASE_SECONDS = 60;
    private static final int MOST_IN_A_ROUND = 500;
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Logger LOG = LoggerFactory.getLogger("com.fluxvantage.relay");

    private record Stream(UUID tenant, UUID stream) {}

    record Waiting(
            UUID tenant,
            UUID stream,
            long no,
            String type,
            int sendings,
            Instant waitingSince,
            List<String> wantedBy) {
        EventMessage message() {
            return new EventMessage(tenant, stream, no, type);
        }

        EventMessage onTheBus() {
            return new EventMessage(
                    tenant, stream, no, type, Optional.of(wantedBy).filter(it -> !it.isEmpty()));
        }

        // Whoever gave it up is to have it again, whatever is wanted by now.
        private Waiting wantedWhenReplayed(Set<String> all) {
            return sendings == 1
                    ? this
                    : new Waiting(
                            tenant,
                            stream,
                            no,
                            type,
                            sendings,
                            waitingSince,
                            List.copyOf(new TreeSet<>(all)));
        }

        private Stream itsStream() {
            return new Stream(tenant, stream);
        }
    }

    private final TenantTransaction transaction;
    private final Subscriptions subscriptions;
    private final Queues queues;
    private final Bus bus;
    private final UUID holder = UUID.randomUUID();

    /** {@code transaction} is of the login {@code fv_dispatch}. */
    public OutboxRelay(
            TenantTransaction transaction, Subscriptions subscriptions, Queues queues, Bus bus) {
        this.transaction = transaction;
        this.subscriptions = subscriptions;
        this.queues = queues;
        this.bus = bus;
    }

    /**
     * Carries until nothing waits or nothing more can be sent, and answers how many events went.
     */
    public int drain() {
        int carried = 0;
        for (int round = carry(); round > 0; round = carry()) {
            carried += round;
        }
        return carried;
    }

    /** One round; answers how many events went. */
    public int carry() {
        long leaseEnds = System.nanoTime() + Duration.ofSeconds(LEASE_SECONDS / 2).toNanos();
        var waiting = inTransaction(this::lease);
        if (waiting.isEmpty()) {
            return 0;
        }
        var stuck = new HashSet<Waiting>();
        var consumers = new HashSet<String>();
        waiting.forEach(it -> consumers.addAll(queuesOf(it)));
        for (String consumer : consumers) {
            stuck.addAll(
                    sent(
                            waiting,
                            it -> queuesOf(it).contains(consumer),
                            batch -> sendTo(consumer, batch),
                            leaseEnds));
        }
        stuck.addAll(
                sent(
                        waiting,
                        it -> !subscriptions.subscribersOf(it.onTheBus()).isEmpty(),
                        this::putOnBus,
                        leaseEnds));
        var gone = waiting.stream().filter(it -> !stuck.contains(it)).toList();
        int marked = inTransaction(handle -> markAndRelease(handle, gone));
        var lag =
                Duration.between(
                        waiting.stream().map(Waiting::waitingSince).min(Instant::compareTo).get(),
                        Instant.now());
        LOG.atInfo()
                .addKeyValue("sent", marked)
                .addKeyValue("stuck", stuck.size())
                .addKeyValue("lag_millis", lag.toMillis())
                .log("relay");
        return marked;
    }

    private Set<String> queuesOf(Waiting event) {
        return subscriptions.queuesOf(event.type(), event.wantedBy());
    }

    private interface Sender {
        /** The positions of those that were not taken. */
        Set<Integer> send(List<Waiting> batch);
    }

    // A call takes one event of a stream at most: of two in one call the first might be refused and
    // the second taken. After one that was refused, its stream has to wait.
    private static Set<Waiting> sent(
            List<Waiting> waiting, Predicate<Waiting> isWanted, Sender sender, long leaseEnds) {
        var streams = new LinkedHashMap<Stream, ArrayDeque<Waiting>>();
        for (var event : waiting) {
            if (isWanted.test(event)) {
                streams.computeIfAbsent(event.itsStream(), _ -> new ArrayDeque<>()).add(event);
            }
        }
        var stuck = new HashSet<Waiting>();
        while (!streams.isEmpty()) {
            var queued = streams.values().stream().limit(Queues.MOST_AT_ONCE).toList();
            var heads = queued.stream().map(ArrayDeque::element).toList();
            var refused = System.nanoTime() < leaseEnds ? sender.send(heads) : all(heads);
            for (int at = 0; at < queued.size(); at++) {
                var left = queued.get(at);
                var stream = left.element().itsStream();
                streams.remove(stream);
                if (refused.contains(at)) {
                    stuck.addAll(left);
                } else {
                    left.remove();
                    if (!left.isEmpty()) {
                        streams.put(stream, left);
                    }
                }
            }
        }
        return stuck;
    }

    private Set<Integer> sendTo(String consumer, List<Waiting> batch) {
        var messages =
                batch.stream()
                        .map(it ->
                                new Queues.Message(
                                        it.tenant() + "/" + it.stream(),
                                        it.tenant()
                                                + "/"
                                                + it.stream()
                                                + "/"
                                                + it.no()
                                                + "/"
                                                + it.sendings(),
                                        it.message().json()))
                        .toList();
        Set<String> refused;
        try {
            refused = queues.send(consumer, messages);
        } catch (RuntimeException e) {
            return notTaken(batch, e);
        }
        var positions = new HashSet<Integer>();
        for (int at = 0; at < messages.size(); at++) {
            if (refused.contains(messages.get(at).deduplication())) {
                positions.add(at);
            }
        }
        return positions;
    }

    private Set<Integer> putOnBus(List<Waiting> batch) {
        try {
            return bus.put(batch.stream().map(Waiting::onTheBus).toList());
        } catch (RuntimeException e) {
            return notTaken(batch, e);
        }
    }

    // Whether the other side has it or not, it is sent again.
    private static Set<Integer> notTaken(List<Waiting> batch, RuntimeException e) {
        LOG.atError().addKeyValue("surprise", e.getClass().getName()).log("relay");
        return all(batch);
    }

    private static Set<Integer> all(List<Waiting> batch) {
        var positions = new HashSet<Integer>();
        for (int at = 0; at < batch.size(); at++) {
            positions.add(at);
        }
        return positions;
    }

    private List<Waiting> lease(Handle handle) {
        return handle.createQuery(
                        """
                        select tenant, stream, no, type, sendings, waiting_since, wanted_by
                          from wms.lease_events(:holder, :seconds, :most)
                        """)
                .bind("holder", holder)
                .bind("seconds", LEASE_SECONDS)
                .bind("most", MOST_IN_A_ROUND)
                .mapTo(Waiting.class)
                .map(it -> it.wantedWhenReplayed(subscriptions.whereWanted()))
                .list();
    }

    private int markAndRelease(Handle handle, List<Waiting> gone) {
        int marked =
                handle.createQuery(
                                """
                                select wms.mark_sent(:holder, :tenants, :streams, :nos)
                                """)
                        .bind("holder", holder)
                        .bind("tenants", gone.stream().map(Waiting::tenant).toArray(UUID[]::new))
                        .bind("streams", gone.stream().map(Waiting::stream).toArray(UUID[]::new))
                        .bind("nos", gone.stream().map(Waiting::no).toArray(Long[]::new))
                        .mapTo(Integer.class)
                        .one();
        handle.createQuery("select wms.release_streams(:holder)")
                .bind("holder", holder)
                .mapTo(String.class)
                .one();
        return marked;
    }

    private interface Step<T> {
        T in(Handle handle);
    }

    private <T> T inTransaction(Step<T> step) {
        return transaction.runOutsideTenants(Mode.WRITES, LIMIT, (handle, _) -> step.in(handle));
    }
}
