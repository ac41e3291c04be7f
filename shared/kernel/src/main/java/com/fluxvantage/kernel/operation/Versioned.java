package com.fluxvantage.kernel.operation;

/** A result about one document that has a version: the boundary answers it as the {@code ETag}. */
public interface Versioned {
    long version();
}
