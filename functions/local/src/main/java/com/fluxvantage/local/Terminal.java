package com.fluxvantage.local;

import java.io.Console;
import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;

/**
 * What the person sees. On a terminal there is colour and a bar that moves on the last line; in a
 * pipe or a log there are plain lines, and progress is told at each quarter. Safe for threads that
 * finish work side by side.
 */
public final class Terminal {
    private static final int USUAL_WIDTH = 80;
    private static final int NARROWEST = 20;
    private static final String TO_LINE_START_AND_CLEAR = "\r\u001b[K";

    private enum Colour {
        RED(31),
        GREEN(32),
        YELLOW(33),
        BOLD(1),
        DIM(2);

        private final int code;

        Colour(int code) {
            this.code = code;
        }
    }

    private final PrintStream out;
    private final boolean moving;
    private final boolean coloured;
    private final int width;

    /** What the bar's line shows; empty while nothing moves. */
    private String bar = "";

    Terminal(PrintStream out, boolean moving, boolean coloured, int width) {
        this.out = out;
        this.moving = moving;
        this.coloured = coloured;
        this.width = Math.max(NARROWEST, width);
    }

    public static Terminal standard() {
        // JDK 25 has no console where input or output is no terminal, some JDKs before it have one
        // all the same.
        var isTerminal =
                Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
        return of(System.out, isTerminal, System.getenv());
    }

    /**
     * NO_COLOR is the convention of no-color.org; a dumb terminal can neither colour nor go back in
     * a line.
     */
    static Terminal of(PrintStream out, boolean isTerminal, Map<String, String> environment) {
        var able = isTerminal && !"dumb".equals(environment.get("TERM"));
        var coloured = able && environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Terminal(out, able, coloured, width(environment.getOrDefault("COLUMNS", "")));
    }

    private static int width(String columns) {
        return columns.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(columns) : USUAL_WIDTH;
    }

    public synchronized void line(String text) {
        if (bar.isEmpty()) {
            out.println(text);
        } else {
            out.println(TO_LINE_START_AND_CLEAR + text);
            out.print(bar);
        }
        out.flush();
    }

    public String red(String text) {
        return painted(Colour.RED, text);
    }

    public String green(String text) {
        return painted(Colour.GREEN, text);
    }

    public String yellow(String text) {
        return painted(Colour.YELLOW, text);
    }

    public String bold(String text) {
        return painted(Colour.BOLD, text);
    }

    public String dim(String text) {
        return painted(Colour.DIM, text);
    }

    private String painted(Colour colour, String text) {
        return coloured ? "\u001b[" + colour.code + "m" + text + "\u001b[0m" : text;
    }

    /** One at a time; close it before the next. */
    public Progress progress(String label, long total) {
        if (total < 1) {
            throw new IllegalArgumentException("nothing to make progress with");
        }
        return new Progress(this, label, total);
    }

    boolean isMoving() {
        return moving;
    }

    int width() {
        return width;
    }

    /** Draws the bar anew. */
    synchronized void show(String drawn) {
        bar = TO_LINE_START_AND_CLEAR + drawn;
        out.print(bar);
        out.flush();
    }

    /** Leaves the bar's last state as an ordinary line. */
    synchronized void settle(String drawn) {
        bar = "";
        out.println(TO_LINE_START_AND_CLEAR + drawn);
        out.flush();
    }
}
