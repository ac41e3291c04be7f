package com.fluxvantage.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.kernel.outside.Bucket;
import com.fluxvantage.runtime.LocalPorts;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Mortal;
import com.fluxvantage.testing.Mortal.Life;
import com.fluxvantage.testing.Mortal.Moment;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** What was signed of a chain stands where nobody can change it, and tells on whoever cuts. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CopyAuditHeadsTest {
    private static final String ALARM = "check-audit-copies audit.copies-differ DEAD";

    /** Whoever owns the database cuts a chain off, with all that tells of it. */
    private static final List<String> CUT =
            List.of(
                    "delete from wms.audit_entry where tenant_id = ? and seq > 5",
                    "delete from wms.audit_checkpoint where tenant_id = ? and seq > 5",
                    """
                    update wms.audit_head
                       set seq = 5,
                           hash = (select hash from wms.audit_entry where tenant_id = audit_head.tenant_id and seq = 5)
                     where tenant_id = ?
                    """);

    private final Trail trail = new Trail();
    private final Client mine = trail.platform().openTenant();
    private final Client theirs = trail.platform().openTenant();

    @TempDir private Path folder;

    @BeforeEach
    void two_heads_of_each_were_signed_and_copied() {
        trail.act(mine, 5);
        trail.act(theirs, 3);
        trail.signed();
        trail.act(mine, 4);
        trail.copied();
    }

    @Test
    void each_signed_head_is_kept_once_and_names_nobody() throws SQLException {
        var copies = trail.copies(mine);
        assertThat(copies)
                .hasSize(Integer.parseInt(signedHeads(mine)))
                .hasSizeGreaterThan(1)
                .allMatch(it -> it.startsWith("checkpoint\t"));
        assertThat(String.join("\n", copies))
                .doesNotContain(mine.actor().id().toString())
                .doesNotContain("register-item");

        trail.jobs().later(Duration.ofHours(3));

        assertThat(trail.copies(mine)).containsAll(copies);
        assertThat(versions(trail.platform().ports()))
                .as("one version of each, whoever has run how often")
                .isEqualTo(trail.copies(mine).size());
    }

    @Test
    void a_sealed_segment_is_kept_as_long_as_its_entries() throws SQLException {
        trail.monthsPass(mine);
        trail.act(mine, 1);
        trail.copied();

        assertThat(trail.copies(mine)).anyMatch(it -> it.startsWith("segment\t1\t"));
        var month =
                LocalDate.parse(
                        trail.ask(
                                "select month from wms.audit_segment where tenant_id = ? and"
                                        + " segment_no = 1",
                                mine));
        var until = month.plusMonths(1).plusDays(400).atStartOfDay(ZoneOffset.UTC).toInstant();
        stillLockedJustBefore(until);
        trail.platform().clock().move(Duration.between(now(), until));
        assertThat(trail.kept(mine).deleteAll("seals/").versions()).isEqualTo(1);
    }

    private void stillLockedJustBefore(Instant until) {
        trail.platform().clock().move(Duration.between(now(), until.minusSeconds(1)));
        assertThatThrownBy(() -> trail.kept(mine).deleteAll(""))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void an_untouched_trail_is_what_was_copied_of_it_and_nobody_is_called() throws SQLException {
        trail.monthsPass(mine);
        trail.act(mine, 2);
        trail.copied();
        trail.nightPasses();

        assertThat(trail.jobs().result("check-audit-copies", mine)).contains("\"copies\": ");
        assertThat(trail.jobs().deadLetters(mine)).doesNotContain(ALARM);
        assertThat(trail.offline(trail.lines(mine), trail.copies(mine))).startsWith("0\n");
    }

    @Test
    void a_tail_that_was_cut_with_every_checkpoint_behind_it_is_found_by_the_copies_alone()
            throws SQLException {
        for (var statement : CUT) {
            trail.jobs().change(statement, mine);
        }
        assertThat(trail.verified(mine)).as("what is here fits together").isEmpty();
        assertThat(trail.offline(trail.lines(mine))).startsWith("0\n");

        assertThat(trail.offline(trail.lines(mine), trail.copies(mine)))
                .startsWith("1\nTAIL_CUT: entry ")
                .contains(" of segment 1 and what follows was cut off")
                .contains(" 1 findings");
        trail.nightPasses();
        assertThat(trail.jobs().deadLetters(mine)).contains(ALARM);
        assertThat(trail.jobs().deadLetters(theirs)).doesNotContain(ALARM);
    }

    @Test
    void a_segment_that_was_called_retired_before_its_time_is_found() throws SQLException {
        trail.monthsPass(mine);
        trail.act(mine, 2);
        trail.copied();
        trail.jobs()
                .change(
                        "update wms.audit_segment set state = 'RETIRED', retired_at = now() where"
                                + " segment_no = 1 and tenant_id = ?",
                        mine);
        trail.jobs()
                .change("delete from wms.audit_entry where tenant_id = ? and segment_no = 1", mine);
        assertThat(trail.verified(mine)).isEmpty();

        trail.nightPasses();
        assertThat(trail.jobs().deadLetters(mine)).contains(ALARM);
    }

    @Test
    void a_head_that_was_copied_and_is_not_among_the_copies_is_missed() throws SQLException {
        trail.jobs()
                .change(
                        "update wms.audit_checkpoint set hash = sha256(hash) where copied_at is not"
                                + " null and tenant_id = ?",
                        mine);
        trail.nightPasses();
        assertThat(trail.jobs().deadLetters(mine)).contains(ALARM);
    }

    @Test
    void one_byte_of_a_copy_that_was_changed_is_noticed() {
        var copies = trail.copies(mine);
        var lines = trail.lines(mine);
        for (int at = 0; at < copies.getFirst().length(); at += 5) {
            char other = copies.getFirst().charAt(at) == '0' ? '1' : '0';
            var spoilt = new ArrayList<>(copies);
            spoilt.set(
                    0,
                    copies.getFirst().substring(0, at)
                            + other
                            + copies.getFirst().substring(at + 1));
            // Which key it was is said by the signature itself.
            if (copies.getFirst().substring(0, at).chars().filter(it -> it == '\t').count() == 9) {
                continue;
            }
            assertThat(trail.offline(lines, spoilt)).as("byte %d", at).doesNotStartWith("0\n");
        }
    }

    @Test
    void is_killed_anywhere_and_keeps_each_head_once() throws SQLException {
        var mortal = new Mortal(trail.platform(), folder);
        for (var moment :
                List.of(
                        "before ObjectStore.keep",
                        "after ObjectStore.keep",
                        "before commit .*update wms.audit_checkpoint set copied_at",
                        "after commit .*update wms.audit_checkpoint set copied_at")) {
            nothingIsMarked();
            mortal.dies(Moment.of(moment), life());
        }
        nothingIsMarked();
        mortal.lives(life());

        assertThat(
                        trail.ask(
                                "select count(*) from wms.audit_checkpoint where copied_at is null and signature is not null and tenant_id = ?",
                                mine))
                .isEqualTo("0");
        var outlived =
                new LocalPorts(folder, () -> URI.create("http://localhost"), Clock.systemUTC());
        assertThat(versions(outlived)).isEqualTo(Integer.parseInt(signedHeads(mine)));
        assertThat(mortal.queued()).isZero();
    }

    private void nothingIsMarked() throws SQLException {
        trail.jobs()
                .change(
                        "update wms.audit_checkpoint set copied_at = null where tenant_id = ?",
                        mine);
        trail.jobs()
                .change(
                        "update wms.stream_lease set leased_until = now() - interval '1 second'"
                                + " where ?::uuid is not null",
                        mine);
    }

    private Life life() {
        var from = now();
        trail.platform().clock().move(Duration.ofHours(2));
        return new Life(from, 2, 60, List.of("copy-audit-heads"));
    }

    private int versions(LocalPorts ports) {
        return ports.objects(Bucket.AUDIT_HEADS).countVersions("t/" + mine.tenant().uuid() + "/");
    }

    private String signedHeads(Client tenant) throws SQLException {
        return trail.ask(
                "select count(*) from wms.audit_checkpoint where copied_at is not null and tenant_id"
                        + " = ?",
                tenant);
    }

    private Instant now() {
        return trail.platform().clock().instant();
    }
}
