package com.fluxvantage.infra;

import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.outside.Bucket;
import com.fluxvantage.kernel.outside.SecretContext;
import com.fluxvantage.kernel.outside.SecretPurpose;

import software.amazon.awscdk.services.ec2.InterfaceVpcEndpointAwsService;
import software.amazon.awscdk.services.iam.PolicyStatement;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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
    static CapabilityGrants of(Capability capability, Settings settings, KeysStack keys) {
        var caller = settings.caller();
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
            case Capability.StoresObjects(var bucket) ->
                    new CapabilityGrants(
                            List.of(
                                    allowed(
                                            BucketsStack.arn(bucket, keys, settings) + "/t/*",
                                            "s3:PutObject",
                                            "s3:GetObject",
                                            "s3:DeleteObject",
                                            "s3:DeleteObjectVersion"),
                                    allowed(
                                            BucketsStack.arn(bucket, keys, settings),
                                            "s3:ListBucket",
                                            "s3:ListBucketVersions"),
                                    ofTheKey(keys, "kms:GenerateDataKey", "kms:Decrypt")),
                            bucket(bucket, keys, settings),
                            Optional.of(InterfaceVpcEndpointAwsService.S3),
                            false);
            // It keeps and reads; no role of ours has the right to remove, and the lock refuses
            // even whoever would.
            case Capability.KeepsObjects(var bucket) ->
                    new CapabilityGrants(
                            List.of(
                                    allowed(
                                            BucketsStack.arn(bucket, keys, settings) + "/t/*",
                                            "s3:PutObject",
                                            "s3:PutObjectRetention",
                                            "s3:PutObjectTagging",
                                            "s3:GetObject"),
                                    allowed(
                                            BucketsStack.arn(bucket, keys, settings),
                                            "s3:ListBucket"),
                                    ofTheKey(keys, "kms:GenerateDataKey", "kms:Decrypt")),
                            bucket(bucket, keys, settings),
                            Optional.of(InterfaceVpcEndpointAwsService.S3),
                            false);
            // A link has the rights of whoever signed it, so the one who signs has to have them; it
            // asks S3 nothing itself and needs no way there.
            case Capability.LinksObjects(var bucket) ->
                    new CapabilityGrants(
                            List.of(
                                    allowed(
                                            BucketsStack.arn(bucket, keys, settings) + "/t/*",
                                            "s3:GetObject"),
                                    ofTheKey(keys, "kms:Decrypt")),
                            bucket(bucket, keys, settings),
                            Optional.empty(),
                            false);
            // The right is that of a second login, which the operation's own statement names.
            case Capability.LogsInAs _ ->
                    new CapabilityGrants(List.of(), Map.of(), Optional.empty(), false);
            // No right in the account: a way out of the network, and nothing to find there inside
            // it.
            case Capability.PostsWebhooks _, Capability.AsksCarriers _, Capability.CallsShops _ ->
                    new CapabilityGrants(List.of(), Map.of(), Optional.empty(), true);
            // To look, and nothing else: whoever certifies that a backup is gone cannot make it so.
            case Capability.SeesBackups _ ->
                    new CapabilityGrants(
                            List.of(
                                    allowed(
                                            rds("cluster:" + settings.prefix(), keys),
                                            "rds:DescribeDBClusters",
                                            "rds:DescribeDBClusterSnapshots"),
                                    allowed(
                                            rds("cluster-snapshot:*", keys),
                                            "rds:DescribeDBClusterSnapshots")),
                            Map.of("FV_DATABASE_CLUSTER", settings.prefix()),
                            Optional.of(InterfaceVpcEndpointAwsService.RDS),
                            false);
            // From the deployment's own domain, with its own templates, and as nobody else.
            case Capability.SendsMail _ ->
                    new CapabilityGrants(
                            List.of(
                                    PolicyStatement.Builder.create()
                                            .actions(List.of("ses:SendEmail"))
                                            .resources(
                                                    List.of(
                                                            MailStack.identityArn(keys, settings),
                                                            MailStack.templatesArn(keys, settings)))
                                            .build()),
                            Map.of(
                                    "FV_MAIL_FROM", MailStack.from(settings),
                                    "FV_MAIL_TEMPLATES", settings.prefix()),
                            Optional.of(InterfaceVpcEndpointAwsService.EMAIL),
                            false);
            // It may seal and has no right to open what it has sealed.
            case Capability.SealsSecrets(var purpose) ->
                    ofSecrets("kms:GenerateDataKey", purpose, keys);
            case Capability.OpensSecrets(var purpose) -> ofSecrets("kms:Decrypt", purpose, keys);
        };
    }

    // With the whole context and nothing but it, and for this purpose: the secrets of another are
    // as closed to it as those of another platform. Which tenant it is the function has verified.
    private static CapabilityGrants ofSecrets(
            String action, SecretPurpose purpose, KeysStack keys) {
        var parts = SecretContext.KEYS.stream().sorted().toList();
        var present = new TreeMap<String, String>();
        parts.forEach(it -> present.put("kms:EncryptionContext:" + it, "false"));
        return new CapabilityGrants(
                List.of(
                        PolicyStatement.Builder.create()
                                .actions(List.of(action))
                                .resources(List.of(keys.tenantSecretsArn()))
                                .conditions(
                                        Map.of(
                                                "StringEquals",
                                                Map.of(
                                                        "kms:EncryptionContext:purpose",
                                                        purpose.publicName()),
                                                "ForAllValues:StringEquals",
                                                Map.of("kms:EncryptionContextKeys", parts),
                                                "Null",
                                                present))
                                .build()),
                Map.of("FV_SECRETS_KEYS", keys.tenantSecretsArn()),
                Optional.of(InterfaceVpcEndpointAwsService.KMS),
                false);
    }

    private static String rds(String resource, KeysStack keys) {
        return "arn:aws:rds:" + keys.getRegion() + ":" + keys.getAccount() + ":" + resource;
    }

    private static PolicyStatement allowed(String resource, String... actions) {
        return PolicyStatement.Builder.create()
                .actions(List.of(actions))
                .resources(List.of(resource))
                .build();
    }

    // Through S3 alone: what else the key encrypts stays closed to it.
    private static PolicyStatement ofTheKey(KeysStack keys, String... actions) {
        return PolicyStatement.Builder.create()
                .actions(List.of(actions))
                .resources(List.of(keys.dataArn()))
                .conditions(
                        Map.of(
                                "StringEquals",
                                Map.of(
                                        "kms:ViaService",
                                        "s3." + keys.getRegion() + ".amazonaws.com")))
                .build();
    }

    private static Map<String, String> bucket(Bucket bucket, KeysStack keys, Settings settings) {
        return Map.of("FV_BUCKET_" + bucket.name(), BucketsStack.name(bucket, keys, settings));
    }

    static List<CapabilityGrants> of(Operation<?, ?> operation, Settings settings, KeysStack keys) {
        return operation.capabilities().stream()
                .map(capability -> of(capability, settings, keys))
                .toList();
    }
}
