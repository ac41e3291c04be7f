package com.fluxvantage.benchmarks;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Tells each figure when it is known, and writes all of them down at the end. */
final class Report {
    private record Results(
            Machine machine, Form form, List<Figure> figures, List<String> notMeasured) {}

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final PrintStream out;
    private final List<Figure> figures = new ArrayList<>();
    private final List<String> notMeasured = new ArrayList<>();

    Report(PrintStream out) {
        this.out = out;
    }

    void says(String sentence) {
        out.println(sentence);
    }

    void add(Figure figure) {
        figures.add(figure);
        out.println(line(figure));
    }

    /** Loudly: what has no figure is not to be taken for a good one. */
    void notMeasured(String what) {
        notMeasured.add(what);
        out.println("  NOT MEASURED: " + what);
    }

    static String line(Figure figure) {
        return String.format(
                Locale.ROOT,
                "  %-36s %8.3f  (%.3f to %.3f of %d)  aim %s%s%n      %s",
                figure.name(),
                figure.median(),
                figure.min(),
                figure.max(),
                figure.rounds().size(),
                figure.aim().text(),
                figure.verdict().isEmpty() ? "" : ": " + figure.verdict(),
                figure.beside());
    }

    /** The raw rounds for programs, and a page for people. */
    void write(Path folder, Machine machine, Form form) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(
                folder.resolve("results.json"),
                JSON.writerWithDefaultPrettyPrinter()
                        .writeValueAsString(new Results(machine, form, figures, notMeasured)));
        Files.writeString(folder.resolve("results.md"), page(machine, form));
    }

    private String page(Machine machine, Form form) {
        var page = new StringBuilder();
        page.append(
                String.format(
                        Locale.ROOT,
                        "The %s form, on this machine:%n%n%s%n",
                        form.name(),
                        machine.markdown()));
        page.append("| figure | median | least | most | rounds | aim | |\n");
        page.append("| --- | ---: | ---: | ---: | ---: | --- | --- |\n");
        for (var figure : figures) {
            page.append(
                    String.format(
                            Locale.ROOT,
                            "| %s, %s | %.3f | %.3f | %.3f | %d | %s | %s |%n",
                            figure.suite(),
                            figure.name(),
                            figure.median(),
                            figure.min(),
                            figure.max(),
                            figure.rounds().size(),
                            figure.aim().text(),
                            figure.verdict()));
        }
        page.append("\nWhat they were made of:\n\n");
        figures.forEach(
                it -> page.append("- %s, %s: %s%n".formatted(it.suite(), it.name(), it.beside())));
        notMeasured.forEach(it -> page.append("- NOT MEASURED: %s%n".formatted(it)));
        return page.toString();
    }
}
