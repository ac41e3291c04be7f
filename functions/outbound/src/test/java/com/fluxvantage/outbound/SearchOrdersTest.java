package com.fluxvantage.outbound;

import static com.fluxvantage.outbound.Floor.done;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.outbound.Floor.Units;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.TestPlatform;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SearchOrdersTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private final Floor floor =
            Floor.open(PLATFORM)
                    .item("TEA")
                    .item("RICE")
                    .bin("A-1", 1)
                    .stock("A-1", Units.of(10, "TEA"));

    @Test
    void finds_orders_those_first_that_have_waited_longest_in_their_state() {
        String first = floor.order(Units.of(1, "TEA"));
        String second = floor.order(Units.of(1, "TEA"));
        String third = floor.order(Units.of(1, "TEA"));

        assertThat(found(Map.of())).containsExactly(first, second, third);
        done(floor.allocate(first));
        assertThat(found(Map.of())).containsExactly(second, third, first);
    }

    @Test
    void says_how_far_an_order_has_come() {
        var day = floor.today().plusDays(3);
        String order = floor.orderFor(day, Units.of(12, "TEA"), Units.of(5, "RICE"));
        done(floor.allocate(order));
        done(floor.confirm(floor.picks(order).getFirst(), 6));
        Floor.created(floor.pack(order, Units.of(2, "TEA")));

        var found = search(Map.of()).json().at("/items/0");

        assertThat(found.path("order_id").asString()).isEqualTo(order);
        assertThat(found.path("warehouse_id").asString()).isEqualTo(floor.warehouse());
        assertThat(found.path("state").asString()).isEqualTo("PICKING");
        assertThat(found.path("leaves_on").asString()).isEqualTo(day.toString());
        assertThat(found.path("lines").asLong()).isEqualTo(2);
        assertThat(
                        List.of(
                                        "ordered",
                                        "unallocated",
                                        "allocated",
                                        "picked",
                                        "packed",
                                        "shipped",
                                        "cancelled")
                                .stream()
                                .map(it -> found.path(it).asLong()))
                .containsExactly(17L, 7L, 4L, 4L, 2L, 0L, 0L);
        assertThat(found.path("version").asLong())
                .isEqualTo(floor.get(order).path("version").asLong());
    }

    @Test
    void an_order_that_is_late_leaves_today_and_one_that_has_left_or_is_cancelled_does_not() {
        String late = floor.orderFor(floor.today().minusDays(3), Units.of(1, "TEA"));
        String shipped = floor.packed(Units.of(1, "TEA"));
        done(floor.dispatch(shipped));
        String cancelled = floor.order(Units.of(1, "TEA"));
        done(floor.cancel(cancelled));

        var items = Floor.items(search(Map.of()).json());

        assertThat(items)
                .extracting(it -> it.path("order_id").asString())
                .containsExactly(late, shipped, cancelled);
        assertThat(items)
                .extracting(it -> it.path("leaves_on").asString(""))
                .containsExactly(floor.today().toString(), "", "");
        assertThat(items.get(1).path("shipped").asLong()).isEqualTo(1);
        assertThat(items.get(2).path("cancelled").asLong()).isEqualTo(1);
    }

    @Test
    void today_is_the_day_where_the_warehouse_stands() {
        String far = warehouse("FAR", "Pacific/Kiritimati");
        String order = orderIn(far);

        assertThat(search(Map.of("warehouse_id", far)).json().at("/items/0/leaves_on").asString())
                .isEqualTo(
                        Instant.now()
                                .atZone(ZoneId.of("Pacific/Kiritimati"))
                                .toLocalDate()
                                .toString());
        assertThat(found(Map.of("warehouse_id", far))).containsExactly(order);
    }

    @Test
    void finds_by_one_state_and_by_several() {
        String accepted = floor.order(Units.of(1, "TEA"));
        String allocated = floor.allocated(Units.of(1, "TEA"));
        String picked = floor.picked(Units.of(1, "TEA"));

        assertThat(found(Map.of("state", "ACCEPTED"))).containsExactly(accepted);
        assertThat(found(Map.of("state", "PICKED,ACCEPTED"))).containsExactly(accepted, picked);
        assertThat(found(Map.of("state", "ALLOCATED,ALLOCATED"))).containsExactly(allocated);
        assertThat(found(Map.of("state", "SHIPPED"))).isEmpty();
        assertThat(search(Map.of("state", "LOST")).status()).isEqualTo(400);
        assertThat(search(Map.of("state", "")).status()).isEqualTo(400);
    }

    @Test
    void finds_by_warehouse_and_by_reference() {
        String here = floor.order(Units.of(1, "TEA"));
        String other = warehouse("OTHER", "UTC");
        String there = orderIn(other);
        String reference = search(Map.of()).json().at("/items/0/reference").asString();

        assertThat(found(Map.of("warehouse_id", floor.warehouse()))).containsExactly(here);
        assertThat(found(Map.of("warehouse_id", other))).containsExactly(there);
        assertThat(found(Map.of("reference", reference))).containsExactly(here);
        assertThat(found(Map.of("reference", reference, "warehouse_id", other))).isEmpty();
        assertThat(found(Map.of("reference", reference.substring(0, reference.length() - 1))))
                .isEmpty();
    }

    @Test
    void finds_what_has_changed_after_a_time_and_not_at_it() {
        String first = floor.order(Units.of(1, "TEA"));
        String second = floor.order(Units.of(1, "TEA"));
        var times =
                Floor.items(search(Map.of()).json()).stream()
                        .map(it -> it.path("updated_at").asString())
                        .toList();

        assertThat(found(Map.of("updated_after", times.getFirst()))).containsExactly(second);
        assertThat(
                        found(
                                Map.of(
                                        "updated_after",
                                        Instant.parse(times.getFirst())
                                                .minus(Duration.ofNanos(1_000))
                                                .toString())))
                .containsExactly(first, second);
        assertThat(found(Map.of("updated_after", times.getLast()))).isEmpty();
        assertThat(search(Map.of("updated_after", "yesterday")).status()).isEqualTo(422);
    }

    @Test
    void pages_through_several_states_and_loses_nothing_that_changes_meanwhile() {
        var orders = new ArrayList<String>();
        for (int number = 0; number < 5; number++) {
            orders.add(
                    number % 2 == 0
                            ? floor.order(Units.of(1, "TEA"))
                            : floor.allocated(Units.of(1, "TEA")));
        }

        var first = search(Map.of("limit", "2"));
        done(floor.allocate(orders.get(4)));
        done(floor.allocate(orders.get(0)));
        var rest = new ArrayList<String>();
        String cursor = first.text("next_cursor");
        while (!cursor.isEmpty()) {
            var next = search(Map.of("limit", "2", "cursor", cursor));
            rest.addAll(ids(next));
            cursor = next.text("next_cursor");
        }

        assertThat(ids(first)).containsExactly(orders.get(0), orders.get(1));
        assertThat(rest)
                .containsExactly(orders.get(2), orders.get(3), orders.get(4), orders.get(0));
    }

    @Test
    void orders_of_one_moment_are_told_apart_by_their_ids() throws SQLException {
        for (int number = 0; number < 5; number++) {
            floor.order(Units.of(1, "TEA"));
        }
        run("update wms.outbound_order set updated_at = now() where tenant_id = '%s'");

        var paged = new ArrayList<String>();
        String cursor = "";
        do {
            var page =
                    search(
                            cursor.isEmpty()
                                    ? Map.of("limit", "2")
                                    : Map.of("limit", "2", "cursor", cursor));
            paged.addAll(ids(page));
            cursor = page.text("next_cursor");
        } while (!cursor.isEmpty());

        assertThat(paged).hasSize(5).doesNotHaveDuplicates().isEqualTo(found(Map.of()));
    }

    @Test
    void a_cursor_opens_with_its_own_filters_only() {
        floor.order(Units.of(1, "TEA"));
        floor.order(Units.of(1, "TEA"));
        String cursor = search(Map.of("limit", "1")).text("next_cursor");

        assertThat(search(Map.of("cursor", cursor)).status()).isEqualTo(200);
        assertThat(search(Map.of("cursor", cursor, "state", "ACCEPTED")).status()).isEqualTo(422);
        assertThat(
                        Floor.open(PLATFORM)
                                .client()
                                .get("search-orders", Map.of(), Map.of("cursor", cursor))
                                .status())
                .isEqualTo(422);
    }

    @Test
    void refuses_what_it_does_not_know_and_a_page_of_nothing() {
        assertThat(search(Map.of("recipient", "Rosa")).status()).isEqualTo(400);
        assertThat(search(Map.of("limit", "0")).status()).isEqualTo(422);
        assertThat(search(Map.of("limit", "1000")).status()).isEqualTo(200);
    }

    @Test
    void says_nothing_of_who_an_order_goes_to() {
        floor.order(Units.of(1, "TEA"));

        assertThat(search(Map.of()).json().toString()).doesNotContain("Rosa", "1 Road", "Town");
    }

    @Test
    void another_tenants_warehouse_is_as_empty_as_one_that_never_was() throws SQLException {
        floor.order(Units.of(1, "TEA"));
        run(
                """
                insert into wms.outbound_order (tenant_id, order_id, warehouse_id, owner_id, reference, accepted_at, updated_at)
                select tenant_id, gen_random_uuid(), warehouse_id, owner_id, 'MANY-' || number, now(), now()
                  from wms.outbound_order
                 cross join generate_series(1, 1000) as number
                 where tenant_id = '%s'
                """);
        var stranger = Floor.open(PLATFORM).client();

        var foreign =
                stranger.get("search-orders", Map.of(), Map.of("warehouse_id", floor.warehouse()));
        var invented =
                stranger.get(
                        "search-orders",
                        Map.of(),
                        Map.of("warehouse_id", Identifiers.text(new WarehouseId(Uuid7.next()))));

        assertThat(ids(foreign)).isEmpty();
        assertThat(foreign.comparable()).isEqualTo(invented.comparable());
        assertThat(ids(stranger.get("search-orders", Map.of(), Map.of()))).isEmpty();
        assertThat(ids(search(Map.of("limit", "200")))).hasSize(200);
    }

    private List<String> found(Map<String, String> filters) {
        return ids(search(filters));
    }

    private Answer search(Map<String, String> filters) {
        return floor.client().get("search-orders", Map.of(), new HashMap<>(filters));
    }

    private static List<String> ids(Answer answer) {
        return Floor.items(done(answer).json()).stream()
                .map(it -> it.path("order_id").asString())
                .toList();
    }

    private String warehouse(String code, String timeZone) {
        return Floor.created(
                        floor.client()
                                .post(
                                        "open-warehouse",
                                        Map.of(),
                                        """
                                        {"code": "%s", "name": "%s", "time_zone": "%s"}\
                                        """
                                                .formatted(code, code, timeZone)))
                .text("warehouse_id");
    }

    private String orderIn(String warehouse) {
        String json = floor.orderJson("REF-" + warehouse, List.of(Units.of(1, "TEA")), "");
        return Floor.created(
                        floor.client()
                                .post(
                                        "accept-order",
                                        Map.of(),
                                        json.replace(floor.warehouse(), warehouse)))
                .text("order_id");
    }

    private void run(String sql) throws SQLException {
        try (var connection = PLATFORM.database().superuser();
                var statement = connection.createStatement()) {
            statement.execute(sql.formatted(floor.client().tenant().uuid()));
        }
    }
}
