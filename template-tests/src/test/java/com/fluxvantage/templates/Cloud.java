package com.fluxvantage.templates;

import com.fluxvantage.infra.CloudApp;
import com.fluxvantage.infra.Settings;
import com.fluxvantage.infra.Zips;

import software.amazon.awscdk.App;
import software.amazon.awscdk.AppProps;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The templates of a production deployment and of an emulator's, synthesised once for all tests.
 *
 * @param templates by the name of their stack
 */
record Cloud(Map<String, JsonNode> templates) {
    private static final Path BUILD =
            Path.of(System.getProperty("fv.root"), "template-tests/target");

    /** One resource of one stack. */
    record Resource(String stack, String id, JsonNode json) {
        String type() {
            return json.path("Type").asString();
        }

        JsonNode property(String pointer) {
            return json.path("Properties").at("/" + pointer);
        }

        @Override
        public String toString() {
            return stack + "/" + id;
        }
    }

    private static final class Synthesised {
        static final Path FOLDER = synthesise();
        static final Cloud CLOUD = new Cloud(read(FOLDER));
    }

    static Cloud synthesised() {
        return Synthesised.CLOUD;
    }

    /** What {@code synthesise} has written into this folder. */
    static Cloud synthesised(Path folder, Consumer<Path> synthesise) {
        synthesise.accept(folder);
        return new Cloud(read(folder));
    }

    static Settings production() {
        return Settings.of(
                Settings.Stage.PRODUCTION,
                new Settings.Caller(
                        "https://sign-in.example.com",
                        "fluxvantage",
                        "https://sign-in.example.com/keys",
                        "2026-11"),
                Optional.of(
                        new Settings.Edge(
                                "api.example.com",
                                "arn:aws:acm:eu-central-1:000000000000:certificate/example",
                                200,
                                6_000)));
    }

    static Settings emulator() {
        return Settings.of(Settings.Stage.EMULATOR, production().caller(), Optional.empty());
    }

    /** All resources of the production deployment. */
    Stream<Resource> resources() {
        return resourcesOf(production());
    }

    Stream<Resource> resourcesOf(Settings deployment) {
        return templates.entrySet().stream()
                .filter(it -> it.getKey().startsWith(deployment.prefix() + "-"))
                .flatMap(Cloud::resources);
    }

    Stream<Resource> resources(String type) {
        return resources().filter(it -> it.type().equals(type));
    }

    private static Stream<Resource> resources(Map.Entry<String, JsonNode> stack) {
        return stack.getValue().path("Resources").properties().stream()
                .map(it -> new Resource(stack.getKey(), it.getKey(), it.getValue()));
    }

    static boolean isSigning(Resource key) {
        return key.property("KeyUsage").asString("").equals("SIGN_VERIFY");
    }

    /** All functions that run an operation. */
    Stream<Resource> operationFunctions() {
        return resources("AWS::Lambda::Function")
                .filter(it -> it.property("Environment/Variables").has("FV_OPERATION"));
    }

    /** The one function of this operation. */
    Resource function(String operation) {
        return operationFunctions()
                .filter(it ->
                        it.property("Environment/Variables/FV_OPERATION")
                                .asString()
                                .equals(operation))
                .findFirst()
                .orElseThrow();
    }

    /** The resource of the same stack that this reference means. */
    Resource of(Resource from, JsonNode reference) {
        String id =
                reference.has("Ref")
                        ? reference.path("Ref").asString()
                        : reference.at("/Fn::GetAtt/0").asString();
        return new Resource(from.stack, id, template(from.stack).path("Resources").path(id));
    }

    /** A copy in which the properties of the first resource of this type are spoilt. */
    Cloud with(String type, Consumer<ObjectNode> spoil) {
        return with(resources(type).findFirst().orElseThrow(), spoil);
    }

    Cloud with(Resource resource, Consumer<ObjectNode> spoil) {
        return changed(
                resource.stack,
                resources ->
                        spoil.accept((ObjectNode) resources.at("/" + resource.id + "/Properties")));
    }

    /** A copy with one resource more, in the stack of this subject. */
    Cloud with(String subject, String type, String properties) {
        return changed(
                production().prefix() + "-" + subject,
                resources ->
                        resources
                                .putObject("Added")
                                .put("Type", type)
                                .set("Properties", JsonMapper.shared().readTree(properties)));
    }

    Cloud without(Resource resource) {
        return changed(resource.stack, resources -> resources.remove(resource.id));
    }

    private JsonNode template(String stack) {
        return Objects.requireNonNull(templates.get(stack));
    }

    private Cloud changed(String stack, Consumer<ObjectNode> change) {
        var copies = new TreeMap<>(templates);
        var copy = template(stack).deepCopy();
        change.accept((ObjectNode) copy.path("Resources"));
        copies.put(stack, copy);
        return new Cloud(copies);
    }

    /** What cdk-nag said, by the name of the stack. */
    static Map<String, String> reports() {
        var reports = new TreeMap<String, String>();
        for (String stack : synthesised().templates.keySet()) {
            var report = Synthesised.FOLDER.resolve("AwsSolutions-" + stack + "-NagReport.csv");
            if (Files.exists(report)) {
                reports.put(stack, text(report));
            }
        }
        return reports;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path synthesise() {
        var folder = BUILD.resolve("cdk.out");
        var app = new App(AppProps.builder().outdir(folder.toString()).build());
        CloudApp.synthesise(
                app,
                new Zips.StandIns(BUILD.resolve("stand-ins")),
                List.of(production(), emulator()));
        return folder;
    }

    private static Map<String, JsonNode> read(Path folder) {
        var templates = new TreeMap<String, JsonNode>();
        var manifest = JsonMapper.shared().readTree(folder.resolve("manifest.json").toFile());
        for (var artifact : manifest.path("artifacts").properties()) {
            if (artifact.getValue().path("type").asString().equals("aws:cloudformation:stack")) {
                var file = artifact.getValue().at("/properties/templateFile").asString();
                templates.put(
                        artifact.getKey(),
                        JsonMapper.shared().readTree(folder.resolve(file).toFile()));
            }
        }
        return templates;
    }
}
