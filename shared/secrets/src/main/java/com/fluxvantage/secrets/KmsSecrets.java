package com.fluxvantage.secrets;

import com.fluxvantage.kernel.outside.Secrets;
import com.fluxvantage.runtime.CloudSecrets;

import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.kms.KmsClient;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Secrets under keys of AWS KMS. Region and credentials are the function's own, and are looked up
 * by the first call. A caller waits for it, so its limits are shorter than those of a job's calls.
 */
public final class KmsSecrets implements CloudSecrets {
    private static final Duration CONNECT = Duration.ofSeconds(1);
    private static final Duration ANSWER = Duration.ofSeconds(2);
    private static final Duration IN_ALL = Duration.ofSeconds(3);

    @Override
    public Secrets open(UnaryOperator<String> setting) {
        return new EncryptionSdkSecrets(
                KmsSecrets::client, List.of(setting.apply("fv.secrets.keys").split(",")));
    }

    private static KmsClient client() {
        return KmsClient.builder()
                .httpClient(
                        UrlConnectionHttpClient.builder()
                                .connectionTimeout(CONNECT)
                                .socketTimeout(ANSWER)
                                .build())
                .overrideConfiguration(it -> it.apiCallTimeout(IN_ALL))
                .build();
    }
}
