package com.fluxvantage.local;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.local.foodmart.Order;
import com.fluxvantage.local.lambda.Zips;
import com.fluxvantage.local.own.OwnData;
import com.fluxvantage.local.own.UnusableFile;
import com.fluxvantage.runtime.AuthorizerFunction;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The main job: one day of two companies in one warehouse system, from the trucks in the morning to
 * the last parcel, each step an HTTP request through the authorizer into its own function over
 * PostgreSQL with row-level security; and at the end the proof that no unit was lost or invented.
 */
public final class WarehouseDay {
    private static final Logger LOG = LoggerFactory.getLogger(WarehouseDay.class);
    private static final int EXIT_BROKEN = 1;
    private static final int EXIT_CANNOT_START = 3;
    private static final Duration TOKEN_LIFE = Duration.ofHours(1);
    private static final Duration TOKEN_USE = Duration.ofMinutes(45);

    private static final int RECEIVERS = 3;
    private static final int DESK = 2;
    private static final int PICKERS = 3;
    private static final int PACKERS = 2;

    private final Terminal terminal;
    private final Latencies latencies = new Latencies();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private WarehouseDay(Terminal terminal) {
        this.terminal = terminal;
    }

    public static void main(String[] arguments) {
        var terminal = Terminal.standard();
        System.exit(run(terminal, arguments));
    }

    static int run(Terminal terminal, String... arguments) {
        Options options;
        try {
            options = Options.parse(arguments);
        } catch (Options.Refused e) {
            terminal.line(String.valueOf(e.getMessage()));
            terminal.line(Options.USAGE);
            return Options.EXIT_BAD_OPTIONS;
        }
        if (options.help()) {
            terminal.line(Options.USAGE);
            return 0;
        }
        if (options.check() && !PostgresFolder.isMade(options.data().orElseThrow())) {
            terminal.line(
                    terminal.red("There is no kept database in " + options.data().get() + "."));
            return EXIT_CANNOT_START;
        }
        String fault = options.packaged() ? zips().fault() : "";
        if (!fault.isEmpty()) {
            terminal.line(terminal.red(fault));
            return EXIT_CANNOT_START;
        }
        Optional<OwnData> own;
        try {
            own = options.own().map(it -> OwnData.read(it.items(), it.orders(), terminal::line));
        } catch (UnusableFile e) {
            terminal.line(terminal.red(String.valueOf(e.getMessage())));
            return EXIT_CANNOT_START;
        }
        var build = build();
        try (var postgres =
                options.data().isPresent()
                        ? LocalPostgres.kept(options.data().get(), build)
                        : LocalPostgres.throwAway(build)) {
            if (options.check()) {
                return new StockReport(terminal).print(postgres) ? 0 : EXIT_BROKEN;
            }
            var day = new WarehouseDay(terminal);
            if (options.serve()) {
                day.serve(options, own, postgres);
                return 0;
            }
            return day.play(options, own, postgres) ? 0 : EXIT_BROKEN;
        } catch (CannotStart e) {
            terminal.line(terminal.red(String.valueOf(e.getMessage())));
            return EXIT_CANNOT_START;
        } catch (ApiClient.Unexpected e) {
            terminal.line(terminal.red("The day stopped: " + e.getMessage() + "."));
            return EXIT_BROKEN;
        } catch (RuntimeException e) {
            terminal.line(
                    terminal.red(
                            "The day stopped on a fault of ours: "
                                    + e.getClass().getSimpleName()
                                    + ". What happened is in "
                                    + build.resolve("calls.log")
                                    + "."));
            LOG.atError().addKeyValue("surprise", e.getClass().getName()).log("day");
            return EXIT_BROKEN;
        }
    }

    private static Path build() {
        return Path.of(System.getProperty("fv.build", "target"));
    }

    private static Path root() {
        return Path.of(System.getProperty("fv.root", "."));
    }

    private static TwoTenants plans(
            Options options, Optional<OwnData> own, LocalPostgres postgres) {
        options.data().ifPresent(it -> DayFiles.claim(it, own.map(OwnData::fingerprint)));
        var today = postgres.folder().madeOn();
        return own.map(it -> TwoTenants.of(it, options.orders(), today))
                .orElseGet(() -> TwoTenants.of(options.orders(), today));
    }

