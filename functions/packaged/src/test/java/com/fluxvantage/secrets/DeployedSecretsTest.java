package com.fluxvantage.secrets;

import com.fluxvantage.kernel.outside.Secrets;
import com.fluxvantage.packaged.Emulator;
import com.fluxvantage.packaged.NeedsEmulator;

import software.amazon.awssdk.services.kms.KmsClient;

import java.util.List;

/** Secrets under the tenants' key as it was deployed, and under one beside it. */
@NeedsEmulator
final class DeployedSecretsTest extends SecretsContract {
    private static final class Keys {
        static final KmsClient KMS = Emulator.deployed().keys();
        static final String ONE =
                KMS.describeKey(it -> it.keyId("alias/" + Emulator.PREFIX + "/tenant-secrets"))
                        .keyMetadata()
                        .arn();
        static final String ANOTHER = KMS.createKey().keyMetadata().arn();
    }

    private final Secrets underOne = under(Keys.ONE);
    private final Secrets underAnother = under(Keys.ANOTHER);
    private final Secrets underBoth = under(Keys.ANOTHER, Keys.ONE);

    @Override
    Secrets secrets() {
        return underOne;
    }

    @Override
    Secrets underAnother() {
        return underAnother;
    }

    @Override
    Secrets underBoth() {
        return underBoth;
    }

    private static Secrets under(String... keys) {
        return new EncryptionSdkSecrets(() -> Keys.KMS, List.of(keys));
    }
}
