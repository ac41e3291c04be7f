package com.fluxvantage.kernel.audit;

import com.fluxvantage.kernel.outside.Bytes;
import com.fluxvantage.kernel.outside.Signature;

import java.time.Instant;
import java.util.Optional;

/**
 * Where the chain ended at some hour, and how that hangs on the signed root of the hour.
 *
 * @param root number of the root
 * @param segment in which the head stood, after {@code seq} entries of it
 * @param path from the head to the root: of each step one byte, 0 where the sibling stands left and
 *     1 where it stands right, and the sibling
 * @param leaves heads under the root
 */
public record AuditCheckpoint(
        long root,
        Instant dueAt,
        int segment,
        long seq,
        Bytes hash,
        Bytes path,
        int leaves,
        Bytes rootHash,
        Optional<Signature> signature) {}
