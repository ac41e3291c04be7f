package com.fluxvantage.infra;

import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Fn;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.ec2.ISecurityGroup;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ec2.SecurityGroupImportOptions;
import software.amazon.awscdk.services.iam.PolicyDocument;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.kms.IKey;
import software.amazon.awscdk.services.rds.AuroraPostgresClusterEngineProps;
import software.amazon.awscdk.services.rds.AuroraPostgresEngineVersion;
import software.amazon.awscdk.services.rds.BackupProps;
import software.amazon.awscdk.services.rds.ClusterInstance;
import software.amazon.awscdk.services.rds.Credentials;
import software.amazon.awscdk.services.rds.CredentialsBaseOptions;
import software.amazon.awscdk.services.rds.DatabaseCluster;
import software.amazon.awscdk.services.rds.DatabaseClusterEngine;
import software.amazon.awscdk.services.rds.DatabaseProxy;
import software.amazon.awscdk.services.rds.DefaultAuthScheme;
import software.amazon.awscdk.services.rds.IClusterInstance;
import software.amazon.awscdk.services.rds.ProxyTarget;
import software.amazon.awscdk.services.rds.ServerlessV2ClusterInstanceProps;
import software.constructs.Construct;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The database and the proxy before it. Nobody has a password but the owner, whom only the
 * migration knows: a function logs in with a token that IAM signs, as the one role that its
 * descriptor names.
 */
final class DataStack extends Stack {
    private static final String DATABASE = "fluxvantage";
    private static final String OWNER = "fv_database_owner";

    /**
     * Nothing that was bound to a statement, and no row, may get into a log: bound values are
     * proofs and names, and the details of an error quote the row.
     */
    private static final Map<String, String> PARAMETERS =
            Map.of(
                    "log_parameter_max_length", "0",
                    "log_parameter_max_length_on_error", "0",
                    "log_error_verbosity", "terse",
                    "log_statement", "none",
                    "log_min_duration_statement", "1000",
                    "rds.force_ssl", "1",
                    "ssl_min_protocol_version", "TLSv1.2");

    private final DatabaseCluster cluster;
    private final DatabaseProxy proxy;

    DataStack(
            Construct scope,
            Settings settings,
            Settings.Database sizes,
            NetworkStack network,
            KeysStack keys,
            Set<String> databaseRoles) {
        super(scope, settings.stackName("data"));
        var key = keys.data(this);
        var databaseLog =
                LogGroups.make(
                        this,
                        "DatabaseLog",
                        "/aws/rds/cluster/" + settings.prefix() + "/postgresql",
                        settings,
                        keys);
        var proxyLog =
                LogGroups.make(
                        this, "ProxyLog", "/aws/rds/proxy/" + settings.prefix(), settings, keys);
        this.cluster = cluster(settings, sizes, network, key);
        cluster.getNode().addDependency(databaseLog);
        this.proxy =
                DatabaseProxy.Builder.create(this, "Proxy")
                        .proxyTarget(ProxyTarget.fromCluster(cluster))
                        .dbProxyName(settings.prefix())
                        .vpc(network.vpc())
                        .vpcSubnets(network.closedSubnets())
                        .securityGroups(List.of(asMade("ProxyGroup", network.proxy())))
                        .role(loginFor(databaseRoles))
                        .defaultAuthScheme(DefaultAuthScheme.IAM_AUTH)
                        .requireTls(true)
                        // It would write statements into its log.
                        .debugLogging(false)
                        // Below the function's own limit, so that the function can still say why.
                        .borrowTimeout(Duration.seconds(5))
                        // Room for migrations and for whoever has to look.
                        .maxConnectionsPercent(80)
                        .maxIdleConnectionsPercent(40)
                        .idleClientTimeout(Duration.minutes(15))
                        .build();
        proxy.getNode().addDependency(proxyLog);
    }

    /** For operations: through the proxy, whose certificate the JVM's own roots know. */
    String url() {
        return "jdbc:postgresql://"
                + proxy.getEndpoint()
                + ":5432/"
                + DATABASE
                + "?sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory";
    }

    /** By this IAM knows the proxy. */
    String proxyId() {
        return Fn.select(6, Fn.split(":", proxy.getDbProxyArn()));
    }

    /** For migrations: past the proxy, since Flyway's lock belongs to a session. */
    String ownersUrl() {
        return "jdbc:postgresql://"
                + cluster.getClusterEndpoint().getHostname()
                + ":5432/"
                + DATABASE
                + "?user="
                + OWNER
                + "&sslmode=verify-full&sslrootcert=/var/task/certificates/rds-ca.pem";
    }

