package com.fluxvantage.local;

/**
 * So much of a known amount of work is done. The bar moves at most ten times a second, however many
 * threads advance it; without a terminal each quarter is told once.
 */
public final class Progress implements AutoCloseable {
    private static final long NANOS_BETWEEN_MOVES = 100_000_000;
    private static final int LONGEST_BAR = 40;
    private static final int SHORTEST_BAR = 4;

    private final Terminal terminal;
    private final String label;
    private final long total;
    private long done;
    private long quartersTold;
    private long movedAt = System.nanoTime() - NANOS_BETWEEN_MOVES;

    Progress(Terminal terminal, String label, long total) {
        this.terminal = terminal;
        this.label = label;
        this.total = total;
    }

    public void advance() {
        advance(1);
    }

    public synchronized void advance(long by) {
        done = Math.min(total, done + by);
        if (terminal.isMoving()) {
            move();
        } else {
            tellQuarter();
        }
    }

    private void move() {
        var now = System.nanoTime();
        if (now - movedAt >= NANOS_BETWEEN_MOVES) {
            movedAt = now;
            terminal.show(drawn());
        }
    }

    private void tellQuarter() {
        var quarters = done * 4 / total;
        if (quarters > quartersTold) {
            quartersTold = quarters;
            terminal.line("%s %d of %d".formatted(label, done, total));
        }
    }

    /** One column stays free: a terminal may wrap as soon as the last one is written. */
    private String drawn() {
        var figures = " %d of %d".formatted(done, total);
        var room = terminal.width() - 1;
        var head = cut(label, room - figures.length()) + figures;
        var cells = Math.min(LONGEST_BAR, room - head.length() - " []".length());
        if (cells < SHORTEST_BAR) {
            return cut(head, room);
        }
        var full = Math.toIntExact(done * cells / total);
        return head + " [" + "#".repeat(full) + "-".repeat(cells - full) + "]";
    }

    private static String cut(String text, int columns) {
        return text.length() <= columns ? text : text.substring(0, Math.max(0, columns));
    }

    /** Leaves the last state on the screen. */
    @Override
    public synchronized void close() {
        if (terminal.isMoving()) {
            terminal.settle(drawn());
        }
    }
}
