package com.fluxvantage.audit;

import com.fluxvantage.kernel.audit.AuditCheckpoint;
import com.fluxvantage.kernel.audit.AuditSegment;
import com.fluxvantage.kernel.outside.Bytes;

/**
 * Where copies of signed heads and seals are among the tenant's objects. A key says all that is
 * compared, so a night's look needs the list and no object; and two heads of one place are two
 * objects, neither of which can hide the other.
 */
final class HeadCopies {
    static final String HEADS = "heads/";
    static final String SEALS = "seals/";

    /** What a key of either folder says; {@code seq} is 0 of a seal. */
    record Named(int segment, long seq, String hash) {}

    private HeadCopies() {}

    static String key(AuditCheckpoint head) {
        return head(head.segment(), head.seq(), head.hash());
    }

    static String head(int segment, long seq, Bytes hash) {
        return HEADS + "%06d-%012d-%s".formatted(segment, seq, hash.hex());
    }

    static String key(AuditSegment closed) {
        return seal(closed.no(), closed.closing().orElseThrow().seal());
    }

    static String seal(int segment, Bytes seal) {
        return SEALS + "%06d-%s".formatted(segment, seal.hex());
    }

    /** Keys are written by this class alone, and are as they were written. */
    static Named named(String key) {
        var part = key.substring(key.indexOf('/') + 1).split("-", -1);
        return new Named(
                Integer.parseInt(part[0]),
                part.length == 3 ? Long.parseLong(part[1]) : 0,
                part[part.length - 1]);
    }
}
