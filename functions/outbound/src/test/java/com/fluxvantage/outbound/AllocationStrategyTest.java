package com.fluxvantage.outbound;

import static com.fluxvantage.outbound.AllocationStrategy.Rotation.FEFO;
import static com.fluxvantage.outbound.AllocationStrategy.Rotation.FIFO;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.BucketId;
import com.fluxvantage.kernel.stock.ItemId;
import com.fluxvantage.outbound.AllocationStrategy.Need;
import com.fluxvantage.outbound.AllocationStrategy.Rotation;
import com.fluxvantage.outbound.AllocationStrategy.Share;
import com.fluxvantage.outbound.AllocationStrategy.Stock;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class AllocationStrategyTest {
    private static final ItemId TEA = new ItemId(new UUID(1, 1));
    private static final ItemId RICE = new ItemId(new UUID(1, 2));

    @Test
    void takes_the_oldest_goods_first() {
        var shares =
                AllocationStrategy.choose(
                        List.of(need(1, TEA, FIFO, 5)),
                        List.of(stock(1, TEA, 9, 20), stock(2, TEA, 9, 10)));

        assertThat(shares).containsExactly(share(1, 2, 5));
    }

    @Test
    void takes_what_expires_first_although_it_arrived_later() {
        var shares =
                AllocationStrategy.choose(
                        List.of(need(1, TEA, FEFO, 5)),
                        List.of(
                                expiring(1, 9, 10, "2027-03-01"),
                                expiring(2, 9, 20, "2027-02-01")));

        assertThat(shares).containsExactly(share(1, 2, 5));
    }

    @Test
    void takes_goods_without_a_date_after_those_with_one() {
        var shares =
                AllocationStrategy.choose(
                        List.of(need(1, TEA, FEFO, 12)),
                        List.of(stock(1, TEA, 9, 10), expiring(2, 9, 20, "2099-01-01")));

        assertThat(shares).containsExactly(share(1, 2, 9), share(1, 1, 3));
    }

    @Test
    void takes_the_oldest_of_one_expiry_date() {
        var shares =
                AllocationStrategy.choose(
                        List.of(need(1, TEA, FEFO, 5)),
                        List.of(
                                expiring(1, 9, 20, "2027-02-01"),
                                expiring(2, 9, 10, "2027-02-01")));

        assertThat(shares).containsExactly(share(1, 2, 5));
    }

    @Test
    void ignores_dates_where_the_item_leaves_oldest_first() {
        var shares =
                AllocationStrategy.choose(
                        List.of(need(1, TEA, FIFO, 5)),
                        List.of(
                                expiring(1, 9, 10, "2027-03-01"),
                                expiring(2, 9, 20, "2027-02-01")));

        assertThat(shares).containsExactly(share(1, 1, 5));
    }

    @Test
    void takes_the_place_that_comes_first_on_the_walk_among_equals() {
        var far = new Stock(bucket(1), TEA, Quantity.of(9), Instant.EPOCH, Optional.empty(), 7);
        var near = new Stock(bucket(2), TEA, Quantity.of(9), Instant.EPOCH, Optional.empty(), 3);

        assertThat(AllocationStrategy.choose(List.of(need(1, TEA, FIFO, 5)), List.of(far, near)))
                .containsExactly(share(1, 2, 5));
    }

    @Test
    void goes_on_to_the_next_bucket_for_the_rest() {
        var shares =
                AllocationStrategy.choose(
                        List.of(need(1, TEA, FIFO, 10)),
                        List.of(stock(1, TEA, 9, 10), stock(2, TEA, 9, 20)));

        assertThat(shares).containsExactly(share(1, 1, 9), share(1, 2, 1));
    }

    @Test
    void gives_what_there_is_when_there_is_not_enough() {
        var shares =
                AllocationStrategy.choose(
                        List.of(need(1, TEA, FIFO, 10)), List.of(stock(1, TEA, 4, 10)));

        assertThat(shares).containsExactly(share(1, 1, 4));
    }

    @Test
    void two_lines_of_one_item_never_get_the_same_units() {
        var shares =
                AllocationStrategy.choose(
                        List.of(need(1, TEA, FIFO, 6), need(2, TEA, FIFO, 6)),
                        List.of(stock(1, TEA, 10, 10)));

        assertThat(shares).containsExactly(share(1, 1, 6), share(2, 1, 4));
    }

    @Test
    void gives_an_item_nothing_of_another() {
        assertThat(
                        AllocationStrategy.choose(
                                List.of(need(1, RICE, FIFO, 1)), List.of(stock(1, TEA, 10, 10))))
                .isEmpty();
    }

    private static Need need(long line, ItemId item, Rotation rotation, long units) {
        return new Need(new OrderLineId(new UUID(3, line)), item, rotation, Quantity.of(units));
    }

    private static Stock stock(long bucket, ItemId item, long free, long arrived) {
        return new Stock(
                bucket(bucket),
                item,
                Quantity.of(free),
                Instant.ofEpochSecond(arrived),
                Optional.empty(),
                1);
    }

    private static Stock expiring(long bucket, long free, long arrived, String on) {
        return new Stock(
                bucket(bucket),
                TEA,
                Quantity.of(free),
                Instant.ofEpochSecond(arrived),
                Optional.of(LocalDate.parse(on)),
                1);
    }

    private static Share share(long line, long bucket, long units) {
        return new Share(new OrderLineId(new UUID(3, line)), bucket(bucket), Quantity.of(units));
    }

    private static BucketId bucket(long number) {
        return new BucketId(new UUID(2, number));
    }
}
