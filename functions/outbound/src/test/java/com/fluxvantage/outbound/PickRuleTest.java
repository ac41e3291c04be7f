package com.fluxvantage.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.text.Code;
import com.fluxvantage.kernel.text.Gtin;
import com.fluxvantage.kernel.text.ItemScan;
import com.fluxvantage.kernel.text.LotCode;
import com.fluxvantage.kernel.text.Sku;
import com.fluxvantage.outbound.PickRule.Asked;
import com.fluxvantage.outbound.PickRule.Scanned;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.time.LocalDate;
import java.util.Optional;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class PickRuleTest {
    private static final LocalDate LEAVES_ON = LocalDate.parse("2026-11-24");
    private static final Gtin GTIN = new Gtin("4006381333931");
    private static final LotCode LOT = new LotCode("L1");
    private static final Asked BY_LOT =
            asked(true, Optional.of(LOT), Optional.of(LocalDate.parse("2026-12-04")), 10);
    private static final Asked LOOSE = asked(false, Optional.empty(), Optional.empty(), 0);

    @Test
    void agrees_with_what_was_asked_for() {
        assertThat(
                        PickRule.objection(
                                BY_LOT, scanned("A-1", "TEA", Optional.of(LOT), 5), LEAVES_ON))
                .isEmpty();
        assertThat(PickRule.objection(LOOSE, scanned("A-1", "TEA", Optional.empty(), 1), LEAVES_ON))
                .isEmpty();
    }

    @Test
    void names_the_place_before_anything_else_that_is_wrong() {
        assertThat(
                        PickRule.objection(
                                BY_LOT, scanned("A-2", "RICE", Optional.empty(), 9), LEAVES_ON))
                .contains(new OutboundRefusal.WrongLocation(new Code("A-1")));
    }

    @Test
    void names_the_item_next() {
        assertThat(
                        PickRule.objection(
                                BY_LOT, scanned("A-1", "RICE", Optional.empty(), 9), LEAVES_ON))
                .contains(new OutboundRefusal.WrongItem(new Sku("TEA")));
    }

    @Test
    void takes_the_items_barcode_for_the_item_and_another_one_for_another() {
        assertThat(PickRule.objection(LOOSE, barcode(GTIN), LEAVES_ON)).isEmpty();
        assertThat(PickRule.objection(LOOSE, barcode(new Gtin("96385074")), LEAVES_ON))
                .contains(new OutboundRefusal.WrongItem(new Sku("TEA")));
    }

    @Test
    void asks_for_the_lot_of_an_item_that_is_kept_by_lot() {
        assertThat(
                        PickRule.objection(
                                BY_LOT, scanned("A-1", "TEA", Optional.empty(), 5), LEAVES_ON))
                .contains(new OutboundRefusal.LotRequired(new Sku("TEA")));
    }

    @Test
    void names_the_lot_it_wants() {
        assertThat(
                        PickRule.objection(
                                BY_LOT,
                                scanned("A-1", "TEA", Optional.of(new LotCode("L2")), 5),
                                LEAVES_ON))
                .contains(new OutboundRefusal.WrongLot(Optional.of(LOT)));
    }

    @Test
    void wants_no_lot_where_the_item_has_none() {
        assertThat(PickRule.objection(LOOSE, scanned("A-1", "TEA", Optional.of(LOT), 5), LEAVES_ON))
                .contains(new OutboundRefusal.WrongLot(Optional.empty()));
    }

    @Test
    void judges_the_shelf_life_on_the_day_the_goods_leave() {
        var scanned = scanned("A-1", "TEA", Optional.of(LOT), 5);

        assertThat(PickRule.objection(BY_LOT, scanned, LEAVES_ON)).isEmpty();
        assertThat(PickRule.objection(BY_LOT, scanned, LEAVES_ON.plusDays(1)))
                .contains(new OutboundRefusal.LotExpired(LocalDate.parse("2026-12-04"), 10));
    }

    @Test
    void allows_all_that_is_left_and_not_one_more() {
        assertThat(PickRule.objection(LOOSE, scanned("A-1", "TEA", Optional.empty(), 5), LEAVES_ON))
                .isEmpty();
        assertThat(PickRule.objection(LOOSE, scanned("A-1", "TEA", Optional.empty(), 6), LEAVES_ON))
                .contains(new OutboundRefusal.OverPick(Quantity.of(5)));
    }

    private static Asked asked(
            boolean byLot, Optional<LotCode> lot, Optional<LocalDate> expiresOn, int days) {
        return new Asked(
                new Code("A-1"),
                new Sku("TEA"),
                Optional.of(GTIN),
                byLot,
                lot,
                expiresOn,
                days,
                Quantity.of(5));
    }

    private static Scanned barcode(Gtin gtin) {
        return new Scanned(new Code("A-1"), ItemScan.of(gtin), Optional.empty(), Quantity.of(1));
    }

    private static Scanned scanned(String place, String sku, Optional<LotCode> lot, long units) {
        return new Scanned(new Code(place), ItemScan.of(new Sku(sku)), lot, Quantity.of(units));
    }
}
