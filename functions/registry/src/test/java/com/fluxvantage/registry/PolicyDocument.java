package com.fluxvantage.registry;

import com.fluxvantage.registry.Policy.Entry;
import com.fluxvantage.registry.Policy.Promise;
import com.fluxvantage.registry.Policy.State;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The privacy policy and what is true of it today, on one page. */
final class PolicyDocument {
    private static final String HEAD =
            """
            # The privacy policy, promise by promise

            Every sentence of the [policy](privacy-policy.txt), what it promises, and what shows today that the promise
            is kept. Made from [policy.yaml](policy.yaml) by the build, which fails if a sentence has no entry, or an entry names a
            test or an [operation](operations.md) that is not there.

            - **kept**: a test fails when the promise is broken. It runs with every build, on what runs.
            - **partly**: something shows a part of it, and the last column says what is missing. What only a cloud account can
              show is at most this: nothing here has run in one, and templates say what is asked for, not what is.
            - **not yet**: nothing keeps it today, and the last column says what will.
            """;

    private PolicyDocument() {}

    static String text(Policy policy) {
        var page = new StringBuilder(HEAD).append('\n').append(counts(policy));
        for (var entry : policy.entries()) {
            if (entry.heading().isEmpty()) {
                page.append(rows(entry));
            } else {
                page.append("\n## ").append(entry.heading()).append("\n\n");
                page.append("| the policy says | which promises | state | proof | missing |\n");
                page.append("| --- | --- | --- | --- | --- |\n");
            }
        }
        return page.toString();
    }

    private static String counts(Policy policy) {
        var page = new StringBuilder("| promises | kept | partly | not yet |\n");
        page.append("| ---: | ---: | ---: | ---: |\n| ").append(policy.promises().size());
        for (var state : State.values()) {
            page.append(" | ")
                    .append(policy.promises().stream().filter(it -> it.state() == state).count());
        }
        return page.append(" |\n").toString();
    }

    private static String rows(Entry entry) {
        if (entry.promises().isEmpty()) {
            return row(entry.sentence(), "nothing: " + entry.promisesNothing(), "", "", "");
        }
        var rows = new StringBuilder();
        String sentence = entry.sentence();
        for (var promise : entry.promises()) {
            rows.append(
                    row(
                            sentence,
                            "**" + promise.id() + "** " + promise.promise(),
                            promise.state().toString(),
                            proof(promise),
                            promise.missing() + promise.toCome()));
            sentence = "";
        }
        return rows.toString();
    }

    private static String row(String... cells) {
        return Stream.of(cells)
                        .map(it -> it.replace("|", "\\|"))
                        .collect(Collectors.joining(" | ", "| ", " |"))
                + "\n";
    }

    private static String proof(Promise promise) {
        var operations =
                promise.operations().stream().map(it -> "[%s](operations.md#%s)".formatted(it, it));
        return Stream.concat(operations, promise.tests().stream().map(it -> "`" + it + "`"))
                .collect(Collectors.joining("<br>"));
    }
}
