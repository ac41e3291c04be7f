package com.fluxvantage.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.BucketId;
import com.fluxvantage.kernel.stock.ItemId;
import com.fluxvantage.kernel.stock.LotId;
import com.fluxvantage.kernel.stock.ReservationId;
import com.fluxvantage.kernel.text.Gtin;
import com.fluxvantage.kernel.text.ItemScan;
import com.fluxvantage.kernel.text.LotCode;
import com.fluxvantage.kernel.text.Sku;
import com.fluxvantage.outbound.PackingRule.Content;
import com.fluxvantage.outbound.PackingRule.Decision;
import com.fluxvantage.outbound.PackingRule.Item;
import com.fluxvantage.outbound.PackingRule.Part;
import com.fluxvantage.outbound.PackingRule.Staged;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PackingRuleTest {
    private static final Sku TEA = new Sku("TEA");
    private static final Sku MILK = new Sku("MILK");
    private static final Gtin BARCODE_OF_TEA = new Gtin("4006381333931");
    private static final List<Item> ITEMS =
            List.of(
                    new Item(itemId(TEA), TEA, Optional.of(BARCODE_OF_TEA), false),
                    new Item(itemId(MILK), MILK, Optional.empty(), true));

    @Test
    void packs_what_stands_at_the_stage() {
        var tea = staged(1, TEA, "", 5);

        assertThat(decide(List.of(content(TEA, "", 5)), tea))
                .isEqualTo(new Decision.Packs(List.of(new Part(tea, Quantity.of(5)))));
    }

    @Test
    void fills_the_carton_from_one_line_after_the_other() {
        var first = staged(1, TEA, "", 2);
        var second = staged(2, TEA, "", 3);

        assertThat(decide(List.of(content(TEA, "", 4)), first, second))
                .isEqualTo(
                        new Decision.Packs(
                                List.of(
                                        new Part(first, Quantity.of(2)),
                                        new Part(second, Quantity.of(2)))));
    }

    @Test
    void counts_two_entries_of_one_item_together() {
        assertThat(decide(List.of(content(TEA, "", 3), content(TEA, "", 3)), staged(1, TEA, "", 5)))
                .isEqualTo(new Decision.Objects(new OutboundRefusal.OverPack(TEA, Quantity.of(2))));
    }

    @Test
    void counts_a_barcode_and_a_sku_of_one_item_together() {
        var barcode = new Content(ItemScan.of(BARCODE_OF_TEA), Optional.empty(), Quantity.of(3));

        assertThat(decide(List.of(barcode, content(TEA, "", 3)), staged(1, TEA, "", 5)))
                .isEqualTo(new Decision.Objects(new OutboundRefusal.OverPack(TEA, Quantity.of(2))));
    }

    @Test
    void refuses_one_more_than_was_picked() {
        assertThat(decide(List.of(content(TEA, "", 6)), staged(1, TEA, "", 5)))
                .isEqualTo(new Decision.Objects(new OutboundRefusal.OverPack(TEA, Quantity.of(5))));
    }

    @Test
    void refuses_an_item_that_the_order_does_not_ask_for() {
        assertThat(decide(List.of(content(new Sku("RICE"), "", 1)), staged(1, TEA, "", 5)))
                .isEqualTo(new Decision.Objects(new OutboundRefusal.NotOnOrder()));
    }

    @Test
    void asks_for_the_lot_of_an_item_that_is_kept_by_lot() {
        assertThat(decide(List.of(content(MILK, "", 1)), staged(1, MILK, "L1", 5)))
                .isEqualTo(new Decision.Objects(new OutboundRefusal.LotRequired(MILK)));
    }

    @Test
    void keeps_lots_apart() {
        var first = staged(1, MILK, "L1", 5);
        var second = staged(2, MILK, "L2", 5);

        assertThat(decide(List.of(content(MILK, "L2", 5)), first, second))
                .isEqualTo(new Decision.Packs(List.of(new Part(second, Quantity.of(5)))));
        assertThat(decide(List.of(content(MILK, "L3", 1)), first, second))
                .isEqualTo(new Decision.Objects(new OutboundRefusal.OverPack(MILK, Quantity.NONE)));
    }

    private static Decision decide(List<Content> contents, Staged... staged) {
        return PackingRule.decide(contents, ITEMS, List.of(staged));
    }

    private static Content content(Sku sku, String lot, long units) {
        return new Content(ItemScan.of(sku), lotCode(lot), Quantity.of(units));
    }

    private static Staged staged(long number, Sku sku, String lot, long units) {
        return new Staged(
                new ReservationId(new UUID(1, number)),
                new OrderLineId(new UUID(2, number)),
                new BucketId(new UUID(3, 1)),
                itemId(sku),
                lotCode(lot).map(_ -> new LotId(new UUID(5, number))),
                lotCode(lot),
                Quantity.of(units));
    }

    private static ItemId itemId(Sku sku) {
        return new ItemId(UUID.nameUUIDFromBytes(sku.value().getBytes(StandardCharsets.UTF_8)));
    }

    private static Optional<LotCode> lotCode(String lot) {
        return lot.isEmpty() ? Optional.empty() : Optional.of(new LotCode(lot));
    }
}
