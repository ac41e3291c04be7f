package com.fluxvantage.kernel.operation;

import com.fluxvantage.kernel.events.DomainEvent;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The descriptor of one operation: the only place where its name, route, permission, rights,
 * refusals and limits are written. Function, role, route, contract, tests and alarms are derived
 * from it.
 *
 * @param <Q> the request record, which is the contract
 * @param <R> the result record; of a write it is also what a repeated call answers, so it holds
 *     ids, quantities, states and versions and nothing personal
 */
public final class Operation<Q extends Record, R extends Record> {
    /** The decision: reads, decides, changes, and says what became of it. */
    @FunctionalInterface
    public interface Handler<Q, R> {
        Outcome<R> handle(Q request, Call call);
    }

    /**
     * The gateway gives up after 29 s; a scan that takes longer than this has failed for its user.
     */
    private static final Duration USUAL_LIMIT = Duration.ofSeconds(6);

    /** Nobody waits for a job; a batch of it is done in far less. */
    private static final Duration USUAL_LIMIT_OF_JOBS = Duration.ofMinutes(5);

    private final String name;
    private final Trigger trigger;
    private final Caller caller;
    private final String summary;
    private final @Nullable Permission permission;
    private final Work work;
    private final Mode mode;
    private final Set<Capability> capabilities;
    private final List<Class<? extends DomainEvent>> announces;
    private final List<Class<? extends Refusal>> refuses;
    private final boolean creates;
    private final boolean guardedByVersion;
    private final Duration timeLimit;
    private final Class<Q> requestType;
    private final Class<R> resultType;
    private final Q example;
    private final @Nullable Handler<Q, R> handler;
    private final @Nullable Errand<Q, ?, ?, R> errand;
    private final @Nullable Sealing<Q> sealing;

    private Operation(
            Contract contract,
            Class<Q> requestType,
            Class<R> resultType,
            Q example,
            @Nullable Handler<Q, R> handler,
            @Nullable Errand<Q, ?, ?, R> errand,
            @Nullable Sealing<Q> sealing) {
        this.name = contract.name;
        this.trigger = contract.trigger;
        this.caller = contract.caller;
        this.summary = contract.summary;
        this.permission = contract.permission;
        this.work = contract.work;
        this.mode = contract.mode;
        this.capabilities = Set.copyOf(contract.capabilities);
        this.announces = List.copyOf(contract.announces);
        this.refuses = List.copyOf(contract.refuses);
        this.creates = contract.creates;
        this.guardedByVersion = contract.guardedByVersion;
        this.timeLimit = contract.timeLimit;
        this.requestType = requestType;
        this.resultType = resultType;
        this.example = example;
        this.handler = handler;
        this.errand = errand;
        this.sealing = sealing;
    }

    public static Contract get(String name, String route) {
        return new Contract(
                name, new Trigger.Http(Trigger.Method.GET, route), Mode.READS, Work.READ);
    }

    public static Contract post(String name, String route) {
        return new Contract(
                name, new Trigger.Http(Trigger.Method.POST, route), Mode.WRITES, Work.WRITE);
    }

    public static Contract authorizer(String name) {
        return new Contract(name, new Trigger.Authorizer(), Mode.AUTHORIZES, Work.READ);
    }

    /** Runs by the clock. */
    public static Contract scheduled(String name, Trigger.Schedule schedule) {
        return job(name, schedule);
    }

    /** Runs for events. */
    public static Contract consumer(String name, Trigger.Event events) {
        return job(name, events);
    }

    private static Contract job(String name, Trigger trigger) {
        var contract = new Contract(name, trigger, Mode.WRITES, Work.WRITE);
        contract.caller = new Caller.Job();
        contract.timeLimit = USUAL_LIMIT_OF_JOBS;
        return contract;
    }

    public String name() {
        return name;
    }

    public Trigger trigger() {
        return trigger;
    }

    public Caller caller() {
        return caller;
    }

    public String summary() {
        return summary;
    }

    /** Absent only where nobody is asked who they are. */
    public Optional<Permission> permission() {
        return Optional.ofNullable(permission);
    }

    public Work work() {
        return work;
    }

    public Mode mode() {
        return mode;
    }

    public Set<Capability> capabilities() {
        return capabilities;
    }

    public List<Class<? extends DomainEvent>> announces() {
        return announces;
    }

    public List<Class<? extends Refusal>> refuses() {
        return refuses;
    }

    /** Answers 201 in place of 200. */
    public boolean creates() {
        return creates;
    }

    public boolean guardedByVersion() {
        return guardedByVersion;
    }

    public Duration timeLimit() {
        return timeLimit;
    }

    public Class<Q> requestType() {
        return requestType;
    }

    public Class<R> resultType() {
        return resultType;
    }

    public Q example() {
        return example;
    }

    /** Present where the operation acts outside its transaction; then nothing is handled in one. */
    public Optional<Errand<Q, ?, ?, R>> errand() {
        return Optional.ofNullable(errand);
    }

    /** Present where a request brings a secret that is to be stored. */
    public Optional<Sealing<Q>> sealing() {
        return Optional.ofNullable(sealing);
    }

