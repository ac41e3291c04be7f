package com.fluxvantage.aws;

import com.fluxvantage.kernel.outside.Signer;
import com.fluxvantage.kernel.outside.SigningPurpose;
import com.fluxvantage.packaged.Emulator;
import com.fluxvantage.packaged.NeedsEmulator;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

import java.util.EnumMap;

/** The signing keys as they were deployed, each asked in the words that go over the wire. */
@NeedsEmulator
final class DeployedSignerTest extends SignerContract {
    private final Signer signer = deployed();

    @Override
    Signer signer() {
        return signer;
    }

    private static Signer deployed() {
        var emulator = Emulator.deployed();
        var keys = new EnumMap<SigningPurpose, String>(SigningPurpose.class);
        for (var purpose : SigningPurpose.values()) {
            String alias = "alias/" + Emulator.PREFIX + "/" + purpose.publicName();
            keys.put(
                    purpose,
                    emulator.keys().describeKey(it -> it.keyId(alias)).keyMetadata().arn());
        }
        var way =
                new JsonEndpoint.Way(
                        emulator.endpoint(),
                        Region.EU_CENTRAL_1,
                        StaticCredentialsProvider.create(
                                AwsBasicCredentials.create("test", "test")),
                        AwsPorts.http());
        return new KmsSigner(() -> way, keys);
    }
}
