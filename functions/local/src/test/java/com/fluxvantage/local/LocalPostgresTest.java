package com.fluxvantage.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@Timeout(120)
class LocalPostgresTest {
    /** Shared, so that the server's programs are unpacked once. */
    // Its own: what it counts and kills in there are no other test's servers.
    private static final Path BUILD = Path.of("target", "local-postgres").toAbsolutePath();

    @TempDir Path folder;

    private final List<Process> programs = new ArrayList<>();

    @AfterEach
    void end_the_programs() throws Exception {
        for (var program : programs) {
            program.destroyForcibly().waitFor();
        }
    }

    @Test
    void keeps_data_with_every_safety_on_and_nothing_personal_in_the_log() throws Exception {
        try (var postgres = LocalPostgres.kept(data(), BUILD)) {
            assertThat(settings(postgres))
                    .containsEntry("server_version_num", "170011")
                    .containsEntry("fsync", "on")
                    .containsEntry("synchronous_commit", "on")
                    .containsEntry("full_page_writes", "on")
                    .containsEntry("listen_addresses", "127.0.0.1")
                    .containsEntry("unix_socket_directories", "")
                    .containsEntry("max_connections", "300")
                    .containsEntry("log_parameter_max_length", "0")
                    .containsEntry("log_parameter_max_length_on_error", "0")
                    .containsEntry("log_error_verbosity", "terse")
                    .containsEntry("log_min_duration_statement", "-1");
            assertThat(postgres.folder().log()).exists();
        }
    }

    @Test
    void keeps_the_values_of_a_refused_row_out_of_its_log() throws Exception {
        try (var postgres = LocalPostgres.kept(data(), BUILD)) {
            execute(postgres, "create table recipient (name text unique, age int check (age > 0))");
            for (var refused : List.of(-1, 1)) {
                assertThatThrownBy(
                                () -> {
                                    insert(postgres, "Sheri Nowmer", refused);
                                    insert(postgres, "Sheri Nowmer", refused);
                                })
                        .isInstanceOf(SQLException.class);
            }

            assertThat(postgres.folder().log())
                    .content()
                    .contains("recipient_age_check", "recipient_name_key")
                    .doesNotContain("Nowmer");
        }
    }

    @Test
    void throws_data_away_with_the_server_and_forces_nothing_to_the_disk() throws Exception {
        try (var postgres = LocalPostgres.throwAway(BUILD)) {
            assertThat(settings(postgres))
                    .containsEntry("fsync", "off")
                    .containsEntry("synchronous_commit", "off")
                    .containsEntry("log_parameter_max_length", "0");
            assertThat(runs()).hasSize(1);
        }
        assertThat(runs()).isEmpty();
    }

    @Test
    void is_reached_at_the_address_it_prints() throws Exception {
        try (var postgres = LocalPostgres.kept(data(), BUILD)) {
            assertThat(postgres.url("postgres", "postgres"))
                    .isEqualTo(
                            "postgresql://postgres@127.0.0.1:%d/postgres"
                                    .formatted(postgres.port()));
            try (var connection =
                    DriverManager.getConnection(postgres.jdbcUrl("postgres", "postgres"))) {
                assertThat(connection.isValid(5)).isTrue();
            }
        }
    }

    @Test
    void comes_back_after_an_orderly_stop_on_the_same_port_and_day_with_its_data()
            throws Exception {
        int port;
        LocalDate madeOn;
        try (var postgres = LocalPostgres.kept(data(), BUILD)) {
            port = postgres.port();
            madeOn = postgres.folder().madeOn();
            execute(postgres, "create table note as select 'kept' as words");
        }
        assertThat(data().resolve("cluster/postmaster.pid")).doesNotExist();

        try (var postgres = LocalPostgres.kept(data(), BUILD)) {
            assertThat(postgres.port()).isEqualTo(port);
            assertThat(postgres.folder().madeOn()).isEqualTo(madeOn);
            assertThat(text(postgres, "select words from note")).isEqualTo("kept");
        }
    }

    @Test
    void stops_the_server_that_a_killed_program_left_and_finds_the_data() throws Exception {
        var program = start(data().toString());
        program.destroyForcibly().waitFor();
        var left = postmaster(data());
        assertThat(left.isAlive()).as("the server outlives its program").isTrue();

        try (var postgres = LocalPostgres.kept(data(), BUILD)) {
            assertThat(postmaster(data()).pid()).isNotEqualTo(left.pid());
            assertThat(text(postgres, "select string_agg(words, ',') from note")).isEqualTo("kept");
        }
    }

    @Test
    void sweeps_away_what_a_killed_program_threw_away() throws Exception {
        var program = start("throw-away");
        var left = postmaster(runs().getFirst());
        program.destroyForcibly().waitFor();
        assertThat(left.isAlive()).isTrue();

        try (var postgres = LocalPostgres.throwAway(BUILD)) {
            assertThat(runs()).hasSize(1);
            assertThat(text(postgres, "select count(*) from pg_tables where tablename = 'note'"))
                    .isEqualTo("0");
        }
    }

    @Test
    void refuses_a_folder_in_which_a_live_program_works_and_leaves_that_one_alone()
            throws Exception {
        start(data().toString());
        var working = postmaster(data());

        assertThatThrownBy(() -> LocalPostgres.kept(data(), BUILD))
                .isInstanceOf(CannotStart.class)
                .hasMessage(
                        "Another program is at work in %s; end it first, or name another folder.",
                        data().toRealPath());

        assertThat(postmaster(data()).pid()).isEqualTo(working.pid());
        assertThat(working.isAlive()).isTrue();
    }