    String ownersPassword() {
        return Objects.requireNonNull(cluster.getSecret())
                .secretValueFromJson("password")
                .unsafeUnwrap();
    }

    private DatabaseCluster cluster(
            Settings settings, Settings.Database sizes, NetworkStack network, IKey key) {
        var made =
                DatabaseCluster.Builder.create(this, "Cluster")
                        .clusterIdentifier(settings.prefix())
                        .engine(
                                DatabaseClusterEngine.auroraPostgres(
                                        AuroraPostgresClusterEngineProps.builder()
                                                .version(AuroraPostgresEngineVersion.VER_17_9)
                                                .build()))
                        .parameters(PARAMETERS)
                        .writer(instance("writer", key))
                        .readers(standby(sizes, key))
                        .serverlessV2MinCapacity(sizes.leastUnits())
                        .serverlessV2MaxCapacity(sizes.mostUnits())
                        .defaultDatabaseName(DATABASE)
                        .credentials(
                                Credentials.fromGeneratedSecret(
                                        OWNER,
                                        CredentialsBaseOptions.builder()
                                                .secretName(settings.prefix() + "/database-owner")
                                                .encryptionKey(key)
                                                // It stands in an address.
                                                .excludeCharacters(" %&+?/:;=#\"'\\@`<>{}[]|^~")
                                                .build()))
                        .iamAuthentication(true)
                        .storageEncrypted(true)
                        .storageEncryptionKey(key)
                        .vpc(network.vpc())
                        .vpcSubnets(network.closedSubnets())
                        .securityGroups(List.of(asMade("DatabaseGroup", network.database())))
                        .backup(
                                BackupProps.builder()
                                        .retention(Duration.days(Settings.BACKUP_DAYS))
                                        .preferredWindow("02:00-03:00")
                                        .build())
                        .copyTagsToSnapshot(true)
                        .cloudwatchLogsExports(List.of("postgresql"))
                        .deletionProtection(settings.kept())
                        .removalPolicy(
                                settings.kept() ? RemovalPolicy.SNAPSHOT : RemovalPolicy.DESTROY)
                        .build();
        Findings.accept(
                made,
                "AwsSolutions-SMG4",
                "The owner's password is used by migrations alone and changed by deploying.");
        Findings.accept(
                made,
                "AwsSolutions-RDS11",
                "The port is open to the proxy and the migration alone; another number hides"
                        + " nothing, and the proxy has only this one.");
        if (!settings.kept()) {
            Findings.accept(made, "AwsSolutions-RDS10", "A stage to be thrown away.");
        }
        return made;
    }

    // The network has said who may talk to whom; the constructs here would say it again.
    private ISecurityGroup asMade(String id, SecurityGroup group) {
        return SecurityGroup.fromSecurityGroupId(
                this,
                id,
                group.getSecurityGroupId(),
                SecurityGroupImportOptions.builder().mutable(false).build());
    }

    private static List<IClusterInstance> standby(Settings.Database sizes, IKey key) {
        return sizes.standby() ? List.of(instance("standby", key)) : List.of();
    }

    private static IClusterInstance instance(String name, IKey key) {
        return ClusterInstance.serverlessV2(
                name,
                ServerlessV2ClusterInstanceProps.builder()
                        // It fails over to an instance that is as large as the writer.
                        .scaleWithWriter(true)
                        .enablePerformanceInsights(true)
                        .performanceInsightEncryptionKey(key)
                        .autoMinorVersionUpgrade(true)
                        .publiclyAccessible(false)
                        .build());
    }

    // The proxy logs in as whoever asked it, by a token of its own.
    private Role loginFor(Set<String> databaseRoles) {
        var cluster =
                "arn:aws:rds-db:"
                        + getRegion()
                        + ":"
                        + getAccount()
                        + ":dbuser:"
                        + this.cluster.getClusterResourceIdentifier()
                        + "/";
        return Role.Builder.create(this, "ProxyLogin")
                .assumedBy(new ServicePrincipal("rds.amazonaws.com"))
                .description("Logs in to the database as the roles of the operations")
                .inlinePolicies(
                        Map.of(
                                "roles",
                                PolicyDocument.Builder.create()
                                        .statements(
                                                List.of(
                                                        PolicyStatement.Builder.create()
                                                                .actions(List.of("rds-db:connect"))
                                                                .resources(
                                                                        resources(
                                                                                cluster,
                                                                                databaseRoles))
                                                                .build()))
                                        .build()))
                .build();
    }

    private static List<String> resources(String cluster, Set<String> roles) {
        var resources = new ArrayList<String>();
        roles.stream().sorted().map(cluster::concat).forEach(resources::add);
        return resources;
    }
}
