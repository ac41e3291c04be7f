package com.fluxvantage.infra;

import com.fluxvantage.dispatch.PlatformFunction;
import com.fluxvantage.kernel.operation.Operation;

import io.github.cdklabs.cdknag.AwsSolutionsChecks;

import software.amazon.awscdk.App;
import software.amazon.awscdk.Aspects;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.Tags;
import software.amazon.awscdk.services.ec2.InterfaceVpcEndpointAwsService;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Puts the stacks of one deployment together. The CDK command line runs it. */
public final class CloudApp {
    private final App app;
    private final Settings settings;
    private final Zips zips;
    private final List<Domain> domains;

    private CloudApp(App app, Settings settings, Zips zips, List<Domain> domains) {
        this.app = app;
        this.settings = settings;
        this.zips = zips;
        this.domains = domains;
    }

    /**
     * Reads what is known only where it is deployed from the command line's context; cdk.json has
     * values that can be synthesised and not deployed.
     */
    public static void main(String[] arguments) {
        var app = new App();
        var context = new Context(app);
        var stage = Settings.Stage.valueOf(context.text("stage").toUpperCase(Locale.ROOT));
        var caller =
                new Settings.Caller(
                        context.text("issuer"),
                        context.text("audience"),
                        context.text("key-set"),
                        context.text("proof-key-id"));
        var edge =
                new Settings.Edge(context.text("domain"), context.text("certificate"), 200, 6_000);
        var root = Path.of(context.text("root"));
        synthesise(
                app,
                context.text("stand-ins").equals("true")
                        ? new Zips.StandIns(root.resolve("infra-cdk/target/stand-ins"))
                        : new Zips.Packaged(root),
                List.of(Settings.of(stage, caller, Optional.of(edge))));
    }

    /** Writes the templates of these deployments into the application's output folder. */
    public static void synthesise(App app, Zips zips, List<Settings> deployments) {
        synthesise(app, zips, deployments, Domain.all());
    }

    /** The same of these domains and no others. */
    public static void synthesise(
            App app, Zips zips, List<Settings> deployments, List<Domain> domains) {
        deployments.forEach(settings -> new CloudApp(app, settings, zips, domains).stacks());
        Aspects.of(app).add(new AwsSolutionsChecks());
        app.synth();
    }

    private record Context(App app) {
        String text(String name) {
            return Objects.requireNonNull(
                            app.getNode().tryGetContext(name), () -> "give it with -c " + name)
                    .toString();
        }
    }

    private void stacks() {
        var keys = named(new KeysStack(app, settings));
        var events = named(new EventsStack(app, settings, keys));
        if (settings.database().isEmpty()) {
            var around =
                    new Surroundings(
                            settings,
                            keys,
                            events,
                            Optional.empty(),
                            new Surroundings.DatabaseAddress(
                                    settings.lentDatabase(), "TRUSTED", Optional.empty()));
            dispatch(around, domains(around));
            return;
        }
        var sizes = settings.database().get();
        named(new BucketsStack(app, settings, keys));
        named(new MailStack(app, settings));
        var network = named(new NetworkStack(app, settings, sizes, keys, services(keys)));
        var data = named(new DataStack(app, settings, sizes, network, keys, databaseRoles()));
        var migration = named(new MigrationStack(app, settings, zips, network, data, keys, events));
        var delivery = named(new DeliveryStack(app, settings, operations(), events));
        var around =
                new Surroundings(
                        settings,
                        keys,
                        events,
                        Optional.of(network),
                        new Surroundings.DatabaseAddress(
                                data.url(), "IAM", Optional.of(data.proxyId())));
        var functions = domains(around);
        dispatch(around, functions);
        for (var stack : functions) {
            stack.addStackDependency(migration);
            stack.addStackDependency(delivery);
        }
        var after = new ArrayList<Stack>();
        after.add(new UpkeepStack(app, settings, operations(), events, keys));
        after.add(new ObservabilityStack(app, settings, domains, events));
        after.add(new ClockAlarmsStack(app, settings, operations(), events));
        settings.edge()
                .ifPresent(edge -> after.add(new EdgeStack(app, settings, edge, domains, keys)));
        for (var stack : after) {
            functions.forEach(named(stack)::addStackDependency);
        }
    }

    private List<DomainStack> domains(Surroundings around) {
        return domains.stream()
                .map(domain -> named(new DomainStack(app, domain, zips, around)))
                .toList();
    }

    private void dispatch(Surroundings around, List<DomainStack> domains) {
        var dispatch = named(new DispatchStack(app, operations(), zips, around));
        domains.forEach(dispatch::addStackDependency);
    }

    private List<InterfaceVpcEndpointAwsService> services(KeysStack keys) {
        return Stream.concat(
                        DispatchStack.services(operations()).stream(),
                        operations().stream()
                                .flatMap(it -> CapabilityGrants.of(it, settings, keys).stream())
                                .flatMap(grant -> grant.service().stream()))
                .distinct()
                .toList();
    }

    private java.util.Set<String> databaseRoles() {
        return Stream.concat(
                        operations().stream().flatMap(it -> it.databaseRoles().stream()),
                        Stream.of(PlatformFunction.values()).map(PlatformFunction::databaseRole))
                .collect(Collectors.toUnmodifiableSet());
    }

    private List<Operation<?, ?>> operations() {
        return domains.stream()
                .<Operation<?, ?>>flatMap(domain -> domain.operations().stream())
                .toList();
    }

    private <S extends Stack> S named(S stack) {
        Tags.of(stack).add("stage", settings.stage().label());
        Tags.of(stack).add("system", "fluxvantage");
        return stack;
    }
}
