package com.fluxvantage.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.identity.SearchDeadLetters.DeadLetter;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.kernel.text.Code;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SearchDeadLettersTest {
    private static final String GIVEN_UP =
            """
            insert into wms.dead_letter (tenant_id, consumer, stream_id, stream_no, reason, attempts, died_at, state)
            select ?, consumer, '00000000-0000-7000-8000-000000000009', no, 'fault', 6, '2026-11-24T10:00:00Z', state
              from (values ('follow-goods', 1, 'DEAD'), ('follow-goods', 2, 'REPLAYING'), ('follow-goods', 3, 'DONE'), ('hear-goods', 1, 'DEAD'))
                   as letter (consumer, no, state)
            """;

    private final TestPlatform platform = TestPlatform.start();
    private final Client mine = platform.openTenant();
    private final Client theirs = platform.openTenant();
    private final Jobs jobs = new Jobs(platform);

    @BeforeEach
    void two_tenants_have_dead_letters() throws SQLException {
        jobs.change(GIVEN_UP, mine);
        jobs.change(GIVEN_UP, theirs);
    }

    @Test
    void finds_what_nobody_has_seen_to_in_all_tenants_and_what_is_done_no_more() {
        var found = search(Optional.empty(), Optional.empty());

        assertThat(found).hasSize(6).extracting(DeadLetter::state).doesNotContain("DONE");
        assertThat(found).extracting(DeadLetter::tenantId).contains(mine.tenant(), theirs.tenant());
    }

    @Test
    void says_where_the_event_is_and_why_it_was_given_up() {
        var found = search(Optional.of(mine.tenant()), Optional.of(new Code("hear-goods")));

        assertThat(found).hasSize(1);
        var letter = found.getFirst();
        assertThat(letter.tenantId()).isEqualTo(mine.tenant());
        assertThat(letter.no()).isEqualTo(1);
        assertThat(letter.reason()).isEqualTo("fault");
        assertThat(letter.attempts()).isEqualTo(6);
        assertThat(letter.state()).isEqualTo("DEAD");
    }

    @Test
    void goes_on_where_a_page_has_ended() {
        var all = new ArrayList<DeadLetter>();
        var request =
                new SearchDeadLetters.Request(
                        Optional.empty(),
                        Optional.of(new Code("follow-goods")),
                        Optional.of(new PageLimit(1)),
                        Optional.empty());
        for (int page = 1; page <= 4; page++) {
            var result = platform.operator().done(SearchDeadLetters.OPERATION, request);
            assertThat(result.items()).hasSize(1);
            all.addAll(result.items());
            assertThat(result.nextCursor().isPresent()).isEqualTo(page < 4);
            request =
                    new SearchDeadLetters.Request(
                            request.tenantId(),
                            request.consumer(),
                            request.limit(),
                            result.nextCursor());
        }
        assertThat(all)
                .doesNotHaveDuplicates()
                .isEqualTo(search(Optional.empty(), request.consumer()));
    }

    @Test
    void is_for_the_platforms_people_with_the_permission_alone() {
        var request =
                new SearchDeadLetters.Request(
                        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

        assertThat(mine.call(SearchDeadLetters.OPERATION, request).status()).isEqualTo(403);
        assertThat(
                        platform.operator()
                                .with(Permission.PLATFORM_TENANTS)
                                .call(SearchDeadLetters.OPERATION, request)
                                .status())
                .isEqualTo(403);
    }

    private List<DeadLetter> search(Optional<TenantId> tenant, Optional<Code> consumer) {
        return platform.operator()
                .done(
                        SearchDeadLetters.OPERATION,
                        new SearchDeadLetters.Request(
                                tenant, consumer, Optional.of(new PageLimit(50)), Optional.empty()))
                .items();
    }
}
