package com.fluxvantage.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.inventory.SearchMovements.Movement;
import com.fluxvantage.kernel.id.Identifiers;
import com.fluxvantage.kernel.id.Uuid7;
import com.fluxvantage.kernel.stock.BucketId;
import com.fluxvantage.kernel.stock.Posting;
import com.fluxvantage.kernel.stock.StockStatus;
import com.fluxvantage.kernel.stock.WarehouseId;
import com.fluxvantage.kernel.tenancy.Actor;
import com.fluxvantage.kernel.tenancy.MemberId;
import com.fluxvantage.testing.Answer;
import com.fluxvantage.testing.Client;
import com.fluxvantage.testing.TestPlatform;
import com.fluxvantage.testing.Together;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class SearchMovementsTest {
    private static final TestPlatform PLATFORM = TestPlatform.start();

    private final Client reader = PLATFORM.openTenant();
    private final GivenStock given = GivenStock.of(reader);

    @BeforeEach
    void items() {
        given.warehouse().item("TEA");
        given.warehouse().item("CUP");
        given.warehouse().itemByExpiry("MILK");
    }

    @Test
    void tells_why_there_are_seven() {
        var bucket = given.found("TEA", 10, "A-01");
        given.adjust("A-01", "TEA", -1, AdjustmentReason.LOST);
        given.move(bucket, 4, "A-02");
        given.adjust("A-01", "TEA", 2, AdjustmentReason.FOUND);

        assertThat(given.in("A-01", "TEA").onHand().units()).isEqualTo(7);
        assertThat(told(Map.of("sku", "TEA", "location", "A-01")))
                .containsExactly(
                        "ADJUST +2 = 7, ADJUST FOUND",
                        "MOVE -4 = 5, A-02",
                        "ADJUST -1 = 9, ADJUST LOST",
                        "ADJUST +10 = 10, ADJUST FOUND");
        assertThat(told(Map.of("sku", "TEA", "bucket_id", Identifiers.text(bucket))))
                .isEqualTo(told(Map.of("sku", "TEA", "location", "A-01")));
    }

    @Test
    void of_an_item_alone_tells_what_happened_everywhere_and_no_balance() {
        given.move(given.found("TEA", 10, "A-01"), 4, "A-02");
        given.found("CUP", 1, "A-01");

        assertThat(told(Map.of("sku", "TEA")))
                .containsExactlyInAnyOrder(
                        "MOVE +4, A-01", "MOVE -4, A-02", "ADJUST +10, ADJUST FOUND")
                .endsWith("ADJUST +10, ADJUST FOUND");
    }

    @Test
    void says_who_did_it_when_where_and_what_for() {
        var before = Instant.now();
        var begun = PLATFORM.clock().instant();
        var receipt = given.warehouse().openReceipt(given.warehouse().asn("MILK 10"));
        given.warehouse().receiveLot(receipt, "MILK", 10, "L1", "2099-01-31");

        var movement = found(Map.of("sku", "MILK")).getFirst();

        assertThat(movement.kind()).isEqualTo(Posting.Kind.RECEIPT);
        assertThat(movement.quantity()).isEqualTo(10);
        assertThat(movement.location().value()).isEqualTo("DOCK-1");
        assertThat(movement.counterpart().orElseThrow().value()).isEqualTo("SUPPLIER");
        assertThat(movement.lot().orElseThrow().value()).isEqualTo("L1");
        assertThat(movement.status()).isEqualTo(StockStatus.AVAILABLE);
        assertThat(movement.lpn()).isEmpty();
        assertThat(movement.reason()).isEmpty();
        assertThat(movement.receiptId().map(Identifiers::text)).contains(receipt);
        assertThat(movement.orderId()).isEmpty();
        assertThat(movement.actor()).isEqualTo(Actor.Kind.MEMBER);
        assertThat(movement.memberId()).contains(new MemberId(reader.actor().id()));
        assertThat(movement.postedAt()).isBetween(before, Instant.now());
        assertThat(movement.occurredAt()).isBetween(begun, PLATFORM.clock().instant());
        assertThat(movement.reverses()).isEmpty();
    }

    @Test
    void each_bucket_of_a_place_has_a_balance_of_its_own() {
        given.warehouse().stockLot("MILK", 5, "A-01", "L1", "2099-01-31");
        given.warehouse().stockLot("MILK", 3, "A-01", "L2", "2099-02-28");

        assertThat(told(Map.of("sku", "MILK", "location", "A-01")))
                .containsExactly("MOVE +3 = 3, DOCK-1", "MOVE +5 = 5, DOCK-1");
        assertThat(told(Map.of("sku", "MILK", "location", "A-01", "lot", "L1")))
                .containsExactly("MOVE +5 = 5, DOCK-1");
        assertThat(told(Map.of("sku", "MILK", "lot", "L2")))
                .containsExactlyInAnyOrder(
                        "MOVE +3, DOCK-1", "MOVE -3, A-01", "RECEIPT +3, SUPPLIER");
    }

    @Test
    void finds_what_one_receipt_did_with_balances_that_count_everything_else() {
        var first = given.warehouse().openReceipt(given.warehouse().asn("TEA 10"));
        var second = given.warehouse().openReceipt(given.warehouse().asn("TEA 10"));
        given.warehouse().receive(first, "TEA", 2);
        given.warehouse().receive(second, "TEA", 3);
        given.warehouse().receive(first, "TEA", 4);
        given.warehouse().receive(second, "TEA", 5);

        assertThat(told(Map.of("sku", "TEA", "location", "DOCK-1", "receipt_id", first)))
                .containsExactly("RECEIPT +4 = 9, SUPPLIER", "RECEIPT +2 = 2, SUPPLIER");
        assertThat(
                        told(
                                Map.of(
                                        "sku",
                                        "TEA",
                                        "order_id",
                                        Identifiers.text(new OrderId(Uuid7.next())))))
                .isEmpty();
    }

    @Test
    void a_bucket_that_was_emptied_and_swept_still_has_its_history() throws SQLException {
        var bucket = given.found("TEA", 10, "A-01");
        given.move(bucket, 10, "A-02");
        run("delete from wms.bucket where on_hand = 0 and tenant_id = '%s'");
        given.found("TEA", 1, "A-01");

        assertThat(told(Map.of("sku", "TEA", "bucket_id", Identifiers.text(bucket))))
                .containsExactly("MOVE -10 = 0, A-02", "ADJUST +10 = 10, ADJUST FOUND");
        assertThat(told(Map.of("sku", "TEA", "location", "A-01")))
                .containsExactly(
                        "ADJUST +1 = 1, ADJUST FOUND",
                        "MOVE -10 = 0, A-02",
                        "ADJUST +10 = 10, ADJUST FOUND");
    }

    @Test
    void balances_go_on_from_page_to_page_and_what_happens_meanwhile_changes_none() {
        var bucket = given.found("TEA", 10, "A-01");
        for (int number = 1; number <= 6; number++) {
            given.adjust("A-01", "TEA", -1, AdjustmentReason.LOST);
        }
        var query = Map.of("sku", "TEA", "location", "A-01", "limit", "3");

        var paged = new ArrayList<Long>();
        var page = search(query);
        while (true) {
            page.as(SearchMovements.Result.class)
                    .items()
                    .forEach(it -> paged.add(it.balance().orElseThrow()));
            given.move(bucket, 1, "A-02");
            if (page.text("next_cursor").isEmpty()) {
                break;
            }
            var next = new HashMap<>(query);
            next.put("cursor", page.text("next_cursor"));
            page = search(next);
        }

        assertThat(paged).containsExactly(4L, 5L, 6L, 7L, 8L, 9L, 10L);
    }

    @Test
    void two_legs_of_one_moment_in_one_bucket_are_counted_one_after_the_other()
            throws SQLException {
        var bucket = given.found("TEA", 10, "A-01");
        given.adjust("A-01", "TEA", 5, AdjustmentReason.FOUND);
        given.adjust("A-01", "TEA", -7, AdjustmentReason.LOST);
        run("update wms.movement set posted_at = now() where tenant_id = '%s'");

        var movements = found(Map.of("sku", "TEA", "bucket_id", Identifiers.text(bucket)));

        assertThat(movements).extracting(Movement::quantity).containsExactly(-7L, 5L, 10L);
        assertThat(movements)
                .extracting(Movement::balance)
                .containsExactly(Optional.of(8L), Optional.of(15L), Optional.of(10L));
        assertThat(paged(Map.of("sku", "TEA", "location", "A-01"), 1))
                .extracting(Movement::balance)
                .containsExactly(Optional.of(8L), Optional.of(15L), Optional.of(10L));
    }

    @Test
    void after_many_at_once_the_newest_balance_is_what_is_there() {
        var bucket = given.found("TEA", 100, "A-01");

        Together.all(
                8,
                number ->
                        number % 2 == 0
                                ? given.adjust("A-01", "TEA", -3, AdjustmentReason.LOST)
                                : given.move(bucket, 2, "A-02"));

        var movements = found(Map.of("sku", "TEA", "location", "A-01"));
        assertThat(movements).hasSize(9);
        assertThat(movements.getFirst().balance()).contains(80L);
        for (int at = 0; at + 1 < movements.size(); at++) {
            assertThat(balance(movements.get(at)) - movements.get(at).quantity())
                    .isEqualTo(balance(movements.get(at + 1)));
        }
        assertThat(balance(movements.getLast())).isEqualTo(movements.getLast().quantity());
    }

    @Test
    void finds_from_a_time_on_and_before_another() {
        given.found("TEA", 1, "A-01");
        given.found("TEA", 2, "A-01");
        given.found("TEA", 3, "A-01");
        var middle = found(Map.of("sku", "TEA")).get(1).postedAt();
        var later = middle.plus(Duration.ofNanos(1_000));

        assertThat(quantities(Map.of("posted_from", middle.toString()))).containsExactly(3L, 2L);
        assertThat(quantities(Map.of("posted_from", later.toString()))).containsExactly(3L);
        assertThat(quantities(Map.of("posted_before", middle.toString()))).containsExactly(1L);
        assertThat(quantities(Map.of("posted_before", later.toString()))).containsExactly(2L, 1L);
        assertThat(
                        quantities(
                                Map.of(
                                        "posted_from",
                                        middle.toString(),
                                        "posted_before",
                                        later.toString())))
                .containsExactly(2L);
    }

    @Test
    void a_balance_in_the_past_counts_what_has_happened_since() {
        given.found("TEA", 1, "A-01");
        given.found("TEA", 2, "A-01");
        given.found("TEA", 3, "A-01");
        var last = found(Map.of("sku", "TEA")).getFirst().postedAt();

        assertThat(told(Map.of("sku", "TEA", "location", "A-01", "posted_before", last.toString())))
                .containsExactly("ADJUST +2 = 3, ADJUST FOUND", "ADJUST +1 = 1, ADJUST FOUND");
    }

    @Test
    void without_a_time_finds_the_last_31_days() throws SQLException {
        var own = TestPlatform.start();
        var past = GivenStock.of(own.openTenant());
        past.warehouse().item("TEA");
        past.found("TEA", 7, "A-01");
        try (var connection = own.database().superuser();
                var statement = connection.createStatement()) {
            statement.execute(
                    """
                    do $$
                    begin
                        execute format(
                            'create table wms.movement_past partition of wms.movement for values from (%L) to (%L)',
                            now() - interval '2 years', date_trunc('month', now() at time zone 'UTC') at time zone 'UTC');
                    end
                    $$;
                    insert into wms.movement (
                        tenant_id, posting_id, leg, posted_at, occurred_at, bucket_id, warehouse_id, location_id, item_id,
                        owner_id, status, quantity, kind, actor)
                    select tenant_id, gen_random_uuid(), 1, now() - past.age, now() - past.age, bucket_id, warehouse_id,
                           location_id, item_id, owner_id, status, past.units, kind, actor
                      from wms.movement
                     cross join (values (1, interval '30 days 23 hours'), (2, interval '31 days 1 hour'), (4, interval '300 days'))
                           as past (units, age)
                     where bucket_id is not null
                    """);
        }

        assertThat(quantities(past, Map.of())).containsExactly(7L, 1L);
        assertThat(
                        quantities(
                                past,
                                Map.of(
                                        "posted_from",
                                        Instant.now().minus(Duration.ofDays(301)).toString())))
                .containsExactly(4L);
        assertThat(
                        quantities(
                                past,
                                Map.of(
                                        "posted_from",
                                        Instant.now().minus(Duration.ofDays(301)).toString(),
                                        "posted_before",
                                        Instant.now().plus(Duration.ofDays(1)).toString())))
                .containsExactly(7L, 1L, 2L, 4L);
    }

    @Test
    void a_time_is_at_most_366_days_long_and_not_turned_around() {
        assertThat(timed("2026-01-01T00:00:00Z", "2027-01-02T00:00:00Z").status()).isEqualTo(200);
        assertThat(timed("2026-01-01T00:00:00Z", "2027-01-02T00:00:01Z").status()).isEqualTo(422);
        assertThat(timed("2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z").status()).isEqualTo(200);
        var same = timed("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z");
        assertThat(same.status()).isEqualTo(422);
        assertThat(same.json().at("/errors/0/pointer").asString()).isEqualTo("#/posted_before");
    }

    @Test
    void what_nobody_knows_finds_nothing() {
        given.warehouse().stockLot("MILK", 5, "A-01", "L1", "2099-01-31");

        assertThat(found(Map.of("sku", "NOBODYS"))).isEmpty();
        assertThat(found(Map.of("sku", "MILK", "location", "NOWHERE"))).isEmpty();
        assertThat(found(Map.of("sku", "MILK", "lot", "NONE"))).isEmpty();
        assertThat(
                        found(
                                Map.of(
                                        "sku",
                                        "MILK",
                                        "bucket_id",
                                        Identifiers.text(new BucketId(Uuid7.next())))))
                .isEmpty();
        assertThat(found(Map.of("sku", "MILK"))).hasSize(3);
    }

    @Test
    void asks_for_warehouse_and_item_and_takes_nothing_unknown() {
        assertThat(
                        reader.get(
                                        "search-movements",
                                        Map.of(),
                                        Map.of("warehouse_id", given.warehouse().warehouseId()))
                                .status())
                .isEqualTo(422);
        assertThat(reader.get("search-movements", Map.of(), Map.of("sku", "TEA")).status())
                .isEqualTo(422);
        assertThat(search(Map.of("sku", "TEA", "actor", "me")).code())
                .isEqualTo("unknown-parameter");
        assertThat(search(Map.of("sku", "TEA", "limit", "0")).status()).isEqualTo(422);
    }

    @Test
    void a_cursor_opens_with_its_own_filters_only() {
        given.found("TEA", 1, "A-01");
        given.found("TEA", 2, "A-01");
        String cursor = search(Map.of("sku", "TEA", "limit", "1")).text("next_cursor");

        assertThat(search(Map.of("sku", "TEA", "cursor", cursor)).status()).isEqualTo(200);
        assertThat(search(Map.of("sku", "CUP", "cursor", cursor)).status()).isEqualTo(422);
        assertThat(search(Map.of("sku", "TEA", "location", "A-01", "cursor", cursor)).status())
                .isEqualTo(422);
    }

    @Test
    void another_tenants_warehouse_and_bucket_are_as_empty_as_ones_that_never_were()
            throws SQLException {
        var bucket = given.found("TEA", 10, "A-01");
        run(
                """
                insert into wms.movement (
                    tenant_id, posting_id, leg, posted_at, occurred_at, bucket_id, warehouse_id, location_id, item_id,
                    owner_id, status, quantity, kind, actor)
                select tenant_id, gen_random_uuid(), 1, now(), now(), bucket_id, warehouse_id, location_id, item_id,
                       owner_id, status, number, kind, actor
                  from wms.movement
                 cross join generate_series(1, 1000) as number
                 where bucket_id is not null
                   and tenant_id = '%s'
                """);
        var stranger = GivenStock.of(PLATFORM.openTenant());
        stranger.warehouse().item("TEA");
        stranger.found("TEA", 1, "A-01");

        var foreign =
                searchAs(
                        stranger,
                        Map.of("sku", "TEA", "warehouse_id", given.warehouse().warehouseId()));
        var invented =
                searchAs(
                        stranger,
                        Map.of(
                                "sku",
                                "TEA",
                                "warehouse_id",
                                Identifiers.text(new WarehouseId(Uuid7.next()))));

        assertThat(foreign.comparable()).isEqualTo(invented.comparable());
        assertThat(foreign.as(SearchMovements.Result.class).items()).isEmpty();
        assertThat(
                        searchAs(
                                        stranger,
                                        Map.of("sku", "TEA", "bucket_id", Identifiers.text(bucket)))
                                .as(SearchMovements.Result.class)
                                .items())
                .isEmpty();
        assertThat(quantities(stranger, Map.of())).containsExactly(1L);
    }

    private List<Long> quantities(Map<String, String> filters) {
        return quantities(given, filters);
    }

    private static List<Long> quantities(GivenStock stock, Map<String, String> filters) {
        var query = new HashMap<>(filters);
        query.put("sku", "TEA");
        return searchAs(stock, query).as(SearchMovements.Result.class).items().stream()
                .map(Movement::quantity)
                .toList();
    }

    private Answer timed(String from, String before) {
        return search(Map.of("sku", "TEA", "posted_from", from, "posted_before", before));
    }

    /** {@code kind quantity = balance, counterpart reason}. */
    private List<String> told(Map<String, String> filters) {
        return found(filters).stream()
                .map(it ->
                        "%s %+d%s, %s%s"
                                .formatted(
                                        it.kind(),
                                        it.quantity(),
                                        it.balance().map(units -> " = " + units).orElse(""),
                                        it.counterpart().orElseThrow(),
                                        it.reason().map(why -> " " + why).orElse("")))
                .toList();
    }

    private static long balance(Movement movement) {
        return movement.balance().orElseThrow();
    }

    private List<Movement> found(Map<String, String> filters) {
        return search(filters).as(SearchMovements.Result.class).items();
    }

    private List<Movement> paged(Map<String, String> filters, int limit) {
        var all = new ArrayList<Movement>();
        var query = new HashMap<>(filters);
        query.put("limit", Integer.toString(limit));
        do {
            var page = search(query);
            all.addAll(page.as(SearchMovements.Result.class).items());
            query.put("cursor", page.text("next_cursor"));
        } while (!query.get("cursor").isEmpty());
        return all;
    }

    private Answer search(Map<String, String> filters) {
        return searchAs(given, filters);
    }

    private static Answer searchAs(GivenStock stock, Map<String, String> filters) {
        var query = new HashMap<>(filters);
        query.putIfAbsent("warehouse_id", stock.warehouse().warehouseId());
        return stock.client().get("search-movements", Map.of(), query);
    }

    private void run(String sql) throws SQLException {
        try (var connection = PLATFORM.database().superuser();
                var statement = connection.createStatement()) {
            statement.execute(sql.formatted(reader.tenant().uuid()));
        }
    }
}
