package com.fluxvantage.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.operation.Call;
import com.fluxvantage.kernel.operation.Cursors;
import com.fluxvantage.kernel.operation.Outcome;
import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.privacy.PersonalData;
import com.fluxvantage.kernel.sql.KernelTypes;
import com.fluxvantage.kernel.tenancy.Actor;
import com.fluxvantage.kernel.tenancy.Grant;
import com.fluxvantage.kernel.tenancy.MemberId;
import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.kernel.tenancy.TokenClaims;
import com.fluxvantage.kernel.tenancy.TokenClaims.UserSubject;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.TestDatabase;
import com.fluxvantage.testing.TestPlatform;

import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.sql.SQLException;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/** Who a verified token stands for, asked as the authorizer's own login. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class AuthorizeCallTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private final Client administrator = PLATFORM.openTenant();

    @Test
    void a_member_may_do_what_their_role_allows() {
        var pat = member("pat", Role.PICKER);

        assertThat(authorize(administrator.tenant(), "pat"))
                .contains(
                        new Grant(
                                new Actor(Actor.Kind.MEMBER, pat.uuid()),
                                Role.PICKER.permissions()));
    }

    @Test
    void several_roles_add_up() {
        member("sam", Role.PICKER, Role.RECEIVER);

        var both = EnumSet.noneOf(Permission.class);
        both.addAll(Role.PICKER.permissions());
        both.addAll(Role.RECEIVER.permissions());
        assertThat(authorize(administrator.tenant(), "sam").orElseThrow().permissions())
                .isEqualTo(both)
                .isNotEqualTo(Role.PICKER.permissions())
                .isNotEqualTo(Role.RECEIVER.permissions());
    }

    @Test
    void a_person_is_in_each_tenant_what_that_tenant_made_them() {
        var elsewhere = PLATFORM.openTenant();
        member("pat", Role.PICKER);
        add(elsewhere, "pat", Role.MANAGER);

        assertThat(authorize(administrator.tenant(), "pat").orElseThrow().permissions())
                .isEqualTo(Role.PICKER.permissions());
        assertThat(authorize(elsewhere.tenant(), "pat").orElseThrow().permissions())
                .isEqualTo(Role.MANAGER.permissions());
    }

    @Test
    void nobody_else_is_let_in() {
        var elsewhere = PLATFORM.openTenant();
        member("pat", Role.PICKER);

        assertThat(authorize(administrator.tenant(), "nobody")).isEmpty();
        assertThat(authorize(elsewhere.tenant(), "pat")).isEmpty();
        assertThat(authorize(new TenantId(UUID.randomUUID()), "pat")).isEmpty();
    }

    @Test
    void a_member_who_was_let_go_is_not_let_in() {
        var pat = member("pat", Role.PICKER);
        assertThat(authorize(administrator.tenant(), "pat")).isPresent();

        administrator.done(RevokeMember.OPERATION, new RevokeMember.Request(pat));

        assertThat(authorize(administrator.tenant(), "pat")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "provisioning",
                "trial",
                "past_due",
                "suspended",
                "wind_down",
                "deletion_scheduled",
                "deleting",
                "verifying"
            })
    void a_member_is_known_in_every_state_of_a_living_tenant(String state) throws SQLException {
        member("pat", Role.PICKER);
        put(administrator.tenant(), state);

        assertThat(authorize(administrator.tenant(), "pat")).isPresent();
    }

    @Test
    void a_deleted_tenant_has_no_members() throws SQLException {
        member("pat", Role.PICKER);
        put(administrator.tenant(), "deleted");

        assertThat(authorize(administrator.tenant(), "pat")).isEmpty();
    }

    @Test
    void the_platforms_own_people_act_as_operators() {
        assertThat(authorize(PLATFORM.operator().tenant(), TestDatabase.OPERATOR_SUBJECT))
                .hasValueSatisfying(grant -> {
                    assertThat(grant.actor().kind()).isEqualTo(Actor.Kind.OPERATOR);
                    assertThat(grant.permissions()).isEqualTo(Role.OPERATOR.permissions());
                });
    }

    private static Optional<Grant> authorize(TenantId tenant, String subject) {
        var jdbi =
                Jdbi.create(() -> PLATFORM.database().as("fv_authorizer"))
                        .installPlugin(new KernelTypes());
        try (var handle = jdbi.open()) {
            var call =
                    new Call(
                            AuthorizeCall.OPERATION,
                            new Actor(Actor.Kind.JOB, new UUID(0, 0)),
                            Clock.systemUTC(),
                            handle,
                            new Cursors(new byte[32], new byte[0]),
                            OptionalLong.empty(),
                            0,
                            Call.Beside.NOTHING);
            var claims = new TokenClaims(tenant, new UserSubject(subject));
            return switch (AuthorizeCall.OPERATION.handle(claims, call)) {
                case Outcome.Done<Grant>(var grant, _) -> Optional.of(grant);
                case Outcome.Refused<Grant> _ -> Optional.empty();
            };
        }
    }

    private MemberId member(String subject, Role... roles) {
        return add(administrator, subject, roles);
    }

    private static MemberId add(Client administrator, String subject, Role... roles) {
        return administrator
                .done(
                        AddMember.OPERATION,
                        new AddMember.Request(
                                new UserSubject(subject),
                                new PersonalData(subject + "@example.org"),
                                new PersonalData(subject),
                                List.of(roles)))
                .memberId();
    }

    private static void put(TenantId tenant, String state) throws SQLException {
        try (var superuser = PLATFORM.database().superuser();
                var update =
                        superuser.prepareStatement(
                                "update wms.tenant set state = ? where tenant_id = ?")) {
            update.setString(1, state);
            update.setObject(2, tenant.uuid());
            assertThat(update.executeUpdate()).isEqualTo(1);
        }
    }
}