    @Test
    void stops_the_server_when_the_program_is_asked_to_end() throws Exception {
        var program = start(data().toString());

        program.destroy(); // What Ctrl-C and a plain kill come to
        assertThat(program.waitFor(30, TimeUnit.SECONDS)).isTrue();

        assertThat(data().resolve("cluster/postmaster.pid")).doesNotExist();
    }

    @Test
    void leaves_a_process_alone_that_merely_has_the_number_of_an_old_server() throws Exception {
        LocalPostgres.kept(data(), BUILD).close();
        var pidFile = data().resolve("cluster/postmaster.pid");
        Files.writeString(
                pidFile,
                "%d\n%s\n".formatted(ProcessHandle.current().pid(), data().resolve("cluster")));

        try (var postgres = LocalPostgres.kept(data(), BUILD)) {
            assertThat(text(postgres, "select 'up'")).isEqualTo("up");
        }
    }

    @Test
    void begins_anew_where_a_program_was_killed_while_it_made_the_database() throws Exception {
        Files.createDirectories(data().resolve("cluster"));
        Files.writeString(data().resolve("cluster/postgresql.conf"), "half of a folder");
        Files.writeString(data().resolve("making"), "");

        try (var postgres = LocalPostgres.kept(data(), BUILD)) {
            assertThat(text(postgres, "select 'up'")).isEqualTo("up");
        }
    }

    @Test
    void touches_no_folder_that_it_did_not_make() throws Exception {
        var theirs = Files.createDirectories(data().resolve("cluster")).resolve("notes.txt");
        Files.writeString(theirs, "somebody's work");

        assertThatThrownBy(() -> LocalPostgres.kept(data(), BUILD))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("holds a folder cluster that this program did not make");
        assertThat(theirs).hasContent("somebody's work");
    }

    @Test
    void refuses_the_files_of_another_major_version_in_one_sentence() throws Exception {
        Files.createDirectories(data().resolve("cluster"));
        Files.writeString(data().resolve("made-on"), "2026-11-24\n");
        Files.writeString(data().resolve("cluster/PG_VERSION"), "16\n");

        assertThatThrownBy(() -> LocalPostgres.kept(data(), BUILD))
                .isInstanceOf(CannotStart.class)
                .hasMessageContaining("is of PostgreSQL 16, this program brings 17.");
    }

    @Test
    void unpacks_anew_where_a_program_was_killed_while_it_unpacked_and_lets_nobody_else_in()
            throws Exception {
        var binaries = folder.resolve("postgres-binaries");
        var half = Files.createDirectories(binaries.resolve("embedded-pg/PG-half/lib"));
        Files.writeString(half.resolve("libicuuc.so"), "half of a file");

        LocalPostgres.throwAway(folder).close();

        assertThat(half).doesNotExist();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(binaries)))
                .isEqualTo("rwx------");
    }

    @Test
    void refuses_a_folder_that_is_a_file_in_one_sentence() throws Exception {
        Files.writeString(data(), "not a folder");

        assertThatThrownBy(() -> LocalPostgres.kept(data(), BUILD))
                .isInstanceOf(CannotStart.class)
                .hasMessage(
                        "The folder for the database cannot be used: %s is not a folder", data());
    }

    private Path data() {
        return folder.resolve("data");
    }

    private List<Path> runs() throws IOException {
        try (var entries = Files.list(BUILD.resolve("postgres"))) {
            return entries.filter(Files::isDirectory).toList();
        }
    }

    /** Starts the program in a JVM of its own and waits for its sign. */
    private Process start(String data) throws IOException {
        var java = ProcessHandle.current().info().command().orElseThrow();
        var command =
                new ArrayList<>(
                        List.of(
                                java,
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-cp",
                                System.getProperty("java.class.path")));
        command.addAll(List.of(KeptProgram.class.getName(), data, BUILD.toString()));
        var program =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        programs.add(program);
        assertThat(program.inputReader(StandardCharsets.UTF_8).readLine())
                .isEqualTo(KeptProgram.READY);
        return program;
    }

    private static ProcessHandle postmaster(Path folder) {
        try {
            var pid = Files.readAllLines(folder.resolve("cluster/postmaster.pid")).getFirst();
            return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
        } catch (IOException noServer) {
            throw new UncheckedIOException(noServer);
        }
    }

    private static void execute(LocalPostgres postgres, String sql) throws SQLException {
        try (var connection = postgres.dataSource("postgres", "postgres").getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void insert(LocalPostgres postgres, String name, int age) throws SQLException {
        try (var connection = postgres.dataSource("postgres", "postgres").getConnection();
                var statement =
                        connection.prepareStatement(
                                "insert into recipient (name, age) values (?, ?)")) {
            statement.setString(1, name);
            statement.setInt(2, age);
            statement.executeUpdate();
        }
    }

    private static String text(LocalPostgres postgres, String sql) throws SQLException {
        try (var connection = postgres.dataSource("postgres", "postgres").getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private static Map<String, String> settings(LocalPostgres postgres) throws SQLException {
        var settings = new HashMap<String, String>();
        try (var connection = postgres.dataSource("postgres", "postgres").getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select name, setting from pg_settings")) {
            while (rows.next()) {
                settings.put(rows.getString("name"), rows.getString("setting"));
            }
        }
        return settings;
    }
}