    private boolean play(Options options, Optional<OwnData> own, LocalPostgres postgres) {
        long started = System.nanoTime();
        var plans = plans(options, own, postgres);
        try (var platform = start(options, postgres, 0)) {
            introduce(options, postgres, platform, plans);
            var shop = open(platform, "shop", plans.shop());
            var supplier = open(platform, "supplier", plans.supplier());
            var floors = List.of(shop, supplier);
            build(floors);
            LocalPlatform.analyze(postgres);
            floors.forEach(floor -> floor.plan().asns().forEach(floor::announce));
            var sends = new ShopSends(platform, shop, http, latencies);
            var told = new ShopIsTold(terminal, platform, shop);
            if (leaves(options)) {
                sends.connect();
                told.subscribe();
            }
            new FirstOrder(terminal, shop, Optional.of(sends).filter(_ -> leaves(options))).play();
            terminal.line("");
            long working = System.nanoTime();
            int before = latencies.count();
            receive(floors, new Statistics(postgres));
            LocalPlatform.analyze(postgres);
            ship(floors, 1, new Statistics(postgres));
            double seconds = (System.nanoTime() - working) / 1e9;
            new DaySummary(terminal, latencies)
                    .print(
                            floors,
                            (latencies.count() - before) / seconds,
                            (System.nanoTime() - started) / 1e9);
            own.ifPresent(it -> it.leftOut().counted().forEach(terminal::line));
            terminal.line("");
            boolean isSound = new StockReport(terminal).print(postgres, floors);
            if (leaves(options)) {
                isSound &= told.print(sends);
                if (options.shop()) {
                    isSound &= new ShopSells(terminal, platform, shop).play(root());
                }
                isSound &= leave(postgres, platform, shop, supplier);
            }
            return isSound;
        }
    }

    // A database that is kept is to be looked at, and functions in JVMs of their own have no time
    // but the machine's.
    private static boolean leaves(Options options) {
        return options.data().isEmpty() && !options.packaged();
    }

    private boolean leave(
            LocalPostgres postgres, LocalPlatform platform, Floor shop, Floor supplier) {
        terminal.line("");
        try {
            return new ShopLeaves(
                            terminal,
                            postgres,
                            platform,
                            Files.createTempDirectory(build(), "shop-leaves-"),
                            http,
                            client(platform, LocalPlatform.OPERATOR, AuthorizerFunction.PLATFORM))
                    .play(shop, supplier);
        } catch (IOException e) {
            throw new CannotStart("There is no place for what the shop takes along.", e);
        }
    }

    private static LocalPlatform start(Options options, LocalPostgres postgres, int port) {
        return LocalPlatform.start(
                postgres,
                DaySecret.of(options.data()),
                port,
                options.packaged() ? Optional.of(zips()) : Optional.empty(),
                options.data());
    }

    private static Zips zips() {
        return new Zips(
                Path.of(System.getProperty("fv.root", "")).toAbsolutePath(),
                build().resolve("sandboxes").toAbsolutePath());
    }

    private void introduce(
            Options options, LocalPostgres postgres, LocalPlatform platform, TwoTenants plans) {
        terminal.line(
                terminal.bold("FluxVantage: a warehouse day")
                        + ", %d customer orders of the shop and %d store orders of its supplier"
                                .formatted(
                                        plans.shop().orders().size(),
                                        plans.supplier().orders().size()));
        terminal.line("PostgreSQL 17 and the API are up at " + platform.url());
        options.data()
                .ifPresent(_ ->
                        terminal.line(
                                "The database is kept: " + LocalPlatform.databaseUrl(postgres)));
        for (var plan : List.of(plans.shop(), plans.supplier())) {
            terminal.line(
                    "In the morning %d units of %d items come for %d asked for, in %d deliveries: packs of 12, %d units damaged, %d items by lot and expiry, %d items short"
                            .formatted(
                                    total(plan, DayPlan.Condition.GOOD)
                                            + total(plan, DayPlan.Condition.DAMAGED),
                                    plan.items().size(),
                                    plan.demand().values().stream().mapToLong(it -> it).sum(),
                                    plan.asns().size(),
                                    total(plan, DayPlan.Condition.DAMAGED),
                                    plan.items().stream()
                                            .filter(DayPlan.Item::lotControlled)
                                            .count(),
                                    plan.shortfalls().size()));
        }
    }

    private static long total(DayPlan plan, DayPlan.Condition condition) {
        return plan.arriving(condition).values().stream().mapToLong(it -> it).sum();
    }

    /** Opens a tenant as an operator does and adds its people as its administrator does. */
    private Floor open(LocalPlatform platform, String name, DayPlan plan) {
        var operator = client(platform, LocalPlatform.OPERATOR, AuthorizerFunction.PLATFORM);
        var body = ApiClient.object();
        body.put("name", "The " + name);
        body.putObject("administrator")
                .put("subject", name + "-administrator")
                .put("email", "administrator@" + name + ".example")
                .put("display_name", "Administrator of the " + name);
        String id =
                operator.post("open-tenant", "/tenants", "tenant-" + name, body)
                        .path("tenant_id")
                        .asString();
        var tenant = Identifiers.parse(TenantId.class, id).orElseThrow();
        var administrator = client(platform, name + "-administrator", tenant);
        return new Floor(
                name,
                tenant,
                plan,
                new Floor.Staff(
                        administrator,
                        member(platform, administrator, name, tenant, "MANAGER"),
                        member(platform, administrator, name, tenant, "RECEIVER"),
                        member(platform, administrator, name, tenant, "PICKER"),
                        member(platform, administrator, name, tenant, "PACKER"),
                        member(platform, administrator, name, tenant, "INTEGRATION")));
    }

