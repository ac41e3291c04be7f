package com.fluxvantage.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.kernel.outside.Bucket;
import com.fluxvantage.kernel.outside.SigningKey;
import com.fluxvantage.kernel.outside.SigningPurpose;
import com.fluxvantage.kernel.outside.TenantObjects;
import com.fluxvantage.kernel.tenancy.TenantId;
import com.fluxvantage.runtime.LocalPorts;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.Mortal;
import com.fluxvantage.testing.Mortal.Life;
import com.fluxvantage.testing.Mortal.Moment;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/** Certificates stand where nobody changes them, and the second one waits for the backups. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CertificatesOutliveTest {
    private static final String ALARM = "check-deletions lifecycle.ends-unproved DEAD";

    private final TestPlatform platform = GivenEnding.platform();
    private final GivenEnding given = new GivenEnding(platform);
    private final Jobs jobs = new Jobs(platform);
    private Client left;
    private Instant promised;

    @TempDir private Path folder;

    @BeforeEach
    void a_tenant_was_deleted_from_a_database_that_is_backed_up() throws SQLException {
        jobs.untilSeven();
        platform.ports().backups().keep(Duration.ofDays(35));
        left = given.due();
        try (var drive = new Drive(platform)) {
            drive.begin();
            drive.workUncertified();
            drive.later(Duration.ofDays(1));
            drive.workUncertified();
            drive.catchUp();
        }
        given.tick(2);
        promised =
                Instant.parse(
                        given.only(
                                "select certificate::jsonb #>> '{ageing_out,backups}' from"
                                        + " guard.deletion_run where tenant_id = ?",
                                left));
    }

    @Test
    void the_certificate_is_kept_under_the_digest_of_its_tenant_and_verifies_from_there()
            throws SQLException {
        var kept = kept(platform.ports());
        var files = kept.list("");

        assertThat(files).hasSize(1);
        assertThat(files.getFirst().key())
                .startsWith(digest() + "/")
                .endsWith("-deletion.json")
                .doesNotContain(left.tenant().uuid().toString());
        assertThat(CertificateFile.faults(text(kept, files.getFirst().key()), key())).isEmpty();
        assertThat(text(kept, files.getFirst().key()))
                .as("what is handed out is what is kept")
                .isEqualTo(handedOut().file());

        platform.clock().move(Duration.ofDays(2554));
        assertThatThrownBy(() -> kept.deleteAll("")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void the_second_certificate_comes_when_backups_have_aged_out_and_not_a_second_before() {
        assertThat(handedOut().backups()).isEmpty();
        platform.clock().move(Duration.between(now(), promised.minusSeconds(1)));
        jobs.later(Duration.ZERO);
        assertThat(handedOut().backups()).isEmpty();

        jobs.later(Duration.ofHours(2));

        var backups = handedOut().backups().orElseThrow();
        assertThat(CertificateFile.faults(backups.file(), key())).isEmpty();
        assertThat(backups.file())
                .contains("\"format\":\"fluxvantage backup certificate 1\"")
                .contains("\"snapshots_from_before\":0")
                .contains("\"restorable_from\":\"")
                .doesNotContain(left.tenant().uuid().toString());
        for (int at = 0; at < backups.file().length(); at += 7) {
            char other = backups.file().charAt(at) == '7' ? '8' : '7';
            assertThat(
                            CertificateFile.faults(
                                    backups.file().substring(0, at)
                                            + other
                                            + backups.file().substring(at + 1),
                                    key()))
                    .as("byte %d", at)
                    .isNotEmpty();
        }
        given.tick(1);
        assertThat(kept(platform.ports()).list(""))
                .extracting(it -> it.key().replaceFirst(".*-(?=[a-z]+[.]json)", ""))
                .containsExactly("backups.json", "deletion.json");
    }

    @Test
    void what_could_still_be_restored_is_not_certified_and_after_a_week_a_person_is_called()
            throws SQLException {
        platform.ports().backups().keep(Duration.ofDays(40));
        afterTheDay();
        assertThat(handedOut().backups()).isEmpty();
        assertThat(
                        given.only(
                                "select backup_ageing.problem from guard.backup_ageing join guard.deletion_run"
                                        + " using (run_id) where tenant_id = ?",
                                left))
                .startsWith("BACKUPS: the database can be restored from ");
        assertThat(jobs.deadLetters(platform.operator())).doesNotContain(ALARM);

        platform.ports().backups().keep(Duration.ofDays(60));
        platform.clock().move(Duration.ofDays(7));
        nobodyWaits();
        jobs.later(Duration.ofHours(1));
        assertThat(jobs.deadLetters(platform.operator())).contains(ALARM);

        platform.ports().backups().keep(Duration.ofDays(35));
        nobodyWaits();
        jobs.later(Duration.ofHours(1));
        assertThat(handedOut().backups()).isPresent();
    }

    @Test
    void a_snapshot_that_somebody_took_by_hand_before_the_end_stands_in_the_way()
            throws SQLException {
        platform.clock().move(Duration.ofDays(-20));
        platform.ports().backups().takeSnapshot();
        platform.clock().move(Duration.ofDays(20));
        afterTheDay();
        assertThat(handedOut().backups()).isEmpty();

        platform.ports().backups().removeSnapshots();
        platform.ports().backups().takeSnapshot();
        nobodyWaits();
        jobs.later(Duration.ofHours(1));

        assertThat(handedOut().backups())
                .hasValueSatisfying(it -> assertThat(it.file()).contains("\"snapshots\":1,"));
    }

    @Test
    void is_killed_anywhere_and_there_is_one_certificate_of_each_kind() throws SQLException {
        platform.clock().move(Duration.between(now(), promised).plusHours(1));
        drive("update guard.deletion_run set kept_at = null");
        var mortal = new Mortal(platform, folder);
        for (var moment :
                List.of(
                        "after commit .*fv.take_backup_ageing",
                        "after Backups.standing",
                        "before commit .*fv.witness_backups",
                        "after commit .*fv.witness_backups",
                        "after Signer.sign",
                        "before commit .*fv.certify_backups",
                        "after commit .*fv.certify_backups")) {
            mortal.dies(Moment.of(moment), life("certify-backups"));
            theLeasesEnd();
        }
        for (var moment :
                List.of(
                        "after ObjectStore.keep",
                        "before commit .*fv.note_kept_certificate",
                        "after commit .*fv.note_kept_certificate")) {
            mortal.dies(Moment.of(moment), life("keep-certificates"));
            theLeasesEnd();
        }
        mortal.lives(life("certify-backups", "keep-certificates"));

        var outlived =
                new LocalPorts(folder, () -> URI.create("http://localhost"), Clock.systemUTC());
        assertThat(kept(outlived).list("")).hasSize(2);
        assertThat(outlived.objects(Bucket.CERTIFICATES).countVersions("")).isEqualTo(2);
        assertThat(text(kept(outlived), kept(outlived).list("").getFirst().key()))
                .isEqualTo(handedOut().backups().orElseThrow().file());
        assertThat(mortal.queued()).isZero();
    }

    @Test
    void all_that_is_left_goes_on_the_day_the_certificate_says_and_the_proof_after_seven_years()
            throws SQLException {
        var staying = platform.openTenant();
        jobs.change(
                """
                insert into wms.suspension (tenant_id, suspension_id, reason, state, proposed_by, proposed_at)
                values (?, gen_random_uuid(), 'ABUSE', 'LAPSED', 'operator:1', now())
                """,
                left);
        jobs.change(
                """
                insert into wms.legal_hold (tenant_id, hold_id, matter, basis, scope, sealed, review_at, state, placed_by,
                                            placed_at, discarded_by, discarded_at)
                values (?, gen_random_uuid(), 'M-1', 'TAX', 'TENANT', false, now(), 'DISCARDED', 'operator:1', now(),
                        'operator:2', now())
                """,
                left);
        var kept =
                List.of(
                        "wms.audit_entry",
                        "wms.legal_hold",
                        "wms.suspension",
                        "wms.tenant",
                        "wms.tenant_course");
        assertThat(given.rows(left).keySet()).containsExactlyElementsOf(kept);
        var day =
                Instant.parse(
                        given.only(
                                "select certificate::jsonb #>> '{tables,wms.tenant,kept_until}' from"
                                        + " guard.deletion_run where tenant_id = ?",
                                left));

        retired(day.minusSeconds(60));
        assertThat(given.rows(left).keySet())
                .contains("wms.tenant", "wms.tenant_course", "wms.legal_hold");
        retired(day.plus(Duration.ofDays(2)));
        assertThat(given.rows(left)).isEmpty();
        assertThat(given.state(staying)).isEqualTo("active");
        assertThat(handedOut().file()).as("its certificate is still handed out").isNotEmpty();

        retired(day.plus(Duration.ofDays(2555 - 401)));
        assertThat(given.phase(left)).isEqualTo("DONE");
        retired(day.plus(Duration.ofDays(2555)));
        assertThat(given.phase(left)).isEqualTo("none");
        assertThat(
                        jobs.rows(
                                "select count(*) from guard.deletion_evidence where ?::uuid is not null",
                                left))
                .containsExactly("0");
    }

    private void retired(Instant at) throws SQLException {
        try (var drive = new Drive(platform)) {
            drive.worker(
                    "select entries from fv.retire_deleted_tenants(?, 5000)",
                    statement -> statement.setObject(1, at.atOffset(ZoneOffset.UTC)));
        }
    }

    @Test
    void a_certificate_that_is_not_the_one_that_was_kept_is_found() throws SQLException {
        drive("update guard.deletion_run set kept_at = null, signature = '\\x00'");
        given.tick(1);
        assertThat(jobs.deadLetters(platform.operator()))
                .contains("keep-certificates lifecycle.certificates-differ DEAD");
    }

    @Test
    void the_keys_of_exports_and_certificates_are_published_and_old_signatures_outlive_a_change()
            throws SQLException {
        var file = handedOut().file();
        var old = key();
        platform.ports().signer().change(SigningPurpose.DELETION_CERTIFICATE);
        afterTheDay();

        var published =
                jobs.rows(
                        "select key_id from fv.published_keys('deletion-certificate') where ?::uuid"
                                + " is not null",
                        left);
        assertThat(published).containsExactly(old.keyId(), key().keyId());
        assertThat(CertificateFile.faults(file, old)).isEmpty();
        assertThat(CertificateFile.faults(file, key())).isNotEmpty();
        assertThat(CertificateFile.faults(handedOut().backups().orElseThrow().file(), key()))
                .isEmpty();
    }

    private void afterTheDay() {
        platform.clock().move(Duration.between(now(), promised));
        jobs.later(Duration.ofHours(2));
    }

    private GetDeletionCertificate.Result handedOut() {
        return platform.operator()
                .done(
                        GetDeletionCertificate.OPERATION,
                        new GetDeletionCertificate.Request(left.tenant()));
    }

    private SigningKey key() {
        return platform.ports().signer().key(SigningPurpose.DELETION_CERTIFICATE);
    }

    private TenantObjects kept(LocalPorts ports) {
        return new TenantObjects(
                ports.objects(Bucket.CERTIFICATES),
                new TenantId(platform.operator().tenant().uuid()));
    }

    private static String text(TenantObjects kept, String key) {
        return new String(kept.get(key).orElseThrow(), StandardCharsets.UTF_8);
    }

    private String digest() throws SQLException {
        return given.only("select guard.hex_digest(?::uuid::text)", left);
    }

    private Life life(String... operations) {
        var from = now();
        platform.clock().move(Duration.ofHours(3));
        return new Life(from, 3, 60, List.of(operations));
    }

    private void nobodyWaits() throws SQLException {
        drive("update guard.backup_ageing set leased_until = null");
    }

    private void theLeasesEnd() throws SQLException {
        nobodyWaits();
        drive("update wms.stream_lease set leased_until = now() - interval '1 second'");
    }

    private void drive(String sql) throws SQLException {
        try (var connection = platform.database().superuser();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Instant now() {
        return platform.clock().instant();
    }
}
