package com.fluxvantage.aws;

import com.fluxvantage.kernel.operation.Capability;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.outside.Ports;
import com.fluxvantage.kernel.outside.Signer;
import com.fluxvantage.kernel.outside.SigningPurpose;
import com.fluxvantage.runtime.CloudPorts;

import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.kms.KmsClient;

import java.time.Duration;
import java.util.EnumMap;
import java.util.function.UnaryOperator;

/**
 * Opens a client for each service that the operation's descriptor names. Region and credentials are
 * the function's own; both are looked up by the first call, which comes after a snapshot.
 */
public final class AwsPorts implements CloudPorts {
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofSeconds(10);

    private record Opened(Signer signer) implements Ports {}

    @Override
    public Ports open(Operation<?, ?> operation, UnaryOperator<String> setting) {
        var keys = new EnumMap<SigningPurpose, String>(SigningPurpose.class);
        for (var capability : operation.capabilities()) {
            switch (capability) {
                case Capability.Signs(var purpose) ->
                        keys.put(purpose, setting.apply("fv.signing.key." + dotted(purpose)));
                case Capability.ReachesIdentityProvider _, Capability.ReadsProofKey _ -> {}
            }
        }
        return new Opened(
                new KmsSigner(() -> KmsClient.builder().httpClient(http()).build(), keys));
    }

    static SdkHttpClient http() {
        return UrlConnectionHttpClient.builder()
                .connectionTimeout(CONNECT)
                .socketTimeout(ANSWER)
                .build();
    }

    // FV_SIGNING_KEY_AUDIT_SEAL in the environment.
    private static String dotted(SigningPurpose purpose) {
        return purpose.publicName().replace('-', '.');
    }
}
