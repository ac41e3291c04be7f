package com.fluxvantage.kernel.operation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fluxvantage.kernel.stock.ReservationId;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Locale;
import java.util.UUID;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class NamesTest {
    @ParameterizedTest
    @CsvSource({
        "ReceiveLine, receive-line, receive_line",
        "quantity, quantity, quantity",
        "minShelfLifeDays, min-shelf-life-days, min_shelf_life_days",
        "line2Total, line2-total, line2_total",
        "InvalidItem, invalid-item, invalid_item"
    })
    void of_java_have_one_form_outside(String java, String kebab, String snake) {
        assertThat(Names.kebab(java)).isEqualTo(kebab);
        assertThat(Names.snake(java)).isEqualTo(snake);
    }

    @Test
    void do_not_depend_on_the_language_of_the_machine() {
        var usual = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("tr"));

            assertThat(Names.kebab("ItemId")).isEqualTo("item-id");
            assertThat(Permission.INBOUND_RECEIVE.publicName()).isEqualTo("inbound:receive");
            assertThat(Work.WRITE.databaseName()).isEqualTo("write");
        } finally {
            Locale.setDefault(usual);
        }
    }

    @Test
    void of_a_subject_are_its_type_without_the_word_id() {
        var id = new ReservationId(UUID.randomUUID());

        assertThat(Subject.of(id).type()).contains("reservation");
        assertThat(Subject.nothing().type()).isEmpty();
    }

    @Test
    void of_a_refusal_of_the_kernel_carry_no_domain() {
        assertThat(Refusal.code(NotFound.class)).isEqualTo("not-found");
        assertThat(Refusal.traits(NotFound.class).value().status()).isEqualTo(404);
    }
}
