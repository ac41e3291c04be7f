package com.fluxvantage.local;

import com.fluxvantage.local.serve.AtHand;
import com.fluxvantage.local.serve.Pages;
import com.fluxvantage.local.serve.ServedTenant;
import com.fluxvantage.local.serve.ServedTenant.Person;
import com.fluxvantage.registry.OpenApiDocument;
import com.fluxvantage.runtime.AuthorizerFunction;
import com.fluxvantage.runtime.OperationCatalog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/**
 * Keeps the platform up for a person: a page that explains and tries the API, tokens, and lines to
 * copy.
 */
final class Serving {
    private static final List<String> ROLES =
            List.of("MANAGER", "ADMINISTRATOR", "RECEIVER", "PICKER", "PACKER", "INTEGRATION");
    private static final String TOKENS = "tokens.sh";

    private final Terminal terminal;
    private final LocalPostgres postgres;
    private final LocalPlatform platform;
    private final List<Floor> floors;
    private final List<ServedTenant> tenants;

    Serving(Terminal terminal, LocalPostgres postgres, LocalPlatform platform, List<Floor> floors) {
        this.terminal = terminal;
        this.postgres = postgres;
        this.platform = platform;
        this.floors = floors;
        this.tenants =
                List.of(
                        tenant(floors.getFirst()),
                        tenant(floors.getLast()),
                        new ServedTenant(
                                "platform",
                                AuthorizerFunction.PLATFORM,
                                List.of(new Person("OPERATOR", LocalPlatform.OPERATOR))));
    }

    private static ServedTenant tenant(Floor floor) {
        return new ServedTenant(
                floor.name(),
                floor.tenant(),
                ROLES.stream()
                        .map(role ->
                                new Person(
                                        role, floor.name() + "-" + role.toLowerCase(Locale.ROOT)))
                        .toList());
    }

    /** Opens the page. */
    void open() {
        floors.forEach(floor -> new UnfinishedWork(floor).begin());
        LocalPlatform.analyze(postgres);
        platform.beside(
                new Pages(
                        OpenApiDocument.text(OperationCatalog.load()),
                        tenants,
                        (tenant, person, life) ->
                                platform.token(person.subject(), tenant.tenant(), life),
                        new AtHand(() -> LocalPlatform.owner(postgres))));
    }

    /** Serves until the program is told to end, by Ctrl-C or otherwise; that is a good end. */
    void untilStopped(Path build) {
        open();
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop-serving"));
        explain(build);
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // The virtual machine answers a signal with an exit code of its own, unless it is halted first.
    private void stop() {
        terminal.line("");
        platform.close();
        postgres.close();
        terminal.line("Stopped.");
        Runtime.getRuntime().halt(0);
    }

    private void explain(Path build) {
        var url = URI.create("http://127.0.0.1:" + platform.url().getPort());
        var tokens = writeTokens(build);
        long minutes = Pages.TOKEN_LIFE.toMinutes();
        var sku = floors.getFirst().plan().items().getFirst().sku();
        terminal.line("");
        terminal.line(terminal.bold("FluxVantage is up: " + url));
        terminal.line(
                "Open it in a browser: a guided path from the truck to the parcel, and the API to"
                        + " try.");
        terminal.line("");
        terminal.line(
                "Tokens of everybody, good for %d minutes, are variables in".formatted(minutes));
        terminal.line("  " + tokens);
        terminal.line("  " + String.join(" ", names()));
        terminal.line("A new one:");
        terminal.line(
                "  curl -s %s/local/token -H 'Content-Type: application/json' -H 'Accept: text/plain' -d '{\"tenant\": \"shop\", \"role\": \"MANAGER\"}'"
                        .formatted(url));
        terminal.line("");
        terminal.line(terminal.dim("# to copy: the tokens, the stock of an item, a new item"));
        terminal.line(". " + tokens);
        terminal.line(
                "curl -s -H \"Authorization: Bearer $SHOP_MANAGER\" '%s/v1/stock?warehouse_id=%s&sku=%s'"
                        .formatted(url, floors.getFirst().warehouse(), sku));
        terminal.line(
                "curl -s -H \"Authorization: Bearer $SHOP_MANAGER\" -H 'Idempotency-Key: my-first-item' -H 'Content-Type: application/json' %s/v1/items -d '{\"sku\": \"MY-FIRST-ITEM\", \"description\": \"My first item\"}'"
                        .formatted(url));
        terminal.line("");
        terminal.line("PostgreSQL, as its owner: " + LocalPlatform.databaseUrl(postgres));
        terminal.line("Ctrl-C stops it all.");
    }

    private List<String> names() {
        return tenants.stream()
                .flatMap(tenant -> tenant.people().stream().map(person -> variable(tenant, person)))
                .toList();
    }

    private static String variable(ServedTenant tenant, Person person) {
        return tenant.name().toUpperCase(Locale.ROOT) + "_" + person.role();
    }

    // In a file for its owner alone, and not on the screen: a screen is logged and scrolled back.
    private Path writeTokens(Path build) {
        var script = new StringBuilder();
        for (var tenant : tenants) {
            for (var person : tenant.people()) {
                script.append(variable(tenant, person))
                        .append('=')
                        .append(platform.token(person.subject(), tenant.tenant(), Pages.TOKEN_LIFE))
                        .append('\n');
            }
        }
        try {
            var file = build.toAbsolutePath().resolve(TOKENS);
            Files.createDirectories(file.getParent());
            Files.deleteIfExists(file);
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            return Files.writeString(file, script);
        } catch (IOException e) {
            throw new UncheckedIOException("the tokens cannot be written down", e);
        }
    }
}
