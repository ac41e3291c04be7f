package com.fluxvantage.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.local.lambda.Zips;
import com.fluxvantage.packaged.NeedsZips;
import com.fluxvantage.runtime.AuthorizerFunction;
import com.fluxvantage.runtime.CloudPorts;
import com.fluxvantage.runtime.OperationCatalog;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.node.ObjectNode;

import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What has no cloud's service on this machine is answered all the same when the rest is in zips.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@NeedsZips
final class PackagedPlatformTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final String NOBODYS =
            "/tenant/exports/xpt_00000000000000000000000000/files/xfl_00000000000000000000000000"
                    + "/download";

    @Test
    void a_link_to_a_file_is_asked_for_beside_functions_out_of_zips() {
        var build = Path.of("target");
        var zips =
                new Zips(
                        Path.of(System.getProperty("fv.root")),
                        build.resolve("sandboxes").toAbsolutePath());
        try (var postgres = LocalPostgres.throwAway(build);
                var platform =
                        LocalPlatform.start(
                                postgres,
                                DaySecret.of(Optional.empty()),
                                0,
                                Optional.of(zips),
                                Optional.empty())) {
            var operator = client(platform, LocalPlatform.OPERATOR, AuthorizerFunction.PLATFORM);
            var opened = operator.post("open-tenant", "/tenants", "key-of-a-tenant", newTenant());
            var tenant =
                    Identifiers.parse(TenantId.class, opened.path("tenant_id").asString())
                            .orElseThrow();

            var reply = client(platform, "boss", tenant).tryGet("mint-download", NOBODYS);

            assertThat(reply.status()).as(reply.code()).isEqualTo(404);
        }
    }

    /** Otherwise the one above would prove nothing. */
    @Test
    void a_link_is_what_acts_outside_and_a_count_of_stock_is_not() {
        var catalog = OperationCatalog.load();

        assertThat(CloudPorts.isWantedBy(catalog.named("mint-download"))).isTrue();
        assertThat(CloudPorts.isWantedBy(catalog.named("search-stock"))).isFalse();
        assertThat(catalog.named("mint-download").trigger()).isInstanceOf(Trigger.Http.class);
    }

    private static ObjectNode newTenant() {
        var tenant = ApiClient.object().put("name", "T");
        tenant.putObject("administrator")
                .put("subject", "boss")
                .put("email", "b@example.org")
                .put("display_name", "B");
        return tenant;
    }

    private static ApiClient client(LocalPlatform platform, String who, TenantId tenant) {
        return new ApiClient(
                HttpClient.newHttpClient(),
                platform.url(),
                () -> platform.token(who, tenant, HOUR),
                new Latencies());
    }
}
