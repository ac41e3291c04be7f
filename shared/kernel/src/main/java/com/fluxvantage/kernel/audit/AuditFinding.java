package com.fluxvantage.kernel.audit;

import java.util.Optional;
import java.util.UUID;

/**
 * One thing that is not as it was.
 *
 * @param seq in the segment; 0 where the segment itself is meant
 * @param auditId of the entry, where there is one
 */
public record AuditFinding(Kind kind, int segment, long seq, Optional<UUID> auditId) {
    /** What was done to it. */
    public enum Kind {
        /** Its bytes are not those that were chained. */
        CHANGED,
        /** It is not there, and what follows is. */
        REMOVED,
        /** It stands where another stood. */
        REORDERED,
        /** It is not there, nor is anything after it. */
        TAIL_CUT,
        /** It fits its neighbours, and not what was sealed or signed. */
        FORGED,
        /** A signature is not that of any key that was given. */
        SIGNATURE
    }

    /** For whoever reads it on a screen. */
    public String sentence() {
        String what =
                seq == 0
                        ? "segment " + segment
                        : "entry "
                                + seq
                                + " of segment "
                                + segment
                                + auditId.map(id -> " (" + id + ")").orElse("");
        return switch (kind) {
            case CHANGED -> what + " is not as it was chained";
            case REMOVED -> what + " was removed";
            case REORDERED -> what + " stands where another stood";
            case TAIL_CUT -> what + " and what follows was cut off";
            case FORGED -> what + " is not what was sealed or signed";
            case SIGNATURE -> what + " has a signature of no known key";
        };
    }
}
