package com.fluxvantage.infra;

import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.Operation;

import software.amazon.awscdk.services.ec2.InterfaceVpcEndpointAwsService;
import software.amazon.awscdk.services.iam.PolicyStatement;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a capability means in the cloud. The switch has no default: a new capability does not
 * compile until somebody has decided here what it grants.
 *
 * @param rights of the function's role, beyond its own log and its own database login
 * @param environment what the runtime reads for it
 * @param service whose endpoint the closed subnets need
 */
record CapabilityGrants(
        List<PolicyStatement> rights,
        Map<String, String> environment,
        Optional<InterfaceVpcEndpointAwsService> service,
        boolean reachesOut) {
    static CapabilityGrants of(Capability capability, Settings.Caller caller, KeysStack keys) {
        return switch (capability) {
            case Capability.ReachesIdentityProvider _ ->
                    new CapabilityGrants(
                            List.of(),
                            Map.of(
                                    "FV_ISSUER", caller.issuer(),
                                    "FV_AUDIENCE", caller.audience(),
                                    "FV_KEY_SET", caller.keySet()),
                            Optional.empty(),
                            true);
            // CloudFormation puts the key into the encrypted environment: no right, no call.
            case Capability.ReadsProofKey _ ->
                    new CapabilityGrants(
                            List.of(),
                            Map.of(
                                    "FV_PROOF_KEY_ID",
                                    caller.proofKeyId(),
                                    "FV_PROOF_KEY",
                                    keys.proofKey()),
                            Optional.empty(),
                            false);
            // One key each: who may sign what the platform exports cannot sign that it is gone.
            case Capability.Signs(var purpose) ->
                    new CapabilityGrants(
                            List.of(
                                    PolicyStatement.Builder.create()
                                            .actions(List.of("kms:Sign", "kms:GetPublicKey"))
                                            .resources(List.of(keys.signingKey(purpose)))
                                            .build()),
                            Map.of("FV_SIGNING_KEY_" + purpose.name(), keys.signingKey(purpose)),
                            Optional.of(InterfaceVpcEndpointAwsService.KMS),
                            false);
        };
    }

    static List<CapabilityGrants> of(
            Operation<?, ?> operation, Settings.Caller caller, KeysStack keys) {
        return operation.capabilities().stream()
                .map(capability -> of(capability, caller, keys))
                .toList();
    }
}
