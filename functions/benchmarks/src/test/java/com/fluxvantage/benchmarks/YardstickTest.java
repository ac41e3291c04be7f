package com.fluxvantage.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is compared with is what the product sends, and a failure of it is no figure. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class YardstickTest {
    private static final String ONE =
            transaction("0193d3e0-0000-7000-8000-000000000001", "v1.a.b", "5", "7");
    private static final String OTHER =
            transaction("0193d3e0-0000-7000-8000-000000000002", "v1.a.c", "5", "8");

    @TempDir private Path folder;

    @Test
    void the_statements_are_those_of_the_log_and_what_differed_differs_each_time()
            throws IOException {
        var recordings = Recording.of(log(ONE + OTHER));

        assertThat(PgbenchScript.of(recordings.get(0), recordings.get(1)))
                .isEqualToIgnoringNewLines(
                        """
                        \\set n :n + 1
                        BEGIN \\;
                        select tenant from fv.enter(':proof', 'write') \\;
                        select wms.claim('00000001-0000-7000-8000-:n', NULL);
                        insert into t
                        values ('it''s', '5', '{"id":"00000001-0000-7000-8000-:n","no": :n}', '{5,6}'::bigint[]);
                        COMMIT;
                        """);
    }

    @Test
    void what_is_entered_for_no_tenant_is_not_the_products() throws IOException {
        assertThat(
                        Recording.of(
                                log(
                                        line("LOG", "statement: BEGIN")
                                                + line("LOG", "statement: COMMIT"))))
                .isEmpty();
    }

    @Test
    void recordings_of_two_calls_are_not_taken_for_one() throws IOException {
        var recordings =
                Recording.of(
                        log(
                                ONE
                                        + line("LOG", "statement: BEGIN")
                                        + line("LOG", "execute <unnamed>: select fv.enter($1)")
                                        + line("DETAIL", "Parameters: $1 = 'v1'")
                                        + line("LOG", "statement: COMMIT")));

        assertThatThrownBy(() -> PgbenchScript.of(recordings.get(0), recordings.get(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_turn_whose_transactions_failed_has_no_rate() {
        String output =
                """
                number of transactions actually processed: %d
                number of failed transactions: %d (0.000%%)
                tps = 1234.5 (without initial connection time)
                """;

        assertThat(Pgbench.Turn.read(output.formatted(3700, 0)))
                .isEqualTo(new Pgbench.Turn(1234.5, 3700));
        assertThatThrownBy(() -> Pgbench.Turn.read(output.formatted(3700, 1)))
                .hasMessageContaining("failed");
        assertThatThrownBy(() -> Pgbench.Turn.read("pgbench: error: no such server"))
                .hasMessageContaining("no such server");
    }

    private Path log(String text) throws IOException {
        return Files.writeString(folder.resolve("log"), text);
    }

    private static String transaction(String id, String proof, String same, String version) {
        return line("LOG", "execute <unnamed>: BEGIN")
                + line("LOG", "execute <unnamed>: select tenant from fv.enter($1, $2)")
                + line("DETAIL", "Parameters: $1 = '%s', $2 = 'write'".formatted(proof))
                + line("LOG", "execute <unnamed>: select wms.claim($1, $2)")
                + line("DETAIL", "Parameters: $1 = '%s', $2 = NULL".formatted(id))
                + line("LOG", "execute <unnamed>: insert into t\n\tvalues ($1, $2, $3, $4)")
                + line(
                        "DETAIL",
                        "Parameters: $1 = 'it''s', $2 = '%s', $3 = '{\"id\":\"%s\",\"no\":%s}', $4 = '{5,6}'"
                                .formatted(same, id, version))
                + line("LOG", "execute <unnamed>: COMMIT");
    }

    private static String line(String level, String text) {
        return "2026-11-28 10:00:00.000 UTC [4711] %s:  %s\n".formatted(level, text);
    }
}
