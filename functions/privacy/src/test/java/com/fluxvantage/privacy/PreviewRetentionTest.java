package com.fluxvantage.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.Map;
import java.util.stream.Collectors;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PreviewRetentionTest {
    private final TestPlatform platform = TestPlatform.running("apply-retention");
    private final Client mine = platform.openTenant();
    private final Client theirs = platform.openTenant();
    private final Jobs jobs = new Jobs(platform);

    @BeforeEach
    void both_have_scans_and_a_recipient_whose_time_is_over() throws SQLException {
        for (var tenant : new Client[] {mine, theirs}) {
            GivenOrders.of(tenant).cancelled("R-1");
            tenant.done(SetRecipientRetention.OPERATION, new SetRecipientRetention.Request(180));
            jobs.change(
                    "update wms.order_recipient set ended_at = ended_at - interval '200 days'"
                            + " where tenant_id = ?",
                    tenant);
        }
        jobs.change(
                "insert into wms.scan_event (tenant_id, client_event_id, subject_id, posting_id,"
                        + " made_at) select ?, gen_random_uuid(), gen_random_uuid(),"
                        + " gen_random_uuid(), now() - interval '500 days' from"
                        + " generate_series(1, 7)",
                mine);
    }

    @Test
    void says_what_the_next_run_then_does_and_does_nothing_itself() throws SQLException {
        var due = due(mine);
        assertThat(due)
                .containsEntry("wms.scan_event", 7L)
                .containsEntry("wms.order_recipient", 1L)
                .containsEntry("wms.idempotency_record", 0L);
        assertThat(jobs.count("wms.scan_event", mine)).isEqualTo(7);

        jobs.untilMorning();

        assertThat(removed(mine)).isEqualTo(due);
        assertThat(due(mine).values()).containsOnly(0L);
    }

    @Test
    void counts_what_is_the_tenants_own() {
        assertThat(due(theirs))
                .containsEntry("wms.scan_event", 0L)
                .containsEntry("wms.order_recipient", 1L);
    }

    @Test
    void stops_counting_where_it_is_many_and_says_so() throws SQLException {
        jobs.change(
                "insert into wms.scan_event (tenant_id, client_event_id, subject_id, posting_id,"
                        + " made_at) select ?, gen_random_uuid(), gen_random_uuid(),"
                        + " gen_random_uuid(), now() - interval '500 days' from"
                        + " generate_series(1, 10100)",
                mine);

        var rule =
                mine
                        .done(PreviewRetention.OPERATION, new PreviewRetention.Request())
                        .rules()
                        .stream()
                        .filter(it -> it.rule().equals("wms.scan_event"))
                        .findFirst()
                        .orElseThrow();

        assertThat(rule.due()).isEqualTo(PreviewRetention.MOST_COUNTED);
        assertThat(rule.orMore()).isTrue();
    }

    private static Map<String, Long> due(Client tenant) {
        return tenant
                .done(PreviewRetention.OPERATION, new PreviewRetention.Request())
                .rules()
                .stream()
                .collect(Collectors.toMap(PreviewRetention.Rule::rule, PreviewRetention.Rule::due));
    }

    private static Map<String, Long> removed(Client tenant) {
        var answer = tenant.get("search-retention-runs", Map.of(), Map.of());
        return answer.as(SearchRetentionRuns.Result.class).items().stream()
                .collect(
                        Collectors.toMap(
                                SearchRetentionRuns.Run::rule, SearchRetentionRuns.Run::rows));
    }
}
