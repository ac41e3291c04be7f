package com.fluxvantage.kernel.audit;

import com.fluxvantage.kernel.outside.Bytes;
import com.fluxvantage.kernel.outside.Signature;

import java.util.Optional;

/**
 * A stretch of the chain that is sealed, and one day goes, as a whole.
 *
 * @param no from 1
 * @param month in which its entries were chained, {@code 2026-11}
 * @param opening the seal of the segment before, or the digest that every chain of a tenant begins
 *     with
 * @param closing absent while it grows
 * @param isRetired its time is over: the entries are gone and the seal stands for them
 */
public record AuditSegment(
        int no,
        String month,
        int retentionDays,
        Bytes opening,
        Optional<Closing> closing,
        boolean isRetired) {
    /**
     * How it ended.
     *
     * @param last hash of its last entry
     */
    public record Closing(long entries, Bytes last, Bytes seal, Optional<Signature> signature) {}
}