    public Outcome<R> handle(Q request, Call call) {
        if (handler == null) {
            throw new IllegalStateException(this + " is an errand");
        }
        return handler.handle(request, call);
    }

    /**
     * The login under which the function reaches the database; none of them can step past a row
     * policy.
     */
    public String databaseRole() {
        if (mode == Mode.AUTHORIZES) {
            return "fv_authorizer";
        }
        return switch (caller) {
            case Caller.Operator _ -> "fv_platform";
            case Caller.Signature _ -> "fv_receiver";
            case Caller.Job _ -> "fv_worker";
            case Caller.Member _, Caller.Open _ -> mode == Mode.READS ? "fv_api_ro" : "fv_api";
        };
    }

    /** All logins under which the function reaches the database: its own, then those it names. */
    public List<String> databaseRoles() {
        return Stream.concat(
                        Stream.of(databaseRole()),
                        capabilities.stream()
                                .filter(Capability.LogsInAs.class::isInstance)
                                .map(it -> ((Capability.LogsInAs) it).login().role())
                                .sorted())
                .toList();
    }

    @Override
    public String toString() {
        return name;
    }

    /** A descriptor in the making: least first, each line adds a right or a promise. */
    public static final class Contract {
        private final String name;
        private final Trigger trigger;
        private Mode mode;
        private Work work;
        private Caller caller = new Caller.Member();
        private String summary = "";
        private @Nullable Permission permission;
        private final Set<Capability> capabilities = new LinkedHashSet<>();
        private final List<Class<? extends DomainEvent>> announces = new ArrayList<>();
        private final List<Class<? extends Refusal>> refuses = new ArrayList<>();
        private boolean creates;
        private boolean guardedByVersion;
        private Duration timeLimit = USUAL_LIMIT;

        private Contract(String name, Trigger trigger, Mode mode, Work work) {
            this.name = name;
            this.trigger = trigger;
            this.mode = mode;
            this.work = work;
        }

        /** One sentence for whoever reads the contract. */
        public Contract summary(String sentence) {
            this.summary = sentence;
            return this;
        }

        public Contract requires(Permission needed) {
            this.permission = needed;
            return this;
        }

        public Contract forOperators() {
            this.caller = new Caller.Operator();
            return this;
        }

        /** For another system, which has no token and signs what it sends. */
        public Contract provedBySignature() {
            return provedBySignature(Caller.Scheme.STANDARD_WEBHOOKS);
        }

        /** As above, where the other system has a way of its own to sign. */
        public Contract provedBySignature(Caller.Scheme scheme) {
            this.caller = new Caller.Signature(scheme);
            return this;
        }

        public Contract openTo(String reason) {
            this.caller = new Caller.Open(reason);
            return this;
        }

        /** Answers data of people: the read is recorded. */
        public Contract readsAudited() {
            this.mode = Mode.READS_AUDITED;
            return this;
        }

        /**
         * Where the kind of work is not what the mode says: an export, a privacy request, a
         * deletion.
         */
        public Contract work(Work kind) {
            this.work = kind;
            return this;
        }

        public Contract needs(Capability capability) {
            capabilities.add(capability);
            return this;
        }

        public Contract announces(Class<? extends DomainEvent> event) {
            announces.add(event);
            return this;
        }

        public Contract refuses(Class<? extends Refusal> refusal) {
            refuses.add(refusal);
            return this;
        }

        public Contract creates() {
            this.creates = true;
            return this;
        }

        /** Asks for {@code If-Match}: a document that several people edit. */
        public Contract guardedByVersion() {
            this.guardedByVersion = true;
            return this;
        }

        public Contract within(Duration limit) {
            this.timeLimit = limit;
            return this;
        }

        /** The example stands in the contract and must decode; its ids are invented. */
        public <Q extends Record, R extends Record> Operation<Q, R> handledBy(
                Class<Q> requestType, Class<R> resultType, Q example, Handler<Q, R> handler) {
            return new Operation<>(this, requestType, resultType, example, handler, null, null);
        }

        /** As above; the secret that a request brings is sealed before the transaction begins. */
        public <Q extends Record, R extends Record> Operation<Q, R> handledBy(
                Class<Q> requestType,
                Class<R> resultType,
                Q example,
                Sealing<Q> sealing,
                Handler<Q, R> handler) {
            if (mode != Mode.WRITES || caller instanceof Caller.Job) {
                throw new IllegalStateException(name + " is brought no secret to keep");
            }
            return new Operation<>(this, requestType, resultType, example, handler, null, sealing);
        }

        /** For jobs alone: a caller would wait for a network that may not answer. */
        public <Q extends Record, R extends Record> Operation<Q, R> runBy(
                Class<Q> requestType, Class<R> resultType, Q example, Errand<Q, ?, ?, R> errand) {
            if (!(caller instanceof Caller.Job)) {
                throw new IllegalStateException(name + " has a caller who would wait");
            }
            return new Operation<>(this, requestType, resultType, example, null, errand, null);
        }
    }
}
