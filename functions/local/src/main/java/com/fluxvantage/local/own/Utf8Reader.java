package com.fluxvantage.local.own;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Reads UTF-8 and nothing else, and hands over all that stands before the first fault: the JDK's
 * reader drops up to 8,192 good characters, and with them the line of the fault.
 */
final class Utf8Reader extends Reader {
    private static final int BUFFER_BYTES = 8_192;

    private final InputStream from;
    private final CharsetDecoder decoder =
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER_BYTES).flip();
    private boolean isAtEnd;

    Utf8Reader(InputStream from) {
        this.from = from;
    }

    @Override
    public int read(char[] into, int offset, int length) throws IOException {
        var chars = CharBuffer.wrap(into, offset, length);
        while (true) {
            var outcome = decoder.decode(bytes, chars, isAtEnd);
            int read = chars.position() - offset;
            if (read > 0) {
                return read;
            }
            if (outcome.isError()) {
                outcome.throwException();
            }
            if (isAtEnd) {
                return -1;
            }
            fill();
        }
    }

    private void fill() throws IOException {
        bytes.compact();
        int count = from.read(bytes.array(), bytes.position(), bytes.remaining());
        if (count < 0) {
            isAtEnd = true;
        } else {
            bytes.position(bytes.position() + count);
        }
        bytes.flip();
    }

    @Override
    public void close() throws IOException {
        from.close();
    }
}
