package com.fluxvantage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** The list of attacks names tests that are there. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SecurityTestsDocumentTest {
    private static final Path ROOT = Path.of(System.getProperty("fv.root", "../.."));
    private static final Pattern NAMED =
            Pattern.compile("`(?<name>[A-Z]\\w*(Test|Check)(\\.\\w+)?)`");

    @Test
    void every_test_that_the_list_of_attacks_names_exists() throws IOException {
        var tests = NamedTests.of(ROOT);
        var named =
                NAMED.matcher(Files.readString(ROOT.resolve("docs/security-tests.md")))
                        .results()
                        .map(it -> it.group("name"))
                        .toList();

        assertThat(named.stream().map(tests::fault).flatMap(Optional::stream)).isEmpty();
        assertThat(named).hasSizeGreaterThan(50);
    }
}
