package com.fluxvantage.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.testing.GivenWarehouse;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.util.Map;

/** Reads: of a tenant's own rows, of people, and of what anybody may know. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@NeedsZips
final class PackagedReadTest {
    private final Cloud cloud = new Cloud();

    @Test
    void answers_a_tenant_its_own_rows_and_its_neighbour_that_there_is_nothing() {
        var client = cloud.platform().openTenant();
        var neighbour = cloud.platform().openTenant();
        var given = GivenWarehouse.of(client);
        given.item("TEA");
        given.stock("TEA", 5, "A-01");
        try (var sandbox = cloud.function("search-stock").start()) {
            var query = Map.of("warehouse_id", given.warehouseId());

            var own = sandbox.invoke(cloud.read(client, "search-stock", query).toString());
            var others = sandbox.invoke(cloud.read(neighbour, "search-stock", query).toString());

            assertThat(Cloud.answer(own).json().path("items")).hasSize(1);
            assertThat(own.payload()).contains("A-01");
            assertThat(Cloud.answer(others).json().path("items").isArray()).isTrue();
            assertThat(Cloud.answer(others).json().path("items")).isEmpty();
        }
    }

    @Test
    void anybody_hears_that_service_and_database_are_well() {
        try (var sandbox = cloud.function("check-health").start()) {
            var event = cloud.read(cloud.platform().openTenant(), "check-health", Map.of());
            event.withObject("/requestContext").remove("authorizer");

            assertThat(Cloud.answer(sandbox.invoke(event.toString())).status()).isEqualTo(200);
        }
    }
}
