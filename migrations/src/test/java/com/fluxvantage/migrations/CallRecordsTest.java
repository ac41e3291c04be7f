package com.fluxvantage.migrations;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import java.util.UUID;

/** What a call leaves behind: the idempotency record, the audit entry, the events. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@TestInstance(Lifecycle.PER_CLASS)
class CallRecordsTest {
    private static final String CLAIM = "select outcome, result from wms.claim(?, ?)";
    private static final byte[] REQUEST = {1, 2, 3};
    private static final byte[] ANOTHER_REQUEST = {1, 2, 4};

    private Database database;
    private House house;

    @BeforeAll
    void migrate() {
        database = Database.entered();
    }

    @BeforeEach
    void open_a_house() {
        house = House.openedIn(database);
    }

    private Session api() {
        return Session.shared(database, "fv_api", house.tenant());
    }

    private static void conclude(Session session, @Nullable String key, String events) {
        session.rows(
                """
                select wms.conclude(?, ?, 'move-stock', '{"version": 7}', ?, timestamptz '2026-11-24 06:00Z',
                                    'bucket', ?, ?, cast(? as jsonb))
                """,
                key,
                REQUEST,
                UUID.randomUUID(),
                UUID.randomUUID(),
                UUID.randomUUID(),
                events);
    }

    @Test
    void a_key_is_new_until_its_call_is_committed_and_then_replays_its_answer() {
        try (var session = api()) {
            assertThat(session.one(CLAIM, "key", REQUEST)).isEqualTo("NEW ");
            conclude(session, "key", "[]");
            session.rollback();
            session.enter(house.tenant());
            assertThat(session.one(CLAIM, "key", REQUEST)).isEqualTo("NEW ");
            conclude(session, "key", "[]");
            session.commit();
        }
        try (var session = api()) {
            assertThat(session.one(CLAIM, "key", REQUEST)).isEqualTo("REPLAY {\"version\": 7}");
        }
    }

    @Test
    void a_key_of_another_request_is_a_mismatch_and_tells_no_answer() {
        try (var session = api()) {
            conclude(session, "key", "[]");
            assertThat(session.one(CLAIM, "key", ANOTHER_REQUEST)).isEqualTo("MISMATCH ");
        }
    }

    @Test
    void a_key_whose_call_is_running_is_in_progress_and_nobody_waits() {
        try (var first = api();
                var second = api()) {
            first.rows(CLAIM, "key", REQUEST);

            assertThat(second.one(CLAIM, "key", REQUEST)).isEqualTo("IN_PROGRESS ");
            assertThat(second.one(CLAIM, "other key", REQUEST)).isEqualTo("NEW ");
        }
    }

    @Test
    void a_key_that_another_tenant_uses_is_another_key() {
        var other = House.openedIn(database);
        try (var mine = api();
                var theirs = Session.in(database, "fv_api", other.tenant())) {
            theirs.rows(CLAIM, "key", REQUEST);
            conclude(theirs, "key", "[]");

            assertThat(mine.one(CLAIM, "key", REQUEST)).isEqualTo("NEW ");
            conclude(mine, "key", "[]");
            theirs.commit();
            mine.commit();
        }
    }

    @Test
    void a_key_is_concluded_once() {
        try (var session = api()) {
            conclude(session, "key", "[]");
            session.commit();
        }
        try (var session = api()) {
            assertThat(
                            session.refusal(
                                    "select wms.conclude('key', '', 'x', '{}', ?, now(), null,"
                                            + " null, ?, '[]')",
                                    UUID.randomUUID(),
                                    UUID.randomUUID()))
                    .startsWith("23505")
                    .contains("idempotency_record_pkey");
        }
    }

    @Test
    void a_call_without_a_key_is_audited_and_cannot_be_replayed() {
        try (var session = api()) {
            conclude(session, null, "[]");

            assertThat(session.number("select count(*) from wms.idempotency_record")).isZero();
            assertThat(
                            session.one(
                                    """
                                    select actor, action, subject_type, at = timestamptz '2026-11-24 06:00Z', chained_at is null
                                      from wms.audit_entry
                                    """))
                    .isEqualTo(Proof.ACTOR + " move-stock bucket t t");
        }
    }

    @Test
    void events_wait_in_the_outbox_under_their_stream_and_number() {
        var bucket = UUID.randomUUID();
        try (var session = api()) {
            conclude(
                    session,
                    "key",
                    """
                    [{"stream": "%1$s", "no": 7, "type": "inventory.level_changed", "payload": {"free": 3}},
                     {"stream": "%1$s", "no": 8, "type": "inventory.level_changed", "payload": {"free": 2}}]
                    """
                            .formatted(bucket));

            assertThat(
                            session.rows(
                                    "select stream_id, stream_no, type, payload, sent_at from"
                                            + " wms.outbox order by stream_no"))
                    .containsExactly(
                            bucket + " 7 inventory.level_changed {\"free\": 3} ",
                            bucket + " 8 inventory.level_changed {\"free\": 2} ");
        }
    }

    @Test
    void one_number_of_a_stream_is_given_to_one_event() {
        var event =
                "{\"stream\": \"%s\", \"no\": 7, \"type\": \"t\", \"payload\": {}}"
                        .formatted(UUID.randomUUID());
        try (var session = api()) {
            assertThat(
                            session.refusal(
                                    "select wms.conclude(null, null, 'x', null, ?, now(), null,"
                                            + " null, ?, cast(? as jsonb))",
                                    UUID.randomUUID(),
                                    UUID.randomUUID(),
                                    "[" + event + "," + event + "]"))
                    .startsWith("23505");
        }
    }

    @Test
    void a_read_that_is_recorded_leaves_an_audit_entry_alone() {
        try (var session = api()) {
            session.rows(
                    "select wms.record_audit(?, now(), 'get-recipient', 'order', ?, ?)",
                    UUID.randomUUID(),
                    house.order(),
                    UUID.randomUUID());

            assertThat(session.one("select action, subject_id from wms.audit_entry"))
                    .isEqualTo("get-recipient " + house.order());
            assertThat(session.number("select count(*) from wms.outbox")).isZero();
        }
    }
}