    private ApiClient member(
            LocalPlatform platform,
            ApiClient administrator,
            String name,
            TenantId tenant,
            String role) {
        String subject = name + "-" + role.toLowerCase(java.util.Locale.ROOT);
        var body = ApiClient.object();
        body.put("subject", subject);
        body.put("email", subject + "@example.org");
        body.put("display_name", "The " + role.toLowerCase(java.util.Locale.ROOT));
        body.putArray("roles").add(role);
        administrator.post("add-member", "/members", "member-" + subject, body);
        return client(platform, subject, tenant);
    }

    private ApiClient client(LocalPlatform platform, String subject, TenantId tenant) {
        return new ApiClient(http, platform.url(), new Token(platform, subject, tenant), latencies);
    }

    /** Signs in anew before the token ends. */
    private static final class Token implements java.util.function.Supplier<String> {
        private final LocalPlatform platform;
        private final String subject;
        private final TenantId tenant;
        private String value = "";
        private long until;

        private Token(LocalPlatform platform, String subject, TenantId tenant) {
            this.platform = platform;
            this.subject = subject;
            this.tenant = tenant;
        }

        @Override
        public synchronized String get() {
            if (value.isEmpty() || System.nanoTime() - until > 0) {
                value = platform.token(subject, tenant, TOKEN_LIFE);
                until = System.nanoTime() + TOKEN_USE.toNanos();
            }
            return value;
        }
    }

    private void build(List<Floor> floors) {
        long steps = floors.stream().mapToLong(Floor::toBuild).sum();
        try (var bar = terminal.progress("Warehouses are set up", steps)) {
            together(
                    floors,
                    floor -> {
                        try (var crew = new Crew(DESK)) {
                            floor.build(crew, bar::advance);
                        }
                    });
        }
    }

    private void receive(List<Floor> floors, Statistics statistics) {
        long scans =
                floors.stream()
                        .flatMap(it -> it.plan().asns().stream())
                        .mapToLong(it -> it.arrivals().size())
                        .sum();
        try (var bar = terminal.progress("Goods are received and put away", scans)) {
            together(
                    floors,
                    floor -> {
                        try (var receivers = new Crew(RECEIVERS)) {
                            for (var asn : floor.plan().asns()) {
                                // Lots in the order of unloading: the second lot stands after
                                // everything else.
                                receivers.all(
                                        asn.arrivals(),
                                        arrival -> {
                                            var received = floor.receive(asn, arrival);
                                            floor.putAway(asn, arrival, received);
                                            statistics.grow(1);
                                            bar.advance();
                                        });
                                floor.close(asn);
                            }
                        }
                    });
        }
    }

    /** Plays a small day without a word, then stays up until it is told to stop. */
    private void serve(Options options, Optional<OwnData> own, LocalPostgres postgres) {
        var plans = plans(options, own, postgres);
        try (var platform = start(options, postgres, options.port())) {
            var floors =
                    List.of(
                            open(platform, "shop", plans.shop()),
                            open(platform, "supplier", plans.supplier()));
            build(floors);
            LocalPlatform.analyze(postgres);
            floors.forEach(floor -> floor.plan().asns().forEach(floor::announce));
            receive(floors, new Statistics(postgres));
            LocalPlatform.analyze(postgres);
            ship(floors, 0, new Statistics(postgres));
            new Serving(terminal, postgres, platform, floors).untilStopped(build());
        }
    }

    /** {@code slowly} orders of the shop were shipped before, for all to see. */
    private void ship(List<Floor> floors, int slowly, Statistics statistics) {
        long orders = floors.stream().mapToLong(it -> it.plan().orders().size()).sum();
        try (var bar = terminal.progress("Orders are picked, packed and shipped", orders)) {
            together(
                    floors,
                    floor -> {
                        // The shop's first order was shipped slowly before.
                        boolean isShop = floor == floors.getFirst();
                        var rest =
                                floor.plan()
                                        .orders()
                                        .subList(isShop ? slowly : 0, floor.plan().orders().size());
                        if (isShop && slowly > 0) {
                            bar.advance();
                        }
                        try (var desk = new Crew(DESK);
                                var pickers = new Crew(PICKERS);
                                var packers = new Crew(PACKERS)) {
                            var running = new ArrayList<CompletableFuture<Void>>();
                            for (Order order : rest) {
                                running.add(
                                        floor.ship(order, desk, pickers, packers)
                                                .thenRun(() -> {
                                                    statistics.grow(order.lines().size());
                                                    bar.advance();
                                                }));
                            }
                            Crew.join(
                                    CompletableFuture.allOf(
                                            running.toArray(CompletableFuture[]::new)));
                        }
                    });
        }
    }

    private static void together(List<Floor> floors, java.util.function.Consumer<Floor> each) {
        try (var crew = new Crew(floors.size())) {
            crew.all(floors, each);
        }
    }
}
