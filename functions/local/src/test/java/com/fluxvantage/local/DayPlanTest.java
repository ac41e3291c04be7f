package com.fluxvantage.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.local.DayPlan.Arrival;
import com.fluxvantage.local.DayPlan.Asn;
import com.fluxvantage.local.DayPlan.AsnLine;
import com.fluxvantage.local.DayPlan.Bin;
import com.fluxvantage.local.DayPlan.Condition;
import com.fluxvantage.local.DayPlan.Item;
import com.fluxvantage.local.DayPlan.Lot;
import com.fluxvantage.local.DayPlan.Shortfall;
import com.fluxvantage.local.foodmart.FoodMart;
import com.fluxvantage.local.foodmart.Order;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DayPlanTest {
    private static final LocalDate TODAY = LocalDate.of(2026, 11, 24);

    /** A plan never changes, so each is made once. */
    private static final Map<Integer, TwoTenants> PLANS = new ConcurrentHashMap<>();

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 265, 1_000})
    void plans_as_many_orders_as_asked_and_the_same_each_time(int orders) {
        var plans = plans(orders);

        assertThat(plans.shop().orders()).hasSize(orders);
        assertThat(plans.supplier().orders()).hasSize((orders + 9) / 10);
        assertThat(TwoTenants.of(orders, TODAY)).isEqualTo(plans);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 20_531})
    void refuses_a_number_of_orders_that_the_year_does_not_have(int orders) {
        assertThatThrownBy(() -> TwoTenants.of(orders, TODAY))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 265, 1_000})
    void announces_each_sku_of_the_day_once_in_whole_packs_that_cover_the_demand(int orders) {
        for (var plan : both(orders)) {
            var wanted = plan.demand();
            var announced = lines(plan).collect(Collectors.toMap(AsnLine::sku, AsnLine::announced));

            assertThat(announced.keySet()).isEqualTo(wanted.keySet());
            assertThat(announced)
                    .allSatisfy((sku, units) ->
                            assertThat(units)
                                    .matches(packs -> packs % 12 == 0)
                                    .isBetween(
                                            wanted.getOrDefault(sku, 0L),
                                            wanted.getOrDefault(sku, 0L) + 11));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 265, 1_000})
    void splits_the_morning_into_asns_of_at_most_a_hundred_lines_numbered_from_one(int orders) {
        for (var plan : both(orders)) {
            assertThat(plan.asns()).hasSize((plan.items().size() + 99) / 100);
            assertThat(plan.asns()).extracting(Asn::reference).doesNotHaveDuplicates();
            assertThat(plan.asns())
                    .allSatisfy(asn ->
                            assertThat(asn.lines())
                                    .hasSizeLessThanOrEqualTo(100)
                                    .extracting(AsnLine::number)
                                    .isEqualTo(numbersTo(asn.lines().size())));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 265, 1_000})
    void brings_what_was_announced_or_of_every_fiftieth_sku_a_quarter_less_than_the_demand(
            int orders) {
        for (var plan : both(orders)) {
            var wanted = plan.demand();
            var brought = brought(plan);
            var comingShort = shortSkus();

            assertThat(lines(plan))
                    .allSatisfy(line -> {
                        var demand = wanted.getOrDefault(line.sku(), 0L);
                        assertThat(brought.getOrDefault(line.sku(), 0L))
                                .isEqualTo(
                                        comingShort.contains(line.sku())
                                                ? Math.floorDiv(demand * 3, 4L)
                                                : line.announced());
                    });
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 265, 1_000})
    void damages_one_unit_in_a_hundred(int orders) {
        for (var plan : both(orders)) {
            var units = brought(plan).values().stream().mapToLong(Long::longValue).sum();
            var damaged =
                    plan.arriving(Condition.DAMAGED).values().stream()
                            .mapToLong(Long::longValue)
                            .sum();

            assertThat(damaged).isEqualTo(units / 100);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 265, 1_000})
    void brings_items_with_lots_in_two_of_which_the_later_expires_first(int orders) {
        for (var plan : both(orders)) {
            var withLots = lotControlled(plan);
            for (var asn : plan.asns()) {
                var lots = lotsInOrderOfUnloading(asn);

                assertThat(withLots).containsAll(lots.keySet());
                assertThat(lots)
                        .allSatisfy((_, unloaded) -> {
                            assertThat(unloaded)
                                    .extracting(Lot::code)
                                    .containsExactly("LOT-1", "LOT-2");
                            assertThat(unloaded.get(1).expiresOn())
                                    .isBefore(unloaded.get(0).expiresOn())
                                    .isAfter(TODAY);
                        });
            }
            assertThat(
                            plan.asns().stream()
                                    .flatMap(asn -> lotsInOrderOfUnloading(asn).keySet().stream()))
                    .containsExactlyInAnyOrderElementsOf(withLots);
        }
    }

    @Test
    void gives_lots_to_a_tenth_of_the_skus_and_to_some_of_the_first_order() {
        assertThat(lotControlled(plans(1).shop())).isNotEmpty();
        assertThat(lotControlled(plans(265).shop())).hasSize(88);
    }

    @Test
    void tells_what_will_be_comingShortand_why() {
        var plan = plans(265).shop();
        var wanted = plan.demand();
        var good = plan.arriving(Condition.GOOD);

        assertThat(plan.shortfalls())
                .allSatisfy(shortfall ->
                        assertThat(shortfall.units())
                                .isPositive()
                                .isEqualTo(
                                        wanted.getOrDefault(shortfall.sku(), 0L)
                                                - good.getOrDefault(shortfall.sku(), 0L)));
        // Each of the 18 fiftieth SKUs that this day asks for, and what is broken beyond the packs'
        // spare units
        assertThat(plan.shortfalls()).filteredOn(shortfall -> shortfall.missing() > 0).hasSize(18);
        assertThat(plan.shortfalls()).extracting(Shortfall::sku).doesNotHaveDuplicates();
    }

    @Test
    void keeps_an_item_in_the_same_bins_and_with_the_same_lots_however_many_orders_there_are() {
        var small = plans(10);
        var large = plans(1_000);

        for (var plan : List.of(small.shop(), small.supplier(), large.supplier())) {
            var skus = large.shop().demand().keySet();
            assertThat(large.shop().items())
                    .containsAll(
                            plan.items().stream()
                                    .filter(item -> skus.contains(item.sku()))
                                    .toList());
            assertThat(large.shop().bins())
                    .containsAll(
                            plan.bins().stream().filter(bin -> skus.contains(bin.sku())).toList());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 265, 1_000})
    void gives_each_item_a_bin_and_a_second_one_if_it_has_lots_in_walk_order(int orders) {
        for (var plan : both(orders)) {
            var bins =
                    plan.bins().stream()
                            .collect(Collectors.groupingBy(Bin::sku, Collectors.counting()));

            assertThat(plan.items())
                    .allSatisfy(item ->
                            assertThat(bins.get(item.sku()))
                                    .isEqualTo(item.lotControlled() ? 2 : 1));
            assertThat(plan.bins()).hasSize(plan.items().size() + lotControlled(plan).size());
            assertThat(plan.bins()).extracting(Bin::code).doesNotHaveDuplicates().isSorted();
            assertThat(plan.bins())
                    .extracting(Bin::pickSequence)
                    .doesNotHaveDuplicates()
                    .isSorted();
        }
    }

    @Test
    void lets_both_tenants_use_the_same_order_numbers_skus_and_bins() {
        var plans = plans(265);

        assertThat(references(plans.shop())).containsAll(references(plans.supplier()));
        assertThat(plans.shop().bins()).containsAnyElementsOf(plans.supplier().bins());
        assertThat(plans.shop().demand().keySet())
                .containsAnyElementsOf(plans.supplier().demand().keySet());
        assertThat(plans.supplier().orders())
                .allSatisfy(order -> assertThat(order.recipient().company()).isPresent());
    }

    @Test
    void plans_the_whole_year() {
        var plans = plans(20_530);

        assertThat(plans.shop().orders()).hasSize(20_530);
        assertThat(plans.supplier().orders()).hasSize(385);
        assertThat(plans.shop().items()).hasSizeGreaterThan(1_500);
    }

    private static TwoTenants plans(int orders) {
        return PLANS.computeIfAbsent(orders, count -> TwoTenants.of(count, TODAY));
    }

    private static List<DayPlan> both(int orders) {
        var plans = plans(orders);
        return List.of(plans.shop(), plans.supplier());
    }

    private static Stream<AsnLine> lines(DayPlan plan) {
        return plan.asns().stream().flatMap(asn -> asn.lines().stream());
    }

    private static Map<String, Long> brought(DayPlan plan) {
        return plan.asns().stream()
                .flatMap(asn -> asn.arrivals().stream())
                .collect(
                        Collectors.groupingBy(
                                Arrival::sku, Collectors.summingLong(Arrival::quantity)));
    }

    private static List<String> shortSkus() {
        var catalogue = FoodMart.products();
        return IntStream.rangeClosed(1, catalogue.size() / 50)
                .mapToObj(fiftieth -> catalogue.get(fiftieth * 50 - 1).sku())
                .toList();
    }

    private static List<String> lotControlled(DayPlan plan) {
        return plan.items().stream().filter(Item::lotControlled).map(item -> item.sku()).toList();
    }

    private static Map<String, List<Lot>> lotsInOrderOfUnloading(Asn asn) {
        return asn.arrivals().stream()
                .filter(arrival -> arrival.lot().isPresent())
                .collect(
                        Collectors.groupingBy(
                                Arrival::sku,
                                Collectors.mapping(
                                        arrival -> arrival.lot().orElseThrow(),
                                        Collectors.collectingAndThen(
                                                Collectors.toList(),
                                                lots -> lots.stream().distinct().toList()))));
    }

    private static List<Integer> numbersTo(int last) {
        return IntStream.rangeClosed(1, last).boxed().toList();
    }

    private static List<String> references(DayPlan plan) {
        return plan.orders().stream().map(Order::reference).toList();
    }
}
