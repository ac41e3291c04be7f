package com.fluxvantage.benchmarks;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** The least that a function in Java can be: what every other one is compared with. */
public final class EmptyHandler implements RequestStreamHandler {
    static final String ANSWER = "{\"statusCode\":200}";

    @Override
    public void handleRequest(InputStream event, OutputStream answer, Context context)
            throws IOException {
        event.readAllBytes();
        answer.write(ANSWER.getBytes(StandardCharsets.UTF_8));
    }
}
