package com.fluxvantage.local.own;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;

import java.util.ArrayList;
import java.util.List;

/**
 * Keeps of each row what can matter: a value longer than any column takes is cut, as is a row with
 * more columns than any file has.
 */
final class RowHandler extends AbstractBaseCsvCallbackHandler<Row> {
    /** More than the longest text that a column takes, so what was cut is still found too long. */
    private static final int LONGEST_KEPT = 1_000;

    private static final int MOST_COLUMNS = 1_000;

    private List<String> values = new ArrayList<>();

    @Override
    protected void handleBegin(long startingLineNumber) {
        values = new ArrayList<>();
    }

    @Override
    protected void handleField(int index, char[] text, int offset, int length, boolean quoted) {
        if (index >= MOST_COLUMNS) {
            return;
        }
        int from = offset;
        int to = offset + length;
        while (from < to && Character.isWhitespace(text[from])) {
            from++;
        }
        while (to > from && Character.isWhitespace(text[to - 1])) {
            to--;
        }
        values.add(new String(text, from, Math.min(to - from, LONGEST_KEPT)));
    }

    @Override
    protected Row buildRecord() {
        return new Row(getStartingLineNumber(), values, getFieldCount());
    }

    /** Where the row begins that is being read. */
    long line() {
        return getStartingLineNumber();
    }
}
