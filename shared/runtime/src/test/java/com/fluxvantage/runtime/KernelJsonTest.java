package com.fluxvantage.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fluxvantage.kernel.operation.PageLimit;
import com.fluxvantage.kernel.privacy.PersonalData;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.stock.LocationId;
import com.fluxvantage.kernel.text.Sku;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
final class KernelJsonTest {
    private enum Side {
        LEFT
    }

    private record Everything(
            LocationId shelfId,
            Sku sku,
            Quantity onHand,
            PageLimit limit,
            Side side,
            boolean pickable,
            long version,
            Instant at,
            LocalDate expiresOn,
            Optional<Sku> nextTo,
            Optional<Sku> nothing,
            List<Quantity> counts) {}

    private record Letter(Sku about, Optional<PersonalData> to) {}

    private static final Everything EVERYTHING =
            new Everything(
                    new LocationId(UUID.fromString("01938f4e-7c11-7abc-8def-0123456789ab")),
                    new Sku("A \"1\""),
                    Quantity.of(Quantity.MOST),
                    new PageLimit(20),
                    Side.LEFT,
                    true,
                    7,
                    Instant.parse("2026-11-24T08:00:00.123456Z"),
                    LocalDate.of(2026, 12, 31),
                    Optional.of(new Sku("B")),
                    Optional.empty(),
                    List.of(Quantity.NONE, Quantity.of(2)));

    private static final Letter LETTER =
            new Letter(new Sku("A"), Optional.of(new PersonalData("Ada Lovelace")));

    @Test
    void writes_kernel_types_in_the_order_of_the_record_and_leaves_out_what_is_absent() {
        assertThat(KernelJson.guarded().writeValueAsString(EVERYTHING))
                .isEqualTo(
                        """
                        {"shelf_id":"loc_01je7mwz0hfay8vvr14d2pf2db","sku":"A \\"1\\"","on_hand":1000000000,"limit":20,\
                        "side":"LEFT","pickable":true,"version":7,"at":"2026-11-24T08:00:00.123456Z",\
                        "expires_on":"2026-12-31","next_to":"B","counts":[0,2]}\
                        """);
    }

    @Test
    void reads_what_it_wrote() {
        var json = KernelJson.guarded();

        assertThat(json.readValue(json.writeValueAsString(EVERYTHING), Everything.class))
                .isEqualTo(EVERYTHING);
    }

    @Test
    void refuses_personal_data_wherever_they_stand() {
        var guarded = KernelJson.guarded();

        assertThatThrownBy(() -> guarded.writeValueAsString(LETTER))
                .hasMessageNotContainingAny("Ada", "Lovelace");
        assertThatThrownBy(() -> guarded.writeValueAsString(List.of(LETTER)))
                .hasMessageNotContainingAny("Ada", "Lovelace");
        assertThatThrownBy(() ->
                        guarded.writeValueAsString(Map.of("to", new PersonalData("Ada Lovelace"))))
                .hasMessageNotContainingAny("Ada", "Lovelace");
        assertThatThrownBy(() -> guarded.valueToTree(LETTER))
                .hasMessageNotContainingAny("Ada", "Lovelace");
    }

    @Test
    void opens_personal_data_only_where_it_is_asked_to() {
        assertThat(KernelJson.revealing().writeValueAsString(LETTER))
                .isEqualTo("{\"about\":\"A\",\"to\":\"Ada Lovelace\"}");
    }
}
