package com.fluxvantage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The list of attacks names tests that are there. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SecurityTestsDocumentTest {
    private static final Path ROOT = Path.of(System.getProperty("fv.root", "../.."));
    private static final Pattern NAMED =
            Pattern.compile("`(?<type>[A-Z]\\w*(Test|Check))(\\.(?<test>\\w+))?`");

    @Test
    void every_test_that_the_list_of_attacks_names_exists() throws IOException {
        var sources = sources();
        var named = NAMED.matcher(Files.readString(ROOT.resolve("docs/security-tests.md")));
        int count = 0;
        while (named.find()) {
            count++;
            assertThat(sources).containsKey(named.group("type"));
            if (named.group("test") != null) {
                assertThat(sources.get(named.group("type")))
                        .as(named.group())
                        .containsPattern("\\bvoid " + named.group("test") + "\\(");
            }
        }
        assertThat(count).isGreaterThan(50);
    }

    private static Map<String, String> sources() throws IOException {
        var sources = new HashMap<String, String>();
        for (var module : new String[] {"migrations", "shared", "functions"}) {
            try (var files = Files.walk(ROOT.resolve(module))) {
                for (var file :
                        files.filter(it -> it.toString().matches(".*/src/.*(Test|Check)\\.java"))
                                .toList()) {
                    var name = file.getFileName().toString().replace(".java", "");
                    sources.merge(name, Files.readString(file), String::concat);
                }
            }
        }
        return sources;
    }
}
