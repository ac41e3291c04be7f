package com.fluxvantage.registry;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.operation.Caller;
import com.fluxvantage.kernel.operation.Mode;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Refusal;
import com.fluxvantage.kernel.operation.Timing;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.runtime.OperationCatalog;
import com.fluxvantage.runtime.Routes;

import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All operations on one page, by domain, made from their descriptors. */
final class OperationsDocument {
    private static final String HEAD =
            """
            # Operations

            Every operation is a function of its own. This page is made from their descriptors; requests, results and
            examples are in [openapi.json](openapi.json), the refusals in [errors.md](errors.md). The permission is what a
            caller's role must have; a write takes an `Idempotency-Key`. The *work* decides in which states of a tenant an
            operation is open.
            """;

    private OperationsDocument() {}

    static String text(OperationCatalog catalog) {
        var domains =
                catalog.all().stream()
                        .collect(
                                Collectors.groupingBy(
                                        Domains::of, TreeMap::new, Collectors.toList()));
        var page = new StringBuilder(HEAD);
        domains.forEach((domain, operations) -> {
            page.append("\n## ").append(domain).append('\n');
            operations.forEach(operation -> page.append('\n').append(section(operation)));
        });
        return page.toString();
    }

    private static String section(Operation<?, ?> operation) {
        var section = new StringBuilder();
        section.append("### ").append(operation.name()).append("\n\n");
        section.append(operation.summary()).append("\n\n");
        section.append("| | |\n| --- | --- |\n");
        row(section, "called by", trigger(operation));
        row(section, "caller", caller(operation));
        operation.permission().ifPresent(it -> row(section, "permission", code(it.publicName())));
        row(section, "work", operation.work().databaseName() + ", " + mode(operation.mode()));
        row(section, "database login", code(operation.databaseRole()));
        row(section, "time limit", operation.timeLimit().toSeconds() + " s");
        if (operation.guardedByVersion()) {
            row(section, "version", "asks for `If-Match`");
        }
        row(
                section,
                "announces",
                list(operation.announces().stream().map(DomainEvent::publicName)));
        row(section, "refuses", list(operation.refuses().stream().map(Refusal::code).sorted()));
        return section.toString();
    }

    private static String trigger(Operation<?, ?> operation) {
        return switch (operation.trigger()) {
            case Trigger.Http(var method, var route) ->
                    code(method + " " + Routes.VERSION + route)
                            + (operation.creates() ? ", answers 201" : "");
            case Trigger.Authorizer _ -> "the gateway, before any other operation";
            case Trigger.Schedule schedule ->
                    "the clock: "
                            + timing(schedule.timing())
                            + switch (schedule.scope()) {
                                case PLATFORM -> ", once for the platform";
                                case EVERYWHERE -> ", for each tenant and for the platform";
                                case EACH_TENANT -> ", for each tenant";
                            };
            case Trigger.Event event ->
                    "events: "
                            + event.types().stream()
                                    .sorted()
                                    .map(OperationsDocument::code)
                                    .collect(Collectors.joining(", "))
                            + (event.ordered() ? ", in order" : "")
                            + (event.onlyWanted() ? ", where somebody wants them" : "");
        };
    }

    private static String timing(Timing timing) {
        return switch (timing) {
            case Timing.Every(var period) -> "every " + period.toMinutes() + " minutes";
            case Timing.Daily(var at, var zone) -> "daily at " + at + " " + zone;
        };
    }

    private static String caller(Operation<?, ?> operation) {
        return switch (operation.caller()) {
            case Caller.Member _ -> "a member of a tenant";
            case Caller.Operator _ -> "one of the platform's own people";
            case Caller.Signature _ -> "another system, by its signature";
            case Caller.Job _ -> "nobody: it runs by itself";
            case Caller.Open(var reason) -> "anybody: " + reason;
        };
    }

    private static String mode(Mode mode) {
        return switch (mode) {
            case READS -> "in a read-only transaction";
            case READS_AUDITED -> "and the read is recorded";
            case WRITES -> "once per key, audited";
            case AUTHORIZES -> "outside of any tenant";
        };
    }

    private static void row(StringBuilder section, String what, String is) {
        if (!is.isEmpty()) {
            section.append("| ").append(what).append(" | ").append(is).append(" |\n");
        }
    }

    private static String list(Stream<String> codes) {
        return codes.map(OperationsDocument::code).collect(Collectors.joining(", "));
    }

    private static String code(String text) {
        return "`" + text + "`";
    }
}
