package com.fluxvantage.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.tenancy.MemberId;
import com.fluxvantage.kernel.text.Code;
import com.fluxvantage.kernel.text.Name;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a legal hold keeps, from when on, and who may see it. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LegalHoldTest {
    private static final int ROUNDS = 40;
    private static final String OLD_SCANS =
            """
            insert into wms.scan_event (tenant_id, client_event_id, subject_id, posting_id, made_at)
            select ?, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), now() - interval '500 days'
              from generate_series(1, %d)\
            """;

    private final TestPlatform platform =
            TestPlatform.running("apply-retention", "check-holds", "advance-tenants");
    private final Client mine = platform.openTenant();
    private final Client theirs = platform.openTenant();
    private final Jobs jobs = new Jobs(platform);
    private final Client one = platform.operator();
    private final Client two = platform.operator();

    @Test
    void what_is_held_is_not_purged_and_goes_the_night_after_the_hold_is_lifted()
            throws SQLException {
        for (var tenant : new Client[] {mine, theirs}) {
            jobs.change(OLD_SCANS.formatted(10), tenant);
        }
        var hold = placed(onTables("scan_event"));

        jobs.untilMorning();
        assertThat(jobs.count("wms.scan_event", mine)).isEqualTo(10);
        assertThat(jobs.count("wms.scan_event", theirs)).isZero();

        lift(hold);
        jobs.untilMorning();
        assertThat(jobs.count("wms.scan_event", mine)).isZero();
    }

    @Test
    void of_a_table_what_is_dated_outside_the_hold_is_purged() throws SQLException {
        jobs.change(OLD_SCANS.formatted(10), mine);
        jobs.change(OLD_SCANS.formatted(7).replace("500 days", "600 days"), mine);
        var between = platform.clock().instant().minus(Duration.ofDays(550));
        placed(
                request(
                        List.of(new Code("scan_event")),
                        Optional.empty(),
                        Optional.of(between),
                        false));

        jobs.untilMorning();

        assertThat(jobs.count("wms.scan_event", mine)).isEqualTo(7);
    }

    @Test
    void a_draft_keeps_nothing_and_one_person_approves_none() throws SQLException {
        jobs.change(OLD_SCANS.formatted(10), mine);
        var draft = one.done(PlaceLegalHold.OPERATION, onTables("scan_event")).holdId();
        assertThat(
                        one.call(
                                        ApproveLegalHold.OPERATION,
                                        new ApproveLegalHold.Request(mine.tenant(), draft))
                                .code())
                .isEqualTo("lifecycle.second-person-needed");

        jobs.untilMorning();

        assertThat(jobs.count("wms.scan_event", mine)).isZero();
    }

    /**
     * Batches are deleted as fast as they go while a hold comes at a moment that chance chooses;
     * what was there when the hold had committed is there at the end.
     */
    @Test
    void no_batch_commits_after_the_hold() throws Exception {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            jobs.change(OLD_SCANS.formatted(3_000), mine);
            var hold = one.done(PlaceLegalHold.OPERATION, onTables("scan_event")).holdId();
            var held = new AtomicBoolean();
            try (var deleter = Executors.newSingleThreadExecutor()) {
                var deleting = deleter.submit(() -> deleteBatches(held));
                TimeUnit.MICROSECONDS.sleep(random.nextInt(60_000));
                two.done(
                        ApproveLegalHold.OPERATION,
                        new ApproveLegalHold.Request(mine.tenant(), hold));
                long left = jobs.count("wms.scan_event", mine);
                held.set(true);
                deleting.get(20, TimeUnit.SECONDS);
                assertThat(jobs.count("wms.scan_event", mine)).as("seed " + seed).isEqualTo(left);
            }
            lift(hold);
            jobs.change("delete from wms.scan_event where tenant_id = ?", mine);
        }
    }

    /** Some batches more after the hold is known to be there, each of which finds it. */
    private int deleteBatches(AtomicBoolean held) throws SQLException {
        int deleted = 0;
        try (var connection = platform.database().as("fv_worker")) {
            connection.setAutoCommit(false);
            for (int after = 0; after < 3; after += held.get() ? 1 : 0) {
                deleted += deleteBatch(connection);
                connection.commit();
            }
        }
        return deleted;
    }

    /** One batch of the scans; the rules that stand before theirs have nothing to do. */
    private int deleteBatch(Connection connection) throws SQLException {
        try (var enter =
                        connection.prepareStatement(
                                "select fv.delegate_job('apply-retention', ?)");
                var batch =
                        connection.prepareStatement(
                                "select rule, row_count from wms.apply_retention(now(), now(),"
                                        + " 20)")) {
            enter.setObject(1, mine.tenant().uuid());
            enter.execute();
            while (true) {
                try (var row = batch.executeQuery()) {
                    if (!row.next()) {
                        throw new AssertionError("there is a rule for scans");
                    }
                    if (row.getString(1).equals("wms.scan_event")) {
                        return row.getInt(2);
                    }
                }
            }
        }
    }

    @Test
    void the_database_itself_wants_two_persons() throws SQLException {
        placed(onTables("item"));
        for (var sql :
                List.of(
                        "update wms.legal_hold set approved_by = placed_by where tenant_id = ?",
                        "update wms.legal_hold set lift_proposed_by = 'x', released_by = 'x',"
                                + " released_at = now(), state = 'RELEASED' where tenant_id = ?",
                        "update wms.legal_hold set approved_by = null where tenant_id = ?",
                        "update wms.legal_hold set review_at = placed_at + interval '181 days' where"
                                + " tenant_id = ?")) {
            org.assertj.core.api.Assertions.assertThatThrownBy(() -> jobs.change(sql, mine))
                    .as(sql)
                    .isInstanceOf(SQLException.class)
                    .extracting(it -> ((SQLException) it).getSQLState())
                    .isEqualTo("23514");
        }
    }

    @Test
    void a_sealed_hold_is_told_to_nobody_of_the_tenant() {
        placed(request(List.of(new Code("item")), Optional.empty(), Optional.empty(), true));
        var open = placed(onTables("item"));

        assertThat(
                        mine.done(
                                        SearchOwnHolds.OPERATION,
                                        new SearchOwnHolds.Request(
                                                Optional.empty(), Optional.empty()))
                                .items())
                .extracting(SearchOwnHolds.Hold::holdId)
                .containsExactly(open);
        assertThat(
                        theirs.done(
                                        SearchOwnHolds.OPERATION,
                                        new SearchOwnHolds.Request(
                                                Optional.empty(), Optional.empty()))
                                .items())
                .isEmpty();
        assertThat(
                        one.done(
                                        SearchHolds.OPERATION,
                                        new SearchHolds.Request(
                                                mine.tenant(),
                                                Optional.empty(),
                                                Optional.empty(),
                                                Optional.empty()))
                                .items())
                .extracting(SearchHolds.Hold::sealed)
                .containsExactly(true, false);
    }

    @Test
    void whoever_wants_it_deleted_at_once_hears_the_same_of_a_sealed_hold_and_of_an_open_one() {
        placed(request(List.of(), Optional.empty(), Optional.empty(), true));
        var version = tenant().version();
        mine.done(
                TerminateTenant.OPERATION,
                new TerminateTenant.Request(
                        Optional.empty(), Optional.empty(), new Name(tenant().name())));
        jobs.later(Duration.ofMinutes(5));

        var answer =
                mine.call(
                        DeleteTenantNow.OPERATION,
                        new DeleteTenantNow.Request(new Name(tenant().name())));

        assertThat(answer.code()).isEqualTo("lifecycle.deletion-not-possible");
        assertThat(answer.json().toString()).doesNotContainIgnoringCase("hold");
        assertThat(tenant().version()).isEqualTo(version + 2);
    }

    @Test
    void a_hold_whose_review_is_due_alarms_and_goes_on_binding() throws SQLException {
        jobs.change(OLD_SCANS.formatted(1), mine);
        placed(onTables("scan_event"));

        jobs.untilSeven();
        jobs.later(Duration.ofDays(88));
        assertThat(jobs.deadLetters(one))
                .doesNotContain("check-holds lifecycle.holds-unreviewed DEAD");
        jobs.later(Duration.ofDays(2));

        assertThat(jobs.deadLetters(one)).contains("check-holds lifecycle.holds-unreviewed DEAD");
        assertThat(jobs.count("wms.scan_event", mine)).isEqualTo(1);
    }

    @Test
    void a_hold_is_of_known_tables_and_reviewed_within_180_days() {
        assertThat(one.call(PlaceLegalHold.OPERATION, onTables("items")).code())
                .isEqualTo("lifecycle.unknown-table");
        for (var days : new int[] {-1, 181}) {
            var late = onTables("item");
            assertThat(
                            one.call(
                                            PlaceLegalHold.OPERATION,
                                            new PlaceLegalHold.Request(
                                                    late.tenant(),
                                                    late.matter(),
                                                    late.basis(),
                                                    Optional.of(
                                                            new MemberId(new java.util.UUID(0, 1))),
                                                    List.of(),
                                                    Optional.empty(),
                                                    Optional.empty(),
                                                    false,
                                                    now().plus(Duration.ofDays(days))))
                                    .code())
                    .isEqualTo("lifecycle.review-too-far");
        }
    }

    @Test
    void neither_a_tenant_nor_an_operator_without_the_permission_places_one() {
        assertThat(mine.call(PlaceLegalHold.OPERATION, onTables("item")).status()).isIn(401, 403);
        assertThat(
                        one.with(Permission.PLATFORM_TENANTS)
                                .call(PlaceLegalHold.OPERATION, onTables("item"))
                                .status())
                .isEqualTo(403);
    }

    private HoldId placed(PlaceLegalHold.Request request) {
        var hold = one.done(PlaceLegalHold.OPERATION, request).holdId();
        assertThat(
                        two.done(
                                        ApproveLegalHold.OPERATION,
                                        new ApproveLegalHold.Request(mine.tenant(), hold))
                                .state())
                .isEqualTo(HoldState.ACTIVE);
        return hold;
    }

    private void lift(HoldId hold) {
        var lift = new LiftLegalHold.Request(mine.tenant(), hold);
        one.done(LiftLegalHold.OPERATION, lift);
        assertThat(two.done(LiftLegalHold.OPERATION, lift).stage()).isEqualTo(TwoPersons.DONE);
    }

    private PlaceLegalHold.Request onTables(String table) {
        return request(List.of(new Code(table)), Optional.empty(), Optional.empty(), false);
    }

    private PlaceLegalHold.Request request(
            List<Code> tables, Optional<Instant> from, Optional<Instant> until, boolean sealed) {
        return new PlaceLegalHold.Request(
                mine.tenant(),
                new Code("M-1"),
                HoldBasis.LITIGATION,
                Optional.empty(),
                tables,
                from,
                until,
                sealed,
                now().plus(Duration.ofDays(90)));
    }

    private Instant now() {
        return platform.clock().instant().truncatedTo(java.time.temporal.ChronoUnit.MICROS);
    }

    private GetTenant.Result tenant() {
        return mine.done(GetTenant.OPERATION, new GetTenant.Request());
    }
}
