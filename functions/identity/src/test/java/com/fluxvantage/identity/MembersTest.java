package com.fluxvantage.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.privacy.PersonalData;
import com.fluxvantage.kernel.tenancy.MemberId;
import com.fluxvantage.kernel.tenancy.TokenClaims.UserSubject;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.TestPlatform;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class MembersTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private final Client administrator = PLATFORM.openTenant();

    @Test
    void a_person_is_added_once_under_a_subject() {
        var request = person("pat", Role.PICKER);

        assertThat(administrator.call(AddMember.OPERATION, request).status()).isEqualTo(201);
        assertThat(administrator.call(AddMember.OPERATION, request).code())
                .isEqualTo("identity.already-member");
    }

    @Test
    void the_same_person_may_work_for_two_tenants() {
        var request = person("pat", Role.PICKER);

        assertThat(administrator.call(AddMember.OPERATION, request).status()).isEqualTo(201);
        assertThat(PLATFORM.openTenant().call(AddMember.OPERATION, request).status())
                .isEqualTo(201);
    }

    @Test
    void the_platforms_own_role_is_not_given_to_members() {
        assertThat(administrator.call(AddMember.OPERATION, person("mallory", Role.OPERATOR)).code())
                .isEqualTo("identity.role-not-for-tenants");
    }

    @Test
    void a_member_has_at_least_one_role() {
        var answer =
                administrator.post(
                        "add-member",
                        java.util.Map.of(),
                        """
                        {"subject": "nobody", "email": "n@example.org", "display_name": "N", "roles": []}\
                        """);

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().path("errors").path(0).path("pointer").asString())
                .isEqualTo("#/roles");
    }

    @Test
    void a_person_who_was_let_go_stays_so_and_is_let_go_once() {
        var member = administrator.done(AddMember.OPERATION, person("pat", Role.PICKER)).memberId();

        var first = administrator.done(RevokeMember.OPERATION, new RevokeMember.Request(member));
        var again = administrator.done(RevokeMember.OPERATION, new RevokeMember.Request(member));

        assertThat(first.version()).isEqualTo(2);
        assertThat(again.version()).isEqualTo(2);
        assertThat(administrator.call(AddMember.OPERATION, person("pat", Role.PICKER)).code())
                .isEqualTo("identity.already-member");
    }

    @Test
    void the_last_administrator_stays() throws SQLException {
        var last = new RevokeMember.Request(firstAdministrator());

        assertThat(administrator.call(RevokeMember.OPERATION, last).code())
                .isEqualTo("identity.last-administrator");

        administrator.done(AddMember.OPERATION, person("second", Role.ADMINISTRATOR));
        assertThat(administrator.call(RevokeMember.OPERATION, last).status()).isEqualTo(200);
    }

    @Test
    void two_administrators_cannot_let_each_other_go_at_the_same_moment() throws SQLException {
        var both =
                List.of(
                        firstAdministrator(),
                        administrator
                                .done(AddMember.OPERATION, person("second", Role.ADMINISTRATOR))
                                .memberId());

        var answers =
                Together.all(
                        2,
                        number ->
                                administrator.call(
                                        RevokeMember.OPERATION,
                                        new RevokeMember.Request(both.get(number))));

        assertThat(answers).extracting(Answer::status).containsExactlyInAnyOrder(200, 409);
    }

    @Test
    void another_tenants_member_is_as_missing_as_one_that_never_was() {
        var member = administrator.done(AddMember.OPERATION, person("pat", Role.PICKER)).memberId();
        var stranger = PLATFORM.openTenant();

        var foreign = stranger.call(RevokeMember.OPERATION, new RevokeMember.Request(member));
        var invented =
                stranger.call(
                        RevokeMember.OPERATION,
                        new RevokeMember.Request(new MemberId(Uuid7.next())));

        assertThat(foreign.status()).isEqualTo(404);
        assertThat(foreign.comparable()).isEqualTo(invented.comparable());
    }

    private MemberId firstAdministrator() throws SQLException {
        try (var connection = PLATFORM.database().superuser();
                var statement =
                        connection.prepareStatement(
                                "select member_id from wms.member where tenant_id = ?")) {
            statement.setObject(1, administrator.tenant().uuid());
            try (var row = statement.executeQuery()) {
                row.next();
                return new MemberId(row.getObject(1, UUID.class));
            }
        }
    }

    private static AddMember.Request person(String subject, Role... roles) {
        return new AddMember.Request(
                new UserSubject(subject),
                new PersonalData(subject + "@example.org"),
                new PersonalData("A Person"),
                List.of(roles));
    }
}
