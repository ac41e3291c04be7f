package com.fluxvantage.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class TerminalTest {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);

    @Test
    void writes_plain_lines_where_there_is_no_terminal() {
        var terminal = Terminal.of(out, false, Map.of("TERM", "xterm"));

        terminal.line(terminal.green("good"));
        pick(terminal, 8);

        assertThat(text().lines())
                .containsExactly(
                        "good", "picked 2 of 8", "picked 4 of 8", "picked 6 of 8", "picked 8 of 8");
    }

    @Test
    void colours_and_moves_on_a_terminal() {
        var terminal = Terminal.of(out, true, Map.of("TERM", "xterm"));

        terminal.line(terminal.red("bad"));
        pick(terminal, 8);

        assertThat(text()).contains("\u001b[31mbad\u001b[0m").contains("\r\u001b[Kpicked");
        assertThat(text().lines().toList().getLast())
                .contains("picked 8 of 8 [####")
                .doesNotContain("-");
    }

    @Test
    void moves_without_colour_where_none_is_wanted() {
        var terminal = Terminal.of(out, true, Map.of("TERM", "xterm", "NO_COLOR", "1"));

        assertThat(terminal.bold("plain")).isEqualTo("plain");
        pick(terminal, 2);
        assertThat(text()).contains("\r");
    }

    @Test
    void treats_a_dumb_terminal_as_none() {
        var terminal = Terminal.of(out, true, Map.of("TERM", "dumb"));

        pick(terminal, 4);

        assertThat(text()).doesNotContain("\u001b").doesNotContain("\r");
    }

    @Test
    void puts_a_line_above_the_moving_bar() {
        var terminal = Terminal.of(out, true, Map.of());
        try (var progress = terminal.progress("picked", 2)) {
            progress.advance();
            terminal.line("a short pick");
        }

        assertThat(text())
                .contains(
                        "\r\u001b[Ka short pick"
                                + System.lineSeparator()
                                + "\r\u001b[Kpicked 1 of 2");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 33, 60, 80, 200})
    void never_fills_the_last_column(int columns) {
        var terminal = Terminal.of(out, true, Map.of("COLUMNS", Integer.toString(columns)));
        try (var progress =
                terminal.progress("a rather long label for a very narrow window", 1_000_000)) {
            progress.advance(1_000_000);
        }

        assertThat(Pattern.compile("\r\u001b\\[K|\\R").splitAsStream(text()))
                .allSatisfy(line -> assertThat(line).hasSizeLessThan(Math.max(20, columns)));
    }

    @Test
    void counts_what_several_threads_do_at_once() throws InterruptedException {
        var terminal = Terminal.of(out, false, Map.of());
        try (var progress = terminal.progress("picked", 4_000)) {
            var pickers = new Thread[4];
            for (int picker = 0; picker < pickers.length; picker++) {
                pickers[picker] =
                        Thread.ofPlatform()
                                .start(() -> {
                                    for (int pick = 0; pick < 1_000; pick++) {
                                        progress.advance();
                                    }
                                });
            }
            for (var picker : pickers) {
                picker.join();
            }
        }

        assertThat(text().lines().toList().getLast()).isEqualTo("picked 4000 of 4000");
    }

    private static void pick(Terminal terminal, int units) {
        try (var progress = terminal.progress("picked", units)) {
            for (int unit = 0; unit < units; unit++) {
                progress.advance();
            }
        }
    }

    private String text() {
        return written.toString(StandardCharsets.UTF_8);
    }
}
