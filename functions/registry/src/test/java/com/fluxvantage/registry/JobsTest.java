package com.fluxvantage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.operation.Caller;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.runtime.OperationCatalog;
import com.fluxvantage.testing.TestDatabase;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What runs by itself, by its descriptors and by the database's own list. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class JobsTest {
    private static final OperationCatalog CATALOG = OperationCatalog.load();

    private static Stream<Operation<?, ?>> jobs() {
        return CATALOG.all().stream().filter(it -> it.caller() instanceof Caller.Job);
    }

    /** The database lets a job in by its name, so it has to know each, and none that is gone. */
    @Test
    void the_database_knows_every_job_its_work_and_for_whom_it_is() throws SQLException {
        var known = new ArrayList<String>();
        try (var connection = TestDatabase.create().superuser();
                var statement = connection.createStatement();
                var rows =
                        statement.executeQuery(
                                "select name || ' ' || work || ' ' || scope from guard.job order by"
                                        + " name")) {
            while (rows.next()) {
                known.add(rows.getString(1));
            }
        }
        assertThat(jobs().map(it -> it + " " + it.work().databaseName() + " " + scope(it)))
                .containsExactlyElementsOf(known)
                .isNotEmpty();
    }

    @Test
    void a_run_ends_before_its_connection_is_given_up() {
        assertThat(jobs())
                .allSatisfy(it ->
                        assertThat(it.timeLimit()).isLessThanOrEqualTo(Duration.ofMinutes(5)));
    }

    @Test
    void only_jobs_run_by_the_clock_or_by_events() {
        assertThat(CATALOG.all())
                .allSatisfy(it ->
                        assertThat(it.caller() instanceof Caller.Job)
                                .isEqualTo(
                                        it.trigger() instanceof Trigger.Schedule
                                                || it.trigger() instanceof Trigger.Event));
    }

    @Test
    void a_consumer_waits_for_events_that_somebody_announces() {
        var announced =
                CATALOG.all().stream()
                        .flatMap(it -> it.announces().stream())
                        .map(DomainEvent::publicName)
                        .collect(Collectors.toSet());
        for (var job : jobs().toList()) {
            if (job.trigger() instanceof Trigger.Event event) {
                assertThat(announced).as(job.name()).containsAll(event.types());
            }
        }
        assertThat(announced)
                .as("ticks are nobody's events")
                .noneMatch(it -> it.startsWith("tick."));
    }

    private static String scope(Operation<?, ?> job) {
        if (!(job.trigger() instanceof Trigger.Schedule schedule)) {
            return "tenant";
        }
        return switch (schedule.scope()) {
            case PLATFORM -> "platform";
            case EVERYWHERE -> "everywhere";
            case EACH_TENANT -> "tenant";
        };
    }
}
