package com.fluxvantage.dispatch;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.sqs.SqsClient;

import java.net.URI;

/** Clients of the kind that the functions have, of a server on this machine. */
final class Clients {
    private Clients() {}

    static SqsClient queues(URI at) {
        return at(SqsClient.builder().httpClient(UrlConnectionHttpClient.create()), at).build();
    }

    static EventBridgeClient events(URI at) {
        return at(EventBridgeClient.builder().httpClient(UrlConnectionHttpClient.create()), at)
                .build();
    }

    private static <B extends AwsClientBuilder<B, ?>> B at(B builder, URI at) {
        return builder.endpointOverride(at)
                .region(Region.EU_CENTRAL_1)
                .credentialsProvider(
                        StaticCredentialsProvider.create(
                                AwsBasicCredentials.create("AKIAIOSFODNN7EXAMPLE", "a-secret")));
    }
}
