package com.fluxvantage.templates;

import com.fluxvantage.templates.Cloud.Resource;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.stream.Stream;

/** What roles may do, statement by statement. */
final class Statements {
    /**
     * @param holder the role or policy that it stands in
     * @param json as CloudFormation gets it
     */
    record Statement(Resource holder, JsonNode json) {
        boolean allows() {
            return json.path("Effect").asString().equals("Allow");
        }

        List<String> actions() {
            return many(json.path("Action")).map(JsonNode::asString).toList();
        }

        /** Each as text, with references as they stand in the template. */
        List<String> resources() {
            return many(json.path("Resource")).map(Statements::text).toList();
        }

        @Override
        public String toString() {
            return holder + ": " + json;
        }
    }

    private Statements() {}

    static Stream<Statement> of(Cloud cloud) {
        return Stream.concat(
                cloud.resources("AWS::IAM::Role").flatMap(Statements::of),
                cloud.resources("AWS::IAM::Policy").flatMap(Statements::of));
    }

    static Stream<Statement> of(Resource holder) {
        var documents =
                Stream.concat(
                        holder.property("Policies")
                                .valueStream()
                                .map(policy -> policy.path("PolicyDocument")),
                        Stream.of(holder.property("PolicyDocument")));
        return documents
                .flatMap(document -> many(document.path("Statement")))
                .map(json -> new Statement(holder, json));
    }

    private static Stream<JsonNode> many(JsonNode node) {
        return node.isMissingNode()
                ? Stream.of()
                : node.isArray() ? node.valueStream() : Stream.of(node);
    }

    /** A join as one string, in which a reference is the name of what it refers to. */
    static String text(JsonNode node) {
        if (node.isString()) {
            return node.asString();
        }
        if (node.has("Fn::Join")) {
            var text = new StringBuilder();
            node.at("/Fn::Join/1").forEach(part -> text.append(text(part)));
            return text.toString();
        }
        if (node.has("Ref")) {
            return "<" + node.path("Ref").asString() + ">";
        }
        return "<" + node + ">";
    }
}
