package com.fluxvantage.aws;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

import java.net.URI;

/** To a server of a test, with credentials that are good for nothing. */
final class Ways {
    static final StaticCredentialsProvider CREDENTIALS =
            StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDEXAMPLE", "secret"));

    private Ways() {}

    static JsonEndpoint.Way to(int port) {
        return new JsonEndpoint.Way(
                URI.create("http://127.0.0.1:" + port),
                Region.EU_CENTRAL_1,
                CREDENTIALS,
                AwsPorts.http());
    }
}
