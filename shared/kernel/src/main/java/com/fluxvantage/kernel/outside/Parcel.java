package com.fluxvantage.kernel.outside;

/**
 * A closed carton that is to go somewhere.
 *
 * @param reference ours, by which a person finds it on the other side
 * @param weightGrams with all that is in it
 * @param lengthMillimetres outside, as are width and height
 * @param format in which the label is wanted
 */
public record Parcel(
        String reference,
        PostalAddress from,
        PostalAddress to,
        long weightGrams,
        long lengthMillimetres,
        long widthMillimetres,
        long heightMillimetres,
        LabelFormat format) {
    public Parcel {
        if (weightGrams < 1
                || lengthMillimetres < 1
                || widthMillimetres < 1
                || heightMillimetres < 1) {
            throw new IllegalArgumentException("a parcel weighs something and has three sides");
        }
    }
}
