package com.fluxvantage.testing;

import com.fluxvantage.testing.WireServer.Answer;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Answers of the kind that Amazon SQS gives. */
public final class WireSqs {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private WireSqs() {}

    /** Every message of the batch was taken. */
    public static Answer taken(JsonNode batch) {
        var answer = JSON.createObjectNode();
        var successful = answer.putArray("Successful");
        for (var entry : batch.path("Entries")) {
            successful
                    .addObject()
                    .put("Id", entry.path("Id").asString())
                    .put("MessageId", "m-" + entry.path("Id").asString())
                    .put("MD5OfMessageBody", digest(entry.path("MessageBody").asString()));
        }
        return Answer.ok(answer.toString());
    }

    /** As the service proves to the sender what it has got. */
    public static String digest(String body) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("MD5")
                                    .digest(body.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("MD5 is part of the platform", e);
        }
    }
}
