package com.fluxvantage.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.GivenWarehouse;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** An operation sends as many statements for a document of thirty lines as for one of one line. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class RoundTripsTest {
    private static final int MANY = 30;
    // What reads the log is in it, too.
    private static final Pattern STATEMENT =
            Pattern.compile(
                    "LOG:  (?:execute [^:]*|statement): (?!select 'mark|show data_directory)");
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private static Client client;
    private static GivenWarehouse given;

    @BeforeAll
    static void a_shelf_of_thirty_items() {
        client = PLATFORM.openTenant();
        given = GivenWarehouse.of(client);
        for (String sku : skus(MANY)) {
            given.item(sku);
            given.stock(sku, 10, "A-01");
        }
    }

    @Test
    void no_operation_asks_the_database_once_for_each_line() throws SQLException {
        journey("WARM", 1); // the first call of each opens its connection

        var one = journey("ONE", 1);
        var many = journey("MANY", MANY);

        assertThat(one).hasSize(9).allSatisfy((_, count) -> assertThat(count).isPositive());
        assertThat(many).isEqualTo(one);
    }

    private static Map<String, Integer> journey(String reference, int lines) throws SQLException {
        var sent = new LinkedHashMap<String, Integer>();
        var skus = skus(lines);
        var asn =
                count(
                        sent,
                        "announce-asn",
                        Map.of(),
                        body(reference, skus, "{\"sku\": \"%s\", \"quantity\": 1}", ""));
        read(sent, "get-asn", Map.of("asn_id", asn.text("asn_id")), Map.of());
        var accepted =
                count(
                        sent,
                        "accept-order",
                        Map.of(),
                        body(
                                reference,
                                skus,
                                "{\"sku\": \"%s\", \"quantity\": 1}",
                                """
                                , "recipient": {"name": "R", "street": "S", "city": "C", "postcode": "1", "country": "GB"}\
                                """));
        var order = Map.of("order_id", accepted.text("order_id"));
        count(sent, "allocate-order", order, "{}");
        read(sent, "get-order", order, Map.of());
        var picks =
                read(
                        sent,
                        "list-picks",
                        Map.of(),
                        Map.of(
                                "warehouse_id",
                                given.warehouseId(),
                                "order_id",
                                accepted.text("order_id")));
        var ids = new ArrayList<String>();
        picks.json().path("items").forEach(pick -> ids.add(pick.path("pick_id").asString()));
        assertThat(ids).hasSize(lines);
        for (int at = 0; at < lines; at++) {
            var pick = picks.json().path("items").path(at);
            var picked =
                    client.post(
                            "confirm-pick",
                            Map.of("pick_id", ids.get(at)),
                            """
                            {"location": "A-01", "sku": "%s", "quantity": 1}\
                            """
                                    .formatted(pick.path("sku").asString()));
            assertThat(picked.status()).isEqualTo(200);
        }
        count(
                sent,
                "pack-carton",
                order,
                "{\"contents\": [" + each(skus, "{\"sku\": \"%s\", \"quantity\": 1}") + "]}");
        count(
                sent,
                "dispatch-shipment",
                order,
                """
                {"carrier": "Roadrunner", "tracking": "RR-%s"}\
                """
                        .formatted(reference));
        cancelled(sent, reference, skus);
        return sent;
    }

    private static void cancelled(Map<String, Integer> sent, String reference, List<String> skus)
            throws SQLException {
        var other =
                client.post(
                        "accept-order",
                        Map.of(),
                        body(
                                reference + "-2",
                                skus,
                                "{\"sku\": \"%s\", \"quantity\": 1}",
                                """
                                , "recipient": {"name": "R", "street": "S", "city": "C", "postcode": "1", "country": "GB"}\
                                """));
        var order = Map.of("order_id", other.text("order_id"));
        assertThat(client.post("allocate-order", order, "{}").status()).isEqualTo(200);
        count(
                sent,
                "cancel-order",
                order,
                """
                {"reason": "CUSTOMER_REQUEST"}\
                """);
    }

    private static Answer count(
            Map<String, Integer> sent, String operation, Map<String, String> path, String body)
            throws SQLException {
        long before = PLATFORM.database().logged();
        return counted(sent, operation, before, client.post(operation, path, body));
    }

    private static Answer read(
            Map<String, Integer> sent,
            String operation,
            Map<String, String> path,
            Map<String, String> query)
            throws SQLException {
        long before = PLATFORM.database().logged();
        return counted(sent, operation, before, client.get(operation, path, query));
    }

    private static Answer counted(
            Map<String, Integer> sent, String operation, long before, Answer answer)
            throws SQLException {
        assertThat(answer.status()).as(operation).isBetween(200, 299);
        var log = PLATFORM.database().serverLog(before);
        sent.put(operation, (int) STATEMENT.matcher(log).results().count());
        return answer;
    }

    private static String body(String reference, List<String> skus, String line, String more) {
        return """
        {"warehouse_id": "%s", "reference": "%s", "lines": [%s]%s}\
        """
                .formatted(given.warehouseId(), reference, each(skus, line), more);
    }

    private static String each(List<String> skus, String line) {
        return skus.stream().map(line::formatted).collect(Collectors.joining(", "));
    }

    private static List<String> skus(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(at -> "SKU-%02d".formatted(at)).toList();
    }
}
