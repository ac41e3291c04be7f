package com.fluxvantage.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.kernel.outside.ObjectStore;
import com.fluxvantage.kernel.outside.Unreachable;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;

/** What goes over the wire to S3, and what its answers become. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class S3ObjectsTest {
    private record Asked(
            String method,
            String path,
            String query,
            TreeMap<String, String> headers,
            String text) {}

    private record Told(int status, String body) {}

    private static final String SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    private final List<Asked> asked = new ArrayList<>();
    private final Deque<Told> told = new ArrayDeque<>();
    private HttpServer server;
    private S3Objects objects;

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        objects = objects(server.getAddress().getPort());
    }

    @AfterEach
    void leave() {
        server.stop(0);
    }

    @Test
    void puts_an_object_with_its_type_its_digest_and_the_kind_of_encryption() {
        told.add(new Told(200, ""));

        objects.put("t/1/a.json", "application/json", "hello".getBytes(StandardCharsets.UTF_8));

        assertThat(asked).hasSize(1);
        var put = asked.getFirst();
        assertThat(put.method() + " " + put.path()).isEqualTo("PUT /bucket/t/1/a.json");
        assertThat(put.text()).isEqualTo("hello");
        assertThat(put.headers())
                .containsEntry("Content-type", "application/json")
                .containsEntry("Content-length", "5")
                .containsEntry("X-amz-server-side-encryption", "aws:kms")
                .containsEntry(
                        "X-amz-checksum-sha256", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=");
        assertThat(put.headers().get("Authorization"))
                .startsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
                .contains("/eu-central-1/s3/aws4_request", "x-amz-checksum-sha256");
    }

    @Test
    void keeps_an_object_that_nobody_can_remove_before_its_time_unless_there_is_one() {
        told.add(new Told(200, ""));
        told.add(new Told(412, "<Error><Code>PreconditionFailed</Code></Error>"));
        told.add(new Told(409, "<Error><Code>ConditionalRequestConflict</Code></Error>"));
        byte[] content = "hello".getBytes(StandardCharsets.UTF_8);
        var until = Instant.parse("2027-11-24T00:00:00Z");

        assertThat(objects.keep("t/1/a", "text/plain", content, until, 400)).isTrue();
        assertThat(objects.keep("t/1/a", "text/plain", content, until, 400)).isFalse();
        assertThatThrownBy(() -> objects.keep("t/1/a", "text/plain", content, until, 400))
                .isInstanceOf(Unreachable.class);

        var put = asked.getFirst();
        assertThat(put.method() + " " + put.path()).isEqualTo("PUT /bucket/t/1/a");
        assertThat(put.text()).isEqualTo("hello");
        assertThat(put.headers())
                .containsEntry("If-none-match", "*")
                .containsEntry("X-amz-object-lock-mode", "COMPLIANCE")
                .containsEntry("X-amz-object-lock-retain-until-date", "2027-11-24T00:00:00Z")
                .containsEntry("X-amz-tagging", "days=400")
                .containsEntry("X-amz-server-side-encryption", "aws:kms")
                .containsEntry(
                        "X-amz-checksum-sha256", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=");
        assertThat(put.headers().get("Authorization")).contains("if-none-match");
    }

    @Test
    void gets_an_object_or_nothing() {
        told.add(new Told(200, "hello"));
        told.add(new Told(404, "<Error><Code>NoSuchKey</Code></Error>"));

        assertThat(objects.get("t/1/a")).hasValueSatisfying(it -> assertThat(it).hasSize(5));
        assertThat(objects.get("t/1/b")).isEmpty();
    }

    @Test
    void lists_page_by_page() {
        told.add(
                new Told(
                        200,
                        "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>more</NextContinuationToken>"
                                + "<Contents><Key>t/1/a</Key><Size>5</Size></Contents></ListBucketResult>"));
        told.add(
                new Told(
                        200,
                        "<ListBucketResult><IsTruncated>false</IsTruncated>"
                                + "<Contents><Key>t/1/b</Key><Size>6</Size></Contents></ListBucketResult>"));

        assertThat(objects.list("t/1/"))
                .containsExactly(
                        new ObjectStore.Stored("t/1/a", 5), new ObjectStore.Stored("t/1/b", 6));
        assertThat(asked.getFirst().query()).contains("list-type=2", "prefix=t/1/");
        assertThat(asked.getLast().query()).contains("continuation-token=more");
    }

    @Test
    void deletes_every_version_and_every_marker_until_none_is_left() {
        told.add(
                new Told(
                        200,
                        "<ListVersionsResult><Version><Key>t/1/a</Key><VersionId>v2</VersionId></Version>"
                                + "<Version><Key>t/1/a</Key><VersionId>v1</VersionId></Version>"
                                + "<DeleteMarker><Key>t/1/b</Key><VersionId>m1</VersionId></DeleteMarker></ListVersionsResult>"));
        told.add(new Told(200, "<DeleteResult></DeleteResult>"));
        told.add(new Told(200, "<ListVersionsResult></ListVersionsResult>"));

        assertThat(objects.deleteAll("t/1/")).isEqualTo(new ObjectStore.Deleted(3, false));

        assertThat(asked.get(0).query()).contains("versions", "prefix=t/1/");
        assertThat(asked.get(1).method() + " " + asked.get(1).query()).isEqualTo("POST delete");
        assertThat(asked.get(1).text())
                .contains(
                        "<Key>t/1/a</Key><VersionId>v2</VersionId>",
                        "<Key>t/1/a</Key><VersionId>v1</VersionId>",
                        "<Key>t/1/b</Key><VersionId>m1</VersionId>",
                        "<Quiet>true</Quiet>");
        assertThat(asked).hasSize(3);
    }

    @Test
    void what_was_not_deleted_is_not_called_gone() {
        told.add(
                new Told(
                        200,
                        "<ListVersionsResult><Version><Key>t/1/a</Key><VersionId>v1</VersionId></Version></ListVersionsResult>"));
        told.add(
                new Told(
                        200,
                        "<DeleteResult><Error><Key>t/1/a</Key><Code>InternalError</Code></Error></DeleteResult>"));

        assertThatThrownBy(() -> objects.deleteAll("t/1/")).isInstanceOf(Unreachable.class);
    }

    @Test
    void a_link_is_computed_and_names_its_end_and_nobody_is_asked() {
        String link = objects.link("t/1/a.json", Duration.ofMinutes(15));

        assertThat(link)
                .contains("/bucket/t/1/a.json?")
                .contains("X-Amz-Expires=900", "X-Amz-Signature=", "X-Amz-Security-Token=")
                .contains("X-Amz-SignedHeaders=host")
                .doesNotContain(SECRET);
        assertThat(asked).isEmpty();
    }

    @Test
    void that_is_busy_is_asked_again_later_and_what_is_forbidden_is_a_fault() {
        told.add(new Told(403, "<Error><Code>AccessDenied</Code></Error>"));
        assertThatThrownBy(() -> objects.get("t/1/a")).isInstanceOf(S3Exception.class);

        for (int attempt = 0; attempt < 8; attempt++) {
            told.add(new Told(503, "<Error><Code>SlowDown</Code></Error>"));
        }
        assertThatThrownBy(() -> objects.get("t/1/a")).isInstanceOf(Unreachable.class);
        server.stop(0);
        assertThatThrownBy(() -> objects.get("t/1/a")).isInstanceOf(Unreachable.class);
    }

    private static S3Objects objects(int port) {
        var credentials =
                StaticCredentialsProvider.create(
                        AwsSessionCredentials.create("AKIDEXAMPLE", SECRET, "session"));
        var here = URI.create("http://127.0.0.1:" + port);
        var byPath = S3Objects.CONFIGURATION.toBuilder().pathStyleAccessEnabled(true).build();
        return new S3Objects(
                () ->
                        S3Client.builder()
                                .httpClient(AwsPorts.http())
                                .region(Region.EU_CENTRAL_1)
                                .credentialsProvider(credentials)
                                .endpointOverride(here)
                                .serviceConfiguration(byPath)
                                .build(),
                () ->
                        S3Presigner.builder()
                                .region(Region.EU_CENTRAL_1)
                                .credentialsProvider(credentials)
                                .endpointOverride(here)
                                .serviceConfiguration(byPath)
                                .build(),
                "bucket");
    }

    private void answer(HttpExchange exchange) throws IOException {
        var headers = new TreeMap<String, String>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name, values.getFirst()));
        asked.add(
                new Asked(
                        exchange.getRequestMethod(),
                        exchange.getRequestURI().getPath(),
                        exchange.getRequestURI().getQuery(),
                        headers,
                        new String(
                                exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
        var next = told.isEmpty() ? new Told(500, "") : told.remove();
        byte[] body = next.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(next.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
