package com.fluxvantage.aws;

import com.fluxvantage.kernel.outside.Unreachable;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.ServiceMetadata;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A service of AWS that is asked in JSON and of which a call or two are needed: its own client
 * would be megabytes of a zip and much of a start. Requests are signed by AWS's signer with the
 * function's own credentials. Nothing is tried twice here: an errand that finds nobody comes again.
 * Safe for use by many threads.
 */
final class JsonEndpoint {
    /**
     * Where the service is and who asks.
     *
     * @param endpoint without a path
     */
    record Way(
            URI endpoint, Region region, AwsCredentialsProvider credentials, SdkHttpClient http) {
        /** The function's own: of its environment, as AWS's clients find them. */
        static Way here(String host) {
            var region = DefaultAwsRegionProviderChain.builder().build().getRegion();
            var endpoint =
                    Optional.ofNullable(System.getenv("AWS_ENDPOINT_URL"))
                            .orElseGet(() ->
                                    "https://" + ServiceMetadata.of(host).endpointFor(region));
            return new Way(
                    URI.create(endpoint),
                    region,
                    DefaultCredentialsProvider.builder().build(),
                    AwsPorts.http());
        }
    }

    /** The service did not do it, and would not the next time. Its sentence is not repeated. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String code;

        Refused(String service, int status, String code) {
            super("%s answered %d %s".formatted(service, status, code));
            this.code = code;
        }

        /** As the service names it; empty if it does not. */
        String code() {
            return code;
        }
    }

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final AwsV4HttpSigner SIGNER = AwsV4HttpSigner.create();

    /** What passes by itself, whatever status it comes with. */
    private static final Set<String> PASSING =
            Set.of(
                    "ThrottlingException",
                    "Throttling",
                    "TooManyRequestsException",
                    "RequestLimitExceeded",
                    "LimitExceededException",
                    "SendingPausedException",
                    "KMSInternalException",
                    "DependencyTimeoutException");

    private static final int TOO_MANY = 429;
    private static final int SERVERS_FAULT = 500;

    private final String name;
    private final Supplier<Way> finder;
    private @Nullable Way found;

    /**
     * Nothing is looked up before the first call, which comes after a snapshot.
     *
     * @param name with which requests are signed
     */
    JsonEndpoint(String name, Supplier<Way> finder) {
        this.name = name;
        this.finder = finder;
    }

    /**
     * Asks, and answers what the service does.
     *
     * @throws Unreachable when it does not answer, or asks to come later
     * @throws Refused when it says anything else but that it is done
     */
    JsonNode post(String path, Map<String, String> headers, Map<String, ?> body) {
        try {
            return json(post(path, headers, JSON.writeValueAsBytes(body)));
        } catch (IOException e) {
            throw new Unreachable(name, e);
        }
    }

    /** As above, of a service that speaks otherwise; the bytes of its answer. */
    byte[] post(String path, Map<String, String> headers, byte[] body) {
        try {
            var way = way();
            var content = ContentStreamProvider.fromByteArray(body);
            var signed =
                    SIGNER.sign(it ->
                            it.identity(way.credentials.resolveCredentials())
                                    .request(request(way, path, headers, body.length))
                                    .payload(content)
                                    .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, name)
                                    .putProperty(AwsV4HttpSigner.REGION_NAME, way.region.id()));
            return answer(
                    way.http
                            .prepareRequest(
                                    HttpExecuteRequest.builder()
                                            .request(signed.request())
                                            .contentStreamProvider(signed.payload().orElse(content))
                                            .build())
                            .call());
        } catch (IOException | SdkClientException e) {
            throw new Unreachable(name, e);
        }
    }

    private static SdkHttpRequest request(
            Way way, String path, Map<String, String> headers, int length) {
        var request =
                SdkHttpRequest.builder()
                        .method(SdkHttpMethod.POST)
                        .uri(way.endpoint.resolve(path))
                        .putHeader("Content-Length", Integer.toString(length));
        headers.forEach(request::putHeader);
        return request.build();
    }

    private byte[] answer(HttpExecuteResponse response) throws IOException {
        byte[] content = content(response);
        if (response.httpResponse().isSuccessful()) {
            return content;
        }
        int status = response.httpResponse().statusCode();
        String code =
                code(
                        response.httpResponse()
                                .firstMatchingHeader("x-amzn-ErrorType")
                                .orElseGet(() -> typeIn(content)));
        var refused = new Refused(name, status, code);
        if (PASSING.contains(code) || status == TOO_MANY || status >= SERVERS_FAULT) {
            throw new Unreachable(name, refused);
        }
        throw refused;
    }

    private static byte[] content(HttpExecuteResponse response) throws IOException {
        if (response.responseBody().isEmpty()) {
            return new byte[0];
        }
        try (var body = response.responseBody().get()) {
            return body.readAllBytes();
        }
    }

    private static JsonNode json(byte[] content) throws IOException {
        try {
            return JSON.readTree(content);
        } catch (JacksonException e) {
            throw new IOException("the answer is cut off or no JSON", e);
        }
    }

    // What stands between the service and us answers in its own words.
    private static String typeIn(byte[] content) {
        try {
            return JSON.readTree(content).path("__type").asString("");
        } catch (JacksonException _) {
            return "";
        }
    }

    // "com.amazonaws.kms#NotFoundException" and "NotFoundException:http://..." are both sent.
    private static String code(String type) {
        return type.substring(type.indexOf('#') + 1).replaceFirst("[^A-Za-z].*", "");
    }

    private synchronized Way way() {
        var way = found;
        if (way == null) {
            way = finder.get();
            found = way;
        }
        return way;
    }
}
