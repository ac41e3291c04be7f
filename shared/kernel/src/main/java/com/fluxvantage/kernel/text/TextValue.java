package com.fluxvantage.kernel.text;

/**
 * A short text with a meaning. Implementations are records with the single component {@code value}
 * and carry {@link Limit}.
 */
public interface TextValue {
    String value();
}
