package com.fluxvantage.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.Map;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PurgeIdempotencyRecordsTest {
    private static final String OF_CALLS =
            "select count(*) from wms.idempotency_record where actor ^@ 'member:' and tenant_id ="
                    + " ?";

    private final TestPlatform platform = TestPlatform.start();
    private final Client mine = platform.openTenant();
    private final Client theirs = platform.openTenant();
    private final Jobs jobs = new Jobs(platform);

    @Test
    void a_call_is_answered_from_its_record_for_30_days_and_is_done_anew_afterwards()
            throws SQLException {
        var first = add("picker-1");
        age("29 days 12 hours");
        jobs.untilMorning();
        assertThat(add("picker-1").headers()).containsEntry("Idempotency-Replayed", "true");

        jobs.untilMorning();

        assertThat(jobs.rows(OF_CALLS, mine)).containsExactly("0");
        var again = add("picker-2");
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.text("member_id")).isNotEqualTo(first.text("member_id"));
    }

    @Test
    void another_tenants_records_are_its_own() throws SQLException {
        add("picker-1");
        theirs.raw(
                "add-member",
                Map.of(),
                Map.of(),
                person("p"),
                Map.of("Idempotency-Key", "their-key"));
        age("31 days");

        jobs.untilMorning();

        assertThat(jobs.rows(OF_CALLS, mine)).containsExactly("0");
        assertThat(jobs.rows(OF_CALLS, theirs)).containsExactly("1");
    }

    @Test
    void what_its_own_runs_have_left_goes_too_when_its_time_has_come() throws SQLException {
        jobs.untilMorning();
        long left = jobs.count("wms.idempotency_record", mine);
        assertThat(left).isPositive();
        age("31 days");

        jobs.untilMorning();

        assertThat(jobs.count("wms.idempotency_record", mine)).isEqualTo(left);
    }

    private com.fluxvantage.testing.Answer add(String subject) {
        return mine.raw(
                "add-member",
                Map.of(),
                Map.of(),
                person(subject),
                Map.of("Idempotency-Key", "the-one-key"));
    }

    private static String person(String subject) {
        return """
        {"subject": "%s", "email": "p@example.org", "display_name": "Pat", "roles": ["PICKER"]}\
        """
                .formatted(subject);
    }

    private void age(String by) throws SQLException {
        jobs.change(
                "update wms.idempotency_record set made_at = made_at - interval '"
                        + by
                        + "' where tenant_id = ?",
                mine);
    }
}
