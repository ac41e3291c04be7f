package com.fluxvantage.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.operation.Call;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.util.concurrent.atomic.AtomicReference;

/** The change, its audit entry, its events and its idempotency record are one. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class TogetherOrNotAtAllTest {
    private final House house = new House();
    private final CallerContext caller = house.openTenant();
    private final House.Sandbox sandbox = house.sandbox(OwnerOperations.ADD);

    @AfterEach
    void leave() {
        house.close();
    }

    @Test
    void a_change_is_kept_with_who_what_and_when() {
        var seen = new AtomicReference<String>();
        OwnerOperations.INSIDE.set(call -> seen.set(call.now().toString()));

        var answer = sandbox.call(House.add(caller, "key-0001", "A"));

        assertThat(house.traces(caller)).isEqualTo("1 1 1 1");
        assertThat(
                        house.ask(
                                """
                                select concat_ws('|', e.actor, e.action, e.subject_type, e.subject_id = o.owner_id, e.request_id,
                                                 to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), length(e.digest))
                                  from wms.audit_entry e, wms.owner o
                                 where not o.house
                                """))
                .isEqualTo(
                        "member:%s|add-owner|owner|t|%s|%s|32"
                                .formatted(
                                        House.ACTOR.id(),
                                        answer.headers().get("Request-Id"),
                                        withSixDigits(seen.get())));
        assertThat(
                        house.ask(
                                """
                                select concat_ws('|', x.stream_id = o.owner_id, x.stream_no, x.type, x.payload->>'version', x.sent_at is null)
                                  from wms.outbox x, wms.owner o
                                 where not o.house
                                """))
                .isEqualTo("t|1|owner.added|1|t");
        assertThat(
                        house.ask(
                                "select concat_ws('|', key, operation, actor, result->>'code') from"
                                        + " wms.idempotency_record"))
                .isEqualTo("key-0001|add-owner|member:" + House.ACTOR.id() + "|A");
    }

    @Test
    void nothing_is_kept_when_the_operation_fails_after_writing() {
        OwnerOperations.INSIDE.set(_ -> {
            throw new IllegalStateException("after the row was written");
        });

        assertThat(sandbox.call(House.add(caller, "key-0001", "A")).said())
                .isEqualTo("500 internal");
        assertThat(house.traces(caller)).isEqualTo("0 0 0 0");
    }

    @Test
    void nothing_is_kept_when_its_events_cannot_be() {
        house.execute(
                "alter table wms.outbox add constraint planted check (type <> 'owner.added')");

        assertThat(sandbox.call(House.add(caller, "key-0001", "A")).said())
                .isEqualTo("500 internal");
        assertThat(house.traces(caller)).isEqualTo("0 0 0 0");
        house.execute("alter table wms.outbox drop constraint planted");
        assertThat(sandbox.call(House.add(caller, "key-0001", "A")).status()).isEqualTo(201);
    }

    @Test
    void nothing_is_kept_when_its_audit_entry_cannot_be() {
        house.execute(
                "alter table wms.audit_entry add constraint planted check (action <> 'add-owner')");

        assertThat(sandbox.call(House.add(caller, "key-0001", "A")).said())
                .isEqualTo("500 internal");
        assertThat(house.traces(caller)).isEqualTo("0 0 0 0");
    }

    @Test
    void nothing_is_kept_when_the_commit_itself_fails() {
        house.execute(
                """
                create function wms.planted() returns trigger language plpgsql as
                    $$ begin raise exception 'at commit' using errcode = '23514'; end $$
                """);
        house.execute("grant execute on function wms.planted() to public");
        house.execute(
                """
                create constraint trigger planted after insert on wms.owner
                    deferrable initially deferred for each row execute function wms.planted()
                """);

        assertThat(sandbox.call(House.add(caller, "key-0001", "A")).said())
                .isEqualTo("500 internal");
        assertThat(house.traces(caller)).isEqualTo("0 0 0 0");
        house.execute("drop trigger planted on wms.owner");
        assertThat(sandbox.call(House.add(caller, "key-0001", "A")).status()).isEqualTo(201);
    }

    @Test
    void an_event_that_is_not_declared_undoes_everything() {
        record Undeclared(com.fluxvantage.kernel.id.Identifier stream, long version)
                implements com.fluxvantage.kernel.events.DomainEvent {}
        OwnerOperations.INSIDE.set(
                (Call call) -> call.announce(new Undeclared(OwnerOperations.OWNER, 1)));

        assertThat(sandbox.call(House.add(caller, "key-0001", "A")).said())
                .isEqualTo("500 internal");
        assertThat(house.traces(caller)).isEqualTo("0 0 0 0");
    }

    @Test
    void an_audited_read_is_recorded_and_answers_personal_data() {
        var answer = house.sandbox(OwnerOperations.READ_PERSON).call(House.event(caller));

        assertThat(answer.json().path("name").asString()).isEqualTo("Ada Lovelace");
        assertThat(
                        house.ask(
                                "select concat_ws('|', actor, action, request_id) from"
                                        + " wms.audit_entry"))
                .isEqualTo(
                        "member:"
                                + House.ACTOR.id()
                                + "|read-person|"
                                + answer.headers().get("Request-Id"));
    }

    @Test
    void an_audited_read_answers_nothing_when_it_cannot_be_recorded() {
        house.execute(
                "alter table wms.audit_entry add constraint planted check (action <>"
                        + " 'read-person')");

        var answer = house.sandbox(OwnerOperations.READ_PERSON).call(House.event(caller));

        assertThat(answer.said()).isEqualTo("500 internal");
        assertThat(answer.json().toString()).doesNotContain("Lovelace");
    }

    @Test
    void an_ordinary_read_never_answers_personal_data() {
        var answer = house.sandbox(OwnerOperations.LEAK_PERSON).call(House.event(caller));

        assertThat(answer.said()).isEqualTo("500 internal");
        assertThat(answer.json().toString()).doesNotContain("Lovelace");
    }

    @Test
    void an_ordinary_read_leaves_no_trace() {
        house.sandbox(OwnerOperations.COUNT).call(House.event(caller));

        assertThat(house.traces(caller)).isEqualTo("0 0 0 0");
    }

    private static String withSixDigits(String instant) {
        return java.time.format.DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
                .withZone(java.time.ZoneOffset.UTC)
                .format(java.time.Instant.parse(instant));
    }
}
