package com.fluxvantage.lifecycle;

import static com.fluxvantage.lifecycle.TenantState.ACTIVE;
import static com.fluxvantage.lifecycle.TenantState.DELETION_SCHEDULED;
import static com.fluxvantage.lifecycle.TenantState.WIND_DOWN;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.operation.Permission;
import com.fluxvantage.kernel.text.Name;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** How a tenant ends and comes back, as its administrators and the clock have it. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TenantCourseTest {
    /** Within it the clock has taken every step that is due. */
    private static final Duration A_TURN = Duration.ofMinutes(5);

    private final TestPlatform platform = TestPlatform.start();
    private final Client mine = platform.openTenant();
    private final Client theirs = platform.openTenant();
    private final Jobs jobs = new Jobs(platform);

    @Test
    void a_tenant_may_write_until_the_date_of_its_termination_and_read_after_it() {
        var end = now().plus(Duration.ofDays(3));
        var course = terminate(mine, Optional.of(end));
        assertThat(course.state()).isEqualTo(ACTIVE);
        assertThat(course.exportUntil()).contains(end.plus(Duration.ofDays(30)));
        assertThat(course.deletionStartsAt()).contains(end.plus(Duration.ofDays(37)));

        clockAt(end.minus(A_TURN));
        assertThat(register(mine).status()).isEqualTo(201);

        clockAt(end.plus(A_TURN));
        assertThat(tenant(mine).state()).isEqualTo(WIND_DOWN);
        assertThat(register(mine).code()).isEqualTo("tenant-state");
        assertThat(mine.get("search-items", Map.of(), Map.of()).status()).isEqualTo(200);
        assertThat(register(theirs).status()).isEqualTo(201);
    }

    @Test
    void without_a_date_it_ends_with_the_next_turn_of_the_clock() {
        var before = now();
        var course = terminate(mine, Optional.empty());
        assertThat(course.terminatesAt().orElseThrow()).isBetween(before, now());

        jobs.later(A_TURN);

        assertThat(tenant(mine).state()).isEqualTo(WIND_DOWN);
    }

    @Test
    void the_tenants_own_name_is_typed_and_no_other() {
        for (var name :
                new String[] {
                    "Tenant",
                    tenant(theirs).name(),
                    tenant(mine).name().toLowerCase(java.util.Locale.ROOT)
                }) {
            var answer =
                    mine.call(
                            TerminateTenant.OPERATION,
                            new TerminateTenant.Request(
                                    Optional.empty(), Optional.empty(), new Name(name)));
            assertThat(answer.code()).isEqualTo("lifecycle.not-confirmed");
        }
        assertThat(tenant(mine).terminatesAt()).isEmpty();
    }

    @Test
    void a_termination_is_neither_in_the_past_nor_more_than_a_year_ahead() {
        assertThat(refusal(mine, now().minusSeconds(1))).isEqualTo("lifecycle.date-in-the-past");
        assertThat(refusal(mine, now().plus(Duration.ofDays(366)).plusSeconds(60)))
                .isEqualTo("lifecycle.date-too-far");
        var farthest = now().plus(Duration.ofDays(366));
        assertThat(terminate(mine, Optional.of(farthest)).terminatesAt()).contains(farthest);
    }

    @Test
    void a_window_is_chosen_from_30_to_365_days() {
        for (int days : new int[] {29, 366}) {
            assertThat(
                            mine.post(
                                            "terminate-tenant",
                                            Map.of(),
                                            "{\"window_days\": %d, \"confirmation\": \"%s\"}"
                                                    .formatted(days, tenant(mine).name()))
                                    .status())
                    .isEqualTo(400);
        }
        var course =
                mine.done(
                        TerminateTenant.OPERATION,
                        new TerminateTenant.Request(
                                Optional.empty(),
                                Optional.of(new WindowDays(365)),
                                new Name(tenant(mine).name())));
        assertThat(course.exportUntil())
                .contains(course.terminatesAt().orElseThrow().plus(Duration.ofDays(365)));
    }

    @Test
    void whoever_ended_it_comes_back_until_the_second_in_which_deletion_begins() {
        terminate(mine, Optional.empty());
        jobs.later(A_TURN);
        mine.done(WaiveExport.OPERATION, new WaiveExport.Request(name(mine)));
        var until = tenant(mine).exportUntil().orElseThrow();
        clockAt(until.minus(A_TURN));
        assertThat(tenant(mine).state()).isEqualTo(WIND_DOWN);
        clockAt(until.plus(A_TURN));
        var scheduled = tenant(mine);
        assertThat(scheduled.state()).isEqualTo(DELETION_SCHEDULED);
        var begins = scheduled.deletionStartsAt().orElseThrow();
        assertThat(begins).isAfterOrEqualTo(until.plus(Duration.ofDays(7)));

        platform.clock().move(Duration.between(now(), begins));
        assertThat(reactivate(mine).code()).isEqualTo("lifecycle.deletion-begun");

        platform.clock().move(Duration.ofMinutes(-1));
        assertThat(reactivate(mine).status()).isEqualTo(200);
        assertThat(tenant(mine).state()).isEqualTo(ACTIVE);
        assertThat(register(mine).status()).isEqualTo(201);
    }

    @Test
    void deletion_without_waiting_takes_72_hours_in_which_it_can_be_cancelled() {
        terminate(mine, Optional.empty());
        assertThat(
                        mine.call(
                                        DeleteTenantNow.OPERATION,
                                        new DeleteTenantNow.Request(name(mine)))
                                .code())
                .isEqualTo("lifecycle.not-in-this-state");
        jobs.later(A_TURN);
        var window = tenant(mine).exportUntil();

        var before = now();
        var course = mine.done(DeleteTenantNow.OPERATION, new DeleteTenantNow.Request(name(mine)));

        assertThat(course.state()).isEqualTo(DELETION_SCHEDULED);
        assertThat(course.deletionStartsAt().orElseThrow())
                .isBetween(before.plus(Duration.ofDays(3)), now().plus(Duration.ofDays(3)));
        var back = mine.done(CancelDeletion.OPERATION, new CancelDeletion.Request());
        assertThat(back.state()).isEqualTo(WIND_DOWN);
        assertThat(back.exportUntil()).isEqualTo(window);
    }

    @Test
    void a_window_waits_twice_for_whoever_was_never_told_and_then_for_us() throws SQLException {
        var nobody = nobodyIsTold();
        terminate(nobody, Optional.empty());
        jobs.later(A_TURN);
        var until = tenant(nobody).exportUntil().orElseThrow();

        for (int week = 0; week < 2; week++) {
            clockAt(until.plus(A_TURN));
            var lengthened = tenant(nobody).exportUntil().orElseThrow();
            assertThat(lengthened).isAfterOrEqualTo(until.plus(Duration.ofDays(7)));
            until = lengthened;
        }
        jobs.later(Duration.ofDays(60));
        jobs.untilSeven();

        assertThat(tenant(nobody).state()).isEqualTo(WIND_DOWN);
        assertThat(jobs.deadLetters(platform.operator()))
                .contains("check-windows lifecycle.tenants-wait DEAD");
    }

    @Test
    void an_operator_lengthens_a_window_and_everything_that_follows() {
        var before = terminate(mine, Optional.empty());
        platform.operator()
                .done(LengthenWindow.OPERATION, new LengthenWindow.Request(mine.tenant(), 14));

        var after = tenant(mine);
        assertThat(after.exportUntil())
                .contains(before.exportUntil().orElseThrow().plus(Duration.ofDays(14)));
        assertThat(after.deletionStartsAt())
                .contains(before.deletionStartsAt().orElseThrow().plus(Duration.ofDays(14)));
        assertThat(
                        platform.operator()
                                .call(
                                        LengthenWindow.OPERATION,
                                        new LengthenWindow.Request(theirs.tenant(), 14))
                                .code())
                .isEqualTo("lifecycle.not-terminated");
    }

    @Test
    void two_operators_suspend_a_tenant_and_two_lift_it() {
        var one = platform.operator();
        var two = platform.operator();
        var suspend = new SuspendTenant.Request(mine.tenant(), SuspensionReason.ABUSE);
        assertThat(one.done(SuspendTenant.OPERATION, suspend).stage())
                .isEqualTo(TwoPersons.PROPOSED);
        assertThat(one.call(SuspendTenant.OPERATION, suspend).code())
                .isEqualTo("lifecycle.second-person-needed");
        assertThat(register(mine).status()).isEqualTo(201);

        assertThat(two.done(SuspendTenant.OPERATION, suspend).stage()).isEqualTo(TwoPersons.DONE);
        assertThat(tenant(mine).suspendedAt()).isPresent();
        assertThat(register(mine).code()).isEqualTo("tenant-state");

        var lift = new LiftSuspension.Request(mine.tenant());
        one.done(LiftSuspension.OPERATION, lift);
        assertThat(one.call(LiftSuspension.OPERATION, lift).status()).isEqualTo(403);
        assertThat(two.done(LiftSuspension.OPERATION, lift).stage()).isEqualTo(TwoPersons.DONE);
        assertThat(tenant(mine).state()).isEqualTo(ACTIVE);
    }

    @Test
    void whoever_is_suspended_does_not_get_rid_of_it_by_leaving_and_coming_back() {
        var suspend = new SuspendTenant.Request(mine.tenant(), SuspensionReason.LEGAL);
        platform.operator().done(SuspendTenant.OPERATION, suspend);
        platform.operator().done(SuspendTenant.OPERATION, suspend);
        terminate(mine, Optional.empty());
        jobs.later(A_TURN);

        assertThat(mine.done(ReactivateTenant.OPERATION, new ReactivateTenant.Request()).state())
                .isEqualTo(TenantState.SUSPENDED);
    }

    @Test
    void another_tenant_and_whoever_may_not_manage_it_change_nothing() {
        var others = java.util.EnumSet.allOf(Permission.class);
        others.remove(Permission.TENANT_MANAGE);
        var colleague = mine.with(others.toArray(Permission[]::new));
        terminate(theirs, Optional.empty());
        for (var operation :
                new String[] {
                    "terminate-tenant",
                    "reactivate-tenant",
                    "waive-export",
                    "delete-tenant-now",
                    "cancel-deletion"
                }) {
            assertThat(colleague.post(operation, Map.of(), "{}").status()).isIn(400, 403);
        }
        assertThat(
                        mine.with(Permission.PLATFORM_TENANTS)
                                .call(
                                        LengthenWindow.OPERATION,
                                        new LengthenWindow.Request(theirs.tenant(), 1))
                                .status())
                .isIn(401, 403);
        assertThat(tenant(mine).terminatesAt()).isEmpty();
        assertThat(tenant(theirs).version()).isEqualTo(2);
    }

    /** A tenant whose administrator has gone: nobody is there to be told. */
    private Client nobodyIsTold() throws SQLException {
        var left = platform.openTenant();
        jobs.change(
                "update wms.member set state = 'REVOKED', revoked_at = now() where tenant_id = ?",
                left);
        return left;
    }

    private Instant now() {
        return platform.clock().instant().truncatedTo(java.time.temporal.ChronoUnit.MICROS);
    }

    private void clockAt(Instant time) {
        jobs.later(Duration.between(platform.clock().instant(), time));
    }

    private static Name name(Client asked) {
        return new Name(tenant(asked).name());
    }

    private static TenantCourse terminate(Client ended, Optional<Instant> effective) {
        return ended.done(
                TerminateTenant.OPERATION,
                new TerminateTenant.Request(effective, Optional.empty(), name(ended)));
    }

    private static String refusal(Client ended, Instant effective) {
        return ended.call(
                        TerminateTenant.OPERATION,
                        new TerminateTenant.Request(
                                Optional.of(effective), Optional.empty(), name(ended)))
                .code();
    }

    private static Answer reactivate(Client asked) {
        return asked.call(ReactivateTenant.OPERATION, new ReactivateTenant.Request());
    }

    private static Answer register(Client asked) {
        return asked.post(
                "register-item",
                Map.of(),
                "{\"sku\": \"S-%s\", \"description\": \"d\"}"
                        .formatted(java.util.UUID.randomUUID()));
    }

    private static GetTenant.Result tenant(Client asked) {
        return asked.done(GetTenant.OPERATION, new GetTenant.Request());
    }
}
