package com.fluxvantage.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.privacy.PersonalData;
import com.fluxvantage.kernel.tenancy.MemberId;
import com.fluxvantage.kernel.tenancy.TokenClaims.UserSubject;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SearchMembersTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private final Client administrator = PLATFORM.openTenant();

    @Test
    void finds_who_may_do_what_the_longest_there_first() {
        var pat = add("pat", Role.PACKER, Role.PICKER);
        var rob = add("rob", Role.RECEIVER);

        var members = found(Map.of());

        assertThat(members)
                .extracting(SearchMembers.Member::roles)
                .containsExactly(
                        List.of(Role.ADMINISTRATOR),
                        List.of(Role.PICKER, Role.PACKER),
                        List.of(Role.RECEIVER));
        assertThat(members.subList(1, 3))
                .extracting(SearchMembers.Member::memberId)
                .containsExactly(pat, rob);
        assertThat(members)
                .extracting(SearchMembers.Member::state)
                .containsOnly(MemberState.ACTIVE);
        assertThat(members).allMatch(it -> it.revokedAt().isEmpty() && it.version() == 1);
        assertThat(members)
                .isSortedAccordingTo((one, other) -> one.addedAt().compareTo(other.addedAt()));
    }

    @Test
    void tells_who_was_let_go_and_when() {
        var pat = add("pat", Role.PICKER);
        administrator.done(RevokeMember.OPERATION, new RevokeMember.Request(pat));

        var revoked = found(Map.of("state", "REVOKED"));

        assertThat(revoked).extracting(SearchMembers.Member::memberId).containsExactly(pat);
        assertThat(revoked.getFirst().revokedAt()).isPresent();
        assertThat(revoked.getFirst().version()).isEqualTo(2);
        assertThat(found(Map.of("state", "ACTIVE")))
                .extracting(SearchMembers.Member::memberId)
                .doesNotContain(pat);
    }

    @Test
    void finds_by_a_role_that_somebody_has_among_others() {
        var both = add("both", Role.PICKER, Role.PACKER);
        var picker = add("picker", Role.PICKER);

        assertThat(found(Map.of("role", "PICKER")))
                .extracting(SearchMembers.Member::memberId)
                .containsExactly(both, picker);
        assertThat(found(Map.of("role", "PACKER")))
                .extracting(SearchMembers.Member::memberId)
                .containsExactly(both);
        assertThat(found(Map.of("role", "RECEIVER"))).isEmpty();
        assertThat(search(Map.of("role", "KING")).status()).isEqualTo(400);
    }

    @Test
    void tells_neither_name_nor_address_nor_what_anybody_signs_in_with() {
        add("very-own-subject", Role.PICKER);

        assertThat(search(Map.of()).json().toString())
                .doesNotContain("very-own-subject", "@", "Pat Person", "Ada", "admin-");
    }

    @Test
    void nobody_is_searched_for_by_name_or_address() {
        for (String personal : List.of("email", "subject", "display_name")) {
            assertThat(search(Map.of(personal, "pat")).code()).isEqualTo("unknown-parameter");
        }
    }

    @Test
    void pages_through_all_of_them() {
        for (int number = 0; number < 4; number++) {
            add("member-" + number, Role.PICKER);
        }

        var paged = new ArrayList<MemberId>();
        String cursor = "";
        do {
            var page =
                    search(
                            cursor.isEmpty()
                                    ? Map.of("limit", "2")
                                    : Map.of("limit", "2", "cursor", cursor));
            page.as(SearchMembers.Result.class).items().forEach(it -> paged.add(it.memberId()));
            cursor = page.text("next_cursor");
        } while (!cursor.isEmpty());

        assertThat(paged)
                .hasSize(5)
                .isEqualTo(found(Map.of()).stream().map(SearchMembers.Member::memberId).toList());
    }

    @Test
    void a_cursor_opens_with_its_own_filters_and_its_own_tenant_only() {
        add("pat", Role.PICKER);
        String cursor = search(Map.of("limit", "1")).text("next_cursor");

        assertThat(search(Map.of("cursor", cursor)).status()).isEqualTo(200);
        assertThat(search(Map.of("cursor", cursor, "state", "ACTIVE")).status()).isEqualTo(422);
        assertThat(
                        PLATFORM.openTenant()
                                .get("search-members", Map.of(), Map.of("cursor", cursor))
                                .status())
                .isEqualTo(422);
    }

    @Test
    void shows_nobody_of_another_tenant_however_many_there_are() throws SQLException {
        try (var connection = PLATFORM.database().superuser();
                var statement = connection.createStatement()) {
            statement.execute(
                    """
                    insert into wms.member (tenant_id, member_id, subject, email, display_name, roles, added_at)
                    select '%s', gen_random_uuid(), 'm-' || number, 'm@example.org', 'M', '{PICKER}', now()
                      from generate_series(1, 1000) as number
                    """
                            .formatted(PLATFORM.openTenant().tenant().uuid()));
        }

        assertThat(found(Map.of())).hasSize(1);
    }

    @Test
    void a_manager_who_does_not_manage_members_is_not_told() {
        var manager = administrator.with(Role.MANAGER.permissions().toArray(Permission[]::new));

        assertThat(manager.get("search-members", Map.of(), Map.of()).status()).isEqualTo(403);
    }

    private MemberId add(String subject, Role... roles) {
        return administrator
                .done(
                        AddMember.OPERATION,
                        new AddMember.Request(
                                new UserSubject(subject),
                                new PersonalData(subject + "@example.org"),
                                new PersonalData("Pat Person"),
                                List.of(roles)))
                .memberId();
    }

    private List<SearchMembers.Member> found(Map<String, String> filters) {
        return search(filters).as(SearchMembers.Result.class).items();
    }

    private Answer search(Map<String, String> filters) {
        return administrator.get("search-members", Map.of(), filters);
    }
}
