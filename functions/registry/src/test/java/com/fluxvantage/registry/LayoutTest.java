package com.fluxvantage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The formatter decides layout. With {@code -Dfv.format=true} this lays the files out in place of
 * complaining about them. No file lies where the other checks of the source would not look.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LayoutTest {
    private static final Path ROOT = Path.of(System.getProperty("fv.root"));
    private static final JavaFormatterOptions AOSP =
            JavaFormatterOptions.builder().style(JavaFormatterOptions.Style.AOSP).build();

    @Test
    void every_file_is_laid_out_by_the_formatter() throws IOException, FormatterException {
        var formatter = new Formatter(AOSP);
        var others = new ArrayList<String>();
        for (Path source : sources()) {
            String text = Files.readString(source);
            String imports =
                    ImportOrderer.reorderImports(
                            RemoveUnusedImports.removeUnusedImports(text),
                            JavaFormatterOptions.Style.AOSP);
            String formatted = formatter.formatSource(imports);
            if (!formatted.equals(text)) {
                others.add(ROOT.relativize(source).toString());
                if (Boolean.getBoolean("fv.format")) {
                    Files.writeString(source, formatted);
                }
            }
        }
        if (!Boolean.getBoolean("fv.format")) {
            assertThat(others)
                    .as(
                            "run: mvn -pl functions/registry -am test -Dtest=LayoutTest"
                                    + " -Dfv.format=true -Dsurefire.failIfNoSpecifiedTests=false")
                    .isEmpty();
        }
    }

    @Test
    void error_prone_reads_every_file_of_a_module() throws IOException {
        var pom = Files.readString(ROOT.resolve("shared/checks/pom.xml"));
        var read =
                Pattern.compile("<include>(.*?)</include>")
                        .matcher(pom)
                        .results()
                        .map(it -> FileSystems.getDefault().getPathMatcher("glob:" + it.group(1)))
                        .toList();
        assertThat(sources())
                .map(ROOT::relativize)
                .filteredOn(it -> !it.startsWith(".mvn"))
                .allMatch(it -> read.stream().anyMatch(include -> include.matches(it)));
    }

    private static List<Path> sources() throws IOException {
        try (var files = Files.walk(ROOT)) {
            return files.filter(it -> it.toString().endsWith(".java"))
                    .filter(it -> !it.toString().matches(".*/(target|node_modules)/.*"))
                    .toList();
        }
    }
}
