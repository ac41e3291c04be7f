package com.fluxvantage.testing;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.kernel.tenancy.Actor;
import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.runtime.AuthorizerFunction;
import com.fluxvantage.runtime.CallerContext;
import com.fluxvantage.runtime.Clockwork;
import com.fluxvantage.runtime.LocalPorts;
import com.fluxvantage.runtime.MovableClock;
import com.fluxvantage.runtime.OperationCatalog;
import com.fluxvantage.runtime.PlatformSecret;
import com.fluxvantage.runtime.ProofMinter;
import com.fluxvantage.runtime.Sandboxes;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The platform in one process over a database of its own: every operation on the class path, each
 * behind the boundary that the cloud uses. A test class usually makes one and opens tenants in it.
 */
public final class TestPlatform {
    static final PlatformSecret SECRET =
            new PlatformSecret(
                    "a platform secret that only tests ever use".getBytes(StandardCharsets.UTF_8));
    private static final Set<Permission> PLATFORMS =
            Set.of(
                    Permission.PLATFORM_TENANTS,
                    Permission.PLATFORM_HOLDS,
                    Permission.PLATFORM_DEAD_LETTERS);
    private static final AtomicInteger TENANTS = new AtomicInteger();
    private static final int MOST_AT_ONCE = 16;
    private static final Duration MORNING = Duration.ofHours(7);

    private final TestDatabase database;
    private final MovableClock clock = new MovableClock();
    private final OperationCatalog catalog = OperationCatalog.load();
    private final ProofMinter proofs =
            new ProofMinter(TestDatabase.PROOF_KEY_ID, TestDatabase.PROOF_KEY, Clock.systemUTC());
    private final LocalPorts ports;
    private final Sandboxes sandboxes;
    private final Clockwork clockwork;

    private TestPlatform(
            TestDatabase database,
            Predicate<Operation<?, ?>> runs,
            Function<MovableClock, LocalPorts> ports) {
        this.database = database;
        startByDay(clock);
        this.ports = ports.apply(clock);
        this.sandboxes =
                new Sandboxes(database.settings(), SECRET, clock, MOST_AT_ONCE, this.ports);
        var running = catalog.all().stream().filter(runs).toList();
        this.clockwork = new Clockwork(running, database.settings(), clock, this.ports);
    }

    // In the night some jobs of that night are over already: a test that lets it pass would see
    // other
    // runs than by day.
    private static void startByDay(MovableClock clock) {
        var now = clock.instant();
        var morning = now.truncatedTo(ChronoUnit.DAYS).plus(MORNING);
        if (now.isBefore(morning)) {
            clock.move(Duration.between(now, morning));
        }
    }

    public static TestPlatform start() {
        return over(TestDatabase.patient());
    }

    public static TestPlatform over(TestDatabase database) {
        return new TestPlatform(database, _ -> true, TestPlatform::ports);
    }

    /**
     * Of the jobs, these alone run by themselves: for tests over weeks and months, most of whose
     * nights are of no concern to them.
     */
    public static TestPlatform running(String... jobs) {
        var named = Set.of(jobs);
        var unknown = new TreeSet<>(named);
        OperationCatalog.load().all().stream()
                .filter(TestPlatform::isJob)
                .map(Operation::name)
                .forEach(unknown::remove);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("no jobs of this class path: " + unknown);
        }
        return new TestPlatform(
                TestDatabase.patient(),
                it -> !isJob(it) || named.contains(it.name()),
                TestPlatform::ports);
    }

    /**
     * Its objects and its key of secrets lie in this folder, for processes that live on after each
     * other.
     */
    public static TestPlatform keeping(Path folder) {
        return new TestPlatform(TestDatabase.patient(), _ -> true, clock -> ports(folder, clock));
    }

    private static LocalPorts ports(Clock clock) {
        return ports(TestFolders.untilExit(), clock);
    }

    private static LocalPorts ports(Path folder, Clock clock) {
        return new LocalPorts(folder, () -> URI.create("http://localhost"), clock);
    }

    private static boolean isJob(Operation<?, ?> operation) {
        return operation.trigger() instanceof Trigger.Schedule;
    }

    public TestDatabase database() {
        return database;
    }

    /** Business time, which tests may move. */
    public MovableClock clock() {
        return clock;
    }

    /** What runs by itself; it does so when a test turns it. */
    public Clockwork clockwork() {
        return clockwork;
    }

    /** What errands find outside. */
    public LocalPorts ports() {
        return ports;
    }

    public OperationCatalog catalog() {
        return catalog;
    }

    public ProofMinter proofs() {
        return proofs;
    }

    /**
     * Opens a tenant as an operator does. Its caller has every permission of a tenant's members.
     */
    public Client openTenant() {
        int number = TENANTS.incrementAndGet();
        var answer =
                operator()
                        .post(
                                "open-tenant",
                                Map.of(),
                                """
                                {"name": "Tenant %d", "administrator": {"subject": "admin-%d", "email": "admin-%d@example.org", "display_name": "Ada Admin"}}
                                """
                                        .formatted(number, number, number));
        if (answer.status() != 201) {
            throw new AssertionError("a tenant can be opened: " + answer);
        }
        var tenant =
                com.fluxvantage.kernel.id.Identifiers.parse(
                                TenantId.class, answer.text("tenant_id"))
                        .orElseThrow();
        return member(tenant, EnumSet.complementOf(EnumSet.copyOf(PLATFORMS)));
    }

    public Client operator() {
        return client(
                AuthorizerFunction.PLATFORM,
                new Actor(Actor.Kind.OPERATOR, UUID.randomUUID()),
                PLATFORMS,
                CallerContext.Audience.PLATFORM);
    }

    public Client member(TenantId tenant, Set<Permission> permissions) {
        return client(
                tenant,
                new Actor(Actor.Kind.MEMBER, UUID.randomUUID()),
                permissions,
                CallerContext.Audience.API);
    }

    /** Reads as whoever has no token. */
    public Answer anybody(String operation, Map<String, String> query) {
        var multi = new HashMap<String, List<String>>();
        query.forEach((name, value) -> multi.put(name, List.of(value)));
        return invoke(
                catalog.named(operation),
                new APIGatewayProxyRequestEvent().withMultiValueQueryStringParameters(multi));
    }

    /** Sends as a system without a token does: these headers and exactly these bytes. */
    public Answer signed(
            String operation, Map<String, String> path, Map<String, String> headers, String body) {
        return invoke(
                catalog.named(operation),
                new APIGatewayProxyRequestEvent()
                        .withPathParameters(path)
                        .withHeaders(headers)
                        .withBody(body));
    }

    private Client client(
            TenantId tenant,
            Actor actor,
            Set<Permission> permissions,
            CallerContext.Audience audience) {
        return new Client(this, tenant, actor, permissions, audience);
    }

    Answer invoke(Operation<?, ?> operation, APIGatewayProxyRequestEvent event) {
        return Answer.of(sandboxes.invoke(operation, event));
    }
}
