package com.fluxvantage.secrets;

import com.fluxvantage.kernel.outside.Secrets;

import java.util.Arrays;
import java.util.List;

/** Secrets under the key service of this process. */
final class SecretsHereTest extends SecretsContract {
    private final LocalKms kms = new LocalKms();
    private final String one = kms.hold("one", material(1));
    private final String another = kms.hold("another", material(2));

    @Override
    Secrets secrets() {
        return under(one);
    }

    @Override
    Secrets underAnother() {
        return under(another);
    }

    @Override
    Secrets underBoth() {
        return under(another, one);
    }

    private Secrets under(String... keys) {
        return new EncryptionSdkSecrets(() -> kms, List.of(keys));
    }

    private static byte[] material(int fill) {
        byte[] material = new byte[LocalKms.KEY_BYTES];
        Arrays.fill(material, (byte) fill);
        return material;
    }
}
