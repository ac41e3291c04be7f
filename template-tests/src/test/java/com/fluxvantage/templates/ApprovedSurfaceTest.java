package com.fluxvantage.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.operation.Caller;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.operation.Refusal;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.runtime.OperationCatalog;
import com.fluxvantage.runtime.Routes;
import com.fluxvantage.templates.Cloud.Resource;
import com.fluxvantage.templates.Statements.Statement;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What each operation can do, one file each. The difference of a file is the review: it shows at a
 * glance that a scan has gained a right.
 */
@ReadsTemplates
class ApprovedSurfaceTest {
    private static final Path APPROVED =
            Path.of(System.getProperty("fv.root"), "template-tests", "approved");
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** With {@code -Dfv.generate=true} the files are written anew. */
    @Test
    void every_operation_can_do_what_was_approved_and_no_more() {
        var now = surfaces(Cloud.synthesised());
        if (Boolean.getBoolean("fv.generate")) {
            write(now);
        }
        assertThat(approved())
                .as(
                        "review, then: mvn -pl template-tests -am test -Dtest=ApprovedSurfaceTest"
                                + " -Dfv.generate=true -Dsurefire.failIfNoSpecifiedTests=false")
                .isEqualTo(now);
    }

    @Test
    void a_setting_more_is_another_surface() {
        var cloud = Cloud.synthesised();
        var spoilt =
                cloud.with(
                        cloud.function("receive-line"),
                        it ->
                                ((tools.jackson.databind.node.ObjectNode)
                                                it.at("/Environment/Variables"))
                                        .put("FV_PROOF_KEY", "x"));

        assertThat(surfaces(spoilt)).isNotEqualTo(surfaces(cloud));
    }

    private static Map<String, String> surfaces(Cloud cloud) {
        var surfaces = new TreeMap<String, String>();
        for (var operation : OperationCatalog.load().all()) {
            surfaces.put(
                    operation.name() + ".json",
                    JSON.writeValueAsString(surface(operation, cloud)) + "\n");
        }
        return surfaces;
    }

    private static Map<String, Object> surface(Operation<?, ?> operation, Cloud cloud) {
        var function = cloud.function(operation.name());
        var surface = new LinkedHashMap<String, Object>();
        surface.put("route", route(operation));
        surface.put("caller", caller(operation));
        surface.put(
                "permission", operation.permission().map(Permission::publicName).orElse("none"));
        surface.put("work", operation.work().databaseName());
        surface.put("mode", operation.mode().name().toLowerCase(java.util.Locale.ROOT));
        surface.put("database_role", operation.databaseRole());
        surface.put("refuses", operation.refuses().stream().map(Refusal::code).sorted().toList());
        surface.put(
                "announces",
                operation.announces().stream().map(Class::getSimpleName).sorted().toList());
        surface.put("rights", rights(cloud.of(function, function.property("Role"))));
        surface.put(
                "environment",
                function.property("Environment/Variables").propertyNames().stream()
                        .sorted()
                        .toList());
        surface.put(
                "reaches_out",
                function.property("VpcConfig/SubnetIds").toString().contains("wayout"));
        surface.put("seconds", function.property("Timeout").asInt());
        surface.put("memory_megabytes", function.property("MemorySize").asInt());
        return surface;
    }

    private static Object rights(Resource role) {
        return Statements.of(role)
                .filter(Statement::allows)
                .flatMap(statement -> statement.actions().stream())
                .sorted()
                .toList();
    }

    private static String route(Operation<?, ?> operation) {
        return switch (operation.trigger()) {
            case Trigger.Http(var method, var route) -> method + " " + Routes.VERSION + route;
            case Trigger.Authorizer _ -> "the gateway's authorizer";
            case Trigger.Schedule(var timing, var scope, _, _, _, _) ->
                    timing.expression() + " " + timing.zone() + ", " + scope;
            case Trigger.Event(var types, var ordered, _, var whereWanted) ->
                    "events "
                            + new TreeSet<>(types)
                            + (ordered ? ", in order" : "")
                            + (whereWanted ? ", where wanted" : "");
        };
    }

    private static String caller(Operation<?, ?> operation) {
        return switch (operation.caller()) {
            case Caller.Member _ -> "member";
            case Caller.Operator _ -> "operator";
            case Caller.Signature _ -> "signature";
            case Caller.Job _ -> "nobody";
            case Caller.Open(var reason) -> "open: " + reason;
        };
    }

    private static void write(Map<String, String> surfaces) {
        try {
            Files.createDirectories(APPROVED);
            for (String old : approved().keySet()) {
                Files.delete(APPROVED.resolve(old));
            }
            for (var surface : surfaces.entrySet()) {
                Files.writeString(APPROVED.resolve(surface.getKey()), surface.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> approved() {
        try (var files = Files.list(APPROVED)) {
            return files.collect(
                    Collectors.toMap(
                            it -> it.getFileName().toString(),
                            ApprovedSurfaceTest::text,
                            (one, _) -> one,
                            TreeMap::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
