package com.fluxvantage.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.testing.Client;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Whatever somebody with the database in their hands does to the trail is found and named: here,
 * and by who has a file of it and the public key.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class VerifyAuditTest {
    /** Somebody who owns the database computes a tenant's whole open segment anew. */
    private static final String REWRITE =
            """
            do $$
            declare
                entry wms.audit_entry;
                head bytea;
            begin
                select opening into head from wms.audit_segment where tenant_id = '%1$s' and segment_no = 1;
                for entry in select * from wms.audit_entry where tenant_id = '%1$s' and segment_no = 1 order by seq loop
                    entry.digest := wms.audit_digest(entry);
                    entry.prev_hash := head;
                    head := wms.audit_link(entry.tenant_id, 1, entry.seq, head, entry.digest);
                    update wms.audit_entry
                       set digest = entry.digest, prev_hash = entry.prev_hash, hash = head
                     where tenant_id = entry.tenant_id and audit_id = entry.audit_id;
                end loop;
                update wms.audit_head set hash = head where tenant_id = '%1$s';
            end
            $$
            """;

    private final Trail trail = new Trail();
    private final Client mine = trail.platform().openTenant();
    private final Client theirs = trail.platform().openTenant();

    @BeforeEach
    void an_hour_of_entries_is_signed() {
        trail.act(mine, 9);
        trail.act(theirs, 3);
        trail.signed();
    }

    @Test
    void finds_nothing_in_a_trail_that_is_whole() throws SQLException {
        trail.act(mine, 4);
        trail.chained();
        trail.monthsPass(mine);
        trail.act(mine, 2);
        trail.signed();
        trail.act(mine, 2);
        trail.chained();

        assertThat(trail.verified(mine)).isEmpty();
        assertThat(trail.verified(theirs)).isEmpty();
        assertThat(trail.offline(trail.lines(mine)))
                .startsWith("0\n")
                .contains(" entries in 2 segments, ")
                .contains(" signatures verified, 0 copies compared, 0 findings");
        assertThat(trail.offline(trail.lines(theirs))).startsWith("0\n");
    }

    @Test
    void names_the_entry_of_which_one_byte_was_changed() throws SQLException {
        change("action = overlay(action placing 'x' from 3) where seq = 4");

        assertThat(trail.verified(mine)).containsExactly("CHANGED 1 4");
        assertThat(trail.offline(trail.lines(mine)))
                .startsWith("1\nCHANGED: entry 4 of segment 1 (");
    }

    @Test
    void names_the_entry_that_happened_a_microsecond_later_than_it_did() throws SQLException {
        change("at = at + interval '1 microsecond' where seq = 7");

        assertThat(trail.verified(mine)).containsExactly("CHANGED 1 7");
    }

    @Test
    void is_not_misled_by_a_digest_that_was_changed_along() throws SQLException {
        change(
                "actor = 'member:00000000-0000-0000-0000-00000000000f', digest ="
                        + " sha256('anything') where seq = 2");

        assertThat(trail.verified(mine)).containsExactly("CHANGED 1 2");
    }

    @Test
    void names_the_entry_that_was_removed() throws SQLException {
        asOwner("delete from wms.audit_entry where tenant_id = ? and seq = 5");

        assertThat(trail.verified(mine)).containsExactly("REMOVED 1 5");
        assertThat(trail.offline(trail.lines(mine)))
                .startsWith("1\nREMOVED: entry 5 of segment 1 was removed");
    }

    @Test
    void names_entries_that_were_put_in_another_order() throws SQLException {
        change("seq = case seq when 3 then 1003 else 1004 end where seq in (3, 4)");
        change("seq = case seq when 1003 then 4 else 3 end where seq > 1000");

        assertThat(trail.verified(mine)).containsExactly("REORDERED 1 3", "REORDERED 1 4");
    }

    @Test
    void sees_that_the_tail_was_cut_by_the_head() throws SQLException {
        asOwner("delete from wms.audit_entry where tenant_id = ? and seq > 7");

        assertThat(trail.verified(mine)).contains("TAIL_CUT 1 8");
    }

    @Test
    void sees_that_the_tail_was_cut_by_what_was_signed_though_the_head_was_moved_back()
            throws SQLException {
        asOwner("delete from wms.audit_entry where tenant_id = ? and seq > 7");
        asOwner(
                """
                update wms.audit_head
                   set seq = 7,
                       hash = (select hash from wms.audit_entry where tenant_id = audit_head.tenant_id and seq = 7)
                 where tenant_id = ?
                """);

        assertThat(trail.verified(mine)).containsExactly("TAIL_CUT 1 8");
        assertThat(trail.offline(trail.lines(mine)))
                .startsWith("1\nTAIL_CUT: entry 8 of segment 1");
    }

    @Test
    void sees_that_a_whole_segment_was_cut_off() throws SQLException {
        trail.monthsPass(mine);
        trail.act(mine, 2);
        trail.signed();
        asOwner("delete from wms.audit_entry where tenant_id = ? and segment_no = 2");
        asOwner("delete from wms.audit_segment where tenant_id = ? and segment_no = 2");
        asOwner(
                "update wms.audit_head set seq = 0, hash = (select seal from wms.audit_segment as s"
                        + " where s.tenant_id = audit_head.tenant_id and segment_no = 1) where tenant_id"
                        + " = ?");

        assertThat(trail.verified(mine)).containsExactly("TAIL_CUT 2 1");
        assertThat(trail.offline(trail.lines(mine))).startsWith("1\nTAIL_CUT");
    }

    @Test
    void sees_that_the_whole_segment_was_made_anew() throws SQLException {
        change("actor = 'member:00000000-0000-0000-0000-00000000000f' where seq = 2");
        asOwnerDo(REWRITE.formatted(mine.tenant().uuid()));

        assertThat(trail.verified(mine)).containsExactly("FORGED 1 9");
        assertThat(trail.offline(trail.lines(mine))).startsWith("1\nFORGED: entry 9 of segment 1");
    }

    @Test
    void sees_that_a_checkpoint_was_made_up() throws SQLException {
        change("actor = 'member:00000000-0000-0000-0000-00000000000f' where seq = 2");
        asOwnerDo(REWRITE.formatted(mine.tenant().uuid()));
        asOwner(
                """
                update wms.audit_checkpoint
                   set hash = (select hash from wms.audit_head where tenant_id = audit_checkpoint.tenant_id),
                       path = '',
                       root = guard.audit_leaf(tenant_id, segment_no, seq,
                                  (select hash from wms.audit_head where tenant_id = audit_checkpoint.tenant_id))
                 where tenant_id = ?
                """);

        assertThat(trail.verified(mine)).containsExactly("SIGNATURE 1 9");
        assertThat(trail.offline(trail.lines(mine))).startsWith("1\nSIGNATURE: ");
    }

    @Test
    void sees_that_a_sealed_segment_was_changed_with_its_seal() throws SQLException {
        trail.monthsPass(mine);
        trail.act(mine, 1);
        trail.signed();
        asOwner(
                "update wms.audit_segment set entries = 8, final = (select hash from wms.audit_entry"
                        + " as e where e.tenant_id = audit_segment.tenant_id and e.segment_no = 1 and"
                        + " e.seq = 8) where tenant_id = ? and segment_no = 1");

        assertThat(trail.verified(mine)).contains("CHANGED 1 0");
    }

    @Test
    void of_a_file_says_where_it_was_cut_off() {
        var lines = trail.lines(mine);

        assertThat(trail.offline(lines.subList(0, lines.size() - 1))).startsWith("1\nTAIL_CUT");
        assertThat(trail.offline(lines.subList(0, lines.size() - 4)))
                .startsWith("1\nTAIL_CUT: entry ");
    }

    @Test
    void of_a_file_names_lines_that_changed_places() {
        var lines = new ArrayList<>(trail.lines(mine));
        int fourth = at(lines, 4);
        Collections.swap(lines, fourth, fourth + 1);

        assertThat(trail.offline(lines)).startsWith("1\n").contains("REORDERED: entry 4 of");
    }

    @Test
    void of_a_file_finds_every_byte_that_is_changed() {
        var lines = trail.lines(mine);
        for (int line = 0; line < lines.size(); line++) {
            String text = lines.get(line);
            for (int at = 0; at < text.length(); at += 5) {
                char other = text.charAt(at) == '0' ? '1' : '0';
                var spoilt = new ArrayList<>(lines);
                spoilt.set(line, text.substring(0, at) + other + text.substring(at + 1));
                // The month's digits of an open segment, its days and a key's name are sealed
                // later.
                if (isSealedLater(text, at)) {
                    continue;
                }
                assertThat(trail.offline(spoilt))
                        .as("line %d, character %d of: %s", line, at, text)
                        .doesNotStartWith("0\n");
            }
        }
    }

    @Test
    void of_what_is_no_trail_says_so() {
        assertThat(trail.offline(List.of("anything"))).startsWith("2\n");
        assertThat(trail.offline(List.of())).startsWith("2\n");
        assertThat(trail.offline(List.of(trail.lines(mine).getFirst(), "rubbish")))
                .startsWith("2\n");
    }

    /** Names are elsewhere: to forget a person changes no byte that was hashed. */
    @Test
    void finds_nothing_when_a_person_was_forgotten() throws SQLException {
        asOwner(
                "update wms.member set subject = 'gone', email = 'gone', display_name = 'gone',"
                        + " state = 'REVOKED', revoked_at = now() where tenant_id = ?");

        assertThat(trail.verified(mine)).isEmpty();
    }

    @Test
    void is_for_who_may_read_the_trail_and_shows_nothing_of_another() {
        assertThat(
                        mine.with(Permission.TENANT_MANAGE)
                                .get("verify-audit", java.util.Map.of(), java.util.Map.of())
                                .status())
                .isEqualTo(403);
        var lines = String.join("\n", trail.lines(theirs));
        assertThat(lines)
                .contains(theirs.tenant().uuid().toString())
                .doesNotContain(mine.tenant().uuid().toString())
                .doesNotContain(mine.actor().id().toString());
    }

    private static boolean isSealedLater(String line, int at) {
        int field = (int) line.substring(0, at).chars().filter(it -> it == '\t').count();
        return (line.startsWith("segment") && (field == 2 || field == 3))
                || (line.startsWith("checkpoint") && field == 9);
    }

    private static int at(List<String> lines, int seq) {
        for (int line = 0; line < lines.size(); line++) {
            if (lines.get(line).startsWith("entry\t1\t" + seq + "\t")) {
                return line;
            }
        }
        throw new AssertionError("no entry " + seq);
    }

    private void change(String what) throws SQLException {
        asOwner("update wms.audit_entry set " + what + " and tenant_id = ?");
    }

    private void asOwner(String sql) throws SQLException {
        trail.jobs().change(sql, mine);
    }

    private void asOwnerDo(String sql) throws SQLException {
        try (var owner = trail.platform().database().superuser();
                var statement = owner.createStatement()) {
            statement.execute(sql);
        }
    }
}
