package com.fluxvantage.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.tenancy.MemberId;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SearchAuditTest {
    private static final Trail TRAIL = new Trail();

    private final Client mine = TRAIL.platform().openTenant();
    private final Client theirs = TRAIL.platform().openTenant();

    @Test
    void finds_who_did_what_the_newest_first() {
        TRAIL.act(mine, 2);
        var colleague = mine.colleague();
        TRAIL.act(colleague, 1);

        var found = search(Map.of("action", "register-item"));

        assertThat(found.json().path("items")).hasSize(3);
        assertThat(found.json().at("/items/0/actor").asString()).isEqualTo("MEMBER");
        assertThat(found.json().at("/items/0/member_id").asString())
                .isEqualTo(Identifiers.text(new MemberId(colleague.actor().id())));
        assertThat(found.json().at("/items/0/subject_type").asString()).isEqualTo("item");
    }

    @Test
    void narrows_by_person_action_subject_and_time() {
        TRAIL.act(mine, 3);
        var colleague = mine.colleague();
        TRAIL.act(colleague, 2);
        var all = search(Map.of("action", "register-item")).json().path("items");
        String person = Identifiers.text(new MemberId(colleague.actor().id()));
        String subject = all.path(4).path("subject").asString();

        assertThat(search(Map.of("member_id", person)).json().path("items")).hasSize(2);
        assertThat(search(Map.of("action", "open-receipt")).json().path("items")).isEmpty();
        assertThat(search(Map.of("subject", subject)).json().path("items")).hasSize(1);
        assertThat(search(Map.of("subject", "itm_" + subject)).json().path("items")).hasSize(1);
        assertThat(
                        search(
                                        Map.of(
                                                "action",
                                                "register-item",
                                                "recorded_from",
                                                all.path(1).path("recorded_at").asString()))
                                .json()
                                .path("items"))
                .as("from is included")
                .hasSize(2);
        assertThat(
                        search(
                                        Map.of(
                                                "action",
                                                "register-item",
                                                "recorded_before",
                                                all.path(1).path("recorded_at").asString()))
                                .json()
                                .path("items"))
                .as("before is not")
                .hasSize(3);
    }

    @Test
    void pages_through_all_of_it_once() {
        TRAIL.act(mine, 11);
        var seen = new ArrayList<String>();
        var query = Map.of("action", "register-item", "limit", "4");
        for (var page = search(query); ; ) {
            page.json().path("items").forEach(it -> seen.add(it.path("audit_id").asString()));
            String cursor = page.json().path("next_cursor").asString("");
            if (cursor.isEmpty()) {
                break;
            }
            page = search(Map.of("action", "register-item", "limit", "4", "cursor", cursor));
        }

        assertThat(seen).hasSize(11).doesNotHaveDuplicates();
    }

    @Test
    void is_recorded_itself() {
        search(Map.of());

        var found = search(Map.of("action", "search-audit"));

        assertThat(found.json().path("items")).hasSize(1);
        assertThat(found.json().at("/items/0/member_id").asString())
                .isEqualTo(Identifiers.text(new MemberId(mine.actor().id())));
    }

    @Test
    void says_where_in_the_chain_an_entry_stands() {
        TRAIL.act(mine, 1);
        assertThat(search(Map.of("action", "register-item")).json().at("/items/0").has("seq"))
                .isFalse();
        TRAIL.chained();

        assertThat(
                        search(Map.of("action", "register-item"))
                                .json()
                                .at("/items/0/segment_no")
                                .asInt())
                .isEqualTo(1);
    }

    @Test
    void is_for_who_may_read_the_trail() {
        var everythingElse =
                mine.permissions().stream()
                        .filter(it -> it != Permission.AUDIT_READ)
                        .toArray(Permission[]::new);

        assertThat(mine.with(everythingElse).get("search-audit", Map.of(), Map.of()).status())
                .isEqualTo(403);
    }

    @Test
    void shows_nothing_of_another_tenant_whatever_is_asked() throws SQLException {
        TRAIL.act(theirs, 3);
        String subject =
                Identifiers.key(
                        java.util.UUID.fromString(
                                TRAIL.ask(
                                        "select subject_id from wms.audit_entry where tenant_id = ?"
                                                + " and action = 'register-item' limit 1",
                                        theirs)));
        String person = Identifiers.text(new MemberId(theirs.actor().id()));
        String cursor =
                theirs.get("search-audit", Map.of(), Map.of("limit", "1"))
                        .json()
                        .path("next_cursor")
                        .asString();

        for (var query :
                List.of(
                        Map.of("action", "register-item"),
                        Map.of("member_id", person),
                        Map.of("subject", subject))) {
            assertThat(search(query).json().path("items")).as("%s", query).isEmpty();
        }
        assertThat(search(Map.of("limit", "1", "cursor", cursor)).status()).isEqualTo(422);
    }

    @Test
    void asks_for_at_most_a_year() {
        assertThat(
                        search(
                                        Map.of(
                                                "recorded_from",
                                                "2024-01-01T00:00:00Z",
                                                "recorded_before",
                                                "2026-01-01T00:00:00Z"))
                                .status())
                .isEqualTo(422);
    }

    private Answer search(Map<String, String> query) {
        return mine.get("search-audit", Map.of(), query);
    }
}
