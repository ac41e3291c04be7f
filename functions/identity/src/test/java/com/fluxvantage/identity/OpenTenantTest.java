package com.fluxvantage.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.privacy.PersonalData;
import com.fluxvantage.kernel.tenancy.TokenClaims.UserSubject;
import com.fluxvantage.kernel.text.Name;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.UUID;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class OpenTenantTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    @Test
    void opens_a_tenant_with_its_house_owner_and_first_administrator() throws SQLException {
        var opened = PLATFORM.operator().done(OpenTenant.OPERATION, request("Zoe Founder"));

        assertThat(
                        text(
                                "select state from wms.tenant where tenant_id = ?",
                                opened.tenantId().uuid()))
                .isEqualTo("active");
        assertThat(
                        text(
                                "select owner_id::text from wms.owner where house and tenant_id ="
                                        + " ?",
                                opened.tenantId().uuid()))
                .isEqualTo(opened.houseOwnerId().uuid().toString());
        assertThat(
                        text(
                                "select roles::text from wms.member where tenant_id = ?",
                                opened.tenantId().uuid()))
                .isEqualTo("{ADMINISTRATOR}");
    }

    @Test
    void opens_one_tenant_for_one_key() {
        var operator = PLATFORM.operator();
        var request = request("Zoe Founder");

        var first = operator.call(OpenTenant.OPERATION, request, "open-once-1");
        var again = operator.call(OpenTenant.OPERATION, request, "open-once-1");

        assertThat(again.json()).isEqualTo(first.json());
    }

    @Test
    void is_closed_to_members_whatever_permissions_they_hold() {
        var member = PLATFORM.openTenant();

        var answer =
                member.with(Permission.values()).call(OpenTenant.OPERATION, request("Mallory"));

        assertThat(answer.status()).isEqualTo(403);
    }

    @Test
    void an_operator_enters_no_tenants_operations() {
        var answer =
                PLATFORM.operator()
                        .with(Permission.values())
                        .call(
                                AddMember.OPERATION,
                                new AddMember.Request(
                                        new UserSubject("x"),
                                        new PersonalData("x@example.org"),
                                        new PersonalData("X"),
                                        java.util.List.of(Role.PICKER)));

        assertThat(answer.status()).isEqualTo(403);
    }

    @Test
    void keeps_the_administrators_name_in_one_table_only() throws SQLException {
        String name = "Unmistakable " + UUID.randomUUID();

        PLATFORM.operator().done(OpenTenant.OPERATION, request(name));

        assertThat(text("select count(*)::text from wms.member where display_name = ?", name))
                .isEqualTo("1");
        for (String table :
                java.util.List.of(
                        "idempotency_record", "audit_entry", "outbox", "tenant", "owner")) {
            assertThat(
                            text(
                                    "select count(*)::text from wms."
                                            + table
                                            + " as t where t::text like '%' || ? || '%'",
                                    name))
                    .as(table)
                    .isEqualTo("0");
        }
    }

    private static OpenTenant.Request request(String administrator) {
        return new OpenTenant.Request(
                new Name("A tenant"),
                new Person(
                        new UserSubject(UUID.randomUUID().toString()),
                        new PersonalData("founder@example.org"),
                        new PersonalData(administrator)));
    }

    private static String text(String sql, Object parameter) throws SQLException {
        try (var connection = PLATFORM.database().superuser();
                var statement = connection.prepareStatement(sql)) {
            statement.setObject(1, parameter);
            try (var row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }
}
