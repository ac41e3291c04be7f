package com.fluxvantage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.runtime.OperationCatalog;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class OpenApiDocumentTest {
    private static final Path COMMITTED =
            Path.of(System.getProperty("fv.root"), "docs", "openapi.json");

    /** With {@code -Dfv.generate=true} it is written anew; the difference is the review. */
    @Test
    void the_committed_contract_is_what_the_operations_say() throws IOException {
        String generated = OpenApiDocument.text(OperationCatalog.load());
        if (Boolean.getBoolean("fv.generate")) {
            Files.writeString(COMMITTED, generated);
        }
        assertThat(Files.readString(COMMITTED)).isEqualTo(generated);
    }
}
