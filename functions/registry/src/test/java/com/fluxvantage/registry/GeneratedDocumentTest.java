package com.fluxvantage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.runtime.OperationCatalog;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/** What is committed is what the operations and the entries of the policy say. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class GeneratedDocumentTest {
    private static final Path DOCS = Path.of(System.getProperty("fv.root"), "docs");
    private static final OperationCatalog CATALOG = OperationCatalog.load();
    private static final Map<String, Function<OperationCatalog, String>> DOCUMENTS =
            Map.of(
                    "openapi.json", OpenApiDocument::text,
                    "operations.md", OperationsDocument::text,
                    "errors.md", ErrorsDocument::text,
                    "events.json", EventsDocument::text,
                    "policy.md", _ -> PolicyDocument.text(Policy.read()),
                    "data-map.md", _ -> DataMapDocument.text());

    static Set<String> documents() {
        return DOCUMENTS.keySet();
    }

    /** With {@code -Dfv.generate=true} it is written anew; the difference is the review. */
    @ParameterizedTest
    @MethodSource("documents")
    void a_committed_page_is_what_it_is_made_from(String page) throws IOException {
        String generated = Objects.requireNonNull(DOCUMENTS.get(page)).apply(CATALOG);
        if (Boolean.getBoolean("fv.generate")) {
            Files.writeString(DOCS.resolve(page), generated);
        }

        assertThat(Files.readString(DOCS.resolve(page)))
                .as("after a change, with -Dfv.generate=true this test writes it anew")
                .isEqualTo(generated);
    }

    @Test
    void every_operation_and_every_refusal_has_its_place() {
        var operations = OperationsDocument.text(CATALOG);
        var errors = ErrorsDocument.text(CATALOG);

        for (var operation : CATALOG.all()) {
            assertThat(operations).contains("### " + operation.name() + "\n");
            if (operation.caller() instanceof com.fluxvantage.kernel.operation.Caller.Job) {
                continue; // Nobody is answered.
            }
            for (var refusal : operation.refuses()) {
                assertThat(errors)
                        .contains("| `" + com.fluxvantage.kernel.operation.Refusal.code(refusal));
            }
        }
    }
}
