package com.fluxvantage.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.kernel.outside.Unreachable;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What goes over the wire to RDS, and what its answers become. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class RdsBackupsTest {
    private static final String CLUSTER =
            "<DescribeDBClustersResponse xmlns=\"http://rds.amazonaws.com/doc/2014-10-31/\">"
                    + "<DescribeDBClustersResult><DBClusters><DBCluster>"
                    + "<EarliestRestorableTime>2026-10-20T03:10:00.123Z</EarliestRestorableTime>"
                    + "</DBCluster></DBClusters></DescribeDBClustersResult>"
                    + "</DescribeDBClustersResponse>";

    private record Asked(String type, String authorization, String body) {}

    private record Told(int status, String body) {}

    private final List<Asked> asked = new ArrayList<>();
    private final Deque<Told> told = new ArrayDeque<>();
    private HttpServer server;
    private RdsBackups backups;

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        int port = server.getAddress().getPort();
        backups = new RdsBackups(() -> Ways.to(port), "fv-production");
    }

    @AfterEach
    void leave() {
        server.stop(0);
    }

    @Test
    void asks_for_the_cluster_and_for_its_snapshots_page_by_page() {
        told.add(new Told(200, CLUSTER));
        told.add(new Told(200, snapshots("<Marker>a b&amp;c</Marker>", "2026-10-19T00:00:00Z")));
        told.add(new Told(200, snapshots("", "2025-01-01T00:00:00Z", "2026-11-01T04:00:00.5Z")));

        var standing = backups.standing();

        assertThat(standing.restorableFrom()).isEqualTo(Instant.parse("2026-10-20T03:10:00.123Z"));
        assertThat(standing.snapshots())
                .containsExactly(
                        Instant.parse("2026-10-19T00:00:00Z"),
                        Instant.parse("2025-01-01T00:00:00Z"),
                        Instant.parse("2026-11-01T04:00:00.5Z"));
        assertThat(asked)
                .extracting(Asked::body)
                .containsExactly(
                        "Action=DescribeDBClusters&DBClusterIdentifier=fv-production&Version=2014-10-31",
                        "Action=DescribeDBClusterSnapshots&DBClusterIdentifier=fv-production&Version=2014-10-31",
                        "Action=DescribeDBClusterSnapshots&DBClusterIdentifier=fv-production&Marker=a+b%26c&Version=2014-10-31");
        assertThat(asked)
                .allMatch(it -> it.type().startsWith("application/x-www-form-urlencoded"))
                .allMatch(it -> it.authorization().contains("/eu-central-1/rds/aws4_request"));
    }

    @Test
    void what_names_no_moment_is_no_proof() {
        told.add(new Told(200, CLUSTER.replaceAll("<Earliest.*Time>", "")));
        assertThatThrownBy(backups::standing).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void who_is_busy_is_asked_later_and_a_right_that_is_missing_is_a_fault() {
        told.add(new Told(503, ""));
        assertThatThrownBy(backups::standing).isInstanceOf(Unreachable.class);
        told.add(new Told(200, CLUSTER.substring(0, 100)));
        assertThatThrownBy(backups::standing).isInstanceOf(Unreachable.class);
        told.add(
                new Told(
                        403,
                        "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"));
        assertThatThrownBy(backups::standing).isInstanceOf(JsonEndpoint.Refused.class);
    }

    @Test
    void what_an_answer_points_at_is_not_fetched() {
        told.add(
                new Told(
                        200,
                        "<!DOCTYPE x [<!ENTITY y SYSTEM \"file:///etc/hostname\">]>" + CLUSTER));
        assertThatThrownBy(backups::standing).isInstanceOf(Unreachable.class);
    }

    private static String snapshots(String marker, String... times) {
        var all =
                new StringBuilder(
                        "<DescribeDBClusterSnapshotsResponse><DescribeDBClusterSnapshotsResult>");
        all.append(marker).append("<DBClusterSnapshots>");
        for (var time : times) {
            all.append("<DBClusterSnapshot><SnapshotCreateTime>")
                    .append(time)
                    .append("</SnapshotCreateTime></DBClusterSnapshot>");
        }
        return all.append(
                        "</DBClusterSnapshots></DescribeDBClusterSnapshotsResult></DescribeDBClusterSnapshotsResponse>")
                .toString();
    }

    private void answer(HttpExchange exchange) throws IOException {
        asked.add(
                new Asked(
                        exchange.getRequestHeaders().getFirst("Content-type"),
                        exchange.getRequestHeaders().getFirst("Authorization"),
                        new String(
                                exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
        var next = told.isEmpty() ? new Told(500, "") : told.remove();
        byte[] body = next.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(next.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
