package com.fluxvantage.kernel.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.kernel.operation.InvalidValue;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.util.Optional;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ItemScanTest {
    private static final Sku TEA = new Sku("TEA");
    private static final Gtin BARCODE = new Gtin("4006381333931");

    @Test
    void names_an_item_by_its_sku_whatever_barcode_it_has() {
        assertThat(ItemScan.of(TEA).names(TEA, Optional.empty())).isTrue();
        assertThat(ItemScan.of(TEA).names(TEA, Optional.of(BARCODE))).isTrue();
        assertThat(ItemScan.of(TEA).names(new Sku("CUP"), Optional.of(BARCODE))).isFalse();
    }

    @Test
    void names_an_item_by_its_barcode_in_any_of_its_lengths() {
        var read = ItemScan.of(new Gtin("04006381333931"));

        assertThat(read.names(TEA, Optional.of(BARCODE))).isTrue();
        assertThat(read.names(TEA, Optional.of(new Gtin("96385074")))).isFalse();
        assertThat(read.names(TEA, Optional.empty())).isFalse();
    }

    @Test
    void says_which_field_named_the_item() {
        assertThat(ItemScan.of(TEA).field()).isEqualTo("sku");
        assertThat(ItemScan.of(BARCODE).field()).isEqualTo("gtin");
    }

    @Test
    void has_one_name_of_the_item_and_not_two() {
        assertThatThrownBy(() -> new ItemScan(Optional.empty(), Optional.empty()))
                .isInstanceOfSatisfying(
                        InvalidValue.class, it -> assertThat(it.field()).isEqualTo("sku"));
        assertThatThrownBy(() -> new ItemScan(Optional.of(TEA), Optional.of(BARCODE)))
                .isInstanceOfSatisfying(
                        InvalidValue.class, it -> assertThat(it.field()).isEqualTo("gtin"));
    }
}
