package com.fluxvantage.registry;

import com.fluxvantage.kernel.operation.Caller;
import com.fluxvantage.kernel.operation.Names;
import com.fluxvantage.kernel.operation.Operation;
import com.fluxvantage.kernel.operation.Refusal;
import com.fluxvantage.runtime.BoundaryProblem;
import com.fluxvantage.runtime.OperationCatalog;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The catalogue of every code that an answer can have, made from refusals and boundary. */
final class ErrorsDocument {
    private static final String HEAD =
            """
            # Errors

            Every "no" is a problem document ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)):

            ```json
            {
              "type": "https://docs.fluxvantage.com/problems/inbound.over-receipt",
              "title": "More came than was expected.",
              "status": 409,
              "detail": "Only 4 more of this item may be counted in. Put the rest aside and ask.",
              "code": "inbound.over-receipt",
              "facts": {"expected": 40, "received": 36, "still_allowed": 4},
              "retryable": false,
              "request_id": "7f6d0d9e-6b0e-4a51-9a7e-0f4c2b1c9f10"
            }
            ```

            Switch on `code`: it never changes. `detail` is a sentence for the person at the screen and may be reworded.
            `facts` come from the tenant's own rows; nothing that was sent is repeated. Where one field is at fault, `errors`
            names it by a JSON Pointer into the request (`#/lines/3/quantity`) with a code of its own. `retryable` means
            that the same request, with the same key, may succeed a little later; `Retry-After` says when. Another tenant's
            id is answered as one that never was.

            ## Answered before an operation has a say

            | code | status | what it means | what to do |
            | --- | --- | --- | --- |
            """;

    private static final String REFUSALS =
            """

            ## Answered by operations

            | code | status | what it means | facts | answered by |
            | --- | --- | --- | --- | --- |
            """;

    private ErrorsDocument() {}

    static String text(OperationCatalog catalog) {
        var page = new StringBuilder(HEAD);
        Arrays.stream(BoundaryProblem.values())
                .sorted(java.util.Comparator.comparing(BoundaryProblem::code))
                .forEach(it ->
                        page.append(
                                row("`" + it.code() + "`", it.status(), it.title(), it.detail())));
        page.append(REFUSALS);
        answeredBy(catalog)
                .forEach((code, operations) -> {
                    var refusal = refusal(code, catalog);
                    var traits = Refusal.traits(refusal);
                    page.append(
                            row(
                                    "`" + code + "`",
                                    traits.value().status(),
                                    traits.title(),
                                    facts(refusal),
                                    String.join(", ", operations)));
                });
        return page.toString();
    }

    private static Map<String, Set<String>> answeredBy(OperationCatalog catalog) {
        var operations = new TreeMap<String, Set<String>>();
        for (Operation<?, ?> operation : catalog.all()) {
            if (operation.caller() instanceof Caller.Job) {
                continue; // Nobody is answered.
            }
            for (var refusal : operation.refuses()) {
                operations
                        .computeIfAbsent(Refusal.code(refusal), _ -> new LinkedHashSet<>())
                        .add(operation.name());
            }
        }
        return operations;
    }

    private static Class<? extends Refusal> refusal(String code, OperationCatalog catalog) {
        return catalog.all().stream()
                .flatMap(it -> it.refuses().stream())
                .filter(it -> Refusal.code(it).equals(code))
                .findFirst()
                .orElseThrow();
    }

    // What is missing is told by the pointer and not by facts.
    private static String facts(Class<? extends Refusal> refusal) {
        return refusal.getPackageName().endsWith(".operation")
                ? ""
                : Arrays.stream(refusal.getRecordComponents())
                        .map(it -> "`" + Names.snake(it.getName()) + "`")
                        .collect(Collectors.joining(", "));
    }

    private static String row(Object... cells) {
        return Arrays.stream(cells)
                .map(String::valueOf)
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }
}
