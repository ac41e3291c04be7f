package com.fluxvantage.runtime;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Everything that is written to standard output and standard error while it is open. */
final class CapturedOutput implements AutoCloseable {
    private final PrintStream usualOut = System.out;
    private final PrintStream usualErr = System.err;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    CapturedOutput() {
        var capture = new PrintStream(written, true, StandardCharsets.UTF_8);
        System.setOut(capture);
        System.setErr(capture);
    }

    String text() {
        return written.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        System.setOut(usualOut);
        System.setErr(usualErr);
    }
}
