package com.fluxvantage.registry;

import com.fluxvantage.kernel.events.DomainEvent;
import com.fluxvantage.kernel.operation.Trigger;
import com.fluxvantage.runtime.KernelJson;
import com.fluxvantage.runtime.OperationCatalog;

import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import java.util.Map;
import java.util.TreeMap;

/**
 * What our webhooks say, as JSON Schema (2020-12), made from the records that operations announce:
 * one definition for each type of event, and the whole is any of them. It is committed, and a test
 * compares.
 */
public final class EventsDocument {
    private static final JsonMapper JSON =
            KernelJson.guarded().rebuild().enable(SerializationFeature.INDENT_OUTPUT).build();

    private EventsDocument() {}

    /** The document as text, always the same for the same operations. */
    public static String text(OperationCatalog catalog) {
        return JSON.writeValueAsString(document(catalog)) + "\n";
    }

    private static ObjectNode document(OperationCatalog catalog) {
        var document = JSON.createObjectNode();
        document.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        document.put("title", "The body of a webhook of FluxVantage");
        document.put(
                "description",
                "More fields may come within a version. Nothing here is about a person.");
        var any = document.putArray("anyOf");
        var definitions = document.putObject("$defs");
        var schemas = new Schemas();
        told(catalog)
                .forEach((type, event) -> {
                    any.addObject().put("$ref", "#/$defs/" + type);
                    definitions.set(type, body(type, schemas.open(event)));
                });
        return document;
    }

    /** The records of what endpoints can be told, by their public names. */
    private static Map<String, Class<? extends DomainEvent>> told(OperationCatalog catalog) {
        if (!(catalog.named("queue-webhooks").trigger() instanceof Trigger.Event consumed)) {
            throw new IllegalStateException("webhooks are made of events");
        }
        var told = new TreeMap<String, Class<? extends DomainEvent>>();
        for (var operation : catalog.all()) {
            for (var event : operation.announces()) {
                String type = DomainEvent.publicName(event);
                if (consumed.types().contains(type)) {
                    told.put(type, event);
                }
            }
        }
        return told;
    }

    private static ObjectNode body(String type, ObjectNode data) {
        var body = JSON.createObjectNode();
        body.put("type", "object");
        var fields = body.putObject("properties");
        fields.putObject("type").put("type", "string").put("const", type);
        fields.putObject("timestamp").put("type", "string").put("format", "date-time");
        fields.putObject("sequence").put("type", "integer").put("minimum", 1);
        fields.set("data", data);
        body.putArray("required").add("type").add("timestamp").add("sequence").add("data");
        return body;
    }
}
