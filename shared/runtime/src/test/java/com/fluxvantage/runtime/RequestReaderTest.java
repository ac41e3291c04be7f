package com.fluxvantage.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.LocationId;
import com.fluxvantage.kernel.text.Sku;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class RequestReaderTest {
    private static final LocationId SHELF = new LocationId(UUID.randomUUID());
    private static final Map<String, String> PATH = Map.of("shelf_id", Identifiers.text(SHELF));
    private static final String LINE = "{\"sku\": \"A\", \"quantity\": 2}";
    private static final String GOOD =
            "\"side\": \"LEFT\", \"height\": 3, \"fragile\": true, \"lines\": [" + LINE + "]";

    private final RequestReader<ShelfOperations.Fill> body =
            new RequestReader<>(ShelfOperations.FILL, Set.of("shelf_id"));
    private final RequestReader<ShelfOperations.Search> query =
            new RequestReader<>(ShelfOperations.SEARCH, Set.of("shelf_id"));

    @Test
    void makes_the_request_of_path_and_body() {
        var request =
                body.fromBody(
                        PATH,
                        "{"
                                + GOOD
                                + ", \"best_before\": \"2026-12-31\", \"at\":"
                                + " \"2026-11-24T08:00:00Z\", \"contact\": \"Ada\"}");

        assertThat(request.shelfId()).isEqualTo(SHELF);
        assertThat(request.side()).isEqualTo(ShelfOperations.Side.LEFT);
        assertThat(request.height()).isEqualTo(3);
        assertThat(request.fragile()).isTrue();
        assertThat(request.lines())
                .containsExactly(new ShelfOperations.Line(new Sku("A"), Quantity.of(2)));
        assertThat(request.bestBefore()).contains(LocalDate.of(2026, 12, 31));
        assertThat(request.at()).contains(Instant.parse("2026-11-24T08:00:00Z"));
        assertThat(request.contact().orElseThrow().sealed()).isEqualTo("Ada");
    }

    @Test
    void leaves_empty_what_is_optional_and_not_there_or_null() {
        var absent = body.fromBody(PATH, "{" + GOOD + "}");
        var empty =
                body.fromBody(
                        PATH,
                        "{" + GOOD + ", \"best_before\": null, \"at\": null, \"contact\": null}");

        assertThat(absent.bestBefore()).isEmpty();
        assertThat(absent.contact()).isEmpty();
        assertThat(empty).isEqualTo(absent);
    }

    @Test
    void makes_the_request_of_path_and_query() {
        var request =
                query.fromQuery(
                        PATH,
                        Map.of(
                                "sku", List.of("123"),
                                "at_least", List.of("5"),
                                "height", List.of("7"),
                                "fragile", List.of("true"),
                                "best_before", List.of("2026-12-31"),
                                "sides", List.of("RIGHT,LEFT"),
                                "limit", List.of("20")));

        assertThat(request.shelfId()).isEqualTo(SHELF);
        assertThat(request.sku()).contains(new Sku("123"));
        assertThat(request.atLeast()).contains(Quantity.of(5));
        assertThat(request.height()).contains(7);
        assertThat(request.fragile()).contains(true);
        assertThat(request.bestBefore()).contains(LocalDate.of(2026, 12, 31));
        assertThat(request.sides())
                .contains(List.of(ShelfOperations.Side.RIGHT, ShelfOperations.Side.LEFT));
        assertThat(request.limit()).contains(new PageLimit(20));
    }

    @Test
    void reads_a_list_of_one_element() {
        var request = query.fromQuery(PATH, Map.of("sides", List.of("LEFT")));

        assertThat(request.sides()).contains(List.of(ShelfOperations.Side.LEFT));
    }

    @Test
    void refuses_a_field_that_it_does_not_know() {
        assertThat(refused("{" + GOOD + ", \"typed\": 1}"))
                .isEqualTo("400 unknown-field # unknown-field");
        assertThat(refused("{" + GOOD + ", \"tenant_id\": \"typed\"}"))
                .isEqualTo("400 unknown-field # unknown-field");
    }

    @Test
    void repeats_no_part_of_an_unknown_fields_name() {
        assertThat(refused("{" + GOOD + ", \"Ada/Lovelace/typed\": 1}"))
                .isEqualTo("400 unknown-field # unknown-field");
    }

    @Test
    void points_at_the_list_element_in_which_an_unknown_field_stands() {
        assertThat(
                        refused(
                                "{\"side\": \"LEFT\", \"height\": 3, \"fragile\": true, \"lines\":"
                                        + " ["
                                        + LINE
                                        + ", {\"sku\": \"A\", \"quantity\": 2, \"typed\": 1}]}"))
                .isEqualTo("400 unknown-field #/lines/1 unknown-field");
    }

    @ParameterizedTest
    @CsvSource({"side", "height", "fragile"})
    void refuses_a_missing_field(String field) {
        assertThat(refused("{" + GOOD.replaceFirst("\"" + field + "\": [^,]+, ", "") + "}"))
                .isEqualTo("422 invalid #/" + field + " required");
    }

    @ParameterizedTest
    @CsvSource({"side", "height", "fragile"})
    void refuses_null_for_a_field_that_has_to_be_there(String field) {
        assertThat(
                        refused(
                                "{"
                                        + GOOD.replaceFirst(
                                                "\"" + field + "\": [^,]+,",
                                                "\"" + field + "\": null,")
                                        + "}"))
                .isEqualTo("422 invalid #/" + field + " required");
    }

    @Test
    void takes_an_empty_list_and_refuses_one_that_is_not_there() {
        assertThat(body.fromBody(PATH, with("\"lines\": []")).lines()).isEmpty();
        assertThat(refused(with("\"lines\": null"))).isEqualTo("422 invalid #/lines required");
        assertThat(refused("{\"side\": \"LEFT\", \"height\": 3, \"fragile\": true}"))
                .isEqualTo("422 invalid #/lines required");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"side\": 4711",
                "\"side\": 0",
                "\"side\": -0",
                "\"side\": \"0\"",
                "\"side\": \" LEFT\"",
                "\"side\": \"left\"",
                "\"side\": \"\"",
                "\"side\": \"typed\"",
                "\"side\": {\"typed\": 1}",
                "\"side\": [\"LEFT\"]",
                "\"height\": \"4711\"",
                "\"height\": \"\"",
                "\"height\": \" \"",
                "\"height\": true",
                "\"height\": 4711.0",
                "\"height\": 4711e2",
                "\"fragile\": \"true\"",
                "\"fragile\": 1",
                "\"lines\": \"typed\"",
                "\"lines\": {\"typed\": 1}",
                "\"best_before\": 4711",
                "\"contact\": 4711",
                "\"contact\": {\"typed\": 1}"
            })
    void refuses_another_type(String field) {
        String name = field.substring(1, field.indexOf('"', 1));

        assertThat(refused(with(field))).isEqualTo("400 wrong-type #/" + name + " wrong-type");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"4711\"",
                "4711.0",
                "4711.5",
                "4711e2",
                "true",
                "[4711]",
                "{\"typed\": 1}"
            })
    void refuses_another_type_for_a_quantity(String typed) {
        assertThat(
                        refused(
                                with(
                                        "\"lines\": ["
                                                + LINE
                                                + ", {\"sku\": \"A\", \"quantity\": "
                                                + typed
                                                + "}]")))
                .isEqualTo("400 wrong-type #/lines/1/quantity wrong-type");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1000000000001",
                "-1",
                "9223372036854775807",
                "9223372036854775808",
                "100000000000000000000000000000"
            })
    void refuses_a_quantity_out_of_range(String typed) {
        assertThat(refused(with("\"lines\": [{\"sku\": \"A\", \"quantity\": " + typed + "}]")))
                .isEqualTo("422 invalid #/lines/0/quantity out-of-range");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2147483648",
                "-2147483649",
                "9223372036854775808",
                "100000000000000000000000000000"
            })
    void refuses_a_number_that_its_type_cannot_hold(String typed) {
        assertThat(refused(with("\"height\": " + typed)))
                .isEqualTo("422 invalid #/height out-of-range");
    }

    @Test
    void points_at_the_element_of_a_list_that_breaks_a_rule() {
        assertThat(
                        refused(
                                with(
                                        "\"lines\": ["
                                                + LINE
                                                + ", {\"sku\": \" typed\", \"quantity\": 1}]")))
                .isEqualTo("422 invalid #/lines/1/sku space-around");
        assertThat(
                        refused(
                                with(
                                        "\"lines\": ["
                                                + LINE
                                                + ", "
                                                + LINE
                                                + ", {\"sku\": \"typed\", \"quantity\": 0}]")))
                .isEqualTo("422 invalid #/lines/2/quantity out-of-range");
        assertThat(refused(with("\"lines\": [{\"sku\": \"typed\"}]")))
                .isEqualTo("422 invalid #/lines/0/quantity required");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"best_before\": \"typed\"",
                "\"best_before\": \"2026-13-01\"",
                "\"best_before\": \"2026-02-30\"",
                "\"best_before\": \"+12026-01-01\"",
                "\"best_before\": \"-0044-03-15\"",
                "\"best_before\": \"2026-11-24T08:00:00Z\"",
                "\"at\": \"2026-11-24\"",
                "\"at\": \"2026-11-24T08:00:00\"",
                "\"at\": \"+12026-11-24T08:00:00Z\"",
                "\"at\": \"-0044-03-15T08:00:00Z\""
            })
    void refuses_a_date_or_time_that_is_none(String field) {
        String name = field.substring(1, field.indexOf('"', 1));

        assertThat(refused(with(field))).isEqualTo("422 invalid #/" + name + " malformed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "typed",
                "\"typed\"",
                "[]",
                "null",
                "4711",
                "{\"side\": \"LEFT\"",
                "{\"side\": \"LEFT\"} typed",
                "{} {}",
                "{'side': 'LEFT'}",
                "{\"side\": \"LEFT\", \"side\": \"RIGHT\"}",
                "{\"lines\": [{\"sku\": \"typed\", \"sku\": \"A\"}]}",
                "{\"height\": 0123}",
                "{\"height\": NaN}",
                "{\"height\": 1234567890123456789012345678901}",
                "{/* typed */}",
                "{\"side\": \"LEFT\",}"
            })
    void refuses_what_is_not_one_json_object_without_repeated_fields(String typed) {
        assertThat(refused(typed)).isEqualTo("400 not-json - -");
    }

    @Test
    void refuses_what_is_nested_too_deep_before_it_is_understood() {
        assertThat(refused("{\"lines\": " + "[".repeat(30) + "]".repeat(30) + "}"))
                .isEqualTo("400 not-json - -");
        assertThat(refused("{\"lines\": ".repeat(100_000))).isEqualTo("400 not-json - -");
    }

    @Test
    void refuses_a_path_variable_in_the_body() {
        assertThat(refused("{" + GOOD + ", \"shelf_id\": \"" + PATH.get("shelf_id") + "\"}"))
                .isEqualTo("400 unknown-field # unknown-field");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "typed",
                "itm_00000000000000000000000000",
                "loc_zzzzzzzzzzzzzzzzzzzzzzzzzz",
                ""
            })
    void refuses_an_id_that_is_none(String typed) {
        var found =
                catchThrowableOfType(
                        ProblemFound.class,
                        () -> body.fromBody(Map.of("shelf_id", typed), "{" + GOOD + "}"));

        assertThat(said(found)).isEqualTo("422 invalid #/shelf_id malformed-id");
    }

    @Test
    void reads_an_empty_body_as_no_fields() {
        assertThat(refused("")).isEqualTo("422 invalid #/side required");
        assertThat(said(catchThrowableOfType(ProblemFound.class, () -> body.fromBody(PATH, null))))
                .isEqualTo("422 invalid #/side required");
    }

    @Test
    void refuses_a_query_parameter_that_it_does_not_know() {
        assertThat(refused(Map.of("typed", List.of("1")))).isEqualTo("400 unknown-parameter - -");
        assertThat(refused(Map.of("shelf_id", List.of(PATH.get("shelf_id")))))
                .isEqualTo("400 unknown-parameter - -");
        assertThat(refused(Map.of("atLeast", List.of("1")))).isEqualTo("400 unknown-parameter - -");
    }

    @Test
    void refuses_a_query_parameter_that_stands_twice() {
        assertThat(refused(Map.of("sku", List.of("typed", "typed"))))
                .isEqualTo("400 repeated-parameter #/sku repeated");
    }

    @ParameterizedTest
    @CsvSource({
        "sku, ' typed', 422 invalid #/sku space-around",
        "sku, '', 422 invalid #/sku blank",
        "at_least, typed, 400 wrong-type #/at_least wrong-type",
        "at_least, 1.5, 400 wrong-type #/at_least wrong-type",
        "at_least, -1, 422 invalid #/at_least out-of-range",
        "at_least, 9999999999999999999, 400 wrong-type #/at_least wrong-type",
        "height, 9999999999, 422 invalid #/height out-of-range",
        "height, typed, 400 wrong-type #/height wrong-type",
        "height, ' ', 400 wrong-type #/height wrong-type",
        "height, '', 400 wrong-type #/height wrong-type",
        "fragile, ' ', 400 wrong-type #/fragile wrong-type",
        "fragile, TRUE, 400 wrong-type #/fragile wrong-type",
        "best_before, typed, 422 invalid #/best_before malformed",
        "sides, typed, 400 wrong-type #/sides/0 wrong-type",
        "sides, 'LEFT,typed', 400 wrong-type #/sides/1 wrong-type",
        "sides, 'LEFT,', 400 wrong-type #/sides/1 wrong-type",
        "sides, ',', 400 wrong-type #/sides/0 wrong-type",
        "limit, 0, 422 invalid #/limit out-of-range",
        "limit, -1, 422 invalid #/limit out-of-range",
        "limit, typed, 400 wrong-type #/limit wrong-type"
    })
    void refuses_a_query_parameter_that_does_not_fit(String name, String typed, String answer) {
        assertThat(refused(Map.of(name, List.of(typed)))).isEqualTo(answer);
    }

    @Test
    void reads_a_limit_beyond_the_most_as_the_most() {
        var request = query.fromQuery(PATH, Map.of("limit", List.of("100000000000")));

        assertThat(request.limit()).contains(new PageLimit(PageLimit.MOST));
    }

    @Test
    void refuses_a_parameter_of_more_than_1000_characters() {
        assertThat(refused(Map.of("sku", List.of("typed".repeat(200)))))
                .isEqualTo("422 invalid #/sku too-long");
        assertThat(refused(Map.of("sku", List.of("typed".repeat(201)))))
                .isEqualTo("422 invalid #/sku too-long");
    }

    @Test
    void is_not_made_for_a_route_whose_variable_is_no_field() {
        assertThatIllegalStateException()
                .isThrownBy(() -> new RequestReader<>(ShelfOperations.PAINT, Set.of("shelf_id")));
    }

    private static String with(String field) {
        String name = field.substring(1, field.indexOf('"', 1));
        String rest =
                switch (name) {
                    case "side" -> "\"height\": 3, \"fragile\": true, \"lines\": []";
                    case "height" -> "\"side\": \"LEFT\", \"fragile\": true, \"lines\": []";
                    case "fragile" -> "\"side\": \"LEFT\", \"height\": 3, \"lines\": []";
                    case "lines" -> "\"side\": \"LEFT\", \"height\": 3, \"fragile\": true";
                    default -> GOOD;
                };
        return "{" + rest + ", " + field + "}";
    }

    private String refused(String sent) {
        return said(catchThrowableOfType(ProblemFound.class, () -> body.fromBody(PATH, sent)));
    }

    private String refused(Map<String, List<String>> sent) {
        return said(catchThrowableOfType(ProblemFound.class, () -> query.fromQuery(PATH, sent)));
    }

    /** Status, code, pointer and reason; and nothing of what was typed anywhere in the document. */
    private static String said(ProblemFound found) {
        assertThat(found).isNotNull();
        var problem = found.problem();
        assertThat(KernelJson.guarded().writeValueAsString(problem.document("a-request")))
                .doesNotContain("typed", "4711", "Exception", "java.", "com.");
        return "%d %s %s %s"
                .formatted(
                        problem.status(),
                        problem.code(),
                        problem.pointer().orElse("-"),
                        problem.fieldCode().orElse("-"));
    }
}
