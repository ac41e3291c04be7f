package com.fluxvantage.integrations;

import com.fluxvantage.kernel.operation.InvalidValue;
import com.fluxvantage.kernel.privacy.PersonalData;
import com.fluxvantage.kernel.quantity.Quantity;
import com.fluxvantage.kernel.text.Limit;
import com.fluxvantage.kernel.text.Reference;
import com.fluxvantage.kernel.text.Sku;
import com.fluxvantage.kernel.text.TextValue;
import com.fluxvantage.kernel.text.Texts;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * An order as a channel sends it: the published schema is made from these records. Whether its
 * items are known is not asked here, for an order that cannot be sent yet is kept and not refused.
 *
 * @param reference the channel's own order number, which stands once
 */
record ChannelOrder(
        Reference reference, Optional<LocalDate> shipBy, List<Line> lines, Recipient recipient) {
    /** As of an order that is brought by a token. */
    static final int MOST_LINES = 1_000;

    static final ChannelOrder EXAMPLE =
            new ChannelOrder(
                    new Reference("SHOP-10042"),
                    Optional.of(LocalDate.parse("2026-11-25")),
                    List.of(new Line(new Sku("TEA-EARL-GREY-50"), Quantity.of(2))),
                    Recipient.EXAMPLE);

    ChannelOrder {
        if (lines.isEmpty()) {
            throw new InvalidValue("lines", "required", "An order has at least one line.");
        }
        if (lines.size() > MOST_LINES) {
            throw new InvalidValue(
                    "lines", "too-many", "An order has at most " + MOST_LINES + " lines.");
        }
        if (lines.stream().mapToLong(it -> it.quantity.units()).sum() > Quantity.MOST) {
            throw new InvalidValue(
                    "lines", "out-of-range", "That is more than one order may ask for.");
        }
        lines = List.copyOf(lines);
    }

    record Line(Sku sku, Quantity quantity) {
        Line {
            if (quantity.isNone()) {
                throw new InvalidValue("quantity", "out-of-range", "A line asks for at least one.");
            }
        }
    }

    record Recipient(
            PersonalData name,
            Optional<PersonalData> company,
            PersonalData street,
            PersonalData city,
            Optional<PersonalData> region,
            PersonalData postcode,
            CountryCode country,
            Optional<PersonalData> phone,
            Optional<PersonalData> email) {
        static final Recipient EXAMPLE =
                new Recipient(
                        new PersonalData("Rosa Recipient"),
                        Optional.empty(),
                        new PersonalData("1 Example Street"),
                        new PersonalData("Exampleton"),
                        Optional.empty(),
                        new PersonalData("EX1 2MP"),
                        new CountryCode("GB"),
                        Optional.empty(),
                        Optional.of(new PersonalData("rosa@example.org")));
    }

    /** Part of an address, so it does not print. */
    @Limit(
            longest = 2,
            pattern = "[A-Z]{2}",
            says = "A country is two capital letters, as in ISO 3166-1.")
    record CountryCode(String value) implements TextValue {
        CountryCode {
            Texts.check(value, CountryCode.class);
        }

        @Override
        public String toString() {
            return "***";
        }
    }
}
