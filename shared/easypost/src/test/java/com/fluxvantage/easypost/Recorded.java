package com.fluxvantage.easypost;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** One question and answer as EasyPost has recorded and published it. */
record Recorded(String method, String path, JsonNode request, int status, String response) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** All of one file, in their order. */
    static List<Recorded> of(String name) {
        try (var file = Recorded.class.getResourceAsStream(name + ".json")) {
            return JSON.readTree(
                            new String(
                                    Objects.requireNonNull(file).readAllBytes(),
                                    StandardCharsets.UTF_8))
                    .valueStream()
                    .map(it ->
                            new Recorded(
                                    it.path("method").asString(),
                                    it.path("path").asString(),
                                    it.path("request"),
                                    it.path("status").asInt(),
                                    it.path("response").toString()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("a resource can be read", e);
        }
    }
}
