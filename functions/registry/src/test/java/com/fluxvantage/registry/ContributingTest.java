package com.fluxvantage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;

/** The guide's example is code: what a reader copies out of it compiles. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ContributingTest {
    private static final Path ROOT = Path.of(System.getProperty("fv.root"));
    private static final Pattern NAMED_CODE =
            Pattern.compile("`(functions/\\S+\\.java)`[^`]*```java\\n(.*?)```", Pattern.DOTALL);

    @TempDir private Path work;

    @Test
    void the_example_compiles_without_a_warning() throws IOException {
        var example = example(Files.readString(ROOT.resolve("CONTRIBUTING.md")));

        assertThat(example.keySet())
                .extracting(it -> Path.of(it).getFileName().toString())
                .containsExactlyInAnyOrder(
                        "AssignHome.java", "AssignHomeTest.java", "LocationsRefusal.java");
        assertThat(findings(example)).isEmpty();
    }

    @Test
    void an_example_that_does_not_fit_the_code_is_told() throws IOException {
        var guide = Files.readString(ROOT.resolve("CONTRIBUTING.md"));

        assertThat(findings(example(guide.replace("call.sql()", "call.query()"))))
                .anyMatch(it -> it.contains("AssignHome.java") && it.contains("query()"));
    }

    // A block is a whole file, or what is added at the end of one that is there.
    private static Map<String, String> example(String guide) throws IOException {
        var files = new TreeMap<String, String>();
        var block = NAMED_CODE.matcher(guide);
        while (block.find()) {
            String path = block.group(1);
            String code = block.group(2);
            if (!code.startsWith("package ")) {
                String there = Files.readString(ROOT.resolve(path));
                code = there.substring(0, there.lastIndexOf('}')) + code + "}\n";
            }
            files.put(path, code);
        }
        return files;
    }

    private List<String> findings(Map<String, String> example) throws IOException {
        var sources = new ArrayList<Path>();
        for (var file : example.entrySet()) {
            var source = work.resolve(file.getKey());
            Files.createDirectories(source.getParent());
            sources.add(Files.writeString(source, file.getValue()));
        }
        var compiler = ToolProvider.getSystemJavaCompiler();
        var findings = new DiagnosticCollector<JavaFileObject>();
        try (var files = compiler.getStandardFileManager(findings, Locale.ROOT, null)) {
            compiler.getTask(
                            null,
                            files,
                            findings,
                            List.of(
                                    "-Xlint:all,-processing,-classfile",
                                    "-proc:none",
                                    "-d",
                                    work.toString()),
                            null,
                            files.getJavaFileObjectsFromPaths(sources))
                    .call();
        }
        return findings.getDiagnostics().stream().map(it -> it.toString()).toList();
    }
}
