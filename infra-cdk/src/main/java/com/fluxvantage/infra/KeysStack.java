package com.fluxvantage.infra;

import com.fluxvantage.kernel.outside.SigningPurpose;

import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.iam.AnyPrincipal;
import software.amazon.awscdk.services.iam.Effect;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.kms.IKey;
import software.amazon.awscdk.services.kms.Key;
import software.amazon.awscdk.services.kms.KeySpec;
import software.amazon.awscdk.services.kms.KeyUsage;
import software.amazon.awscdk.services.secretsmanager.Secret;
import software.amazon.awscdk.services.secretsmanager.SecretStringGenerator;
import software.constructs.Construct;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The keys that everything at rest is encrypted with, those that sign, and the two secrets that
 * functions start with. A key is used by services of this account alone; which principal may use it
 * is said where that principal is made.
 */
final class KeysStack extends Stack {
    private static final List<String> USE = List.of("kms:Decrypt", "kms:GenerateDataKey*");

    private final Settings settings;
    private final Key data;
    private final Key logs;
    private final Key tenantSecrets;
    private final Map<SigningPurpose, Key> signing = new EnumMap<>(SigningPurpose.class);
    private final Secret platformSecret;
    private final Secret proofKey;

    KeysStack(Construct scope, Settings settings) {
        super(scope, settings.stackName("keys"));
        this.settings = settings;
        this.data = key("data", "Database, queues, topics, functions and the platform's secrets");
        for (String service : List.of("events", "cloudwatch", "sns")) {
            data.addToResourcePolicy(
                    PolicyStatement.Builder.create()
                            .principals(List.of(new ServicePrincipal(service + ".amazonaws.com")))
                            .actions(USE)
                            .resources(List.of("*"))
                            .conditions(
                                    Map.of(
                                            "StringEquals",
                                            Map.of("aws:SourceAccount", getAccount())))
                            .build());
        }
        this.logs = key("logs", "Log groups");
        logs.addToResourcePolicy(forLogGroupsOfThisAccount());
        this.tenantSecrets = key("tenant-secrets", "What tenants entrust: secrets of connections");
        tenantSecrets.addToResourcePolicy(neverWithoutTheTenant());
        for (var purpose : SigningPurpose.values()) {
            signing.put(purpose, signingKey(purpose.publicName()));
        }
        this.platformSecret =
                secret(
                        "platform-secret",
                        "platform-secret",
                        "Keys of cursors and fingerprints are derived from it");
        this.proofKey =
                secret(
                        "proof-key",
                        "proof-key/" + settings.caller().proofKeyId(),
                        "Signs the proofs that let a function enter a tenant");
    }

    /** A key as later stacks see it: they use it and cannot change its policy. */
    IKey data(Construct scope) {
        return data(scope, "Data");
    }

    IKey data(Construct scope, String id) {
        return Key.fromKeyArn(scope, id + "Key", data.getKeyArn());
    }

    String dataArn() {
        return data.getKeyArn();
    }

    /** The address of the key that seals what tenants entrust. */
    String tenantSecretsArn() {
        return tenantSecrets.getKeyArn();
    }

    IKey logs(Construct scope, String id) {
        return Key.fromKeyArn(scope, id + "Key", logs.getKeyArn());
    }

    /**
     * Resolved by CloudFormation when it makes the function, whose environment is encrypted: no
     * function has the right to read a secret, and none waits for one when it starts.
     */
    String platformSecret() {
        return platformSecret.getSecretValue().unsafeUnwrap();
    }

    String proofKey() {
        return proofKey.getSecretValue().unsafeUnwrap();
    }

    /** The address of the key that signs for this purpose and for no other. */
    String signingKey(SigningPurpose purpose) {
        return Objects.requireNonNull(signing.get(purpose)).getKeyArn();
    }

    // Never rotated by itself: KMS keeps the halves of an asymmetric key for its life, and what it
    // has signed is verified for years.
    private Key signingKey(String purpose) {
        return Key.Builder.create(this, purpose)
                .alias(settings.prefix() + "/" + purpose)
                .description("Signs: " + purpose)
                .keySpec(KeySpec.ECC_NIST_P256)
                .keyUsage(KeyUsage.SIGN_VERIFY)
                .pendingWindow(Duration.days(Settings.KEY_DELETION_DAYS))
                .removalPolicy(settings.removal())
                .build();
    }

    private Key key(String name, String holds) {
        return Key.Builder.create(this, name)
                .alias(settings.prefix() + "/" + name)
                .description(holds)
                .enableKeyRotation(true)
                .pendingWindow(Duration.days(Settings.KEY_DELETION_DAYS))
                .removalPolicy(settings.removal())
                .build();
    }

    private PolicyStatement forLogGroupsOfThisAccount() {
        return PolicyStatement.Builder.create()
                .principals(List.of(new ServicePrincipal("logs." + getRegion() + ".amazonaws.com")))
                .actions(
                        List.of(
                                "kms:Encrypt*",
                                "kms:Decrypt*",
                                "kms:ReEncrypt*",
                                "kms:GenerateDataKey*",
                                "kms:Describe*"))
                .resources(List.of("*"))
                .conditions(
                        Map.of(
                                "ArnLike",
                                Map.of(
                                        "kms:EncryptionContext:aws:logs:arn",
                                        "arn:aws:logs:" + getRegion() + ":" + getAccount() + ":*")))
                .build();
    }

    // Whoever forgets to say whose secret it is may not even ask: the context is what keeps one
    // tenant's ciphertext from opening in another's row.
    private static PolicyStatement neverWithoutTheTenant() {
        return PolicyStatement.Builder.create()
                .effect(Effect.DENY)
                .principals(List.of(new AnyPrincipal()))
                .actions(
                        List.of(
                                "kms:Encrypt",
                                "kms:Decrypt",
                                "kms:ReEncrypt*",
                                "kms:GenerateDataKey*"))
                .resources(List.of("*"))
                .conditions(Map.of("Null", Map.of("kms:EncryptionContext:tenant", "true")))
                .build();
    }

    // Letters and digits, a multiple of four of them: what the functions read as base64.
    private Secret secret(String id, String name, String description) {
        var secret =
                Secret.Builder.create(this, id)
                        .secretName(settings.prefix() + "/" + name)
                        .description(description)
                        .encryptionKey(data)
                        .generateSecretString(
                                SecretStringGenerator.builder()
                                        .passwordLength(64)
                                        .excludePunctuation(true)
                                        .build())
                        .removalPolicy(settings.removal())
                        .build();
        Findings.accept(
                secret,
                "AwsSolutions-SMG4",
                "Changed by deploying: the proof key by a new key id, the platform secret never,"
                        + " for idempotency records and cursors depend on it.");
        return secret;
    }
}
