package com.fluxvantage.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.encryptionsdk.AwsCrypto;
import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.outside.SealedSecret;
import com.fluxvantage.kernel.outside.Secret;
import com.fluxvantage.kernel.outside.SecretContext;
import com.fluxvantage.kernel.outside.SecretPlace;
import com.fluxvantage.kernel.outside.SecretPurpose;
import com.fluxvantage.kernel.outside.Unopenable;
import com.fluxvantage.kernel.outside.Unreachable;
import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.runtime.CloudSecrets;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.cryptography.materialproviders.MaterialProviders;
import software.amazon.cryptography.materialproviders.model.CreateAwsKmsKeyringInput;
import software.amazon.cryptography.materialproviders.model.MaterialProvidersConfig;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** What goes over the wire to KMS, and what its answers become. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class KmsOnTheWireTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final SecretContext CONTEXT =
            new SecretContext(
                    new TenantId(Uuid7.next()),
                    new SecretPlace(
                            "wms.channel_connection",
                            Uuid7.next(),
                            "sealed_secret",
                            SecretPurpose.CHANNEL_SIGNATURE,
                            1));
    private static final Secret SECRET = Secret.of(new byte[] {1, 2, 3});

    private record Asked(String target, JsonNode body) {}

    private final LocalKms behind = new LocalKms();
    private final String key = behind.hold("wire", SealedSecretsTest.material(9));
    private final List<Asked> asked = new ArrayList<>();
    private HttpServer server;
    private EncryptionSdkSecrets secrets;
    private int status = 200;
    private String failure = "";

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        secrets = new EncryptionSdkSecrets(this::client, List.of(key));
    }

    @AfterEach
    void leave() {
        server.stop(0);
    }

    @Test
    void sealing_asks_for_one_data_key_and_tells_the_whole_context() {
        secrets.seal(CONTEXT, SECRET);

        assertThat(asked).extracting(Asked::target).containsExactly("TrentService.GenerateDataKey");
        assertThat(asked.getFirst().body().path("KeyId").asString()).isEqualTo(key);
        assertThat(pairs(asked.getFirst().body())).isEqualTo(CONTEXT.pairs());
    }

    @Test
    void opening_decrypts_one_data_key_by_our_key_and_the_expected_context() {
        var sealed = secrets.seal(CONTEXT, SECRET);
        asked.clear();

        assertThat(secrets.open(CONTEXT, sealed)).isEqualTo(SECRET);

        assertThat(asked).extracting(Asked::target).containsExactly("TrentService.Decrypt");
        assertThat(asked.getFirst().body().path("KeyId").asString()).isEqualTo(key);
        assertThat(pairs(asked.getFirst().body())).isEqualTo(CONTEXT.pairs());
    }

    /** What the secret is goes nowhere: KMS sees a data key and the context. */
    @Test
    void the_secret_itself_is_not_sent() {
        secrets.open(CONTEXT, secrets.seal(CONTEXT, SECRET));

        assertThat(asked.toString()).doesNotContain("AQID");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "500 KMSInternalException",
                "400 ThrottlingException",
                "503 ServiceUnavailableException",
                "500 DependencyTimeoutException"
            })
    void a_service_that_is_away_is_not_taken_for_a_forged_secret(String answer) {
        var sealed = secrets.seal(CONTEXT, SECRET);
        fail(answer);

        assertThatThrownBy(() -> secrets.open(CONTEXT, sealed)).isInstanceOf(Unreachable.class);
        assertThatThrownBy(() -> secrets.seal(CONTEXT, SECRET)).isInstanceOf(Unreachable.class);
    }

    @Test
    void nobody_answering_is_unreachable() {
        var sealed = secrets.seal(CONTEXT, SECRET);
        server.stop(0);

        assertThatThrownBy(() -> secrets.open(CONTEXT, sealed)).isInstanceOf(Unreachable.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "400 AccessDeniedException",
                "400 DisabledException",
                "400 NotFoundException",
                "400 KMSInvalidStateException"
            })
    void a_missing_right_and_a_key_that_is_gone_are_faults(String answer) {
        var sealed = secrets.seal(CONTEXT, SECRET);
        fail(answer);

        assertThatThrownBy(() -> secrets.open(CONTEXT, sealed)).isInstanceOf(KmsException.class);
        assertThatThrownBy(() -> secrets.seal(CONTEXT, SECRET)).isInstanceOf(KmsException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"400 InvalidCiphertextException", "400 IncorrectKeyException"})
    void what_kms_does_not_know_as_its_own_does_not_open(String answer) {
        var sealed = secrets.seal(CONTEXT, SECRET);
        fail(answer);

        assertThatThrownBy(() -> secrets.open(CONTEXT, sealed)).isInstanceOf(Unopenable.class);
    }

    @Test
    void one_failure_is_not_remembered_for_the_next_call() {
        var sealed = secrets.seal(CONTEXT, SECRET);
        fail("500 KMSInternalException");
        assertThatThrownBy(() -> secrets.open(CONTEXT, sealed)).isInstanceOf(Unreachable.class);
        status = 200;

        assertThatThrownBy(() -> secrets.open(CONTEXT, SealedSecret.of(new byte[300])))
                .isInstanceOf(Unopenable.class);
        assertThat(secrets.open(CONTEXT, sealed)).isEqualTo(SECRET);
    }

    /**
     * The library's short call, which everybody would write first, expects nothing of the context.
     * With all of it required and none of it stored, KMS would be asked without a tenant.
     */
    @Test
    void the_short_call_of_the_library_opens_nothing_of_ours() {
        var sealed = secrets.seal(CONTEXT, SECRET);
        var providers =
                MaterialProviders.builder()
                        .MaterialProvidersConfig(MaterialProvidersConfig.builder().build())
                        .build();
        var keyring =
                providers.CreateAwsKmsKeyring(
                        CreateAwsKmsKeyringInput.builder()
                                .kmsClient(client())
                                .kmsKeyId(key)
                                .build());
        asked.clear();

        assertThatThrownBy(() -> AwsCrypto.standard().decryptData(keyring, sealed.toArray()))
                .isInstanceOf(RuntimeException.class);
        assertThat(asked).allSatisfy(it -> assertThat(pairs(it.body())).isEmpty());
    }

    @Test
    void the_cloud_and_this_machine_each_find_one_way_to_keep_secrets() {
        assertThat(ServiceLoader.load(CloudSecrets.class)).hasSize(1);
        assertThat(CloudSecrets.of(_ -> key)).isInstanceOf(EncryptionSdkSecrets.class);
    }

    private void fail(String answer) {
        status = Integer.parseInt(answer.substring(0, 3));
        failure = answer.substring(4);
    }

    private KmsClient client() {
        return KmsClient.builder()
                .endpointOverride(URI.create("http://localhost:" + server.getAddress().getPort()))
                .region(Region.EU_CENTRAL_1)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "key")))
                .httpClient(UrlConnectionHttpClient.create())
                .overrideConfiguration(it -> it.retryStrategy(retry -> retry.maxAttempts(1)))
                .build();
    }

    private static Map<String, String> pairs(JsonNode body) {
        var pairs = new HashMap<String, String>();
        body.path("EncryptionContext")
                .properties()
                .forEach(it -> pairs.put(it.getKey(), it.getValue().asString()));
        return pairs;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
        var body = JSON.readTree(exchange.getRequestBody().readAllBytes());
        asked.add(new Asked(target, body));
        int code = status;
        var answer = JSON.createObjectNode();
        try {
            if (code != 200) {
                answer.put("__type", failure).put("message", "as the test wants it");
            } else if (target.endsWith("GenerateDataKey")) {
                var made =
                        behind.generateDataKey(it ->
                                it.keyId(body.path("KeyId").asString())
                                        .numberOfBytes(body.path("NumberOfBytes").asInt(32))
                                        .encryptionContext(pairs(body)));
                answer.put("KeyId", made.keyId())
                        .put("Plaintext", made.plaintext().asByteArray())
                        .put("CiphertextBlob", made.ciphertextBlob().asByteArray());
            } else {
                var opened =
                        behind.decrypt(it ->
                                it.keyId(body.path("KeyId").asString())
                                        .ciphertextBlob(
                                                SdkBytes.fromByteArray(
                                                        body.path("CiphertextBlob").binaryValue()))
                                        .encryptionContext(pairs(body)));
                answer.put("KeyId", opened.keyId())
                        .put("Plaintext", opened.plaintext().asByteArray());
            }
        } catch (KmsException e) {
            code = 400;
            answer.put("__type", e.getClass().getSimpleName()).put("message", "refused");
        }
        byte[] bytes = JSON.writeValueAsBytes(answer);
        exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.1");
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
