package com.fluxvantage.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fluxvantage.kernel.operation.NotFound;
import com.fluxvantage.kernel.operation.Refusal;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.LocationId;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.util.Optional;
import java.util.UUID;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class ProblemTest {
    @Refusal.Is(value = Refusal.Kind.CONFLICT, title = "The shelf is full.")
    private record ShelfFull(LocationId shelf, Quantity stillFits, Optional<Quantity> nextTo)
            implements Refusal {
        @Override
        public String detail() {
            return "There is room for " + stillFits + ".";
        }
    }

    @Test
    void is_a_document_of_rfc_9457_with_a_code_to_switch_on() {
        var document = Problem.of(BoundaryProblem.TENANT_STATE).document("a-request");

        assertThat(document)
                .containsExactly(
                        entry("type", "https://docs.fluxvantage.com/problems/tenant-state"),
                        entry("title", BoundaryProblem.TENANT_STATE.title()),
                        entry("status", 403),
                        entry("detail", BoundaryProblem.TENANT_STATE.detail()),
                        entry("code", "tenant-state"),
                        entry("retryable", false),
                        entry("request_id", "a-request"));
    }

    @Test
    void points_at_the_field_at_fault() {
        var document =
                Problem.invalid("#/lines/3/quantity", "out-of-range", "Too many.")
                        .document("a-request");

        assertThat(KernelJson.guarded().valueToTree(document).path("errors").path(0))
                .isEqualTo(
                        KernelJson.guarded()
                                .readTree(
                                        """
                                        {"pointer": "#/lines/3/quantity", "code": "out-of-range", "detail": "Too many."}
                                        """));
        assertThat(document).containsEntry("status", 422).containsEntry("code", "invalid");
    }

    @Test
    void says_when_the_same_call_may_succeed() {
        var again = Problem.of(BoundaryProblem.RETRY_LATER);

        assertThat(again.status()).isEqualTo(503);
        assertThat(again.retryAfter()).hasValue(1);
        assertThat(again.document("a-request")).containsEntry("retryable", true);
    }

    @Test
    void of_a_refusal_has_its_domain_its_kind_and_its_facts() {
        var shelf = new LocationId(UUID.fromString("01938f4e-7c11-7abc-8def-0123456789ab"));
        var problem = Problem.of(new ShelfFull(shelf, Quantity.of(4), Optional.empty()));

        assertThat(problem.status()).isEqualTo(409);
        assertThat(problem.code()).isEqualTo("runtime.shelf-full");
        assertThat(problem.title()).isEqualTo("The shelf is full.");
        assertThat(problem.detail()).isEqualTo("There is room for 4.");
        assertThat(problem.pointer()).isEmpty();
        assertThat(KernelJson.guarded().writeValueAsString(problem.document("a-request")))
                .contains(
                        "\"facts\":{\"shelf\":\"loc_01je7mwz0hfay8vvr14d2pf2db\",\"still_fits\":4,\"next_to\":null}");
    }

    @Test
    void of_what_is_missing_points_at_the_field_and_tells_no_facts() {
        var problem = Problem.of(new NotFound("location", "shelfId"));

        assertThat(problem.status()).isEqualTo(404);
        assertThat(problem.code()).isEqualTo("not-found");
        assertThat(problem.pointer()).contains("#/shelf_id");
        assertThat(problem.document("a-request")).doesNotContainKey("facts");
    }

    @Test
    void of_the_boundary_has_the_code_of_its_name_and_never_a_success() {
        assertThat(BoundaryProblem.IDEMPOTENCY_KEY_REUSED.code())
                .isEqualTo("idempotency-key-reused");
        for (var problem : BoundaryProblem.values()) {
            assertThat(problem.status()).as(problem.code()).isBetween(400, 599);
            assertThat(Problem.of(problem).retryAfter().isPresent())
                    .as(problem.code())
                    .isEqualTo(problem.isRetryable());
        }
    }

    @Test
    void of_a_missing_permission_names_it() {
        assertThat(Problem.forbidden("stock:move").status()).isEqualTo(403);
        assertThat(Problem.forbidden("stock:move").detail()).contains("stock:move");
    }
}
