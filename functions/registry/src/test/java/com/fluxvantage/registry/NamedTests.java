package com.fluxvantage.registry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The tests of every module, as documents name them: {@code Type} for all of its tests, or {@code
 * Type.test}. They are looked up in the sources, since most of them are on no class path here.
 */
record NamedTests(Map<String, String> sources, Set<String> ofTemplates) {
    private static final String[] MODULES = {"migrations", "shared", "functions", "template-tests"};
    private static final Pattern ANNOTATION =
            Pattern.compile("@(Test|ParameterizedTest|Property)\\b");

    static NamedTests of(Path root) throws IOException {
        var sources = new HashMap<String, String>();
        var ofTemplates = new HashSet<String>();
        for (var module : MODULES) {
            try (var files = Files.walk(root.resolve(module))) {
                for (var file :
                        files.filter(it -> it.toString().matches(".*/src/.*(Test|Check)\\.java"))
                                .toList()) {
                    var type = file.getFileName().toString().replace(".java", "");
                    sources.merge(type, Files.readString(file), String::concat);
                    if (module.equals("template-tests")) {
                        ofTemplates.add(type);
                    }
                }
            }
        }
        return new NamedTests(sources, ofTemplates);
    }

    /** What is wrong with a name, if anything is. */
    Optional<String> fault(String name) {
        var source = sources.get(type(name));
        if (source == null) {
            return Optional.of("there is no test class " + type(name));
        }
        if (name.contains(".") && !isTest(source, name.substring(name.indexOf('.') + 1))) {
            return Optional.of("there is no test " + name);
        }
        return Optional.empty();
    }

    /** It reads the templates of the cloud, and so shows what is asked for and not what is. */
    boolean isOfTemplates(String name) {
        return ofTemplates.contains(type(name));
    }

    private static String type(String name) {
        return name.contains(".") ? name.substring(0, name.indexOf('.')) : name;
    }

    // Between the method before it and its name stands the annotation of a test.
    private static boolean isTest(String source, String method) {
        var declared = Pattern.compile("\\bvoid " + Pattern.quote(method) + "\\(").matcher(source);
        if (!declared.find()) {
            return false;
        }
        var before = source.substring(0, declared.start());
        return ANNOTATION.matcher(before.substring(before.lastIndexOf("void ") + 1)).find();
    }
}
