package com.fluxvantage.kernel.outside;

import com.fluxvantage.kernel.privacy.PersonalData;

import java.util.Optional;

/**
 * Where a parcel goes to or comes from. It prints as {@code ***}.
 *
 * @param country as in ISO 3166-1, two letters
 */
public record PostalAddress(
        PersonalData name,
        Optional<PersonalData> company,
        PersonalData street,
        PersonalData city,
        Optional<PersonalData> region,
        PersonalData postcode,
        String country,
        Optional<PersonalData> phone,
        Optional<PersonalData> email) {
    @Override
    public String toString() {
        return "***";
    }
}
