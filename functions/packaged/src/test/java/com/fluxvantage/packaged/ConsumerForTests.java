package com.fluxvantage.packaged;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;

/** A function that tells the test what it was given, and answers what the test says. */
public final class ConsumerForTests implements RequestStreamHandler {
    @Override
    public void handleRequest(InputStream event, OutputStream answer, Context context)
            throws IOException {
        var test =
                (HttpURLConnection) URI.create(System.getenv("FV_TEST")).toURL().openConnection();
        test.setDoOutput(true);
        event.transferTo(test.getOutputStream());
        test.getInputStream().transferTo(answer);
    }
}
