package com.fluxvantage.registry;

import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The published privacy policy, sentence by sentence, and what proves each of its promises. {@code
 * docs/policy.yaml} has the entries and not code, so that whoever answers for the text and whoever
 * answers for the tests change the same lines. Each rule answers one sentence a fault.
 */
record Policy(List<Entry> entries) {
    private static final Path DOCS = Path.of(System.getProperty("fv.root"), "docs");
    private static final Pattern BETWEEN_SENTENCES = Pattern.compile("(?<=[.?!]) (?=[A-Z])");

    private static final JsonMapper TYPED =
            JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(EnumFeature.READ_ENUMS_USING_TO_STRING)
                    .build();

    /** How far a promise is kept today. */
    enum State {
        KEPT,
        PARTLY,
        NOT_YET;

        @Override
        public String toString() {
            return this == NOT_YET ? "not yet" : this == PARTLY ? "partly" : "kept";
        }
    }

    /**
     * A heading, or a sentence with its promises or with the reason why it makes none. What is
     * absent is empty.
     */
    record Entry(String heading, String sentence, String promisesNothing, List<Promise> promises) {
        Entry {
            heading = orEmpty(heading);
            sentence = orEmpty(sentence);
            promisesNothing = orEmpty(promisesNothing);
            promises = List.copyOf(Objects.requireNonNullElse(promises, List.of()));
        }

        String text() {
            return heading.isEmpty() ? sentence : heading;
        }
    }

    /** What is {@code missing} from one that is partly kept, and what is {@code toCome}. */
    record Promise(
            String id,
            String promise,
            State state,
            List<String> tests,
            List<String> operations,
            String missing,
            String toCome) {
        Promise {
            Objects.requireNonNull(id, "a promise without an id");
            Objects.requireNonNull(promise, id + " does not say what is promised");
            Objects.requireNonNull(state, id + " has no state");
            tests = List.copyOf(Objects.requireNonNullElse(tests, List.of()));
            operations = List.copyOf(Objects.requireNonNullElse(operations, List.of()));
            missing = orEmpty(missing);
            toCome = orEmpty(toCome);
        }
    }

    static Policy read() {
        return of(file("policy.yaml"));
    }

    static Policy of(String yaml) {
        var options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        Object entries = new Yaml(new SafeConstructor(options)).load(yaml);
        return new Policy(TYPED.convertValue(entries, new TypeReference<List<Entry>>() {}));
    }

    static String published() {
        return file("privacy-policy.txt");
    }

    /** A line is a heading, a bullet or some sentences. */
    static List<String> sentences(String text) {
        return text.lines()
                .map(line -> line.replaceFirst("^- ", ""))
                .flatMap(BETWEEN_SENTENCES::splitAsStream)
                .toList();
    }

    List<Promise> promises() {
        return entries.stream().flatMap(it -> it.promises.stream()).toList();
    }

    List<String> faults(String published, NamedTests tests, Set<String> operations) {
        var faults = new ArrayList<>(unlike(published));
        entries.forEach(entry -> faults.addAll(halfSaid(entry)));
        var ids = new HashSet<String>();
        for (var promise : promises()) {
            if (!ids.add(promise.id)) {
                faults.add(promise.id + " is promised twice.");
            }
            faults.addAll(unproved(promise, tests, operations));
            faults.addAll(dishonest(promise, tests));
        }
        return faults;
    }

    /** The entries are the sentences of the text, all of them, once and in their order. */
    private List<String> unlike(String published) {
        var sentences = sentences(published);
        var mine = entries.stream().map(Entry::text).toList();
        var faults = new ArrayList<String>();
        rest(sentences, mine).forEach(it -> faults.add("No entry for the sentence: " + it));
        rest(mine, sentences).forEach(it -> faults.add("The policy does not say once more: " + it));
        if (faults.isEmpty() && !mine.equals(sentences)) {
            faults.add("The entries are not in the order of the policy.");
        }
        return faults;
    }

    private static List<String> rest(List<String> all, List<String> taken) {
        var rest = new ArrayList<>(all);
        taken.forEach(rest::remove);
        return rest;
    }

    private static List<String> halfSaid(Entry entry) {
        var faults = new ArrayList<String>();
        boolean saysNothing = !entry.promisesNothing.isEmpty();
        if (!entry.heading.isEmpty()) {
            if (saysNothing || !entry.promises.isEmpty() || entry.heading.matches(".*[.:]")) {
                faults.add("This is more than a heading: " + entry.heading);
            }
        } else if (saysNothing != entry.promises.isEmpty()) {
            faults.add("Either it promises something, or why does it not: " + entry.sentence);
        }
        return faults;
    }

    /** What is named is there. */
    private static List<String> unproved(
            Promise promise, NamedTests tests, Set<String> operations) {
        var faults = new ArrayList<String>();
        for (var test : promise.tests) {
            tests.fault(test).ifPresent(it -> faults.add(promise.id + ": " + it + "."));
            if (!test.contains(".")) {
                faults.add(promise.id + ": which test of " + test + "?");
            }
        }
        promise.operations.stream()
                .filter(it -> !operations.contains(it))
                .forEach(it -> faults.add(promise.id + ": there is no operation " + it + "."));
        return faults;
    }

    /** A state says no more than its proof. */
    private static List<String> dishonest(Promise promise, NamedTests tests) {
        var faults = new ArrayList<String>();
        boolean hasProof = !promise.tests.isEmpty() || !promise.operations.isEmpty();
        if (promise.state == State.KEPT && promise.tests.stream().allMatch(tests::isOfTemplates)) {
            faults.add(promise.id + " is called kept, and no test of what runs shows it.");
        }
        if (promise.state == State.PARTLY && !hasProof) {
            faults.add(promise.id + " is called partly kept, and nothing shows it.");
        }
        if (promise.state == State.NOT_YET && hasProof) {
            faults.add(promise.id + " is not kept yet, and has a proof.");
        }
        if ((promise.state == State.PARTLY) == promise.missing.isEmpty()) {
            faults.add(promise.id + " says what is missing if it is partly kept, and only then.");
        }
        if ((promise.state == State.NOT_YET) == promise.toCome.isEmpty()) {
            faults.add(promise.id + " says what will keep it if nothing does, and only then.");
        }
        return faults;
    }

    private static String orEmpty(String text) {
        return Objects.requireNonNullElse(text, "");
    }

    private static String file(String name) {
        try {
            return Files.readString(DOCS.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
