package com.fluxvantage.infra;

import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.ec2.FlowLogDestination;
import software.amazon.awscdk.services.ec2.FlowLogOptions;
import software.amazon.awscdk.services.ec2.FlowLogTrafficType;
import software.amazon.awscdk.services.ec2.GatewayVpcEndpointAwsService;
import software.amazon.awscdk.services.ec2.GatewayVpcEndpointOptions;
import software.amazon.awscdk.services.ec2.IPeer;
import software.amazon.awscdk.services.ec2.InterfaceVpcEndpointAwsService;
import software.amazon.awscdk.services.ec2.InterfaceVpcEndpointOptions;
import software.amazon.awscdk.services.ec2.IpAddresses;
import software.amazon.awscdk.services.ec2.Peer;
import software.amazon.awscdk.services.ec2.Port;
import software.amazon.awscdk.services.ec2.SecurityGroup;
import software.amazon.awscdk.services.ec2.SubnetConfiguration;
import software.amazon.awscdk.services.ec2.SubnetSelection;
import software.amazon.awscdk.services.ec2.SubnetType;
import software.amazon.awscdk.services.ec2.Vpc;
import software.amazon.awscdk.services.logs.LogGroup;
import software.constructs.Construct;

import java.util.List;
import java.util.Map;

/**
 * The network. Functions, proxy and database sit in subnets without any way out. Only functions
 * whose descriptor names a host outside sit where there is one, and reach HTTPS through it.
 */
final class NetworkStack extends Stack {
    private static final String CLOSED = "closed";
    private static final String WAY_OUT = "way-out";
    private static final String EDGE = "edge";
    private static final Port POSTGRES = Port.tcp(5432);
    private static final Port HTTPS = Port.tcp(443);

    private final Vpc vpc;
    private final SecurityGroup closed;
    private final SecurityGroup reaching;
    private final SecurityGroup migrator;
    private final SecurityGroup proxy;
    private final SecurityGroup database;

    NetworkStack(
            Construct scope,
            Settings settings,
            Settings.Database sizes,
            KeysStack keys,
            List<InterfaceVpcEndpointAwsService> services) {
        super(scope, settings.stackName("network"));
        this.vpc =
                Vpc.Builder.create(this, "Vpc")
                        .ipAddresses(IpAddresses.cidr("10.20.0.0/16"))
                        .maxAzs(2)
                        .natGateways(sizes.waysOut())
                        .subnetConfiguration(
                                List.of(
                                        subnets(CLOSED, SubnetType.PRIVATE_ISOLATED, 20),
                                        subnets(WAY_OUT, SubnetType.PRIVATE_WITH_EGRESS, 22),
                                        subnets(EDGE, SubnetType.PUBLIC, 26)))
                        // CloudFormation takes the answer of a deploy step through S3.
                        .gatewayEndpoints(
                                Map.of(
                                        "S3",
                                        GatewayVpcEndpointOptions.builder()
                                                .service(GatewayVpcEndpointAwsService.S3)
                                                .subnets(List.of(closedSubnets()))
                                                .build()))
                        .flowLogs(
                                Map.of(
                                        "Refused",
                                        FlowLogOptions.builder()
                                                .trafficType(FlowLogTrafficType.REJECT)
                                                .destination(
                                                        FlowLogDestination.toCloudWatchLogs(
                                                                flowLogs(settings, keys)))
                                                .build()))
                        .build();
        this.closed = group("Closed", "Functions that need nothing outside");
        this.reaching = group("Reaching", "Functions that name a host outside");
        this.migrator = group("Migrator", "The migration");
        this.proxy = group("Proxy", "The proxy before the database");
        this.database = group("Database", "The database");
        for (var functions : List.of(closed, reaching)) {
            open(functions, proxy, POSTGRES, "operations to the proxy");
        }
        open(proxy, database, POSTGRES, "the proxy to the database");
        open(migrator, database, POSTGRES, "migrations, past the proxy");
        reaching.addEgressRule(Peer.anyIpv4(), HTTPS, "hosts that descriptors name");
        migrator.addEgressRule(Peer.anyIpv4(), HTTPS, "S3 by the gateway endpoint");
        for (var service : services) {
            endpoint(service);
        }
    }

    Vpc vpc() {
        return vpc;
    }

    SubnetSelection closedSubnets() {
        return SubnetSelection.builder().subnetGroupName(CLOSED).build();
    }

    SubnetSelection subnetsWithWayOut() {
        return SubnetSelection.builder().subnetGroupName(WAY_OUT).build();
    }

    SecurityGroup closed() {
        return closed;
    }

    SecurityGroup reaching() {
        return reaching;
    }

    SecurityGroup migrator() {
        return migrator;
    }

    SecurityGroup proxy() {
        return proxy;
    }

    SecurityGroup database() {
        return database;
    }

    private static SubnetConfiguration subnets(String name, SubnetType type, int mask) {
        return SubnetConfiguration.builder().name(name).subnetType(type).cidrMask(mask).build();
    }

    private LogGroup flowLogs(Settings settings, KeysStack keys) {
        return LogGroups.make(
                this, "FlowLogs", "/" + settings.prefix() + "/refused-traffic", settings, keys);
    }

    private SecurityGroup group(String name, String holds) {
        return SecurityGroup.Builder.create(this, name)
                .vpc(vpc)
                .description(holds)
                .allowAllOutbound(false)
                .build();
    }

    private static void open(SecurityGroup from, SecurityGroup to, Port port, String why) {
        from.addEgressRule((IPeer) to, port, why);
        to.addIngressRule((IPeer) from, port, why);
    }

    private void endpoint(InterfaceVpcEndpointAwsService service) {
        vpc.addInterfaceEndpoint(
                service.getShortName(),
                InterfaceVpcEndpointOptions.builder()
                        .service(service)
                        .subnets(closedSubnets())
                        .securityGroups(List.of(closed))
                        .open(false)
                        .build());
        closed.addIngressRule((IPeer) closed, HTTPS, "functions to the endpoints of services");
        closed.addEgressRule((IPeer) closed, HTTPS, "functions to the endpoints of services");
    }
}
