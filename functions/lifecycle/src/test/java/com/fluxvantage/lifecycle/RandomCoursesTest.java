package com.fluxvantage.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.text.Name;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.Jobs;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Whatever people and the clock do in whatever order: a window never gets shorter, and a deletion
 * starts at no moment before the earliest that the tenant was ever shown for it.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RandomCoursesTest {
    private static final int COURSES = 12;
    private static final int STEPS = 30;

    // Of each course its own: the clock would go through all that went before.
    private TestPlatform platform = GivenEnding.platform();
    private Jobs jobs = new Jobs(platform);

    @Test
    void no_course_breaks_a_promise() throws SQLException {
        long seed = System.nanoTime();
        var random = new Random(seed);
        int begun = 0;
        for (int course = 0; course < COURSES; course++) {
            platform = GivenEnding.platform();
            jobs = new Jobs(platform);
            var told = new ArrayList<String>();
            try {
                begun += live(platform.openTenant(), random, told) ? 1 : 0;
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ", course " + course + ": " + told, e);
            }
        }
        // Otherwise nothing was tried.
        assertThat(begun).as("seed " + seed).isPositive();
    }

    private boolean live(Client tenant, Random random, List<String> told) throws SQLException {
        var shown = new ArrayList<Instant>();
        Optional<Instant> window = Optional.empty();
        for (int step = 0; step < STEPS; step++) {
            told.add(step(tenant, random.nextInt(10), random));
            if (isBegun(tenant) || startsDeletion(tenant)) {
                told.add("deletion started");
                assertThat(shown).isNotEmpty();
                assertThat(platform.clock().instant())
                        .isAfterOrEqualTo(shown.stream().min(Instant::compareTo).orElseThrow());
                return true;
            }
            var now = tenant.done(GetTenant.OPERATION, new GetTenant.Request());
            if (now.terminatesAt().isEmpty()) {
                shown.clear();
                window = Optional.empty();
            }
            now.deletionStartsAt().ifPresent(shown::add);
            if (window.isPresent() && now.exportUntil().isPresent()) {
                assertThat(now.exportUntil().get()).isAfterOrEqualTo(window.get());
            }
            window = now.exportUntil();
        }
        return false;
    }

    private String step(Client tenant, int event, Random random) {
        var name = new Name(tenant.done(GetTenant.OPERATION, new GetTenant.Request()).name());
        return switch (event) {
            case 0 -> {
                tenant.call(
                        TerminateTenant.OPERATION,
                        new TerminateTenant.Request(
                                Optional.of(
                                        platform.clock()
                                                .instant()
                                                .plus(Duration.ofDays(1 + random.nextInt(5)))),
                                Optional.of(new WindowDays(30 + random.nextInt(10))),
                                name));
                yield "terminate";
            }
            case 1 -> {
                if (random.nextInt(3) == 0) {
                    tenant.call(ReactivateTenant.OPERATION, new ReactivateTenant.Request());
                    yield "reactivate";
                }
                yield "hesitate";
            }
            case 2 -> {
                tenant.call(WaiveExport.OPERATION, new WaiveExport.Request(name));
                yield "waive";
            }
            case 3 -> {
                tenant.call(DeleteTenantNow.OPERATION, new DeleteTenantNow.Request(name));
                yield "delete now";
            }
            case 4 -> {
                tenant.call(CancelDeletion.OPERATION, new CancelDeletion.Request());
                yield "cancel";
            }
            case 5 -> {
                platform.operator()
                        .call(
                                LengthenWindow.OPERATION,
                                new LengthenWindow.Request(tenant.tenant(), 1 + random.nextInt(9)));
                yield "lengthen";
            }
            default -> {
                int days = 1 + random.nextInt(12);
                jobs.later(Duration.ofDays(days));
                yield days + " days";
            }
        };
    }

    /** The clock may have had the job that deletes begin by itself. */
    private boolean isBegun(Client tenant) throws SQLException {
        return List.of("deleting", "verifying", "deleted")
                .contains(
                        jobs.rows("select state from wms.tenant where tenant_id = ?", tenant)
                                .getFirst());
    }

    /** As the job that deletes asks the database, at every moment. */
    private boolean startsDeletion(Client tenant) throws SQLException {
        try (var connection = platform.database().superuser();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("select fv.prime()");
            try (var start =
                    connection.prepareStatement("select guard.start_deletion(?, ?::timestamptz)")) {
                start.setObject(1, tenant.tenant().uuid());
                start.setString(2, platform.clock().instant().toString());
                try (var row = start.executeQuery()) {
                    row.next();
                    boolean isStarted = row.getString(1).equals("DONE");
                    connection.commit();
                    return isStarted;
                }
            }
        }
    }
}
