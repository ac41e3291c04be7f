package com.fluxvantage.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.runtime.OperationCatalog;
import com.fluxvantage.templates.Cloud.Resource;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

@ReadsTemplates
class NetworkTest {
    private static final String ROUTE = "AWS::EC2::Route";

    @Test
    void only_an_operation_that_names_a_host_outside_sits_where_there_is_a_way_out() {
        assertThat(placed(Cloud.synthesised())).isEmpty();
    }

    @Test
    void finds_an_operation_with_a_way_out_that_it_does_not_need() {
        var cloud = Cloud.synthesised();
        var elsewhere = cloud.function("authorize-call").property("VpcConfig");

        assertThat(
                        placed(
                                cloud.with(
                                        cloud.function("receive-line"),
                                        it -> it.set("VpcConfig", elsewhere))))
                .singleElement()
                .asString()
                .contains("receive-line");
    }

    @Test
    void finds_an_operation_outside_the_network() {
        var cloud = Cloud.synthesised();

        assertThat(placed(cloud.with(cloud.function("receive-line"), it -> it.remove("VpcConfig"))))
                .hasSize(1);
    }

    @Test
    void from_the_closed_subnets_no_route_leads_out() {
        assertThat(waysOut(Cloud.synthesised())).isEmpty();
    }

    @Test
    void finds_a_way_out_of_a_closed_subnet() {
        var cloud = Cloud.synthesised();
        var table =
                cloud.resources("AWS::EC2::RouteTable")
                        .filter(it -> it.id().startsWith("Vpcclosed"))
                        .findFirst()
                        .orElseThrow();
        var spoilt =
                cloud.with(
                        "network",
                        ROUTE,
                        """
                        {"RouteTableId": {"Ref": "%s"}, "NatGatewayId": {"Ref": "x"}}
                        """
                                .formatted(table.id()));

        assertThat(waysOut(spoilt)).hasSize(1);
    }

    @Test
    void nothing_is_let_in_but_from_our_own_groups() {
        assertThat(letIn(Cloud.synthesised())).isEmpty();
    }

    @Test
    void finds_a_group_that_lets_the_world_in() {
        assertThat(
                        letIn(
                                Cloud.synthesised()
                                        .with(
                                                "network",
                                                "AWS::EC2::SecurityGroupIngress",
                                                """
                                                {"CidrIp": "0.0.0.0/0", "FromPort": 5432}
                                                """)))
                .hasSize(1);
        assertThat(
                        letIn(
                                Cloud.synthesised()
                                        .with(
                                                "AWS::EC2::SecurityGroup",
                                                it ->
                                                        it.putArray("SecurityGroupIngress")
                                                                .addObject()
                                                                .put("CidrIp", "0.0.0.0/0"))))
                .hasSize(1);
    }

    private static List<String> placed(Cloud cloud) {
        var findings = new ArrayList<String>();
        for (var operation : OperationCatalog.load().all()) {
            String wanted = reachesOut(operation) ? "wayout" : "closed";
            var subnets =
                    cloud.function(operation.name())
                            .property("VpcConfig/SubnetIds")
                            .valueStream()
                            .map(it -> it.path("Fn::ImportValue").asString(""))
                            .toList();
            if (subnets.isEmpty() || !subnets.stream().allMatch(it -> it.contains(wanted))) {
                findings.add(operation + " sits in " + subnets);
            }
        }
        return findings;
    }

    private static boolean reachesOut(Operation<?, ?> operation) {
        return operation.capabilities().stream()
                .anyMatch(capability ->
                        switch (capability) {
                            case Capability.ReachesIdentityProvider _,
                                    Capability.PostsWebhooks _,
                                    Capability.AsksCarriers _,
                                    Capability.CallsShops _ ->
                                    true;
                            case Capability.ReadsProofKey _,
                                    Capability.Signs _,
                                    Capability.StoresObjects _,
                                    Capability.KeepsObjects _,
                                    Capability.SeesBackups _,
                                    Capability.LinksObjects _,
                                    Capability.LogsInAs _,
                                    Capability.SealsSecrets _,
                                    Capability.OpensSecrets _,
                                    Capability.SendsMail _ ->
                                    false;
                        });
    }

    private static List<String> waysOut(Cloud cloud) {
        return cloud.resources(ROUTE)
                .filter(it -> isClosed(cloud.of(it, it.property("RouteTableId"))))
                .map(it -> it + " leads out")
                .toList();
    }

    private static boolean isClosed(Resource table) {
        return table.id().startsWith("Vpcclosed");
    }

    private static List<String> letIn(Cloud cloud) {
        var findings = new ArrayList<String>();
        cloud.resources("AWS::EC2::SecurityGroup")
                .filter(it -> it.property("SecurityGroupIngress").size() > 0)
                .forEach(
                        it -> findings.add(it + " lets in " + it.property("SecurityGroupIngress")));
        cloud.resources("AWS::EC2::SecurityGroupIngress")
                .filter(it -> it.property("SourceSecurityGroupId").isMissingNode())
                .forEach(it -> findings.add(it + " lets in somebody else"));
        return findings;
    }
}
