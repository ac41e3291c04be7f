package com.fluxvantage.kernel.operation;

/** How many rows a page may have. More than {@link #MOST} is read as {@link #MOST}. */
public record PageLimit(int rows) {
    public static final int MOST = 200;
    public static final PageLimit USUAL = new PageLimit(50);

    public PageLimit {
        if (rows < 1) {
            throw new InvalidValue("out-of-range", "A page has from 1 to " + MOST + " rows.");
        }
        rows = Math.min(rows, MOST);
    }
}
