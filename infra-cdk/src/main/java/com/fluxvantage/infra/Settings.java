package com.fluxvantage.infra;

import com.fluxvantage.dispatch.PlatformFunction;
import com.fluxvantage.dispatch.SqsQueues;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Trigger;

import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.services.logs.RetentionDays;

import java.util.Locale;
import java.util.Optional;

/**
 * What differs between one deployment and another: names and sizes.
 *
 * @param caller what the authorizer believes
 * @param edge absent where nothing stands in front of the functions
 * @param database absent where one is lent from outside
 * @param lentDatabase its URL; nothing asks for it where there is a database of its own
 * @param memoryMegabytes of each function; the share of a processor goes with it
 * @param canary whether a tenth of the calls tries a new version first
 * @param kept whether data outlive the stacks that made them
 */
public record Settings(
        Stage stage,
        Caller caller,
        Optional<Edge> edge,
        Optional<Database> database,
        String lentDatabase,
        int memoryMegabytes,
        boolean canary,
        boolean kept) {
    /** One deployment a stage, several of which may stand in one account. */
    public enum Stage {
        DEV,
        STAGING,
        PRODUCTION,
        EMULATOR;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Who is believed, and with what proofs of tenants are signed.
     *
     * @param issuer of tokens, as it stands in them
     * @param audience that tokens must name
     * @param keySet where the issuer's public keys are
     * @param proofKeyId a new one makes a new key: that is how proofs' keys are changed
     */
    public record Caller(String issuer, String audience, String keySet, String proofKeyId) {}

    /**
     * What stands before the functions, and how much it lets through.
     *
     * @param domainName of the API
     * @param certificateArn of that name, in the same region
     * @param callsPerSecond that the whole API takes; a backstop behind each tenant's own limit
     * @param callsPerAddress in five minutes; a warehouse's scanners share one address
     */
    public record Edge(
            String domainName, String certificateArn, int callsPerSecond, int callsPerAddress) {}

    /**
     * How large the database may be, and its network.
     *
     * @param leastUnits of Aurora capacity, 2 GiB each; with a proxy attached it never pauses
     * @param standby a second instance in another zone, to which the database fails over
     * @param waysOut NAT gateways; the one without which the authorizer cannot fetch keys
     */
    public record Database(double leastUnits, double mostUnits, boolean standby, int waysOut) {}

    /** The name of the one alias through which a function is called. */
    public static final String ALIAS = "live";

    /** What the privacy pages publish as the longest life of a backup. */
    public static final int BACKUP_DAYS = 35;

    /** The longest wait that KMS allows, in which a deletion can be called off. */
    static final int KEY_DELETION_DAYS = 30;

    static final RetentionDays LOGS = RetentionDays.ONE_MONTH;

    /** For the stage, what is known only where it is deployed comes from outside. */
    public static Settings of(Stage stage, Caller caller, Optional<Edge> edge) {
        return switch (stage) {
            case DEV ->
                    new Settings(
                            stage,
                            caller,
                            edge,
                            Optional.of(new Database(0.5, 4, false, 1)),
                            "",
                            1024,
                            false,
                            false);
            case STAGING ->
                    new Settings(
                            stage,
                            caller,
                            edge,
                            Optional.of(new Database(0.5, 8, false, 1)),
                            "",
                            1024,
                            true,
                            false);
            case PRODUCTION ->
                    new Settings(
                            stage,
                            caller,
                            edge,
                            Optional.of(new Database(1, 32, true, 2)),
                            "",
                            1024,
                            true,
                            true);
            case EMULATOR ->
                    new Settings(
                            stage,
                            caller,
                            Optional.empty(),
                            Optional.empty(),
                            "jdbc:postgresql://localhost:5432/fluxvantage",
                            1024,
                            false,
                            false);
        };
    }

    /** The same without a database of its own: its functions go to the one at this URL. */
    public Settings lent(String url) {
        return new Settings(
                stage, caller, edge, Optional.empty(), url, memoryMegabytes, canary, kept);
    }

    /** {@code fv-production}: what every name begins with. */
    public String prefix() {
        return "fv-" + stage.label();
    }

    public String functionName(Operation<?, ?> operation) {
        return prefix() + "-" + operation.name();
    }

    public String functionName(PlatformFunction function) {
        return prefix() + "-" + function.label();
    }

    /** Of an operation that nobody calls. */
    public String queueName(Operation<?, ?> operation) {
        return functionName(operation) + (isOrdered(operation) ? SqsQueues.ORDERED : "");
    }

    /** Where a message goes that was handed out too often. */
    public String deadQueueName(Operation<?, ?> operation) {
        return functionName(operation) + "-dead" + (isOrdered(operation) ? SqsQueues.ORDERED : "");
    }

    /** Whether the relay sends to it, a stream in its order; else the bus does, in none. */
    static boolean isOrdered(Operation<?, ?> operation) {
        return switch (operation.trigger()) {
            case Trigger.Schedule _ -> true;
            case Trigger.Event event -> event.ordered();
            case Trigger.Http _, Trigger.Authorizer _ -> false;
        };
    }

    /**
     * What was made by a deployment that failed goes in any case: its name has to be free again.
     */
    RemovalPolicy removal() {
        return kept ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
    }

    String stackName(String subject) {
        return prefix() + "-" + subject;
    }
}
