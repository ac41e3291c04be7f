package com.fluxvantage.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.runtime.OperationCatalog;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

@ReadsTemplates
class AlarmsTest {
    private static final String ALARM = "AWS::CloudWatch::Alarm";
    private static final Path RUNBOOKS =
            Path.of(System.getProperty("fv.root"), "docs", "runbooks.md");

    @Test
    void every_operation_has_an_alarm_for_failing_and_one_for_being_slow() {
        assertThat(missing(Cloud.synthesised())).isEmpty();
    }

    @Test
    void finds_an_operation_that_fails_unseen() {
        var cloud = Cloud.synthesised();
        var alarm =
                cloud.resources(ALARM)
                        .filter(it ->
                                it.property("AlarmName")
                                        .asString()
                                        .equals("fv-production-receive-line-fails"))
                        .findFirst()
                        .orElseThrow();

        assertThat(missing(cloud.without(alarm))).hasSize(1);
    }

    @Test
    void every_alarm_tells_somebody_and_says_which_page_to_open() {
        assertThat(silent(Cloud.synthesised())).isEmpty();
    }

    @Test
    void finds_an_alarm_that_tells_nobody() {
        assertThat(silent(Cloud.synthesised().with(ALARM, it -> it.remove("AlarmActions"))))
                .hasSize(1);
    }

    @Test
    void finds_an_alarm_whose_page_is_not_there() {
        assertThat(
                        silent(
                                Cloud.synthesised()
                                        .with(
                                                ALARM,
                                                it ->
                                                        it.put(
                                                                "AlarmDescription",
                                                                "docs/runbooks.md#nowhere"))))
                .hasSize(1);
    }

    private static List<String> missing(Cloud cloud) {
        var names =
                cloud.resources(ALARM)
                        .map(it -> it.property("AlarmName").asString(""))
                        .collect(Collectors.toSet());
        var findings = new ArrayList<String>();
        for (var operation : OperationCatalog.load().all()) {
            for (String kind : List.of("-fails", "-slow")) {
                String name = Cloud.production().functionName(operation) + kind;
                if (!names.contains(name)) {
                    findings.add("there is no alarm " + name);
                }
            }
        }
        return findings;
    }

    private static List<String> silent(Cloud cloud) {
        var pages = pages();
        return cloud.resources(ALARM)
                .filter(it ->
                        it.property("AlarmActions").isEmpty()
                                || !pages.contains(
                                        it.property("AlarmDescription")
                                                .asString("")
                                                .replaceFirst(".* docs/runbooks.md#", "")))
                .map(it -> it + " tells nobody, or not what to do")
                .toList();
    }

    private static Set<String> pages() {
        try {
            return Files.readAllLines(RUNBOOKS).stream()
                    .filter(line -> line.startsWith("## "))
                    .map(line ->
                            line.substring(3).toLowerCase(java.util.Locale.ROOT).replace(' ', '-'))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
