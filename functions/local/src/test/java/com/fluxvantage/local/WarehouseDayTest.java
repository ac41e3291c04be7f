package com.fluxvantage.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/** The main job itself, small: what it prints, what it keeps, what it finds. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class WarehouseDayTest {
    private record Run(int exit, String output) {}

    @Test
    void plays_a_day_of_a_few_orders_and_proves_it() {
        var run = run("--orders", "3");
        assertThat(run.output)
                .contains(
                        "sent an order in by webhook: 3 times signed, taken in 1 time; 1 time"
                                + " forged, refused 1 time.")
                .contains(
                        "It was told of 3 orders that left, that one among them, each signed and"
                                + " verified.")
                .contains("whole and signed.")
                .contains("It is deleted: what is left are its audit trail")
                .contains("to the byte what they were.")
                .contains("it is what was signed.");

        assertThat(run.output)
                .contains("none lost, none invented")
                .contains("The stock is sound")
                .contains("p99");
        assertThat(run.exit).isZero();
    }

    @Test
    void bad_options_are_told_in_one_sentence() {
        var run = run("--orders", "nought");

        assertThat(run.exit).isEqualTo(2);
        assertThat(run.output).startsWith("--orders takes a whole number");
    }

    @Test
    void there_is_nothing_to_check_where_nothing_was_kept(@TempDir Path data) throws IOException {
        var run = run("--check", "--data", data.resolve("typo").toString());

        assertThat(run.exit).isNotZero();
        assertThat(run.output).startsWith("There is no kept database");
        assertThat(data).isEmptyDirectory();
    }

    @Test
    void a_kept_day_is_checked_and_a_forged_bucket_is_named(@TempDir Path data)
            throws SQLException {
        assertThat(run("--orders", "2", "--data", data.toString()).exit).isZero();
        assertThat(run("--check", "--data", data.toString()).exit).isZero();
        String bucket;
        try (var postgres = LocalPostgres.kept(data, build());
                var superuser =
                        DriverManager.getConnection(postgres.jdbcUrl("fluxvantage", "postgres"));
                var statement = superuser.createStatement();
                var row =
                        statement.executeQuery(
                                "update wms.bucket set on_hand = on_hand + 1 where bucket_id ="
                                        + " (select bucket_id from wms.bucket order by 1 limit 1)"
                                        + " returning bucket_id::text")) {
            row.next();
            bucket = row.getString(1);
        }

        var run = run("--check", "--data", data.toString());

        assertThat(run.exit).isEqualTo(1);
        assertThat(run.output.lines().findFirst())
                .hasValueSatisfying(it -> assertThat(it).contains("The stock is broken"));
        assertThat(run.output).contains(bucket);
    }

    @Test
    void a_day_that_was_killed_goes_on_where_it_was(@TempDir Path data)
            throws IOException, InterruptedException {
        var killed = program("--orders", "6", "--data", data.toString());
        try (var lines =
                new BufferedReader(
                        new InputStreamReader(killed.getInputStream(), StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            while (line != null && !line.startsWith("Goods are received")) {
                line = lines.readLine();
            }
            assertThat(line).as("it was killed in mid-day").isNotNull();
            killed.destroyForcibly();
        }
        killed.waitFor();

        var run = run("--orders", "6", "--data", data.toString());

        assertThat(run.output).contains("The shop: 6 orders").contains("none lost, none invented");
        assertThat(run.exit).isZero();
    }

    @Test
    void neither_names_nor_tokens_are_in_any_log(@TempDir Path data) throws IOException {
        assertThat(run("--orders", "3", "--data", data.toString()).exit).isZero();

        var names =
                TwoTenants.of(3, java.time.LocalDate.now(java.time.ZoneOffset.UTC))
                        .shop()
                        .orders()
                        .stream()
                        .map(it -> it.recipient().name())
                        .toList();
        try (var kept = Files.walk(data);
                var built = Files.walk(build())) {
            var logs =
                    Stream.concat(kept, built)
                            .filter(it -> it.toString().endsWith(".log"))
                            .toList();
            assertThat(logs).hasSizeGreaterThanOrEqualTo(1);
            for (Path log : logs) {
                String text = Files.readString(log);
                assertThat(text)
                        .as(log.toString())
                        .doesNotContain("eyJ")
                        .doesNotContain("whsec_")
                        .doesNotContain("v1.local-");
                names.forEach(name -> assertThat(text).as(log.toString()).doesNotContain(name));
            }
        }
    }

    private static Run run(String... options) {
        var screen = new ByteArrayOutputStream();
        var terminal =
                new Terminal(
                        new PrintStream(screen, true, StandardCharsets.UTF_8), false, false, 80);
        int exit = WarehouseDay.run(terminal, options);
        return new Run(exit, screen.toString(StandardCharsets.UTF_8));
    }

    private static Process program(String... options) throws IOException {
        var command =
                Stream.concat(
                                Stream.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "-XX:TieredStopAtLevel=1",
                                        "-XX:+UseSerialGC",
                                        "-Dfv.build=" + build(),
                                        "-Djava.net.preferIPv4Stack=true",
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        WarehouseDay.class.getName()),
                                Stream.of(options))
                        .toList();
        return new ProcessBuilder(List.copyOf(command)).redirectErrorStream(true).start();
    }

    private static Path build() {
        return Path.of(System.getProperty("fv.build", "target"));
    }
}
