package com.fluxvantage.local.foodmart;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FoodMartTest {

    @Test
    void sells_1560_products_each_under_its_own_sku_of_eleven_digits() {
        var products = FoodMart.products();

        assertThat(products).hasSize(1_560);
        assertThat(products).extracting(Product::sku).doesNotHaveDuplicates().isSorted();
        assertThat(products).allSatisfy(product -> assertThat(product.sku()).matches("[0-9]{11}"));
        assertThat(products)
                .allSatisfy(product ->
                        assertThat(product.description()).startsWith(product.brand() + " "));
    }

    @Test
    void reads_pounds_as_grams_and_inches_as_millimetres() {
        var juice =
                FoodMart.products().stream()
                        .filter(product -> product.sku().equals("90748583674"))
                        .findFirst();

        // 8.39 lb gross, 6.39 lb net, 16.9 x 12.6 x 7.4 in
        assertThat(juice)
                .contains(
                        new Product(
                                "90748583674",
                                "Washington",
                                "Washington Berry Juice",
                                3_806,
                                2_898,
                                429,
                                320,
                                188,
                                30,
                                14));
    }

    @Test
    void has_its_busiest_day_with_265_orders_of_1230_lines_873_items_and_3850_units() {
        var orders = FoodMart.customerOrders(FoodMart.BUSIEST_DAY_ORDERS);

        assertThat(orders).hasSize(265);
        assertThat(orders)
                .allSatisfy(order -> assertThat(order.reference()).startsWith("SO-1997-574-"));
        assertThat(lines(orders)).hasSize(1_230);
        assertThat(lines(orders).stream().map(OrderLine::sku).distinct()).hasSize(873);
        assertThat(lines(orders).stream().mapToLong(OrderLine::quantity).sum()).isEqualTo(3_850);
    }

    @Test
    void numbers_the_orders_of_a_day_in_one_row_that_begins_anew_the_next_day() {
        var references = FoodMart.customerOrders(267).stream().map(Order::reference).toList();

        assertThat(references.subList(0, 265))
                .isEqualTo(
                        IntStream.rangeClosed(1, 265)
                                .mapToObj("SO-1997-574-%04d"::formatted)
                                .toList());
        assertThat(references.subList(265, 267))
                .containsExactly("SO-1997-575-0001", "SO-1997-575-0002");
    }

    @Test
    void has_20530_orders_in_the_year_each_with_its_own_number() {
        var orders = FoodMart.customerOrders(FoodMart.CUSTOMER_ORDERS);

        assertThat(orders).hasSize(20_530);
        assertThat(FoodMart.customerOrders(FoodMart.CUSTOMER_ORDERS + 1)).hasSize(20_530);
        assertThat(orders).extracting(CustomerOrder::reference).doesNotHaveDuplicates();
        assertThat(lines(orders)).hasSize(86_837);
    }

    @Test
    void goes_from_the_end_of_the_year_to_its_beginning() {
        var orders = FoodMart.customerOrders(FoodMart.CUSTOMER_ORDERS);

        // 9,230 orders from the busiest day to the end of the year
        assertThat(orders.get(9_229).reference()).startsWith("SO-1997-730-");
        assertThat(orders.get(9_230).reference()).isEqualTo("SO-1997-367-0001");
    }

    @Test
    void has_orders_that_name_one_sku_on_two_lines() {
        var twice =
                FoodMart.customerOrders(FoodMart.CUSTOMER_ORDERS).stream()
                        .filter(order -> {
                            var skus = order.lines().stream().map(OrderLine::sku).toList();
                            return new HashSet<>(skus).size() < skus.size();
                        });

        assertThat(twice).hasSize(8);
    }

    @Test
    void reads_the_same_orders_each_time() {
        assertThat(FoodMart.customerOrders(10)).isEqualTo(FoodMart.customerOrders(10));
        assertThat(FoodMart.customerOrders(300).subList(0, 10))
                .isEqualTo(FoodMart.customerOrders(10));
    }

    @Test
    void ships_to_customers_at_their_addresses() {
        assertThat(FoodMart.customerOrders(FoodMart.CUSTOMER_ORDERS))
                .extracting(CustomerOrder::recipient)
                .allSatisfy(person -> {
                    assertThat(person.name()).isNotBlank();
                    assertThat(person.street()).isNotBlank();
                    assertThat(person.city()).isNotBlank();
                    assertThat(person.postcode()).isNotBlank();
                    assertThat(person.country()).isIn("US", "CA", "MX");
                    assertThat(person.phone()).isPresent();
                });
    }

    @Test
    void has_385_replenishment_orders_of_4070_lines_in_the_year() {
        var orders = FoodMart.replenishmentOrders(numbers(400));

        assertThat(orders).hasSize(FoodMart.REPLENISHMENT_ORDERS);
        assertThat(lines(orders)).hasSize(4_070);
    }

    @Test
    void ships_replenishment_to_the_store_under_the_number_it_is_given() {
        var orders = FoodMart.replenishmentOrders(List.of("SO-1", "SO-2"));

        assertThat(orders)
                .extracting(ReplenishmentOrder::reference)
                .containsExactly("SO-1", "SO-2");
        assertThat(orders).extracting(ReplenishmentOrder::warehouse).doesNotContain("");
        // The two stores that order on the busiest day
        assertThat(orders)
                .extracting(order -> order.recipient().company().orElseThrow())
                .containsExactly("Store 15", "Store 24");
    }

    @Test
    void never_prints_a_person() {
        var order = FoodMart.customerOrders(1).getFirst();

        assertThat(order.toString())
                .contains("Person[***]")
                .doesNotContain(order.recipient().name())
                .doesNotContain(order.recipient().street());
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }

    private static List<OrderLine> lines(Collection<? extends Order> orders) {
        return orders.stream().flatMap(order -> order.lines().stream()).toList();
    }
}
