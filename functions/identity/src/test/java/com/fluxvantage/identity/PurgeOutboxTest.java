package com.fluxvantage.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.List;

/** Old events and old dead letters go at night, and what somebody still needs of them stays. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PurgeOutboxTest {
    private static final String STREAM = "'00000000-0000-7000-8000-000000000009'";

    private final TestPlatform platform = TestPlatform.start();
    private final Client mine = platform.openTenant();
    private final Client theirs = platform.openTenant();
    private final Jobs jobs = new Jobs(platform);

    @Test
    void what_was_sent_more_than_thirty_days_ago_goes_and_nothing_younger() throws SQLException {
        event(mine, 1, "31 days");
        event(mine, 2, "28 days");
        event(theirs, 1, "28 days");

        jobs.untilMorning();

        assertThat(events(mine)).containsExactly("2");
        assertThat(events(theirs)).containsExactly("1");
    }

    @Test
    void what_waits_to_be_sent_stays_however_old_it_is() throws SQLException {
        event(mine, 1, "90 days");
        jobs.change(
                "update wms.outbox set sent_at = null, type = 'nobody.waits' where tenant_id = ?"
                        + " and stream_id = "
                        + STREAM,
                mine);

        try (var connection = platform.database().superuser();
                var statement = connection.createStatement()) {
            statement.execute(
                    "insert into wms.stream_lease (tenant_id, stream_id, holder, leased_until)"
                            + " select tenant_id, stream_id, stream_id, 'infinity' from wms.outbox"
                            + " where stream_id = "
                            + STREAM);
        }
        jobs.untilMorning();

        assertThat(events(mine)).containsExactly("1");
    }

    @Test
    void an_event_is_kept_for_as_long_as_its_dead_letter_waits() throws SQLException {
        for (int no = 1; no <= 3; no++) {
            event(mine, no, "40 days");
        }
        letter(1, "DEAD", "40 days");
        letter(2, "REPLAYING", "40 days");
        letter(3, "DONE", "40 days");

        jobs.untilMorning();

        assertThat(events(mine)).containsExactly("1", "2");
        assertThat(letters()).containsExactly("1 DEAD", "2 REPLAYING");
    }

    @Test
    void a_dead_letter_that_was_seen_to_is_kept_for_thirty_days() throws SQLException {
        letter(1, "DONE", "31 days");
        letter(2, "DONE", "28 days");

        jobs.untilMorning();

        assertThat(letters()).containsExactly("2 DONE");
    }

    @Test
    void one_that_nobody_has_seen_to_goes_after_four_hundred_days_and_its_event_with_it()
            throws SQLException {
        event(mine, 1, "401 days");
        event(mine, 2, "398 days");
        letter(1, "DEAD", "401 days");
        letter(2, "DEAD", "398 days");

        jobs.untilMorning();
        jobs.untilMorning();

        assertThat(letters()).containsExactly("2 DEAD");
        assertThat(events(mine)).containsExactly("2");
    }

    private void event(Client tenant, int no, String age) throws SQLException {
        jobs.change(
                "insert into wms.outbox (tenant_id, stream_id, stream_no, type, payload, made_at,"
                        + " sent_at) select ?, %s, %d, 'goods.moved', '{}', at, at from (select"
                                .formatted(STREAM, no)
                        + " now() - interval '%s' as at) as day".formatted(age),
                tenant);
    }

    private void letter(int no, String state, String age) throws SQLException {
        jobs.change(
                "insert into wms.dead_letter (tenant_id, consumer, stream_id, stream_no, reason,"
                        + " attempts, died_at, state) values (?, 'hear-goods', %s, %d, 'fault', 6,"
                                .formatted(STREAM, no)
                        + " now() - interval '%s', '%s')".formatted(age, state),
                mine);
    }

    private List<String> events(Client tenant) throws SQLException {
        return jobs.rows(
                "select stream_no from wms.outbox where tenant_id = ? and stream_id = "
                        + STREAM
                        + " order by stream_no",
                tenant);
    }

    private List<String> letters() throws SQLException {
        return jobs.rows(
                "select stream_no || ' ' || state from wms.dead_letter where tenant_id = ? and"
                        + " consumer = 'hear-goods' order by stream_no",
                mine);
    }
}
